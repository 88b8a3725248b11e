import type { Profile } from '../profile.ts';
import type { ProofShape } from '../shape.ts';
import {
  atLeastZero,
  ceilDiv,
  ceilLog2,
  FIELD_BITS,
  fromBits,
  LOG2_E,
  min,
  wholeBits,
} from './fixed-point.ts';
import type { RelationShape, SecurityLabel, SecurityReport, SecurityTerm } from './types.ts';

/** An Eidos output element has 63 bits, so a challenge is one of 2^126. */
const EIDOS_SAMPLE_BITS = fromBits(126);
const COLLISION_BITS = { eidos: 126, blake3: 128 } as const;
/** Every column is opened at z and at the next row. */
export const OUT_OF_DOMAIN_POINTS = 2;

/** A round whose challenge must miss a set of bad values. */
export interface Round {
  readonly label: SecurityLabel;
  /** log2 of the number of bad values, rounded up. */
  readonly bad: bigint;
  /** Bits of proof of work before the challenge. */
  readonly work: number;
  /** Taken off at the end. */
  readonly penalty?: bigint;
}

/** log2 of the number of values a challenge may take, rounded down. */
const sampled = ({ hash }: Profile): bigint => (hash === 'eidos' ? EIDOS_SAMPLE_BITS : FIELD_BITS);

/** No proof is stronger than a collision of its hash, or a guess of a challenge. */
export const cap = ({ hash }: Profile): bigint => min(fromBits(COLLISION_BITS[hash]), FIELD_BITS);

/** What a round is worth when its bad values are 2^`list` times as many. */
export function worth({ label, bad, work, penalty = 0n }: Round, profile: Profile, list = 0n): SecurityTerm {
  const bits = atLeastZero(sampled(profile) - bad - list) + fromBits(work);
  return { label, bitsQ16: atLeastZero(min(bits, min(cap(profile), sampled(profile))) - penalty) };
}

/** Number of words combined into the codeword: columns of an out-of-domain row, and one per point. */
export const deepTerms = (shape: ProofShape): number => shape.columns + OUT_OF_DOMAIN_POINTS;

/**
 * The rounds that polynomials of bounded degree decide, whatever is assumed of proximity. The counts are the official
 * estimator's (p3-security 0.8.0, src/budget; miden-air 1.0.0-rc.0, src/security.rs) with the degree bound K in place of
 * the height N where committed columns are meant, and with the constraints that hidden sums add.
 */
export function algebraicRounds(
  profile: Profile,
  shape: ProofShape,
  relation: RelationShape,
): readonly Round[] {
  const { logMaxHeight, logParts } = shape;
  const { airs, constraints, fractionsPerRow, maxMessageWidth, boundaryFractions } = relation;
  // Folded by powers of two challenges, constraints by one and AIRs by the other. Hidden sums: each is constant, and
  // together they balance.
  const composed = constraints + airs - 1 + (profile.hiddenSums ? airs + 1 : 0);
  const [height, bound] = [1n << BigInt(logMaxHeight), BigInt(shape.degreeBound)];
  const points = BigInt(OUT_OF_DOMAIN_POINTS);
  const identity = BigInt(relation.maxDegree) * (bound + points - 1n) + (height - 1n);
  const recombination = (height << BigInt(logParts)) + bound + points - 1n;
  return [
    {
      label: 'lookup-challenge',
      bad: ceilLog2(BigInt((maxMessageWidth + 2) * fractionsPerRow)) + fromBits(logMaxHeight),
      work: 0,
      // log2(1 + b / (f N)) <= log2(e) b / (f N) for the fractions of the statement.
      penalty: ceilDiv(ceilDiv(BigInt(boundaryFractions) * LOG2_E, BigInt(fractionsPerRow)), height),
    },
    { label: 'constraint-composition', bad: ceilLog2(BigInt(composed)), work: 0 },
    {
      label: 'out-of-domain',
      bad: ceilLog2(identity > recombination ? identity : recombination),
      work: 0,
      // Drawing again inside the base field costs an Eidos challenge at most one unit.
      penalty: profile.hash === 'eidos' ? 1n : 0n,
    },
  ];
}

/** The report of these terms and the hash's. */
export function reportOf(terms: readonly SecurityTerm[], profile: Profile): SecurityReport {
  const all: SecurityTerm[] = [...terms, { label: 'commitment-collision', bitsQ16: cap(profile) }];
  const binding = all.reduce((weakest, term) => (term.bitsQ16 < weakest.bitsQ16 ? term : weakest));
  return { terms: all, binding, bits: wholeBits(binding.bitsQ16) };
}
