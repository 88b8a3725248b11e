import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';

/** What an owner signs: what a transaction does, and to which block that is bound. */
export interface TransactionSummary {
  /** A block the signature is bound to; it may be older than the reference block. */
  readonly blockNumber: number;
  readonly blockCommitment: Word;
  /** Blocks until the transaction expires; 0: never. */
  readonly expirationDelta: number;
  /** Six elements of the authentication component's own: the nonce after it, then zeros, in Kiln's. */
  readonly salt: readonly [Felt, Felt, Felt, Felt, Felt, Felt];
  /** The commitment to how the account changes. */
  readonly delta: Word;
  readonly inputNotes: Word;
  readonly outputNotes: Word;
}

const VERSION = 1n;
const U32 = 32n;
const ELEMENTS = 24;

/** Twenty-four elements: [version, block | expiration << 32, salt 0, 1], salt 2 to 5, delta, notes in, notes out, block. */
export const summaryElements = (s: TransactionSummary): Felt[] => [
  VERSION,
  BigInt(s.blockNumber) | (BigInt(s.expirationDelta) << U32),
  ...s.salt,
  ...s.delta,
  ...s.inputNotes,
  ...s.outputNotes,
  ...s.blockCommitment,
];

/** Reads {@link summaryElements}. Throws `transaction`. */
export function summaryOfElements(elements: readonly Felt[]): TransactionSummary {
  if (elements.length !== ELEMENTS || elements[0] !== VERSION)
    throw new ProtocolError('transaction', 'This is no summary of a transaction.');
  const word = (at: number): Word => [elements[at], elements[at + 1], elements[at + 2], elements[at + 3]];
  return {
    blockNumber: Number(BigInt.asUintN(32, elements[1])),
    expirationDelta: Number(elements[1] >> U32),
    salt: [elements[2], elements[3], ...word(4)],
    delta: word(8),
    inputNotes: word(12),
    outputNotes: word(16),
    blockCommitment: word(20),
  };
}

/** The message that is signed. */
export const summaryCommitment = (summary: TransactionSummary): Word =>
  commit(ProtocolDomain.TRANSACTION_SUMMARY, summaryElements(summary));

/** Under which key of the advice map a signature lies. */
export const signatureKey = (publicKey: Word, message: Word): Word =>
  commit(ProtocolDomain.SIGNATURE_KEY, [...publicKey, ...message]);
