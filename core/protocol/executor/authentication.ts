import type { Felt } from '../../field/felt.ts';
import { type Word, wordKey } from '../../hash/word.ts';
import type { EventView } from '../../vm/host.ts';
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

  constructor(message: Word, summary: TransactionSummary) {
    super('authentication', 'Not all have agreed to the transaction whose agreement it needs.', {
      details: `message ${wordKey(message)}`,
      advice: 'Have it signed by the others, then execute it again with their signatures.',
    });
    this.summary = summary;
  }
}

const missing = (message: string, key: Word, advice: string): never => {
  throw new ProtocolError('authentication', message, { details: `key ${wordKey(key)}`, advice });
};

/** Answers what an account's authentication asks. */
export class AuthenticationHost {
  readonly #authenticator: Authenticator;
  readonly #runs: (view: EventView) => boolean;

  /** `runs` tells whether it is the authentication that asks. */
  constructor(authenticator: Authenticator, runs: (view: EventView) => boolean) {
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

  /** [MESSAGE]: gives up. */
  unauthorized(view: EventView): never {
    const message = view.word(1);
    this.#assertRuns(view, message);
    throw new UnauthorizedError(message, summaryOfElements(view.advice.mapValues(message) ?? []));
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
