import { DIGEST_BYTES, writeStarkProof } from './proof/stark-proof.ts';
import { type ProveOptions, proveWith } from './prove-with.ts';
import { releasedProofs } from './randomness/released.ts';
import { platformSeed } from './randomness/seed.ts';

export type { ProveOptions };

/**
 * Proves that traces satisfy their AIRs and that lookups balance. Returns the bytes of a STARK proof (see
 * {@link file://./proof/stark-proof.ts}). Without hiding they are the same ones for every backend and every time; a
 * hiding proof is made of fresh randomness, drawn here and nowhere else.
 *
 * Traces must be valid: an unbalanced one is refused with a `KilnError` of kind `unbalanced-lookups`; one that breaks a
 * constraint with `invalid-trace` where the profile hides, else it gives a proof that no verifier accepts. Rejects with
 * `no-randomness` when the platform has no generator, and as {@link file://./hiding.ts} does for heights that the profile
 * cannot hide.
 */
export async function prove(options: ProveOptions): Promise<Uint8Array> {
  const proof = await proveWith(options, platformSeed);
  const bytes = writeStarkProof(proof);
  // The first commitment is the main root.
  if (options.profile.hidingVersion > 0)
    releasedProofs.release(proof.commitments.slice(0, DIGEST_BYTES), bytes);
  return bytes;
}
