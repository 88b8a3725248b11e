import { IV } from '../../hash/eidos-compress.ts';
import {
  EIDOS,
  EIDOS_COLUMN_LANES,
  EIDOS_CV_STORAGE,
  EIDOS_CV_STORAGE_BYTES,
  EIDOS_DIAGONAL_LANES,
  EIDOS_FOOTER_DATA,
  EIDOS_QUEUE,
  EIDOS_RANGE,
  EIDOS_ROUND_ROWS,
  EIDOS_ROWS,
  EIDOS_SIGMA,
  eidosMessageUse,
} from '../../vm/trace/eidos-layout.ts';
import { AND8 } from '../../vm/trace/layout.ts';
import { BYTE_COUNTS_LENGTH, type ByteCounts, EIDOS_RECORD, type EidosBlocks } from '../../vm/trace/types.ts';
import type { Instance } from '../backend.ts';
import type { Pool, RunOptions, Task } from './pool.ts';
import type { Columns } from './program.ts';

const BLOCKS_PER_JOB = 16;
const FOOTER_CELLS = 12;

/** The layout of the Eidos trace as the kernel reads it (wasm/eidos.ts). */
const EIDOS_TABLE: readonly number[] = [
  ...EIDOS_COLUMN_LANES.flat(),
  ...EIDOS_DIAGONAL_LANES.flat(),
  ...Array.from(
    { length: 4 * EIDOS_ROUND_ROWS },
    (_, i) => EIDOS_SIGMA[i >> 4][eidosMessageUse((i >> 2) & 3, i & 3)],
  ),
  ...EIDOS_CV_STORAGE,
  ...EIDOS_CV_STORAGE_BYTES,
  ...EIDOS_RANGE,
  ...EIDOS_FOOTER_DATA.flatMap((columns) => Array.from({ length: FOOTER_CELLS }, (_, i) => columns[i] ?? 0)),
  ...EIDOS_QUEUE,
  ...IV,
  ...[AND8.canonicalXor, AND8.rot12Pos1, AND8.canonicalXor, AND8.rot12Pos3],
  ...[AND8.rot7Pos0, AND8.canonicalXor, AND8.rot7Pos2, AND8.rot7Pos3],
  ...EIDOS_FOOTER_DATA.map((columns) => columns.length),
  ...[EIDOS.bdSlots, EIDOS.message, EIDOS.cycleId, EIDOS.k3, EIDOS.k2, EIDOS.topBit, EIDOS.output],
  ...[EIDOS.rCanonInverse, EIDOS.cCanonInverse, EIDOS.multiplicity, EIDOS.mode, EIDOS.rCanonZero],
  ...[EIDOS.cCanonZero, EIDOS.bSumCorrection, AND8.range],
];

/** Main columns of all instances in kernel memory, natural order, in instance order; what is not a matrix is filled. */
export async function loadTraces(
  pool: Pool,
  instances: readonly Instance[],
  options: RunOptions,
): Promise<Columns[]> {
  const columns = instances.map(({ air, logHeight }) => ({
    address: pool.allocate(8 * air.mainWidth * 2 ** logHeight),
    stride: 8 * 2 ** logHeight,
  }));
  const mark = pool.mark();
  const counts = pool.allocate(4 * BYTE_COUNTS_LENGTH);
  pool.words32(counts, BYTE_COUNTS_LENGTH).fill(0);
  const fills: Task[] = [];
  instances.forEach(({ trace }, i) => {
    const { address } = columns[i];
    if (trace.kind === 'matrix') pool.words(address, trace.matrix.data.length).set(trace.matrix.data);
    if (trace.kind === 'byte-table') addCounts(pool, counts, trace.counts);
    if (trace.kind === 'eidos') fills.push(eidosTask(pool, trace.blocks, address, counts));
  });
  await pool.run(fills, options);
  // The byte table comes last: every Eidos block asks it for bytes.
  instances.forEach(({ trace }, i) => {
    if (trace.kind !== 'byte-table') return;
    const cells = pool.words32(columns[i].address, 2 * BYTE_COUNTS_LENGTH);
    const total = pool.words32(counts, BYTE_COUNTS_LENGTH);
    for (let k = 0; k < BYTE_COUNTS_LENGTH; k++) {
      cells[2 * k] = total[k];
      cells[2 * k + 1] = 0;
    }
  });
  pool.release(mark);
  return columns;
}

/** Bytes that {@link loadTraces} takes beside the columns, for `records` compressions. */
export const fillBytes = (records: number): number =>
  4 * (BYTE_COUNTS_LENGTH + EIDOS_RECORD * records) + 2 ** 16;

function addCounts(pool: Pool, address: number, counts: ByteCounts): void {
  const words = pool.words32(address, BYTE_COUNTS_LENGTH);
  for (let i = 0; i < BYTE_COUNTS_LENGTH; i++) words[i] += counts[i];
}

function eidosTask(
  pool: Pool,
  { records, count, height }: EidosBlocks,
  column: number,
  counts: number,
): Task {
  const table = pool.allocate(4 * EIDOS_TABLE.length);
  pool.words32(table, EIDOS_TABLE.length).set(EIDOS_TABLE);
  const length = EIDOS_RECORD * count;
  const copy = pool.allocate(4 * length);
  pool.words32(copy, length).set(records.subarray(0, length));
  const zeros = pool.allocate(4 * EIDOS_RECORD);
  pool.words32(zeros, EIDOS_RECORD).fill(0);
  return {
    kernel: 'eidosBlocks',
    params: [copy, count, column, height, counts, table, zeros],
    jobs: Math.ceil(height / EIDOS_ROWS / BLOCKS_PER_JOB),
  };
}
