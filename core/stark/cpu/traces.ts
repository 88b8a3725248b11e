import { byteTableTrace } from '../../vm/trace/byte-table.ts';
import { fillEidosTrace } from '../../vm/trace/eidos-trace.ts';
import { BYTE_COUNTS_LENGTH } from '../../vm/trace/types.ts';
import type { Instance } from '../backend.ts';
import type { Pool } from './pool.ts';
import type { Columns } from './program.ts';

/** Main columns of all instances in kernel memory, natural order, in instance order; what is not a matrix is filled. */
export function loadTraces(pool: Pool, instances: readonly Instance[]): Columns[] {
  const counts = new Uint32Array(BYTE_COUNTS_LENGTH);
  for (const { trace } of instances) if (trace.kind === 'byte-table') counts.set(trace.counts);
  const columns = instances.map(({ air, logHeight }) => ({
    address: pool.allocate(8 * air.mainWidth * 2 ** logHeight),
    stride: 8 * 2 ** logHeight,
  }));
  const store = (i: number) =>
    pool.words(columns[i].address, instances[i].air.mainWidth * 2 ** instances[i].logHeight);
  instances.forEach(({ trace }, i) => {
    if (trace.kind === 'matrix') store(i).set(trace.matrix.data);
    if (trace.kind === 'eidos') {
      const words = store(i);
      words.fill(0n);
      fillEidosTrace(trace.blocks, words, counts);
    }
  });
  // The byte table comes last: every Eidos block asks it for bytes.
  instances.forEach(({ trace }, i) => {
    if (trace.kind === 'byte-table') store(i).set(byteTableTrace(counts).data);
  });
  return columns;
}
