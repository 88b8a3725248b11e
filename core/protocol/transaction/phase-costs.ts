import type { Steps } from '../../pace.ts';
import { countingCompressions } from '../../vm/execute.ts';
import type { ExecutedTransaction, Phase } from './executed-transaction.ts';

/** What a part of a transaction costs to prove. */
export interface PhaseCost extends Phase {
  /** Compressions of the hash that no part before it has asked for, those of program blocks included. */
  readonly compressions: number;
}

/** Costs of all parts: together, the rows and compressions of the whole. Repeats the run; steps tell cycles. */
export function* countingPhaseCosts({
  phases,
  execution,
}: Pick<ExecutedTransaction, 'phases' | 'execution'>): Steps<PhaseCost[]> {
  const { atEvents, all } = yield* countingCompressions(execution);
  let start = 0;
  // A part begins with an event of the kernel's, the first one with the run.
  const before = phases.map(({ rows }, i) => {
    const count = i === 0 ? 0 : atEvents.get(start);
    if (count === undefined) throw new RangeError(`no event at cycle ${start}`);
    start += rows;
    return count;
  });
  return phases.map((phase, i) => ({ ...phase, compressions: (before[i + 1] ?? all) - before[i] }));
}
