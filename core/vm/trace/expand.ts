import { byteTableTrace } from './byte-table.ts';
import { EIDOS_WIDTH } from './eidos-layout.ts';
import { fillEidosTrace } from './eidos-trace.ts';
import type { TraceMatrix, VmTraces } from './types.ts';

/** All four traces in full, the two included that backends fill on their own. */
export interface ExpandedTraces {
  readonly core: TraceMatrix;
  readonly chiplets: TraceMatrix;
  readonly eidos: TraceMatrix;
  readonly byteTable: TraceMatrix;
}

/** Fills the Eidos trace and adds its requests to the byte table's; `traces` stay as they are. */
export function expandTraces({ core, chiplets, eidos, byteCounts }: VmTraces): ExpandedTraces {
  const { height, count } = eidos;
  const counts = byteCounts.slice();
  const data = new BigUint64Array(EIDOS_WIDTH * height);
  fillEidosTrace(eidos, data, counts);
  return {
    core,
    chiplets,
    eidos: { width: EIDOS_WIDTH, height, rows: 32 * count, data },
    byteTable: byteTableTrace(counts),
  };
}
