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

/** What an owner signs. */
export interface TransactionSummary {
  /** A block the signature is bound to; it may be older than the reference block. */
  readonly blockNumber: number;
  readonly blockCommitment: Word;
  /** Blocks until the transaction expires; 0: never. */
  readonly expirationDelta: number;
  /** Six elements of the authentication component's own, e.g. the nonce. */
  readonly salt: readonly [bigint, bigint, bigint, bigint, bigint, bigint];
  readonly delta: Word;
  readonly inputNotes: Word;
  readonly outputNotes: Word;
}

const VERSION = 1n;
const U32 = 32n;

/** Twenty-four elements: [version, block | expiration << 32, salt 0, 1], salt 2 to 5, delta, notes in, notes out, block. */
export const summaryElements = (s: TransactionSummary): bigint[] => [
  VERSION,
  BigInt(s.blockNumber) | (BigInt(s.expirationDelta) << U32),
  ...s.salt,
  ...s.delta,
  ...s.inputNotes,
  ...s.outputNotes,
  ...s.blockCommitment,
];
export const summaryCommitment = (summary: TransactionSummary): Word =>
  commit(ProtocolDomain.TRANSACTION_SUMMARY, summaryElements(summary));

/** Under which key of the advice map a signature lies. */
export const signatureKey = (publicKey: Word, message: Word): Word =>
  commit(ProtocolDomain.SIGNATURE_KEY, [...publicKey, ...message]);
