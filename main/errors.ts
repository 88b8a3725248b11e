import { KilnError, type KilnErrorOptions } from '../core/errors.ts';

/** Why the wallet cannot do what it was asked; the interface has a text for each. */
export type WalletErrorKind =
  /** Sealed to a key that is not here, or changed on its way. */
  'note.sealedOther' | 'file.unknown' | 'file.version' | 'file.damaged' | 'file.tooBig';

export class WalletError extends KilnError {
  declare readonly kind: WalletErrorKind;

  constructor(kind: WalletErrorKind, message: string, options: KilnErrorOptions = {}) {
    super(kind, message, options);
  }
}
