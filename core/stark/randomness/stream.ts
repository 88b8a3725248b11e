import { chacha20 } from '@noble/ciphers/chacha.js';
import { KilnError } from '../../errors.ts';
import { MODULUS } from '../../field/felt.ts';
import { randomnessClosed } from './errors.ts';

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
const KEY_BYTES = 32;
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

/** The nonce of a stream: `air` below 256, `column` below 65,536 (throws `RangeError`: two streams would be one). */
export function streamNonce(purpose: MaskPurpose | SaltPurpose, air: number, column: number): Uint32Array {
  if (!(air >= 0 && air < 2 ** 8 && column >= 0 && column < 2 ** 16))
    throw new RangeError(`no stream for column ${column} of AIR ${air}`);
  return Uint32Array.of((purpose | (air << 8) | (column << 16)) >>> 0, 0, 0);
}

/**
 * Key, then nonce: the eleven lanes that kernels expand. Throws `randomness-closed` once the proof that the stream
 * belonged to is over, since a key of zeros is known to everyone.
 */
export function streamLanes({ key, nonce }: Stream): Uint32Array {
  if (key.every((lane) => lane === 0)) throw randomnessClosed();
  return Uint32Array.of(...key, ...nonce);
}

/** Blocks `first` to `first + count` as 64-bit words, eight per block. */
function blocks(stream: Stream, first: number, count: number): BigUint64Array {
  const lanes = new Uint8Array(streamLanes(stream).buffer);
  const out = new BigUint64Array(BLOCK_WORDS * count);
  const zeros = new Uint8Array(BLOCK_BYTES * count);
  chacha20(lanes.subarray(0, KEY_BYTES), lanes.subarray(KEY_BYTES), zeros, new Uint8Array(out.buffer), first);
  lanes.fill(0);
  return out;
}

/** The first canonical of a block's eight words. Throws `randomness-exhausted` if there is none: probability 2^-256. */
export function firstCanonical(block: BigUint64Array): bigint {
  const word = block.find((each) => each < MODULUS);
  if (word !== undefined) return word;
  throw new KilnError('randomness-exhausted', 'A random element could not be drawn.', {
    advice: 'Prove again.',
  });
}

/** `count` uniform field elements from element `first` on, one of each block. Throws as {@link firstCanonical}. */
export function elements(stream: Stream, count: number, first = 0): BigUint64Array {
  const words = blocks(stream, first, count);
  return BigUint64Array.from({ length: count }, (_, i) =>
    firstCanonical(words.subarray(BLOCK_WORDS * i, BLOCK_WORDS * (i + 1))),
  );
}

/** Salts of leaves `first` to `first + count`: four elements below 2^63 each, two leaves to a block. */
export function salts(stream: Stream, first: number, count: number): BigUint64Array {
  const block = first >>> 1;
  const words = blocks(stream, block, ((first + count + 1) >>> 1) - block);
  const at = SALT_WIDTH * (first & 1);
  return words.slice(at, at + SALT_WIDTH * count).map((word) => word & (TOP_BIT - 1n));
}
