import type { Profile } from '../../../core/stark/profile.ts';
import { writeStarkProof } from '../../../core/stark/proof/stark-proof.ts';
import type { SegmentProof } from '../../../core/stark/testing/segment-proof.ts';
import { claimAir, truthAir } from '../../../core/stark/testing/segments.ts';
import { type Case, parametersOf } from './both.ts';

/** A forgery by segments, for either verifier; neither AIR has fixed columns. */
export function segmentCase(
  { airs, publicValues, statement, proof }: SegmentProof,
  profile: Profile,
): { readonly of: Case; readonly stark: Uint8Array } {
  const of = {
    relation: {
      airs: [claimAir(), truthAir()],
      publicValues,
      digest: statement.relationDigest,
      observed: statement.observed,
      boundary: statement.boundary,
      fixed: undefined,
    },
    parameters: parametersOf(profile),
    theirs: { airs, publicValues, statement, profile },
  };
  return { of, stark: writeStarkProof(proof) };
}
