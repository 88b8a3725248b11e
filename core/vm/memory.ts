import { ExecutionError } from './errors.ts';

const WORD_LANES = 8;
const INITIAL_WORDS = 256;

/**
 * Read-write memory: per context 2^32 elements in words of four, zero until written. A hash table by (context, word)
 * with open addressing; the words' lanes lie in one array. Lane 0 starts a word that is always zero.
 */
export class Memory {
  /** Eight lanes per word; see {@link find} and {@link slot}. Replaced when it grows. */
  lanes = new Uint32Array(WORD_LANES * INITIAL_WORDS);
  #count = 1;
  readonly #maxWords: number;
  /** Three u32 per place: context, word number, index of the word (0: free). */
  #table = new Uint32Array(3 * 4 * INITIAL_WORDS);
  #mask = 4 * INITIAL_WORDS - 1;
  /** Keeps a program from choosing addresses that collide; nothing observable depends on it. */
  readonly #seed = (Math.random() * 2 ** 32) | 0;

  constructor(maxElements: number) {
    this.#maxWords = Math.ceil(maxElements / 4);
  }

  /** Words ever written. */
  get words(): number {
    return this.#count - 1;
  }

  /** First lane of the word that holds element `address`; that of the zero word if it was never written. */
  find(ctx: number, address: number): number {
    return WORD_LANES * this.#table[3 * this.#place(ctx, address >>> 2) + 2];
  }

  /** First lane of the word that holds element `address`, made if need be. Throws `memory-limit`. */
  slot(ctx: number, address: number): number {
    const word = address >>> 2;
    let place = this.#place(ctx, word);
    let index = this.#table[3 * place + 2];
    if (index === 0) {
      if (this.#count > this.#maxWords) {
        throw new ExecutionError('memory-limit', `Memory may hold ${4 * this.#maxWords} elements.`, {
          details: `The write to address ${address} of context ${ctx} needs one word more.`,
          advice: 'Reuse memory, or raise the limit.',
        });
      }
      if (4 * this.#count > 3 * (this.#mask + 1)) {
        this.#grow();
        place = this.#place(ctx, word);
      }
      index = this.#count++;
      if (WORD_LANES * this.#count > this.lanes.length) {
        const lanes = new Uint32Array(2 * this.lanes.length);
        lanes.set(this.lanes);
        this.lanes = lanes;
      }
      this.#table[3 * place] = ctx;
      this.#table[3 * place + 1] = word;
      this.#table[3 * place + 2] = index;
    }
    return WORD_LANES * index;
  }

  /** The place of (ctx, word) in the table, or the free place where it would go. */
  #place(ctx: number, word: number): number {
    const table = this.#table;
    const mask = this.#mask;
    let hash = Math.imul(word ^ this.#seed, 0x9e37_79b1) ^ Math.imul(ctx, 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
    let place = (hash ^ (hash >>> 13)) & mask;
    while (table[3 * place + 2] !== 0 && (table[3 * place + 1] !== word || table[3 * place] !== ctx)) {
      place = (place + 1) & mask;
    }
    return place;
  }

  #grow(): void {
    const old = this.#table;
    this.#mask = 2 * this.#mask + 1;
    this.#table = new Uint32Array(3 * (this.#mask + 1));
    for (let at = 0; at < old.length; at += 3) {
      if (old[at + 2] === 0) continue;
      const place = this.#place(old[at], old[at + 1]);
      this.#table.set(old.subarray(at, at + 3), 3 * place);
    }
  }
}
