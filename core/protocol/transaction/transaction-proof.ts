import type { MidenProveOptions } from '../../stark/miden/prove.ts';
import { proveExecution } from '../../stark/miden/prove.ts';
import { verify } from '../../stark/miden/verify.ts';
import type { Claim } from '../../stark/proof/claim.ts';
import { buildTraces } from '../../vm/execute.ts';
import { blockCommitment } from '../block/block-header.ts';
import { commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import type { ExecutedTransaction } from '../executor/execute-transaction.ts';
import type { TransactionKernel } from '../kernel/kernel.ts';
import { inputCommitment, publish } from './note-lists.ts';
import { ProvenTransaction } from './proven-transaction.ts';

const STACK = 16;
const MIN_SECURITY_BITS = 96;

/** What a transaction's proof is of: the kernel's main program, from and to what the transaction says in public. */
function transactionClaim({ program }: TransactionKernel, transaction: Unproven): Claim {
  const { account } = transaction;
  const padded = (values: readonly bigint[]): bigint[] =>
    Array.from({ length: STACK }, (_, i) => values[i] ?? 0n);
  return {
    program: program.forest.nodes[program.entry].digest,
    kernel: program.kernel,
    stackInputs: padded([
      ...transaction.referenceCommitment,
      ...account.initial,
      ...transaction.inputNotes,
      account.id.suffix,
      account.id.prefix,
      BigInt(transaction.referenceBlock),
    ]),
    stackOutputs: padded([
      ...transaction.outputNotes,
      ...commitPair(ProtocolDomain.ACCOUNT_UPDATE, account.final, account.patchCommitment),
      BigInt(transaction.expirationBlock),
    ]),
  };
}
type Unproven = Omit<ProvenTransaction, 'proof' | 'toBytes'>;

/**
 * Proves an executed transaction, which needs nothing but itself. Throws `transaction` if it cannot be published; rejects
 * as `proveExecution` does.
 */
export async function proveTransaction(
  kernel: TransactionKernel,
  executed: ExecutedTransaction,
  options: MidenProveOptions,
): Promise<ProvenTransaction> {
  const { inputs, patch } = executed;
  const { account, block, notes = [] } = inputs;
  const isPublished = account.id.type === 'public' && !patch.isEmpty;
  const parts = {
    account: {
      id: account.id,
      initial: account.publicCommitment,
      final: executed.account.commitment,
      patchCommitment: patch.commitment,
      ...(isPublished && { patch }),
    },
    inputs: notes.map(inputCommitment),
    outputs: executed.outputs.map(publish),
    referenceBlock: block.number,
    referenceCommitment: blockCommitment(block),
    expirationBlock: executed.expirationBlock,
  };
  const claim = transactionClaim(kernel, new ProvenTransaction({ ...parts, proof: new Uint8Array() }));
  const proof = await proveExecution(claim, buildTraces(executed.execution), options);
  return new ProvenTransaction({ ...parts, proof });
}

/**
 * Checks that the kernel ran as a transaction says, by its public data and its proof alone: a hiding one of at least 96
 * bits. Whether block, account and notes are the chain's is the caller's to compare. Throws as `verify` does.
 */
export function verifyTransaction(kernel: TransactionKernel, transaction: ProvenTransaction): void {
  verify(transactionClaim(kernel, transaction), transaction.proof, {
    profile: 'private',
    minSecurityBits: MIN_SECURITY_BITS,
  });
}
