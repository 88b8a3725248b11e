import type { Word } from '../../hash/word.ts';
import type { SmtEntry } from '../../merkle/smt-leaf.ts';
import type { SmtProof } from '../../merkle/smt-proof.ts';
import type { AccountId } from './account-id.ts';

/**
 * The tree of all accounts, whose root is in every block: a sparse Merkle tree from ids to commitments. Of each prefix it has
 * one id, so an account's leaf is of one entry; the kernel relies on that.
 */
export const accountEntry = (id: AccountId, commitment: Word): SmtEntry => [id.key, commitment];

/** Whether this shows that the tree with this root has the account in this state. */
export function isInAccountTree(proof: SmtProof, root: Word, id: AccountId, commitment: Word): boolean {
  const [key, value] = accountEntry(id, commitment);
  return proof.leaf.entries.length === 1 && proof.verify(root, key, value);
}
