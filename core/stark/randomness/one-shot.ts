import { randomnessClosed, randomnessReused } from './errors.ts';
import { type MaskPurpose, type SaltPurpose, type Stream, streamNonce } from './stream.ts';
import type { ProofRandomness } from './types.ts';

/** The streams of one attempt, all of one key; they share its memory, so that they die with it. */
export class OneShotRandomness implements ProofRandomness {
  readonly #key: Uint32Array;
  /** First lanes of the nonces handed out. */
  readonly #taken = new Set<number>();
  #closed = false;

  /** Owns `key`, eight lanes, from now on. */
  constructor(key: Uint32Array) {
    this.#key = key;
  }

  take(purpose: MaskPurpose, air: number, column: number): Stream {
    if (this.#closed) throw randomnessClosed();
    const nonce = streamNonce(purpose, air, column);
    if (this.#taken.has(nonce[0]))
      throw randomnessReused(`stream of purpose ${purpose}, AIR ${air}, column ${column}`);
    this.#taken.add(nonce[0]);
    return { key: this.#key, nonce };
  }

  salts(purpose: SaltPurpose): Stream {
    if (this.#closed) throw randomnessClosed();
    return { key: this.#key, nonce: streamNonce(purpose, 0, 0) };
  }

  close(): void {
    this.#closed = true;
    this.#key.fill(0);
  }
}
