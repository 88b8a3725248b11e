import * as F from '../field/felt.ts';
import { Domain } from './domains.ts';
import { initLanes, wordToLanes } from './eidos.ts';
import { compressLanes } from './eidos-compress.ts';
import type { GrindJob, Transcript } from './transcript.ts';
import type { Word } from './word.ts';

const BLOCK_FELTS = 8;
/** Added to the last chaining word before squeezing: 1 + buffered felts when leaving absorption, 9 afterwards. */
const SQUEEZE_TAG = 1n + BigInt(BLOCK_FELTS);
const LOW = 0xffff_ffffn;

/** The last word of a chaining value moves by `tag`, so that squeezing never repeats an absorption. */
export function tweakLanes(cv: Uint32Array, tag: bigint): void {
  const word = F.add((BigInt(cv[7]) << 32n) | BigInt(cv[6]), tag);
  cv[6] = Number(word & LOW);
  cv[7] = Number(word >> 32n);
}

/**
 * The Eidos transcript (miden-crypto 1.0.0-rc.0, src/hash/eidos/challenger.rs). Felts are buffered and compressed eight
 * at a time; the first sample compresses what is buffered, also when that is nothing; further output comes in words of
 * four felts from a counter block. Observing drops output that was not read.
 */
export class EidosTranscript implements Transcript {
  readonly #cv = new Uint32Array(8);
  readonly #block = new Uint32Array(2 * BLOCK_FELTS);
  #buffered = 0;
  #squeezed = 0;
  #unread = 0;

  /** Opens in the proof system's domain and absorbs the digest of the relation to be proved. */
  constructor(relationDigest: Word) {
    initLanes(this.#cv, 0, Domain.STARK_TRANSCRIPT);
    wordToLanes(relationDigest, this.#block, 0);
    this.#compress();
  }

  observe(value: F.Felt): void {
    this.#observeLanes(Number(value & LOW), Number(value >> 32n));
  }

  observeDigest(digest: Uint8Array): void {
    const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
    for (let at = 0; at < 32; at += 8)
      this.#observeLanes(view.getUint32(at, true), view.getUint32(at + 4, true));
  }

  sample(): F.Felt {
    const at = this.#next();
    return (BigInt(this.#cv[at + 1]) << 32n) | BigInt(this.#cv[at]);
  }

  sampleBits(bits: number): number {
    const at = this.#next();
    return bits === 32 ? this.#cv[at] : this.#cv[at] & (2 ** bits - 1);
  }

  grindJob(bits: number): GrindJob {
    const pending = Array.from(
      { length: this.#buffered },
      (_, i) => (BigInt(this.#block[2 * i + 1]) << 32n) | BigInt(this.#block[2 * i]),
    );
    return { hash: 'eidos', bits, cv: this.#cv.slice(), pending };
  }

  checkWitness(bits: number, witness: F.Felt): boolean {
    if (bits === 0) return true;
    this.observe(witness);
    return this.sampleBits(bits) === 0;
  }

  #observeLanes(low: number, high: number): void {
    this.#unread = 0;
    this.#squeezed = 0;
    this.#block[2 * this.#buffered] = low;
    this.#block[2 * this.#buffered + 1] = high;
    if (++this.#buffered === BLOCK_FELTS) this.#compress();
  }

  #compress(): void {
    compressLanes(this.#cv, 0, this.#block, 0, this.#cv, 0);
    this.#block.fill(0);
    this.#buffered = 0;
  }

  /** The lane at which the next output felt stands; the output word is the chaining value itself. */
  #next(): number {
    if (this.#unread === 0) {
      if (this.#squeezed === 0) {
        tweakLanes(this.#cv, 1n + BigInt(this.#buffered));
      } else {
        tweakLanes(this.#cv, SQUEEZE_TAG);
        this.#block[0] = this.#squeezed;
      }
      this.#compress();
      this.#squeezed++;
      this.#unread = 4;
    }
    return 2 * (4 - this.#unread--);
  }
}
