import type { Word } from '../../hash/word.ts';
import type { Claim } from '../../stark/proof/claim.ts';
import type { Program } from '../../vm/mast/types.ts';
import { commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import type { TransactionData } from '../transaction/transaction-data.ts';

const REST_OF_INPUTS = [0n];
const REST_OF_OUTPUTS = [0n, 0n, 0n, 0n, 0n, 0n, 0n];

/** What proofs say of the program they are of. */
export interface KernelIdentity {
  /** The root of the main program. */
  readonly root: Word;
  /** Procedures that syscalls reach. */
  readonly kernel: readonly Word[];
}
export const kernelIdentity = ({ forest, entry, kernel }: Program): KernelIdentity => ({
  root: forest.nodes[entry].digest,
  kernel,
});

/** What the proof of a transaction shows, from what everybody knows of it: the kernel's program, what it is about, what it did. */
export function transactionClaim(data: TransactionData, { root, kernel }: KernelIdentity): Claim {
  const { account, referenceBlock, expirationBlock } = data;
  const update = commitPair(ProtocolDomain.ACCOUNT_UPDATE, account.final, account.patchCommitment);
  return {
    program: root,
    kernel,
    stackInputs: [
      ...data.referenceCommitment,
      ...account.initial,
      ...data.inputNotes,
      account.id.suffix,
      account.id.prefix,
      BigInt(referenceBlock),
      ...REST_OF_INPUTS,
    ],
    stackOutputs: [...data.outputNotes, ...update, BigInt(expirationBlock), ...REST_OF_OUTPUTS],
  };
}
