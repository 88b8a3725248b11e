import type { Profile } from '../profile.ts';
import type { ProofShape } from '../shape.ts';
import { atLeastZero, ceilDiv, ceilLog2, floorLog2, fromBits, min } from './fixed-point.ts';
import {
  algebraicRounds,
  cap,
  deepTerms,
  OUT_OF_DOMAIN_POINTS,
  type Round,
  reportOf,
  worth,
} from './rounds.ts';
import type { RelationShape, SecurityReport, SecurityTerm } from './types.ts';

/** What is proven of a proof's soundness, without conjectures on codes; the hash is a random oracle in both. */
export interface ProvenSecurity {
  /** Words are decoded where at most one codeword is near. */
  readonly uniqueDecoding: SecurityReport;
  /** Words are decoded almost up to the Johnson bound, with {@link MULTIPLICITY}: more bits a query, lists of codewords. */
  readonly johnson: SecurityReport;
}

/**
 * Multiplicity m of the interpolation that finds the list. A larger one brings the queries nearer to their limit
 * (-log2 sqrt(rho) each) and costs the other rounds 3 log2(m) bits: at 30 the limit is less than a bit away, and at the
 * height of the byte table every other round keeps more than 90.
 */
export const MULTIPLICITY = 30;

/**
 * Per round, bits against a prover of unbounded power that searches 2^bits hashes. Sources: p3-security 0.8.0
 * (src/fri.rs, src/proximity.rs, src/assumption.rs), which follows eprint 2024/1553 (round by round), 2020/654 (unique
 * decoding) and 2026/2056 (number of bad lines in the Johnson regime); with the degree bound K for the dimension, so that
 * the rate K / n may be any. The lists multiply the bad values of lookup, composition and out-of-domain rounds.
 */
export function provenSecurity(profile: Profile, shape: ProofShape, relation: RelationShape): ProvenSecurity {
  const report = (list: bigint, line: bigint, queries: bigint): SecurityReport => {
    const batching = (label: Round['label'], words: number, work: number): SecurityTerm =>
      worth({ label, bad: line + ceilLog2(BigInt(words - 1)), work }, profile);
    return reportOf(
      [
        ...algebraicRounds(profile, shape, relation).map((round) => worth(round, profile, list)),
        batching('deep-composition', deepTerms(shape), profile.deepPowBits),
        batching('fri-folding', 2 ** profile.logFoldingArity, profile.foldingPowBits),
        { label: 'fri-query', bitsQ16: min(queries + fromBits(profile.queryPowBits), cap(profile)) },
      ],
      profile,
    );
  };
  const { logLde, degreeBound } = shape;
  const queries = BigInt(profile.numQueries);
  return {
    uniqueDecoding: report(0n, ceilLog2((1n << BigInt(logLde)) + 1n), queries * uniqueQuery(shape)),
    johnson: report(
      listBits(shape),
      badLineBits(shape),
      admitsMultiplicity(degreeBound) ? queries * johnsonQuery(shape) : 0n,
    ),
  };
}

/** log2(2 m + 1), rounded up: m + 1/2 is half of it. */
const TWICE_M_AND_HALF = ceilLog2(BigInt(2 * MULTIPLICITY + 1));

/** -log2((1 + rho) / 2), with the rate a quotient by the out-of-domain points needs: (K + 2) / n. Rounded down. */
function uniqueQuery({ logLde, degreeBound }: ProofShape): bigint {
  const agreeing = (1n << BigInt(logLde)) + BigInt(degreeBound + OUT_OF_DOMAIN_POINTS);
  return atLeastZero(fromBits(logLde + 1) - ceilLog2(agreeing));
}

/** -log2((1 + 1 / 2m) sqrt(rho)), rounded down. */
function johnsonQuery({ logLde, degreeBound }: ProofShape): bigint {
  const halfRate = (fromBits(logLde) - ceilLog2(BigInt(degreeBound))) / 2n;
  return atLeastZero(halfRate - (TWICE_M_AND_HALF - floorLog2(BigInt(2 * MULTIPLICITY))));
}

/** The quotient by the out-of-domain points must stay decodable: (K + 2) / K < (1 + 1 / 2m)^2. */
const admitsMultiplicity = (bound: number): boolean =>
  (bound + OUT_OF_DOMAIN_POINTS) * (2 * MULTIPLICITY) ** 2 < bound * (2 * MULTIPLICITY + 1) ** 2;

/** log2 of the list's length (m + 1/2) / sqrt(rho), rounded up. */
function listBits({ logLde, degreeBound }: ProofShape): bigint {
  const rate = fromBits(logLde) - floorLog2(BigInt(degreeBound));
  return TWICE_M_AND_HALF - fromBits(1) + ceilDiv(rate, 2n);
}

/** log2 of the bad values on a line, 8 n (m + 1/2)^3 / (3 rho) with the rate (K - 1) / n, rounded up. */
function badLineBits({ logLde, degreeBound }: ProofShape): bigint {
  const rate = fromBits(logLde) - floorLog2(BigInt(degreeBound - 1));
  return fromBits(3 + logLde) + 3n * (TWICE_M_AND_HALF - fromBits(1)) - floorLog2(3n) + rate;
}
