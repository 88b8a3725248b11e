import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Digest } from '../backend.ts';
import { randomnessReused } from './errors.ts';

/**
 * The last hiding proofs that left this process, by the root of their main tree. Equal roots mean equal masks, and two
 * different proofs with equal masks open the trace: the second is never released. The same proof again tells nothing.
 */
export class ReleasedProofs {
  readonly #capacity: number;
  /** Digest of the proof, by main root; the oldest first. */
  readonly #proofs = new Map<string, string>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Call with every hiding proof before anyone sees it. Throws `randomness-reused`. */
  release(mainRoot: Digest, proof: Uint8Array): void {
    const [root, digest] = [bytesToHex(mainRoot), bytesToHex(sha256(proof))];
    const earlier = this.#proofs.get(root);
    if (earlier !== undefined && earlier !== digest)
      throw randomnessReused(`another proof with the main root ${root} was released before`);
    this.#proofs.delete(root);
    this.#proofs.set(root, digest);
    if (this.#proofs.size > this.#capacity) {
      const [oldest] = this.#proofs.keys();
      this.#proofs.delete(oldest);
    }
  }
}

/** One for all provers of this process: about a megabyte at most. */
export const releasedProofs = new ReleasedProofs(4096);
