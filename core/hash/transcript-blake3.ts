import { blake3 } from '@noble/hashes/blake3.js';
import * as F from '../field/felt.ts';
import type { GrindJob, Transcript } from './transcript.ts';
import type { Word } from './word.ts';

const DIGEST_BYTES = 32;

/**
 * The BLAKE3 transcript: a byte challenger (p3-challenger 0.8.0, hash_challenger.rs, serializing_challenger.rs). Input
 * bytes accumulate; when output is wanted and none is left, their digest becomes both the next input and 32 bytes of
 * output, which are read from the end. A field element is eight of them as a little-endian u64, redrawn if not canonical.
 */
export class Blake3Transcript implements Transcript {
  #input = new Uint8Array(1024);
  #length = 0;
  #output = new Uint8Array(DIGEST_BYTES);
  #unread = 0;

  /** Absorbs the digest of the relation to be proved. */
  constructor(relationDigest: Word) {
    for (const value of relationDigest) this.observe(value);
  }

  observe(value: F.Felt): void {
    const at = this.#grow(8);
    new DataView(this.#input.buffer).setBigUint64(at, value, true);
  }

  observeDigest(digest: Uint8Array): void {
    const at = this.#grow(digest.length);
    this.#input.set(digest, at);
  }

  sample(): F.Felt {
    for (;;) {
      const low = this.#u32();
      const value = (BigInt(this.#u32()) << 32n) | BigInt(low);
      if (value < F.MODULUS) return value;
    }
  }

  sampleBits(bits: number): number {
    const low = this.#u32();
    this.#u32();
    return bits === 32 ? low : low & (2 ** bits - 1);
  }

  grindJob(bits: number): GrindJob {
    // The check reads and drops one byte first, which digests the input if no output is left.
    const input =
      this.#unread === 0 ? blake3(this.#input.subarray(0, this.#length)) : this.#input.slice(0, this.#length);
    return { hash: 'blake3', bits, input };
  }

  checkWitness(bits: number, witness: F.Felt): boolean {
    if (bits === 0) return true;
    this.#byte();
    this.observe(witness);
    return this.sampleBits(bits) === 0;
  }

  /** Room for `count` more input bytes; drops unread output and returns where they go. */
  #grow(count: number): number {
    this.#unread = 0;
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#input.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#input);
      this.#input = larger;
    }
    return at;
  }

  #byte(): number {
    if (this.#unread === 0) {
      this.#output = blake3(this.#input.subarray(0, this.#length));
      this.#input.set(this.#output);
      this.#length = DIGEST_BYTES;
      this.#unread = DIGEST_BYTES;
    }
    return this.#output[--this.#unread];
  }

  #u32(): number {
    const [b0, b1, b2, b3] = [this.#byte(), this.#byte(), this.#byte(), this.#byte()];
    return (b0 | (b1 << 8) | (b2 << 16) | (b3 << 24)) >>> 0;
  }
}
