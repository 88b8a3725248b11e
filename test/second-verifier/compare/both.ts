import { FormatError } from '../../../core/bytes.ts';
import { VerificationError } from '../../../core/stark/errors.ts';
import { verify as verifyClaim } from '../../../core/stark/miden/verify.ts';
import type { Profile } from '../../../core/stark/profile.ts';
import type { Claim } from '../../../core/stark/proof/claim.ts';
import { readStarkProof as readTheirs } from '../../../core/stark/proof/stark-proof.ts';
import { type VerifyOptions, verifyStark as verifyTheirs } from '../../../core/stark/verifier.ts';
import { verifyPrivate } from '../miden.ts';
import { readStarkProof } from '../proof.ts';
import { type Reason, Rejection } from '../rejection.ts';
import type { Parameters, Relation } from '../relation.ts';
import { verifyStark } from '../stark.ts';

/** One statement and its parameters, as each of the two verifiers is told them. */
export interface Case {
  readonly relation: Relation;
  readonly parameters: Parameters;
  readonly theirs: VerifyOptions;
}

/** The same numbers under the names of this folder. */
export const parametersOf = (profile: Profile): Parameters => ({
  queries: profile.numQueries,
  queryWork: profile.queryPowBits,
  deepWork: profile.deepPowBits,
  foldingWork: profile.foldingPowBits,
  logBlowup: profile.logBlowup,
  logFinalDegree: profile.logFinalDegree,
  hiding:
    profile.hidingVersion === 0
      ? undefined
      : {
          version: profile.hidingVersion,
          slack: profile.slack,
          mask: profile.maskLength,
          blinder: profile.blinderLength,
          salt: profile.saltWidth,
          classes: profile.heightClasses,
        },
});

export type Verdict = 'accepted' | Reason;

/** What the other verifier calls each reason. */
const REASONS: Readonly<Record<string, Reason>> = {
  malformed: 'format',
  'wrong-profile': 'format',
  'wrong-shape': 'heights',
  'unlisted-heights': 'heights',
  'incomplete-proof': 'incomplete',
  'insufficient-work': 'work',
  'wrong-opening': 'opening',
  'fri-mismatch': 'fri',
  'final-polynomial-mismatch': 'final-polynomial',
  'unbalanced-lookups': 'lookups',
  'constraint-mismatch': 'constraints',
  'trailing-data': 'trailing',
};

/** Runs a verifier; an exception that is not its verdict is a crash, and thrown on. */
function verdict(verify: () => unknown): Verdict {
  try {
    verify();
    return 'accepted';
  } catch (error) {
    if (error instanceof Rejection) return error.reason;
    if (error instanceof VerificationError || error instanceof FormatError) {
      const reason = REASONS[error.kind];
      if (reason) return reason;
    }
    throw error;
  }
}

/** The verdicts of both on the file of a private proof. */
export const fileVerdicts = (claim: Claim, file: Uint8Array): [Verdict, Verdict] => [
  verdict(() => verifyPrivate(claim, file)),
  verdict(() => verifyClaim(claim, file)),
];

/** The verdicts of both on the bytes of a STARK proof: this folder's first. */
export function verdicts({ relation, parameters, theirs }: Case, stark: Uint8Array): [Verdict, Verdict] {
  const { hash } = theirs.profile;
  return [
    verdict(() => verifyStark(relation, parameters, readStarkProof(stark, hash))),
    verdict(() => verifyTheirs(theirs, readTheirs(stark, hash))),
  ];
}
