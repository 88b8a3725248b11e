/** The hash a proof commits with: trees, transcript and grinding. */
export type ProofHash = 'eidos' | 'blake3';

/**
 * Everything that distinguishes one kind of proof from another; provers and verifiers read it and never ask for a name.
 * `private` (hiding) proofs come with the next profile; `saltWidth` and `maskDegree` are theirs and 0 here.
 */
export interface Profile {
  readonly name: 'miden';
  readonly hash: ProofHash;
  readonly logBlowup: number;
  readonly logFoldingArity: number;
  readonly logFinalDegree: number;
  readonly numQueries: number;
  readonly queryPowBits: number;
  readonly deepPowBits: number;
  readonly foldingPowBits: number;
  /** Random field elements appended to each leaf. */
  readonly saltWidth: number;
  /** Random coefficients added to each committed column. */
  readonly maskDegree: number;
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
  saltWidth: 0,
  maskDegree: 0,
});
