import type { Profile } from './profile.ts';
import type { ProofShape } from './shape.ts';

/**
 * The conjectured security of a verified proof, exactly as the official estimator computes it (p3-security 0.8.0,
 * src/budget, src/fixed.rs; miden-air 1.0.0-rc.0, src/security.rs). Logarithms are fixed point with 16 fractional
 * bits, always rounded against the prover, so that every verifier gets the same number.
 */
export interface SecurityReport {
  /** In 1/65536 bits. */
  readonly terms: readonly SecurityTerm[];
  /** The weakest term. */
  readonly binding: SecurityTerm;
  /** Whole bits of the weakest term. */
  readonly bits: number;
}

interface SecurityTerm {
  readonly label: string;
  readonly bitsQ16: bigint;
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

const FRACTION_BITS = 16n;
/** log2(e), rounded up. */
const LOG2_E = 94_549n;
/** log2 of the extension field's size, rounded down: twice that of p. */
const FIELD_BITS = 2n * floorLog2(0xffff_ffff_0000_0001n);
/** An Eidos output element has 63 bits, so a challenge is one of 2^126. */
const EIDOS_SAMPLE_BITS = fromBits(126);
const COLLISION_BITS = { eidos: 126, blake3: 128 } as const;
/** Every column is opened at z and at the next row. */
const OUT_OF_DOMAIN_POINTS = 2;

function fromBits(bits: number): bigint {
  return BigInt(bits) << FRACTION_BITS;
}

/** log2(x) rounded down, for 0 < x < 2^64: square the mantissa, read off a bit, repeat. */
function floorLog2(x: bigint): bigint {
  const integer = BigInt(x.toString(2).length - 1);
  let result = integer << FRACTION_BITS;
  let mantissa = integer >= 32n ? x >> (integer - 32n) : x << (32n - integer);
  for (let bit = FRACTION_BITS - 1n; bit >= 0n; bit--) {
    mantissa = (mantissa * mantissa) >> 32n;
    if (mantissa >= 1n << 33n) {
      mantissa >>= 1n;
      result |= 1n << bit;
    }
  }
  return result;
}

/** log2(x) rounded up; exact for powers of two. */
const ceilLog2 = (x: bigint): bigint => floorLog2(x) + ((x & (x - 1n)) === 0n ? 0n : 1n);

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
const atLeastZero = (a: bigint): bigint => (a > 0n ? a : 0n);

/** What a FRI query is worth under the random-words conjecture (eprint 2025/2010, section 1.5). */
function bitsPerQuery(logBlowup: number): bigint {
  const rate = fromBits(logBlowup);
  return atLeastZero(rate - (ceilLog2(FIELD_BITS + LOG2_E + rate) - floorLog2(FIELD_BITS)));
}

/** The security report of a proof of this shape over this relation. */
export function securityReport(profile: Profile, shape: ProofShape, relation: RelationShape): SecurityReport {
  const { hash, logBlowup, logFoldingArity } = profile;
  const cap = min(fromBits(COLLISION_BITS[hash]), FIELD_BITS);
  const sampled = hash === 'eidos' ? EIDOS_SAMPLE_BITS : FIELD_BITS;
  const samplingCap = min(cap, sampled);
  const round = (coefficient: number, logSize: number, workBits: number): bigint => {
    const error = ceilLog2(BigInt(coefficient)) + fromBits(logSize);
    return min(atLeastZero(sampled - error) + fromBits(workBits), samplingCap);
  };
  const { logMaxHeight, logLde } = shape;

  const boundary = ceilDiv(
    ceilDiv(BigInt(relation.boundaryFractions) * LOG2_E, BigInt(relation.fractionsPerRow)),
    1n << BigInt(logMaxHeight),
  );
  const lookup = round((relation.maxMessageWidth + 2) * relation.fractionsPerRow, logMaxHeight, 0);

  const height = 1n << BigInt(logMaxHeight);
  const degree = BigInt(relation.maxDegree);
  const combination = BigInt(OUT_OF_DOMAIN_POINTS);
  const roots = degree * (height + combination - 1n) + (height - 1n);
  const chunkRoots = ((1n << BigInt(shape.logParts)) + 1n) * height + combination - 1n;
  const outOfDomain = min(
    atLeastZero(sampled - ceilLog2(roots > chunkRoots ? roots : chunkRoots)),
    samplingCap,
  );

  const queries = BigInt(profile.numQueries) * bitsPerQuery(logBlowup) + fromBits(profile.queryPowBits);
  const terms: SecurityTerm[] = [
    { label: 'lookup-challenge', bitsQ16: atLeastZero(lookup - boundary) },
    { label: 'constraint-composition', bitsQ16: round(relation.constraints + relation.airs - 1, 0, 0) },
    // Drawing again inside the base field costs an Eidos challenge at most one unit.
    { label: 'out-of-domain', bitsQ16: hash === 'eidos' ? atLeastZero(outOfDomain - 1n) : outOfDomain },
    {
      label: 'deep-composition',
      bitsQ16: round(shape.columns + OUT_OF_DOMAIN_POINTS, logLde, profile.deepPowBits),
    },
    { label: 'fri-folding', bitsQ16: round(2 * (2 ** logFoldingArity - 1), logLde, profile.foldingPowBits) },
    { label: 'fri-query', bitsQ16: min(queries, cap) },
    { label: 'commitment-collision', bitsQ16: cap },
  ];
  const binding = terms.reduce((weakest, term) => (term.bitsQ16 < weakest.bitsQ16 ? term : weakest));
  return { terms, binding, bits: Number(binding.bitsQ16 >> FRACTION_BITS) };
}
