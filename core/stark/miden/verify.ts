import { midenAirs } from '../../air/miden.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../hash/word.ts';
import { VerificationError } from '../errors.ts';
import { PROFILES, type Profile, type ProfileName, type ProofHash } from '../profile.ts';
import { type Claim, checkClaim } from '../proof/claim.ts';
import {
  type ExecutionProof,
  hasExecutionTag,
  PVM_ROOT,
  readExecutionProof,
  VM_ROOT,
} from '../proof/execution-proof.ts';
import { hasPrivateTag, type PrivateProof, readPrivateProof } from '../proof/private-proof.ts';
import { readStarkProof } from '../proof/stark-proof.ts';
import type { SecurityReport } from '../security/types.ts';
import { securityReport } from '../security.ts';
import { type OnTranscript, verifyStark } from '../verifier.ts';
import {
  BYTE_TABLE_LOG_HEIGHT,
  BYTE_TABLE_ROOT,
  midenPublicValues,
  midenRelationShape,
  midenStatement,
} from './relation.ts';

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
  requireProfile(bytes, profile);
  const { hash, stark } = READERS[profile](bytes);
  const proof = readStarkProof(stark, hash);
  const parameters = (options.parameters ?? PROFILES[profile])(hash);
  const { shape } = verifyStark(
    {
      airs: midenAirs(),
      publicValues: midenPublicValues(claim),
      statement: midenStatement(claim, EMPTY_WORD),
      profile: parameters,
      preprocessed: BYTE_TABLE_ROOT[hash],
      fixedLogHeights: [undefined, undefined, undefined, BYTE_TABLE_LOG_HEIGHT],
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

const TAGS: Readonly<Record<ProfileName, (bytes: Uint8Array) => boolean>> = {
  private: hasPrivateTag,
  miden: hasExecutionTag,
};
/** What each container has to say about its proof. */
const READERS: Readonly<Record<ProfileName, (bytes: Uint8Array) => PrivateProof>> = {
  private: readPrivateProof,
  miden: readOfficial,
};

/** A proof that begins as one of another profile is refused for that, not for the damage its reader would see. */
function requireProfile(bytes: Uint8Array, expected: ProfileName): void {
  const other = (Object.keys(TAGS) as ProfileName[]).find((name) => name !== expected && TAGS[name](bytes));
  if (other === undefined) return;
  throw new VerificationError('wrong-profile', `This is a ${other} proof; a ${expected} one is required.`, {
    details: `the proof is tagged as ${other}, the profile asked for is ${expected}`,
    advice: `Ask its maker for a ${expected} proof, or ask for the ${other} profile if that is good enough.`,
  });
}

/** An execution proof that leaves nothing to precompiles and names this version of the VM. */
function readOfficial(bytes: Uint8Array): ExecutionProof {
  const proof = readExecutionProof(bytes);
  requireRoot('VM', proof.vmRoots, VM_ROOT);
  requireRoot('precompile', proof.pvmRoots, PVM_ROOT);
  if (proof.precompile !== 'none') {
    throw new VerificationError('unsupported-precompiles', 'Proofs with precompiles cannot be checked yet.', {
      details: `precompile status: ${proof.precompile}`,
      advice: 'Check this proof with the official verifier.',
    });
  }
  if (!wordsEqual(proof.deferredRoot, EMPTY_WORD)) {
    throw new VerificationError('missing-precompile-proof', 'The proof leaves statements unproved.', {
      details: `deferred root ${proof.deferredRoot}`,
    });
  }
  return proof;
}

function requireRoot(what: string, roots: readonly Word[], accepted: Word): void {
  if (roots.some((root) => wordsEqual(root, accepted))) return;
  throw new VerificationError('incompatible-verifier', 'The proof was made for another version of the VM.', {
    details: `${what} relation ${accepted} is not among those the proof names`,
    advice: 'Use the version of Kiln that fits the proof.',
  });
}
