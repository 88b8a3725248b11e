import { blake3 } from '@noble/hashes/blake3.js';
import { add, type Felt, MODULUS } from '../../core/field/felt.ts';
import { Domain } from '../../core/hash/domains.ts';
import { compress, initWord, merge } from '../../core/hash/eidos.ts';
import type { Word } from '../../core/hash/word.ts';
import { feltBytes, felts, littleEndian } from './bytes.ts';
import type { HashName } from './proof.ts';

/** Fiat-Shamir: what was said determines what is sampled. */
export abstract class Transcript {
  abstract observe(values: readonly Felt[]): void;
  abstract observeDigest(digest: Uint8Array): void;
  abstract sample(): Felt;
  /** 64 sampled bits, or a few less. */
  protected abstract bits(): bigint;
  /** What precedes the nonce of a proof of work. */
  protected abstract beforeWork(): void;

  sampleBits(count: number): number {
    return Number(this.bits() & ((1n << BigInt(count)) - 1n));
  }
  /** Absorbs the nonce of a proof of work of `count` > 0 bits; whether it is one. */
  work(count: number, nonce: Felt): boolean {
    this.beforeWork();
    this.observe([nonce]);
    return this.sampleBits(count) === 0;
  }
}

/** How a proof commits and draws challenges. */
export interface Hashing {
  /** Opened rows are padded with zeros to a multiple of this. */
  readonly alignment: number;
  leaf(rows: readonly (readonly Felt[])[]): Uint8Array;
  node(left: Uint8Array, right: Uint8Array): Uint8Array;
  /** A transcript opens with the relation's digest. */
  transcript(relation: Word): Transcript;
}

const word = (digest: Uint8Array): Word => felts(digest) as unknown as Word;

/** A row in blocks of eight, the last one padded with zeros. */
const blocks = (row: readonly Felt[]): Felt[][] =>
  Array.from({ length: Math.ceil(row.length / 8) }, (_, i) =>
    Array.from({ length: 8 }, (_, k) => row[8 * i + k] ?? 0n),
  );

class EidosTranscript extends Transcript {
  #chaining: Word;
  #pending: Felt[] = [];
  #output: Felt[] = [];
  /** Output words since the last absorption; undefined while absorbing. */
  #words: bigint | undefined;

  constructor(relation: Word) {
    super();
    this.#chaining = compress(initWord(Domain.STARK_TRANSCRIPT), [...relation, 0n, 0n, 0n, 0n]);
  }
  observe(values: readonly Felt[]): void {
    for (const value of values) {
      this.#output = [];
      this.#words = undefined;
      this.#pending.push(value);
      if (this.#pending.length === 8) this.#compress(0n, this.#pending.splice(0));
    }
  }
  observeDigest(digest: Uint8Array): void {
    this.observe(felts(digest));
  }
  sample(): Felt {
    if (this.#output.length === 0) {
      if (this.#words === undefined) {
        const rest = this.#pending.splice(0);
        this.#compress(1n + BigInt(rest.length), rest);
        this.#words = 0n;
      } else {
        this.#compress(9n, [++this.#words]);
      }
      this.#output = [...this.#chaining];
    }
    return this.#output.shift()!;
  }
  protected bits(): bigint {
    return this.sample();
  }
  protected beforeWork(): void {}
  /** The last word of the chaining value is tweaked by how much was absorbed, or by 9 for more output. */
  #compress(tweak: Felt, elements: readonly Felt[]): void {
    const [a, b, c, d] = this.#chaining;
    this.#chaining = compress([a, b, c, add(d, tweak)], blocks(elements)[0] ?? Array<Felt>(8).fill(0n));
  }
}

class Blake3Transcript extends Transcript {
  #input: number[];
  #output: number[] = [];

  constructor(relation: Word) {
    super();
    this.#input = [...feltBytes(relation)];
  }
  observe(values: readonly Felt[]): void {
    this.observeDigest(feltBytes(values));
  }
  observeDigest(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#output = [];
    for (const byte of bytes) this.#input.push(byte);
  }
  #byte(): number {
    if (this.#output.length === 0) {
      this.#input = [...blake3(Uint8Array.from(this.#input))];
      this.#output = [...this.#input];
    }
    return this.#output.pop()!;
  }
  protected bits(): bigint {
    return littleEndian(Uint8Array.from({ length: 8 }, () => this.#byte()));
  }
  protected beforeWork(): void {
    this.#byte();
  }
  sample(): Felt {
    for (;;) {
      const value = this.bits();
      if (value < MODULUS) return value;
    }
  }
}

const eidos: Hashing = {
  alignment: 8,
  leaf(rows) {
    const all = rows.flatMap(blocks);
    return feltBytes(all.reduce<Word>(compress, initWord(Domain.LMCS_LEAF, 8 * all.length)));
  },
  node: (left, right) => feltBytes(merge(word(left), word(right))),
  transcript: (relation) => new EidosTranscript(relation),
};

const concat = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

const chained: Hashing = {
  alignment: 1,
  leaf: (rows) =>
    rows.reduce<Uint8Array>((state, row) => blake3(concat(state, feltBytes(row))), new Uint8Array(32)),
  node: (left, right) => blake3(concat(left, right)),
  transcript: (relation) => new Blake3Transcript(relation),
};

export const hashing = (name: HashName): Hashing => ({ eidos, blake3: chained })[name];
