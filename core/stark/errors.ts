import { KilnError, type KilnErrorOptions } from '../errors.ts';

/** Why a proof was refused; one kind per check, in the order in which they are made. */
export type VerificationKind =
  | 'incompatible-verifier'
  | 'unsupported-precompiles'
  | 'missing-precompile-proof'
  | 'wrong-shape'
  | 'incomplete-proof'
  | 'insufficient-work'
  | 'wrong-opening'
  | 'fri-mismatch'
  | 'final-polynomial-mismatch'
  | 'unbalanced-lookups'
  | 'constraint-mismatch'
  | 'trailing-data'
  | 'insufficient-security';

/** A proof that does not show its claim. Damaged bytes are a `FormatError` instead. */
export class VerificationError extends KilnError {
  declare readonly kind: VerificationKind;

  constructor(kind: VerificationKind, message: string, options: KilnErrorOptions = {}) {
    super(kind, message, { advice: 'Do not rely on this proof: ask its maker for another.', ...options });
  }
}
