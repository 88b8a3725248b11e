import type { Profile } from './profile.ts';
import {
  atLeastZero,
  ceilLog2,
  FIELD_BITS,
  floorLog2,
  fromBits,
  LOG2_E,
  min,
} from './security/fixed-point.ts';
import { algebraicRounds, cap, deepTerms, type Round, reportOf, worth } from './security/rounds.ts';
import type { RelationShape, SecurityReport } from './security/types.ts';
import type { ProofShape } from './shape.ts';

/**
 * What a FRI query is worth under the random-words conjecture (eprint 2025/2010, section 1.5): -log2(rho + eta) with the
 * rate rho and eta = log2(e / rho) rho / log2|F|. The rate is K / 2^logLde: no power of two when the profile has a slack.
 */
function bitsPerQuery({ degreeBound, logLde }: ProofShape): bigint {
  const bound = BigInt(degreeBound);
  const [least, most] = [fromBits(logLde) - ceilLog2(bound), fromBits(logLde) - floorLog2(bound)];
  return atLeastZero(least - (ceilLog2(FIELD_BITS + LOG2_E + most) - floorLog2(FIELD_BITS)));
}

/**
 * The conjectured security of a proof of this shape over this relation, as the official estimator computes it, to the bit
 * (p3-security 0.8.0, src/budget; miden-air 1.0.0-rc.0, src/security.rs). What is proven: see `provenSecurity`.
 */
export function securityReport(profile: Profile, shape: ProofShape, relation: RelationShape): SecurityReport {
  const { logLde } = shape;
  const arity = 2 ** profile.logFoldingArity;
  const proximity: readonly Round[] = [
    {
      label: 'deep-composition',
      bad: ceilLog2(BigInt(deepTerms(shape))) + fromBits(logLde),
      work: profile.deepPowBits,
    },
    {
      label: 'fri-folding',
      bad: ceilLog2(BigInt(2 * (arity - 1))) + fromBits(logLde),
      work: profile.foldingPowBits,
    },
  ];
  const queries = BigInt(profile.numQueries) * bitsPerQuery(shape) + fromBits(profile.queryPowBits);
  return reportOf(
    [
      ...[...algebraicRounds(profile, shape, relation), ...proximity].map((round) => worth(round, profile)),
      { label: 'fri-query', bitsQ16: min(queries, cap(profile)) },
    ],
    profile,
  );
}
