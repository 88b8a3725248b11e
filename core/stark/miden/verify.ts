import { EMPTY_WORD } from '../../hash/word.ts';
import { VerificationError } from '../errors.ts';
import { PROFILES, type Profile, type ProfileName, type ProofHash } from '../profile.ts';
import { type Claim, checkClaim } from '../proof/claim.ts';
import { readStarkProof } from '../proof/stark-proof.ts';
import type { SecurityReport } from '../security/types.ts';
import { securityReport } from '../security.ts';
import { type OnTranscript, verifyStark } from '../verifier.ts';
import { openContainer } from './container.ts';
import { midenPublicValues, midenRelation, midenRelationShape, midenStatement } from './relation.ts';

export interface MidenVerifyOptions {
  /** The kind of proof that is good enough; it is for the caller to say, never for the proof. `private` if not given. */
  readonly profile?: ProfileName;
  /** Refuse proofs whose conjectured security is below this many bits. */
  readonly minSecurityBits?: number;
  /** For tests: parameters other than the profile's. */
  readonly parameters?: (hash: ProofHash) => Profile;
  /** For tests. */
  readonly onTranscript?: OnTranscript;
}

export interface Verified {
  readonly hash: ProofHash;
  readonly security: SecurityReport;
  /** log2 of the trace heights: core, chiplets, eidos, byte table. */
  readonly logHeights: readonly number[];
}

/**
 * Checks that `bytes` prove `claim`: a private proof, or where the caller says so an official execution proof. Throws
 * `FormatError` when bytes or claim are not what they should be at all and `VerificationError` when the proof does not
 * show the claim; any other exception is a defect.
 *
 * The order of checks is that of miden-verifier 1.0.0-rc.0, src/lib.rs.
 */
export function verify(claim: Claim, bytes: Uint8Array, options: MidenVerifyOptions = {}): Verified {
  const { profile = 'private', minSecurityBits, onTranscript } = options;
  checkClaim(claim);
  const { hash, stark } = openContainer(bytes, profile);
  const proof = readStarkProof(stark, hash);
  const parameters = (options.parameters ?? PROFILES[profile])(hash);
  const { shape } = verifyStark(
    {
      ...midenRelation(hash),
      publicValues: midenPublicValues(claim),
      statement: midenStatement(claim, EMPTY_WORD),
      profile: parameters,
      ...(onTranscript && { onTranscript }),
    },
    proof,
  );
  const security = securityReport(parameters, shape, midenRelationShape(claim));
  // Not `<`: a bound that is not a number is never met.
  if (minSecurityBits !== undefined && !(security.bits >= minSecurityBits)) {
    throw new VerificationError('insufficient-security', 'The proof is too weak.', {
      details: `${security.bits} bits (${security.binding.label}), ${minSecurityBits} are required`,
    });
  }
  return { hash, security, logHeights: proof.logHeights };
}
