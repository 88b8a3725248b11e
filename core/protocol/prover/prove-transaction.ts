import { EMPTY_WORD, wordsEqual } from '../../hash/word.ts';
import { runPaced } from '../../pace.ts';
import type { Backend, OnProgress } from '../../stark/backend.ts';
import { fitTraces } from '../../stark/miden/heights.ts';
import { proveExecution } from '../../stark/miden/prove.ts';
import { type Profile, privateProfile } from '../../stark/profile.ts';
import { type Claim, checkClaim } from '../../stark/proof/claim.ts';
import { buildingTraces, type Execution } from '../../vm/execute.ts';
import { type LogHeights, logHeightsOf } from '../../vm/trace/padding.ts';
import { ProtocolError } from '../errors.ts';
import type { TransactionWitness } from '../transaction/executed-transaction.ts';
import { ProvenTransaction } from '../transaction/proven-transaction.ts';
import { kernelIdentity, transactionClaim } from './claim.ts';

export interface ProveTransactionOptions {
  readonly backend: Backend;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** The private one if not given; a proof by any other tells more than the public data. */
  readonly profile?: Profile;
}

/** A proven transaction, and what its proof tells of the run's length. */
export interface Proved {
  readonly transaction: ProvenTransaction;
  /** log2 of the heights of core, chiplets and eidos: a class of the profile. */
  readonly logHeights: LogHeights;
}

/**
 * Proves an executed transaction, with nothing but what is in the witness. Rejects with a `ProtocolError` of kind
 * `transaction` if the run is not one of this transaction; `trace-too-long` if no height class holds it; `cancelled`.
 */
export async function proveTransaction(
  { data, execution }: TransactionWitness,
  { backend, signal, onProgress, profile = privateProfile('eidos') }: ProveTransactionOptions,
): Promise<Proved> {
  const claim = transactionClaim(data, kernelIdentity(execution.program));
  requireRunOf(claim, execution);
  const paced = { ...(signal && { signal }) };
  const traces = fitTraces(await runPaced(buildingTraces(execution), paced), profile);
  const proof = await proveExecution(claim, traces, {
    profile,
    backend,
    ...paced,
    ...(onProgress && { onProgress }),
  });
  return { transaction: new ProvenTransaction({ ...data, proof }), logHeights: logHeightsOf(traces) };
}

/** A proof of a claim that its run does not meet would be made at length and accepted by nobody. */
function requireRunOf(claim: Claim, { stackInputs, stack, deferredRoot }: Execution): void {
  checkClaim(claim);
  const equal = (a: readonly bigint[], b: readonly bigint[]) => a.every((x, i) => x === (b[i] ?? 0n));
  if (!equal(claim.stackInputs, stackInputs) || !equal(claim.stackOutputs, stack))
    throw new ProtocolError('transaction', 'This run is of another transaction.');
  if (!wordsEqual(deferredRoot, EMPTY_WORD)) {
    throw new ProtocolError(
      'transaction',
      'The transaction leaves statements to precompiles, which Kiln cannot prove.',
    );
  }
}
