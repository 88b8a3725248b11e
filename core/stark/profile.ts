/** The hash a proof commits with: trees, transcript and grinding. */
export type ProofHash = 'eidos' | 'blake3';

/**
 * Everything that distinguishes one kind of proof from another; provers and verifiers read it and never ask for a name.
 * What hides is data too: zero or empty in a proof that does not.
 */
export interface Profile {
  readonly name: ProfileName;
  readonly hash: ProofHash;
  readonly logBlowup: number;
  readonly logFoldingArity: number;
  readonly logFinalDegree: number;
  readonly numQueries: number;
  readonly queryPowBits: number;
  readonly deepPowBits: number;
  readonly foldingPowBits: number;
  /** Rules of the hiding proof, bound by the transcript; 0: a proof that does not hide. */
  readonly hidingVersion: number;
  /** Committed polynomials of a trace of n rows have n + slack n / 64 coefficients: what all randomness lives in. */
  readonly slack: number;
  /** m: random coefficients per base column of main and aux matrices. */
  readonly maskLength: number;
  /** Random coefficients, over the extension, of each part of the quotient but the last. */
  readonly blinderLength: number;
  /** Random field elements that end each leaf of the main, aux and quotient trees. */
  readonly saltWidth: number;
  /** Columns of the masking polynomial, the last of the quotient's matrix: 2, the halves of one polynomial, or 0. */
  readonly maskingColumns: number;
  /** LogUp sums are hidden columns and no values of the proof. */
  readonly hiddenSums: boolean;
  /** Opened rows are sent with the zeros that pad them to whole blocks of the hash. */
  readonly paddedOpenings: boolean;
  /** The log heights (of all AIRs, instance order) a proof may have; empty: any. */
  readonly heightClasses: readonly (readonly number[])[];
}

/** The official parameters (miden-air 1.0.0-rc.0, src/config.rs). */
export const midenProfile = (hash: ProofHash): Profile => ({
  name: 'miden',
  hash,
  logBlowup: 3,
  logFoldingArity: 2,
  logFinalDegree: 7,
  numQueries: 27,
  queryPowBits: 17,
  deepPowBits: 12,
  foldingPowBits: 4,
  hidingVersion: 0,
  slack: 0,
  maskLength: 0,
  blinderLength: 0,
  saltWidth: 0,
  maskingColumns: 0,
  hiddenSums: false,
  paddedOpenings: true,
  heightClasses: [],
});

/** The hiding parameters: why each has its value is in docs/zero-knowledge.md. */
export const privateProfile = (hash: ProofHash): Profile => ({
  ...midenProfile(hash),
  name: 'private',
  numQueries: 28,
  hidingVersion: 1,
  slack: 5,
  maskLength: 64,
  blinderLength: 64,
  saltWidth: 4,
  maskingColumns: 2,
  hiddenSums: true,
  paddedOpenings: false,
  heightClasses: HEIGHT_CLASSES,
});

/** Log heights of core, chiplets, eidos and the byte table, ascending: a proof tells which it took, and nothing finer. */
export const HEIGHT_CLASSES: readonly (readonly number[])[] = [
  [13, 13, 15, 16],
  [14, 14, 16, 16],
  [16, 16, 17, 16],
  [18, 18, 19, 16],
  [19, 19, 20, 16],
];

/** By name, as callers choose: the profile is never taken from a proof. */
export const PROFILES = { private: privateProfile, miden: midenProfile } as const;
export type ProfileName = 'private' | 'miden';
