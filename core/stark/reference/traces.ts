import { byteTableTrace } from '../../vm/trace/byte-table.ts';
import { EIDOS_WIDTH } from '../../vm/trace/eidos-layout.ts';
import { fillEidosTrace } from '../../vm/trace/eidos-trace.ts';
import { BYTE_COUNTS_LENGTH, type EidosBlocks, type TraceMatrix } from '../../vm/trace/types.ts';
import type { Instance } from '../backend.ts';

/** The main columns of every instance, in instance order; what is not a matrix yet is filled. */
export function mainTraces(instances: readonly Instance[]): TraceMatrix[] {
  const counts = new Uint32Array(BYTE_COUNTS_LENGTH);
  for (const { trace } of instances) if (trace.kind === 'byte-table') counts.set(trace.counts);
  const filled = instances.map(({ trace }) => {
    if (trace.kind === 'matrix') return trace.matrix;
    return trace.kind === 'eidos' ? eidosTrace(trace.blocks, counts) : undefined;
  });
  // The byte table comes last: every Eidos block asks it for bytes.
  return filled.map((matrix) => matrix ?? byteTableTrace(counts));
}

function eidosTrace(blocks: EidosBlocks, counts: Uint32Array): TraceMatrix {
  const { height } = blocks;
  const data = new BigUint64Array(EIDOS_WIDTH * height);
  fillEidosTrace(blocks, data, counts);
  return { width: EIDOS_WIDTH, height, rows: height, data };
}
