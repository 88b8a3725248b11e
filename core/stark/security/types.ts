/** What one round of a proof is worth. */
export interface SecurityTerm {
  readonly label: SecurityLabel;
  /** In 1/65536 bits, rounded down. */
  readonly bitsQ16: bigint;
}

/** The rounds in which a liar may be lucky, in the order of the protocol; and the hash that ties them together. */
export type SecurityLabel =
  | 'lookup-challenge'
  | 'constraint-composition'
  | 'out-of-domain'
  | 'deep-composition'
  | 'fri-folding'
  | 'fri-query'
  | 'commitment-collision';

/** A lower bound for each round: who breaks one breaks the proof, so it is worth its weakest. */
export interface SecurityReport {
  readonly terms: readonly SecurityTerm[];
  readonly binding: SecurityTerm;
  /** Whole bits of the weakest term. */
  readonly bits: number;
}

/** What the estimate needs of a set of AIRs. */
export interface RelationShape {
  readonly constraints: number;
  readonly airs: number;
  readonly maxDegree: number;
  /** Fractions of all LogUp columns on one row. */
  readonly fractionsPerRow: number;
  /** Fields of the widest LogUp message. */
  readonly maxMessageWidth: number;
  /** LogUp fractions that come from the statement. */
  readonly boundaryFractions: number;
}
