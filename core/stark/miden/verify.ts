import { midenAirs } from '../../air/miden.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../hash/word.ts';
import { VerificationError } from '../errors.ts';
import { midenProfile, type Profile, type ProofHash } from '../profile.ts';
import { type Claim, checkClaim } from '../proof/claim.ts';
import { PVM_ROOT, readExecutionProof, VM_ROOT } from '../proof/execution-proof.ts';
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
  /** The parameters proofs must have, by hash; the official ones if not given. */
  readonly profile?: (hash: ProofHash) => Profile;
  /** Refuse proofs whose conjectured security is below this many bits. */
  readonly minSecurityBits?: number;
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
 * Checks that `bytes` (an execution proof) prove `claim`. Throws `FormatError` when either is not what it should be at
 * all and `VerificationError` when the proof does not show the claim; any other exception is a defect.
 *
 * The order of checks is that of miden-verifier 1.0.0-rc.0, src/lib.rs.
 */
export function verify(claim: Claim, bytes: Uint8Array, options: MidenVerifyOptions = {}): Verified {
  const { profile = midenProfile, minSecurityBits, onTranscript } = options;
  checkClaim(claim);
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
  const stark = readStarkProof(proof.stark, proof.hash);
  const parameters = profile(proof.hash);
  const { shape } = verifyStark(
    {
      airs: midenAirs(),
      publicValues: midenPublicValues(claim),
      statement: midenStatement(claim, proof.deferredRoot),
      profile: parameters,
      preprocessed: BYTE_TABLE_ROOT[proof.hash],
      fixedLogHeights: [undefined, undefined, undefined, BYTE_TABLE_LOG_HEIGHT],
      ...(onTranscript && { onTranscript }),
    },
    stark,
  );
  const security = securityReport(parameters, shape, midenRelationShape(claim));
  // Not `<`: a bound that is not a number is never met.
  if (minSecurityBits !== undefined && !(security.bits >= minSecurityBits)) {
    throw new VerificationError('insufficient-security', 'The proof is too weak.', {
      details: `${security.bits} bits (${security.binding.label}), ${minSecurityBits} are required`,
    });
  }
  return { hash: proof.hash, security, logHeights: stark.logHeights };
}

function requireRoot(what: string, roots: readonly Word[], accepted: Word): void {
  if (roots.some((root) => wordsEqual(root, accepted))) return;
  throw new VerificationError('incompatible-verifier', 'The proof was made for another version of the VM.', {
    details: `${what} relation ${accepted} is not among those the proof names`,
    advice: 'Use the version of Kiln that fits the proof.',
  });
}
