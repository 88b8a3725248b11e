import type { SmtProof } from '../../merkle/smt-proof.ts';
import type { AccountSource } from './account-source.ts';

/** An account whose code a transaction of another account calls, as it stands in the transaction's reference block. */
export interface ForeignAccount<A extends AccountSource = AccountSource> {
  readonly account: A;
  /** Its leaf in the block's tree of accounts. */
  readonly witness: SmtProof;
}
