import { runAtOnce } from '../../pace.ts';
import type { Account } from '../account/account.ts';
import type { AccountSource } from '../account/account-source.ts';
import type { TransactionKernel } from '../kernel/kernel.ts';
import type { TransactionEffects } from '../transaction/executed-transaction.ts';
import { countingPhaseCosts, type PhaseCost } from '../transaction/phase-costs.ts';
import { runningForEffects } from './execute-transaction.ts';
import type { ForeignLookup } from './foreign-host.ts';
import type { TransactionInputs } from './transaction-inputs.ts';

/**
 * What a transaction would do if its account agreed. There is no run in it that could be proved, and no id: what authentication
 * does besides agreeing, such as paying a fee, is not in it.
 */
export interface DryRun<A extends AccountSource = Account> {
  readonly effects: TransactionEffects<A>;
  /** Of all parts but authentication. */
  readonly costs: readonly PhaseCost[];
}

/** Runs a transaction without its authentication. Throws a `TransactionFailure` if the kernel or a script refuses. */
export function dryRun<A extends AccountSource = Account>(
  kernel: TransactionKernel,
  inputs: TransactionInputs<A>,
  lookup?: ForeignLookup,
): DryRun<A> {
  const run = runningForEffects(kernel, kernel.dryRun, inputs, {}, lookup);
  const { effects, phases, execution } = runAtOnce(run);
  return { effects, costs: runAtOnce(countingPhaseCosts({ phases, execution })) };
}
