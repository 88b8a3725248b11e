import { blake3 } from '@noble/hashes/blake3.js';
import { noRandomness } from './errors.ts';

export const SEED_BYTES = 32;

/** Where the seed of a proof comes from: {@link SEED_BYTES} fresh bytes, which the caller overwrites. */
export type SeedSource = () => Uint8Array<ArrayBuffer>;

/** Digest of the last seed, to notice a repeated one without keeping it. */
let last: Uint8Array | undefined;
const equal = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, i) => byte === b[i]);

/**
 * A seed from the platform's generator. Throws `no-randomness` when there is no generator, when it fails, and when it is
 * visibly stuck: equal bytes throughout, or the previous seed again (a working one does either with probability below
 * 2^-247). A generator that is stuck where one process cannot see it, as in two copies of one virtual machine, is what
 * the other inputs of the key are for (`ProofSeed`).
 */
export const platformSeed: SeedSource = () => {
  const seed = new Uint8Array(SEED_BYTES);
  try {
    globalThis.crypto.getRandomValues(seed);
  } catch (cause) {
    throw noRandomness('crypto.getRandomValues is missing or failed', cause);
  }
  if (seed.every((byte) => byte === seed[0])) throw noRandomness('crypto.getRandomValues gave equal bytes');
  const digest = blake3(seed);
  const isRepeated = last !== undefined && equal(last, digest);
  last = digest;
  if (isRepeated) throw noRandomness('crypto.getRandomValues gave the same bytes twice');
  return seed;
};
