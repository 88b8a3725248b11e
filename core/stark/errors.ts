import { KilnError, type KilnErrorOptions } from '../errors.ts';

/** Why a proof was refused; one kind per check, in the order in which they are made. */
export type VerificationKind =
  | 'wrong-profile'
  | 'incompatible-verifier'
  | 'unsupported-precompiles'
  | 'missing-precompile-proof'
  | 'wrong-shape'
  | 'unlisted-heights'
  | 'incomplete-proof'
  | 'insufficient-work'
  | 'non-canonical-salt'
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

/** The quotient is no polynomial of its degree: some constraint fails on some row, or the degree rule is wrong. */
export const invalidTrace = (details: string): KilnError =>
  new KilnError('invalid-trace', 'The trace breaks a constraint.', {
    details,
    advice: 'This is a defect of whatever made the trace; report it.',
  });

/** The last codeword is not of the degree that folding leaves. */
export const highDegree = (details: string): KilnError =>
  new KilnError('faulty-backend', 'The prover computed a codeword of too high a degree.', {
    details,
    advice: 'Prove with another backend, and report this.',
  });
