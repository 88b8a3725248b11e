import type { Felt } from '../../field/felt.ts';
import { compareWords, EMPTY_WORD, type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import type { EventView } from '../../vm/host.ts';
import type { AccountDelta } from '../account/account-delta.ts';
import type { AccountSource } from '../account/account-source.ts';
import { compareSlotIds, slotId } from '../account/slot-name.ts';
import { ProtocolError } from '../errors.ts';
import {
  signatureKey,
  summaryOfElements,
  type TransactionSummary,
} from '../transaction/transaction-summary.ts';

/** What an account's authentication asks its owner for. What is not there is left out, or not returned. */
export interface Authenticator {
  /** The secret word whose hash is `key`. */
  readonly secret?: (key: Word) => Word | undefined;
  /**
   * What shows that the key which `publicKey` commits to signed `message`: the elements that the account's code takes from
   * the advice to see it, of Falcon `falconAdvice`.
   */
  readonly signature?: (publicKey: Word, message: Word) => readonly Felt[] | undefined;
}

/** Whoever is here cannot agree to the transaction; the summary is for those who can. */
export class UnauthorizedError extends ProtocolError {
  /** What they sign is its commitment. */
  readonly summary: TransactionSummary;
  /** How the account would change: what the summary commits to. */
  readonly delta: AccountDelta;

  constructor(message: Word, summary: TransactionSummary, delta: AccountDelta) {
    super('authentication', 'Not all have agreed to the transaction whose agreement it needs.', {
      details: `message ${wordKey(message)}`,
      advice: 'Have it signed by the others, then execute it again with their signatures.',
    });
    this.summary = summary;
    this.delta = delta;
  }
}

/** How a key agrees. */
const BY_SECRET = 0n;
const BY_SIGNATURE = 1n;

const missing = (message: string, key: Word, advice: string): never => {
  throw new ProtocolError('authentication', message, { details: `key ${wordKey(key)}`, advice });
};

/** Answers what an account's authentication asks. */
export class AuthenticationHost {
  readonly #account: AccountSource;
  readonly #authenticator: Authenticator;
  readonly #runs: (view: EventView) => boolean;
  /** How the account changes, once the kernel has told. */
  delta: AccountDelta | undefined;

  /** `runs` tells whether it is the authentication that asks. */
  constructor(account: AccountSource, authenticator: Authenticator, runs: (view: EventView) => boolean) {
    this.#account = account;
    this.#authenticator = authenticator;
    this.#runs = runs;
  }

  /** [KEY]: the secret. */
  secret(view: EventView): readonly Felt[] {
    const key = view.word(1);
    this.#assertRuns(view, key);
    return (
      this.#authenticator.secret?.(key) ??
      missing('The account asks for a secret, and it was not given.', key, 'Give the secret of this key.')
    );
  }

  /** [KEY, MESSAGE]: what shows the signature. */
  signature(view: EventView): readonly Felt[] {
    const [key, message] = [view.word(1), view.word(5)];
    this.#assertRuns(view, key);
    return (
      this.#signature(view, key, message) ??
      missing('The account asks for a signature, and it was not given.', key, 'Sign with this key.')
    );
  }

  /**
   * [id suffix, id prefix, AFTER, MESSAGE]: the next key of a slot's map that agrees, how, and what shows it; the empty word
   * if none does.
   */
  approval(view: EventView): readonly Felt[] {
    const [suffix, prefix, after, message] = [view.element(1), view.element(2), view.word(3), view.word(7)];
    this.#assertRuns(view, message);
    const { slotHeaders } = this.#account;
    const slot = slotHeaders.find(({ name }) => compareSlotIds(slotId(name), { suffix, prefix }) === 0);
    const keys = slot?.kind === 'map' ? this.#account.mapEntries(slot.name).map(([key]) => key) : [];
    for (const key of keys.sort(compareWords)) {
      if (compareWords(key, after) <= 0) continue;
      const secret = this.#authenticator.secret?.(key);
      if (secret) return [...key, BY_SECRET, ...secret];
      const signature = this.#signature(view, key, message);
      if (signature) return [...key, BY_SIGNATURE, ...signature];
    }
    return EMPTY_WORD;
  }

  /** [MESSAGE]: gives up. */
  unauthorized(view: EventView): never {
    const message = view.word(1);
    this.#assertRuns(view, message);
    const summary = summaryOfElements(view.advice.mapValues(message) ?? []);
    if (!this.delta || !wordsEqual(this.delta.commitment, summary.delta))
      throw new ProtocolError('transaction', 'The summary of the transaction is of another change.');
    throw new UnauthorizedError(message, summary, this.delta);
  }

  /** Those made elsewhere lie in the advice map. */
  #signature({ advice }: EventView, key: Word, message: Word): readonly Felt[] | undefined {
    return advice.mapValues(signatureKey(key, message)) ?? this.#authenticator.signature?.(key, message);
  }

  /** Any script could ask; what it gets would be a secret that it can write wherever it likes. */
  #assertRuns(view: EventView, key: Word): void {
    if (this.#runs(view)) return;
    throw new ProtocolError('authentication', 'A script asked for a secret outside of authentication.', {
      details: `key ${wordKey(key)}`,
      advice: 'Do not run this script: it may be after your keys.',
    });
  }
}
