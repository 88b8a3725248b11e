import { chacha20 } from '@noble/ciphers/chacha.js';
import { KilnError } from '../../errors.ts';
import { MODULUS } from '../../field/felt.ts';

/** What a stream of random elements is for; each has its own nonces. */
export const Purpose = {
  MainMask: 1,
  AuxMask: 2,
  /** Of the quotient's parts: columns 2 t and 2 t + 1 are the halves of part t. */
  Blinder: 3,
  /** The masking polynomial: columns 0 and 1. */
  Masking: 4,
  MainSalt: 5,
  AuxSalt: 6,
  QuotientSalt: 7,
} as const;
export type MaskPurpose = 1 | 2 | 3 | 4;
export type SaltPurpose = 5 | 6 | 7;

/** Elements of a salt: half a block. */
export const SALT_WIDTH = 4;
const BLOCK_WORDS = 8;
const BLOCK_BYTES = 64;
const TOP_BIT = 1n << 63n;

/**
 * A stream of ChaCha20 blocks (RFC 8439, section 2.3), addressed by counter, so that every backend expands it in parallel
 * and in any order. Lanes are the state's little-endian words: eight of the key; nonce = purpose (1 byte) | AIR (1) |
 * column (2) | zeros (8). Secret: never logged, never kept longer than the proof takes.
 */
export interface Stream {
  readonly key: Uint32Array;
  readonly nonce: Uint32Array;
}

/** The nonce of a stream: `air` below 256, `column` below 65,536. */
export const streamNonce = (purpose: number, air: number, column: number): Uint32Array =>
  Uint32Array.of(purpose | (air << 8) | (column << 16), 0, 0);

/** Blocks `first` to `first + count` as 64-bit words, eight per block. */
function blocks({ key, nonce }: Stream, first: number, count: number): BigUint64Array {
  const bytes = (lanes: Uint32Array) => new Uint8Array(lanes.buffer, lanes.byteOffset, lanes.byteLength);
  const out = new BigUint64Array(BLOCK_WORDS * count);
  const raw = new Uint8Array(out.buffer);
  chacha20(bytes(key), bytes(nonce), new Uint8Array(BLOCK_BYTES * count), raw, first);
  return out;
}

/**
 * `count` uniform field elements from element `first` on: element i is the first of block i's eight words that is canonical.
 * Throws `randomness-exhausted` if none is, which happens with probability 2^-256.
 */
export function elements(stream: Stream, count: number, first = 0): BigUint64Array {
  const words = blocks(stream, first, count);
  return BigUint64Array.from({ length: count }, (_, i) => {
    for (let k = 0; k < BLOCK_WORDS; k++) {
      const word = words[BLOCK_WORDS * i + k];
      if (word < MODULUS) return word;
    }
    throw new KilnError('randomness-exhausted', 'A random element could not be drawn.', {
      advice: 'Prove again.',
    });
  });
}

/** Salts of leaves `first` to `first + count`: four elements below 2^63 each, two leaves to a block. */
export function salts(stream: Stream, first: number, count: number): BigUint64Array {
  const block = first >>> 1;
  const words = blocks(stream, block, ((first + count + 1) >>> 1) - block);
  const at = SALT_WIDTH * (first & 1);
  return words.slice(at, at + SALT_WIDTH * count).map((word) => word & (TOP_BIT - 1n));
}
