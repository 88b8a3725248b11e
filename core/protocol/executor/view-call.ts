import type { Felt } from '../../field/felt.ts';
import { runAtOnce } from '../../pace.ts';
import type { AccountSource } from '../account/account-source.ts';
import type { TransactionKernel } from '../kernel/kernel.ts';
import { runningKernel } from './execute-transaction.ts';
import { ForeignHost, type ForeignLookup } from './foreign-host.ts';
import { TransactionHost } from './host.ts';
import type { TransactionInputs, TransactionScript } from './transaction-inputs.ts';

/** An account, a block, and the script that asks: it may call whatever the account's procedures are. */
export interface ViewInputs
  extends Pick<TransactionInputs<AccountSource>, 'account' | 'block' | 'foreign' | 'chain' | 'config'> {
  readonly script: TransactionScript;
}

/**
 * Runs a script against an account and returns the sixteen elements that it leaves. Nothing comes of what it changes, and
 * nobody can show what it returned. Throws a `TransactionFailure` if the kernel or the script refuses.
 */
export function viewCall(
  kernel: TransactionKernel,
  inputs: ViewInputs,
  lookup?: ForeignLookup,
): readonly Felt[] {
  const host = new TransactionHost(inputs.account, kernel, {}, undefined, new ForeignHost(inputs, lookup));
  return runAtOnce(runningKernel(kernel, kernel.view, inputs, host)).stack;
}
