import { type Felt, isCanonical } from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import { Domain } from './domains.ts';
import { hashElements } from './eidos.ts';
import { EMPTY_WORD, type Word } from './word.ts';

/**
 * A deterministic, reseedable source of field elements and bytes (miden-crypto 1.0.0-rc.0, src/rand/eidos_coin.rs).
 * Output block i is the hash of state and counter; only the low half of each output element is used, so every u32 is
 * equally likely. Not part of any proof. Knowing the state gives every output since the last reseed.
 */
export class RandomCoin {
  #state: Word;
  #output: Word = EMPTY_WORD;
  #counter = 0n;
  #current = 4;

  constructor(seed: Word) {
    this.#state = hashElements(seed, Domain.RANDOM_COIN_STATE);
  }

  /** State, buffered output, index of the next block, and how many elements of the buffer are spent. */
  get parts(): { state: Word; output: Word; counter: bigint; current: number } {
    return { state: this.#state, output: this.#output, counter: this.#counter, current: this.#current };
  }

  #counterFelts(): [Felt, Felt] {
    return [this.#counter & 0xffff_ffffn, this.#counter >> 32n];
  }

  #nextU32(): bigint {
    if (this.#current === 4) {
      this.#output = hashElements([...this.#state, ...this.#counterFelts()], Domain.RANDOM_COIN_OUTPUT);
      this.#counter += 1n;
      this.#current = 0;
    }
    return this.#output[this.#current++] & 0xffff_ffffn;
  }

  /** A uniform field element, by rejection. */
  draw(): Felt {
    for (;;) {
      const low = this.#nextU32();
      const value = low | (this.#nextU32() << 32n);
      if (isCanonical(value)) return value;
    }
  }

  drawQuad(): QuadFelt {
    return [this.draw(), this.draw()];
  }

  /** `length` bytes, little-endian u32 after u32; an unused rest of the last one is dropped. */
  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i += 4) {
      const word = Number(this.#nextU32());
      for (let k = 0; k < 4 && i + k < length; k++) out[i + k] = word >>> (8 * k);
    }
    return out;
  }

  /** Mixes a word into the state; buffered output is dropped and the counter starts over. */
  reseed(data: Word): void {
    this.#state = hashElements([...this.#state, ...this.#counterFelts(), ...data], Domain.RANDOM_COIN_STATE);
    this.#output = EMPTY_WORD;
    this.#counter = 0n;
    this.#current = 4;
  }
}
