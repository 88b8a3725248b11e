import type { Felt } from '../../field/felt.ts';
import { EMPTY_WORD, type Word } from '../../hash/word.ts';
import type { SmtProof } from '../../merkle/smt-proof.ts';
import type { AssetId } from '../asset/asset.ts';
import type { AccountCode } from './account-code.ts';
import { type AccountHeader, accountCommitment } from './account-header.ts';
import type { SlotHeader } from './storage.ts';
import type { MapEntry } from './storage-map.ts';

/**
 * An account as a transaction needs it: its header and code, and of vault and maps only what it touches. A whole `Account` is
 * one; a store with more than fits into memory is another. All answers are about one state; a transaction checks them.
 */
export interface AccountSource {
  readonly header: AccountHeader;
  readonly code: AccountCode;
  /** In the order of ids. */
  readonly slotHeaders: readonly SlotHeader[];
  /** What the storage commitment is over: `slotRecords` of the headers. */
  readonly slotElements: readonly Felt[];
  /** Of a new account, and only of one. */
  readonly seed?: Word;
  /** Proof of what the vault has of an asset, which may be nothing: of the leaf of its `vaultKey`. */
  vaultWitness(id: AssetId): SmtProof;
  /** Proof of what a map has under a raw key, which may be nothing: of the leaf of its `mapKey`. */
  mapWitness(slot: string, key: Word): SmtProof;
  /** All entries of a map, in the order of raw keys; asked for while the account is new, and of keys that may agree to it. */
  mapEntries(slot: string): readonly MapEntry[];
}

export const isNewAccount = ({ header }: Pick<AccountSource, 'header'>): boolean => header.nonce === 0n;

/** What the network knows a state by: nothing yet of a new account. */
export const publicCommitment = (header: AccountHeader): Word =>
  header.nonce === 0n ? EMPTY_WORD : accountCommitment(header);
