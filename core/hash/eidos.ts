import type { Felt } from '../field/felt.ts';
import { Domain } from './domains.ts';
import { compressLanes, IV } from './eidos-compress.ts';
import type { Word } from './word.ts';

/**
 * Eidos framing over the bare compression: how a domain and its parameters open the chaining value, and how element
 * sequences, byte strings and pairs become blocks (miden-crypto 1.0.0-rc.0, src/hash/eidos/framing.rs).
 *
 * Inputs are canonical field elements; outputs are below 2^63. Two traps: `merge` is not `hashElements` of eight
 * elements (other tag), and empty input still compresses one zero block.
 */

const LOW = 0xffff_ffffn;
const BLOCK_LANES = 16;
const BLOCK_BYTES = 64;

const cv = new Uint32Array(8);
const block = new Uint32Array(BLOCK_LANES);

/** Opens a chaining value: eight lanes from `tag` (u32) and three u32 parameters. */
export function initLanes(out: Uint32Array, at: number, tag: number, p0 = 0, p1 = 0, p2 = 0): void {
  out[at] = tag;
  out[at + 1] = IV[1];
  out[at + 2] = p0;
  out[at + 3] = IV[3];
  out[at + 4] = p1;
  out[at + 5] = IV[5];
  out[at + 6] = p2;
  out[at + 7] = IV[7];
}

const putFelt = (lanes: Uint32Array, at: number, value: Felt): void => {
  lanes[at] = Number(value & LOW);
  lanes[at + 1] = Number(value >> 32n);
};
const getFelt = (lanes: Uint32Array, at: number): Felt => (BigInt(lanes[at + 1]) << 32n) | BigInt(lanes[at]);

/** Writes a word as eight lanes. */
export function wordToLanes(word: Word, out: Uint32Array, at: number): void {
  for (let i = 0; i < 4; i++) putFelt(out, at + 2 * i, word[i]);
}

/** Reads eight lanes as a word. */
export const lanesToWord = (lanes: Uint32Array, at: number): Word => [
  getFelt(lanes, at),
  getFelt(lanes, at + 2),
  getFelt(lanes, at + 4),
  getFelt(lanes, at + 6),
];

/** The opening chaining value of a domain, as a word (its elements may exceed 2^63: only outputs are masked). */
export function initWord(tag: number, p0 = 0, p1 = 0, p2 = 0): Word {
  const lanes = new Uint32Array(8);
  initLanes(lanes, 0, tag, p0, p1, p2);
  return lanesToWord(lanes, 0);
}

/** One bare compression of eight elements into a chaining value. */
export function compress(chaining: Word, elements: readonly Felt[]): Word {
  wordToLanes(chaining, cv, 0);
  for (let i = 0; i < 8; i++) putFelt(block, 2 * i, elements[i]);
  compressLanes(cv, 0, block, 0, cv, 0);
  return lanesToWord(cv, 0);
}

/** Absorbs `elements` into `cv` in blocks of eight, the last one zero-padded; at least one block. */
function absorbElements(elements: readonly Felt[]): Word {
  let i = 0;
  do {
    for (let k = 0; k < 8; k++) putFelt(block, 2 * k, i + k < elements.length ? elements[i + k] : 0n);
    compressLanes(cv, 0, block, 0, cv, 0);
    i += 8;
  } while (i < elements.length);
  return lanesToWord(cv, 0);
}

/** Hash of a sequence of elements in a felt-sequence domain; the length is bound as the first parameter. */
export function hashElements(elements: readonly Felt[], tag: number = Domain.GENERIC_FELT_SEQUENCE): Word {
  initLanes(cv, 0, tag, elements.length);
  return absorbElements(elements);
}

/** Absorbs `elements` after an opening with explicit parameters (custom domains). */
export function hashFramed(elements: readonly Felt[], tag: number, p0 = 0, p1 = 0, p2 = 0): Word {
  initLanes(cv, 0, tag, p0, p1, p2);
  return absorbElements(elements);
}

/** Hash of a byte string: little-endian u32 lanes, zero-padded blocks of 64 bytes, the byte length as parameter. */
export function hashBytes(bytes: Uint8Array, tag: number = Domain.GENERIC_BYTE_STRING): Word {
  initLanes(cv, 0, tag, bytes.length);
  let at = 0;
  do {
    for (let k = 0; k < BLOCK_LANES; k++) {
      const p = at + 4 * k;
      block[k] =
        (bytes[p] ?? 0) |
        ((bytes[p + 1] ?? 0) << 8) |
        ((bytes[p + 2] ?? 0) << 16) |
        ((bytes[p + 3] ?? 0) << 24);
    }
    compressLanes(cv, 0, block, 0, cv, 0);
    at += BLOCK_BYTES;
  } while (at < bytes.length);
  return lanesToWord(cv, 0);
}

/** The two-to-one hash of Merkle nodes: tag and parameters zero. */
export function merge(left: Word, right: Word): Word {
  return hashPair(left, right, 0, 0);
}

/** Digest of a MAST control node: its opcode as tag, 8 as parameter. */
export function hashControl(opcode: number, left: Word, right: Word): Word {
  return hashPair(left, right, opcode, 8);
}

function hashPair(left: Word, right: Word, tag: number, p0: number): Word {
  initLanes(cv, 0, tag, p0);
  wordToLanes(left, block, 0);
  wordToLanes(right, block, 8);
  compressLanes(cv, 0, block, 0, cv, 0);
  return lanesToWord(cv, 0);
}

/** {@link merge} on lanes: eight each from `left` and `right`, eight to `out`. Never allocates. */
export function mergeLanes(
  left: Uint32Array,
  leftAt: number,
  right: Uint32Array,
  rightAt: number,
  out: Uint32Array,
  outAt: number,
): void {
  initLanes(cv, 0, 0);
  for (let i = 0; i < 8; i++) block[i] = left[leftAt + i];
  for (let i = 0; i < 8; i++) block[8 + i] = right[rightAt + i];
  compressLanes(cv, 0, block, 0, out, outAt);
}
