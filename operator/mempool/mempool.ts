import { EMPTY_WORD, type Word, wordKey, wordsEqual } from '../../core/hash/word.ts';
import type { AccountId } from '../../core/protocol/account/account-id.ts';
import { isInChain } from '../../core/protocol/block/chain-view.ts';
import { noteId } from '../../core/protocol/note/note.ts';
import { publishedHeader } from '../../core/protocol/transaction/note-lists.ts';
import type { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import { OperatorError, type OperatorErrorKind } from '../errors.ts';
import type { State } from '../state/state.ts';

/** A transaction whose proof was verified, and what is asked of it often. */
export interface PendingTransaction {
  readonly id: Word;
  readonly transaction: ProvenTransaction;
  /** Of the notes it makes. */
  readonly made: readonly Word[];
  /** Of the notes it consumes without showing them to be in a block. */
  readonly open: readonly Word[];
}

export function pendingTransaction(transaction: ProvenTransaction): PendingTransaction {
  return {
    id: transaction.id,
    transaction,
    made: transaction.outputs.map((output) => noteId(publishedHeader(output))),
    open: transaction.inputs.flatMap(({ header }) => (header ? [noteId(header)] : [])),
  };
}

/** A transaction that can no longer succeed, and why. */
export interface Dropped {
  readonly id: Word;
  readonly reason: OperatorError;
}

/** A transaction that expires this soon would not make it into a block. */
const EXPIRY_MARGIN = 2;

const refuse = (kind: OperatorErrorKind, message: string, details: string, advice = ''): never => {
  throw new OperatorError(kind, message, { details, advice });
};
const named = (what: string, word: Word): string => `${what} 0x${wordKey(word)}`;

/**
 * Transactions that wait for a block, in the order they came: each can follow those before it. One that conflicts with the
 * state or with another that waits is refused when it comes. Proofs are verified before.
 */
export class Mempool {
  readonly #state: State;
  readonly #limit: number;
  #pending = new Map<string, PendingTransaction>();
  /** Ids of transactions by the nullifiers they make and the notes they make. */
  #nullifiers = new Map<string, string>();
  #made = new Map<string, string>();
  /** By first half of the account's id, the transactions on it in their order. */
  #chains = new Map<bigint, PendingTransaction[]>();

  /** Holds at most `limit` transactions. */
  constructor(state: State, limit: number) {
    this.#state = state;
    this.#limit = limit;
  }

  get size(): number {
    return this.#pending.size;
  }
  /** In the order they came. */
  get transactions(): Iterable<PendingTransaction> {
    return this.#pending.values();
  }
  has(id: Word): boolean {
    return this.#pending.has(wordKey(id));
  }
  /** Whether a transaction on this account waits. */
  hasAccount({ prefix }: AccountId): boolean {
    return this.#chains.has(prefix);
  }

  /** Throws `OperatorError`, saying why, if the transaction cannot follow the state and those that wait. */
  check(pending: PendingTransaction): void {
    if (this.#pending.size >= this.#limit)
      refuse(
        'mempool-full',
        'The operator has too many transactions waiting.',
        `${this.#limit} wait`,
        'Submit it again later.',
      );
    if (this.has(pending.id)) refuse('transaction-known', 'The transaction waits already.', '');
    this.#checkBlocks(pending);
    this.#checkAccount(pending);
    this.#checkNotes(pending);
  }

  #checkBlocks({ transaction }: PendingTransaction): void {
    const { referenceBlock, referenceCommitment, expirationBlock } = transaction;
    const { tip } = this.#state;
    if (!isInChain(this.#state.view, referenceBlock, referenceCommitment))
      refuse(
        'transaction-stale',
        'The transaction refers to a block that is not in this chain.',
        `block ${referenceBlock}`,
        'Sync, and execute it again.',
      );
    if (expirationBlock < tip.number + EXPIRY_MARGIN)
      refuse(
        'transaction-expired',
        'The transaction expires before it can be in a block.',
        `it expires with block ${expirationBlock}, the latest is ${tip.number}`,
        'Execute it again.',
      );
  }

  #checkAccount({ transaction: { account } }: PendingTransaction): void {
    const { id, initial } = account;
    const chain = this.#chains.get(id.prefix) ?? [];
    const last = chain.at(-1);
    const known = this.#state.accounts.withPrefixOf(id);
    const owner = last?.transaction.account.id ?? known?.id;
    if (owner && !owner.equals(id))
      refuse(
        'transaction-conflict',
        'Another account has the first half of this id.',
        `account ${owner}`,
        'Make the account anew, with another seed.',
      );
    const now = last?.transaction.account.final ?? known?.commitment ?? EMPTY_WORD;
    if (wordsEqual(now, initial)) return;
    const other = chain.find((each) => wordsEqual(each.transaction.account.initial, initial));
    if (other)
      refuse(
        'transaction-conflict',
        'Another transaction that waits starts from the same state of the account.',
        named('transaction', other.id),
        'Wait for it, or execute this one again on the state it leaves.',
      );
    refuse(
      'transaction-stale',
      'The account is not in the state that the transaction starts from.',
      `${named('it starts from', initial)}, ${named('the account is at', now)}`,
      'Submit the transaction before it first, or sync and execute it again.',
    );
  }

  #checkNotes({ transaction, open, made }: PendingTransaction): void {
    for (const { nullifier } of transaction.inputs) {
      const block = this.#state.nullifiers.block(nullifier);
      if (block !== undefined)
        refuse(
          'note-consumed',
          'A note was consumed already.',
          `${named('nullifier', nullifier)}, block ${block}`,
        );
      const other = this.#nullifiers.get(wordKey(nullifier));
      if (other)
        refuse(
          'transaction-conflict',
          'Another transaction that waits consumes the same note.',
          `transaction 0x${other}, ${named('nullifier', nullifier)}`,
        );
    }
    for (const id of open)
      if (!this.#made.has(wordKey(id)) && !this.#state.notes.find(id))
        refuse(
          'note-unknown',
          'A note is consumed that nobody has made.',
          named('note', id),
          'Submit the transaction that makes it first.',
        );
    for (const id of made)
      if (this.#made.has(wordKey(id)))
        refuse(
          'transaction-conflict',
          'Another transaction that waits makes the same note.',
          named('note', id),
        );
  }

  /** Throws what {@link check} throws. */
  add(pending: PendingTransaction): void {
    this.check(pending);
    const key = wordKey(pending.id);
    this.#pending.set(key, pending);
    for (const { nullifier } of pending.transaction.inputs) this.#nullifiers.set(wordKey(nullifier), key);
    for (const id of pending.made) this.#made.set(wordKey(id), key);
    const { prefix } = pending.transaction.account.id;
    const chain = this.#chains.get(prefix);
    if (chain) chain.push(pending);
    else this.#chains.set(prefix, [pending]);
  }

  /**
   * After a block: those in it leave, and those that can no longer follow the state, with those that follow them. Tells the
   * latter.
   */
  settle(included: ReadonlySet<string>): Dropped[] {
    const before = this.#pending;
    this.#pending = new Map();
    this.#nullifiers = new Map();
    this.#made = new Map();
    this.#chains = new Map();
    const dropped: Dropped[] = [];
    for (const [key, pending] of before) {
      if (included.has(key)) continue;
      try {
        this.add(pending);
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
        dropped.push({ id: pending.id, reason: error });
      }
    }
    return dropped;
  }
}
