import { EIDOS_TRACE, WIDEN } from '../../../shaders/eidos-trace.ts';
import { EIDOS_WIDTH } from '../../vm/trace/eidos-layout.ts';
import { BYTE_COUNTS_LENGTH, EIDOS_RECORD, type EidosBlocks } from '../../vm/trace/types.ts';
import type { Instance } from '../backend.ts';
import { Columns } from './columns.ts';
import { windowRows } from './commit.ts';
import type { Work } from './work.ts';

/** Products that one row of the Eidos trace costs, about. */
const EIDOS_ROW = 60;

/** Main columns of all instances, natural order, in instance order; what is not a matrix is filled on the device. */
export async function loadTraces(work: Work, instances: readonly Instance[]): Promise<Columns[]> {
  const counts = work.allocate(4 * BYTE_COUNTS_LENGTH);
  const traces: Columns[] = [];
  for (const { trace } of instances) if (trace.kind === 'byte-table') work.write(counts, 0, trace.counts);
  for (const { air, logHeight, trace } of instances) {
    const columns = new Columns(work, air.mainWidth, 2 ** logHeight);
    if (trace.kind === 'matrix') columns.upload(work, trace.matrix.data);
    if (trace.kind === 'eidos') await fillEidos(work, trace.blocks, columns, counts);
    traces.push(columns);
  }
  // The byte table comes last: every Eidos block asks it for bytes.
  for (const [i, { trace }] of instances.entries()) {
    if (trace.kind !== 'byte-table') continue;
    await work.run({
      kernel: WIDEN,
      buffers: { counts, out: traces[i].view.buffer },
      params: { count: BYTE_COUNTS_LENGTH },
      groups: Math.ceil(BYTE_COUNTS_LENGTH / 64),
      cost: 64,
    });
  }
  work.free(counts);
  return traces;
}

async function fillEidos(
  work: Work,
  blocks: EidosBlocks,
  columns: Columns,
  counts: GPUBuffer,
): Promise<void> {
  const { height, count } = blocks;
  const records = work.upload(blocks.records.subarray(0, EIDOS_RECORD * count));
  const size = columns.isWhole ? height : windowRows(work, EIDOS_WIDTH, height);
  const scratch = columns.isWhole ? undefined : work.allocate(8 * EIDOS_WIDTH * size);
  for (let first = 0; first < height; first += size) {
    await work.run({
      kernel: EIDOS_TRACE,
      buffers: { records, out: scratch ?? columns.view.buffer, counts },
      params: { count, height, firstRow: first, rows: size, stride: size },
      groups: Math.ceil(size / 64),
      cost: 64 * EIDOS_ROW,
    });
    if (!scratch) continue;
    for (let c = 0; c < EIDOS_WIDTH; c++) {
      const { buffer, at } = columns.locate(c);
      work.copy(scratch, 8 * c * size, buffer, 8 * (at + first), 8 * size);
    }
  }
  work.free(records);
  if (scratch) work.free(scratch);
}
