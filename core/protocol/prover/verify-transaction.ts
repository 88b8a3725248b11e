import { wordsEqual } from '../../hash/word.ts';
import { type Verified, verify } from '../../stark/miden/verify.ts';
import type { ProfileName } from '../../stark/profile.ts';
import { type BlockHeader, blockCommitment } from '../block/block-header.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import type { ProvenTransaction } from '../transaction/proven-transaction.ts';
import { type KernelIdentity, transactionClaim } from './claim.ts';

export interface VerifyTransactionOptions {
  /** The kernel that is in force: the proof must be of its main program. */
  readonly kernel: KernelIdentity;
  /** The block that the transaction refers to, as the verifier's own chain has it. */
  readonly block: BlockHeader;
  /** The kind of proof that is good enough: `private` if not given. */
  readonly profile?: ProfileName;
}

/**
 * Checks a transaction from its public data alone, as an operator does: that the proof shows that the kernel turned this
 * account and these notes into those, against this block. That the block is in the chain, that the account stands where the
 * transaction found it and that no note was consumed before is for whoever holds the state.
 *
 * Throws `ProtocolError` of kind `transaction` for another block; `VerificationError` and `FormatError` as {@link verify}.
 */
export function verifyTransaction(
  transaction: ProvenTransaction,
  { kernel, block, profile = 'private' }: VerifyTransactionOptions,
): Verified {
  const { referenceBlock, referenceCommitment } = transaction;
  if (referenceBlock !== block.number || !wordsEqual(referenceCommitment, blockCommitment(block))) {
    throw new ProtocolError('transaction', 'The transaction refers to another block.', {
      details: `it names block ${referenceBlock}, given was block ${block.number}`,
      advice: 'Execute the transaction again, against a block of this chain.',
    });
  }
  return verify(transactionClaim(transaction, kernel), transaction.proof, {
    profile,
    minSecurityBits: Limit.PROOF_SECURITY_BITS,
  });
}
