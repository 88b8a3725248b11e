import type { Word } from '../../hash/word.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';

/** What a transaction did, in four words. Which block it refers to is not part of it. */
export interface TransactionIdParts {
  /** Commitment of the account before; the empty word for a new one. */
  readonly initial: Word;
  readonly final: Word;
  readonly inputNotes: Word;
  readonly outputNotes: Word;
}

export const transactionId = ({ initial, final, inputNotes, outputNotes }: TransactionIdParts): Word =>
  commit(ProtocolDomain.TRANSACTION_ID, [...initial, ...final, ...inputNotes, ...outputNotes]);
