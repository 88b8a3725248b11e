import { KilnError, type KilnErrorOptions } from '../core/errors.ts';

/** Why an operator cannot do what it was asked. */
export type OperatorErrorKind =
  /** Another process has the database open. */
  | 'database-busy'
  | 'database-damaged'
  /** Written by a newer version, or not by Kiln. */
  | 'database-unknown'
  | 'disk-full'
  /** Made for another kernel, or another network than the one expected. */
  | 'network-unknown'
  /** Their keys are not here. */
  | 'validators-missing'
  /** A block that does not continue this chain. */
  | 'block-refused'
  /** More requests than one client may make. */
  | 'rate-limited'
  /** No access token, or another. */
  | 'access-refused'
  /** Does not answer, or not in time. */
  | 'unreachable'
  /** It has a defect. */
  | 'operator-failed'
  /** An answer that cannot be read. */
  | 'answer-refused'
  | 'mempool-full'
  /** Too much is asked of it at once, or it is stopping. */
  | 'busy'
  /** A request that asks for too much, or for what cannot be. */
  | 'request-refused'
  | 'proof-refused'
  | 'transaction-known'
  /** Starts from a state, or refers to a block, that is not this chain's. */
  | 'transaction-stale'
  | 'transaction-expired'
  /** Cannot happen together with another that waits. */
  | 'transaction-conflict'
  | 'note-consumed'
  | 'note-unknown';

/** An operator's own errors; objects that break the protocol's rules are `ProtocolError`s. */
export class OperatorError extends KilnError {
  declare readonly kind: OperatorErrorKind;

  constructor(kind: OperatorErrorKind, message: string, options: KilnErrorOptions = {}) {
    super(kind, message, options);
  }
}
