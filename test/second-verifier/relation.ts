import type { Air } from '../../core/air/types.ts';
import type { Felt } from '../../core/field/felt.ts';
import type { QuadFelt } from '../../core/field/quad.ts';
import type { Word } from '../../core/hash/word.ts';
import type { LookupChallenges } from './constraints.ts';

/** What a proof is about; lists are in instance order. */
export interface Relation {
  readonly airs: readonly Air[];
  readonly publicValues: readonly (readonly Felt[])[];
  /** Of the relation without hiding. */
  readonly digest: Word;
  /** Elements that bind the statement. */
  readonly observed: readonly Felt[];
  /** What the statement adds to the sum of all lookups. */
  boundary(challenges: LookupChallenges): QuadFelt;
  /** The root over the fixed columns of the one AIR that has any, and its log height. */
  readonly fixed: { readonly root: Uint8Array; readonly logHeight: number } | undefined;
}

export interface Parameters {
  readonly queries: number;
  /** Bits of the proofs of work. */
  readonly queryWork: number;
  readonly deepWork: number;
  readonly foldingWork: number;
  readonly logBlowup: number;
  readonly logFinalDegree: number;
  /** Undefined: an official proof, which does not hide. */
  readonly hiding: Hiding | undefined;
}

export interface Hiding {
  readonly version: number;
  /** Polynomials have N + slack N / 64 coefficients. */
  readonly slack: number;
  readonly mask: number;
  readonly blinder: number;
  readonly salt: number;
  /** Log heights a proof may have; none listed: any. */
  readonly classes: readonly (readonly number[])[];
}
