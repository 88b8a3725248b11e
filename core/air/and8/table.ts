import { byteTablePreprocessed } from '../../vm/trace/byte-table.ts';
import type { TraceMatrix } from '../../vm/trace/types.ts';

let table: TraceMatrix | undefined;

/** The fixed columns of the byte-pair table; always the same object, so that its commitment can be kept. */
export function and8Preprocessed(): TraceMatrix {
  table ??= byteTablePreprocessed();
  return table;
}
