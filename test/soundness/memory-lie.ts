import { wordToLanes } from '../../core/hash/eidos.ts';
import type { Word } from '../../core/hash/word.ts';
import { ChipletTraceBuilder } from '../../core/vm/trace/chiplets/builder.ts';
import { AND8, AND8_HEIGHT, CHIPLET_SELECTORS, CHIPLETS, MEMORY } from '../../core/vm/trace/layout.ts';
import { Cells } from './cells.ts';
import type { Witness } from './witness.ts';

/** One access, as a row of the memory trace shows it; `address` is that of the element, or of the word. */
export interface MemoryAccess {
  readonly isRead: bigint;
  readonly isWord: bigint;
  readonly ctx: bigint;
  readonly address: bigint;
  readonly clk: bigint;
  /** The word after the access. */
  readonly word: Word;
}

const memoryRows = (chiplets: Cells): number[] =>
  chiplets.rowsWhere((row) =>
    CHIPLET_SELECTORS.memory.every((value, i) => chiplets.at(row, CHIPLETS.sCtrl + i) === BigInt(value)),
  );

/** The memory trace of a run with other accesses, in order and with the range requests that go with them. */
export function rewriteMemory(
  { chiplets, byteCounts }: Witness,
  change: (access: MemoryAccess) => MemoryAccess,
): void {
  const rows = memoryRows(chiplets);
  const accesses = rows.map((row): MemoryAccess => {
    const [a, b, c, d] = chiplets.range(row, MEMORY.value, 4);
    const [idx0, idx1] = chiplets.range(row, MEMORY.idx0, 2);
    return {
      isRead: chiplets.at(row, MEMORY.isRead),
      isWord: chiplets.at(row, MEMORY.isWord),
      ctx: chiplets.at(row, MEMORY.ctx),
      address: chiplets.at(row, MEMORY.wordAddr) + 2n * idx1 + idx0,
      clk: chiplets.at(row, MEMORY.clk),
      word: [a, b, c, d],
    };
  });
  const [before, after] = [accesses, accesses.map(change)].map(memoryTrace);
  for (const [i, from] of memoryRows(after.chiplets).entries()) {
    chiplets.copyRow(rows[i], after.chiplets, from, MEMORY.isRead, CHIPLETS.mode);
  }
  const ranges = AND8.range * AND8_HEIGHT;
  for (let i = ranges; i < ranges + AND8_HEIGHT; i++)
    byteCounts[i] += after.byteCounts[i] - before.byteCounts[i];
}

/** A chiplets trace of nothing but these accesses, given in any order that keeps those to one word in time. */
function memoryTrace(accesses: readonly MemoryAccess[]) {
  const builder = new ChipletTraceBuilder([]);
  const lanes = new Uint32Array(8);
  for (const { isRead, isWord, ctx, address, clk, word } of accesses) {
    wordToLanes(word, lanes, 0);
    builder.memory(Number(isRead + 2n * isWord), Number(ctx), Number(address), Number(clk), lanes, 0);
  }
  const { chiplets, byteCounts } = builder.finish();
  return { chiplets: new Cells(chiplets), byteCounts };
}
