import { EMPTY_WORD, type Word, wordsEqual } from '../../hash/word.ts';
import { VerificationError } from '../errors.ts';
import type { ProfileName } from '../profile.ts';
import {
  type ExecutionProof,
  hasExecutionTag,
  PVM_ROOT,
  readExecutionProof,
  VM_ROOT,
} from '../proof/execution-proof.ts';
import { hasPrivateTag, type PrivateProof, readPrivateProof } from '../proof/private-proof.ts';

const TAGS: Readonly<Record<ProfileName, (bytes: Uint8Array) => boolean>> = {
  private: hasPrivateTag,
  miden: hasExecutionTag,
};
/** What each container has to say about its proof. */
const READERS: Readonly<Record<ProfileName, (bytes: Uint8Array) => PrivateProof>> = {
  private: readPrivateProof,
  miden: readOfficial,
};

/**
 * The STARK proof in a container of this profile, which says its hash. Throws a `VerificationError` of kind `wrong-profile`
 * for a container of another one, `FormatError` for bytes that are none, and `VerificationError` for a container that says
 * of itself what no accepted proof does.
 */
export function openContainer(bytes: Uint8Array, profile: ProfileName): PrivateProof {
  requireProfile(bytes, profile);
  return READERS[profile](bytes);
}

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
