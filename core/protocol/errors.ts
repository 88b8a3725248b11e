import { KilnError, type KilnErrorOptions } from '../errors.ts';

/** Why an object of the protocol cannot be. */
export type ProtocolErrorKind =
  | 'account-id'
  | 'account-address'
  | 'account-code'
  | 'account-component'
  | 'account-storage'
  | 'account-vault'
  | 'account-update'
  | 'asset'
  | 'asset-amount'
  | 'note'
  | 'signature'
  | 'authentication'
  | 'transaction'
  | 'batch'
  | 'block';

/** An object that breaks a rule of the protocol; bytes that are no object at all are a `FormatError`. */
export class ProtocolError extends KilnError {
  declare readonly kind: ProtocolErrorKind;

  constructor(kind: ProtocolErrorKind, message: string, options: KilnErrorOptions = {}) {
    super(kind, message, options);
  }
}
