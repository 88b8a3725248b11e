import type { Steps } from '../../pace.ts';
import { type ChipletCounts, countingChiplets } from '../../vm/execute.ts';
import type { ExecutedTransaction, Phase } from './executed-transaction.ts';

/** What a part of a transaction costs to prove. */
export interface PhaseCost extends Phase {
  /** Compressions of the hash that no part before it has asked for, those of program blocks included. */
  readonly compressions: number;
  /** Rows of the Chiplets trace. */
  readonly chipletRows: number;
}

/**
 * Costs of all parts: together, the rows and compressions of the whole, and its chiplet rows but for those of the kernel's
 * procedures and of padding. Repeats the run; steps tell cycles.
 */
export function* countingPhaseCosts({
  phases,
  execution,
}: Pick<ExecutedTransaction, 'phases' | 'execution'>): Steps<PhaseCost[]> {
  const { atEvents, all } = yield* countingChiplets(execution);
  let start = 0;
  // A part begins with an event of the kernel's, the first one with the run.
  const before = phases.map(({ rows }, i): ChipletCounts => {
    const counts = i === 0 ? { compressions: 0, rows: 0 } : atEvents.get(start);
    if (counts === undefined) throw new RangeError(`no event at cycle ${start}`);
    start += rows;
    return counts;
  });
  return phases.map((phase, i) => {
    const [from, to] = [before[i], before[i + 1] ?? all];
    return {
      ...phase,
      compressions: to.compressions - from.compressions,
      chipletRows: to.rows - from.rows,
    };
  });
}
