import type { Felt } from './felt.ts';

/**
 * Goldilocks on canonical elements kept as two u32 lanes, low half first, in a `Uint32Array`: the memory of a
 * `BigUint64Array` without a `bigint` per element. `out` may be any of the operands, at the same place.
 *
 * A product of two u32 is exact as low half (`Math.imul`) and high half: the double product is off by less than 2^11,
 * so (product - low) / 2^32 is off by less than 2^-20 from the integer it stands for.
 */

const TWO_32 = 2 ** 32;
const INV_32 = 2 ** -32;
const TOP = 0xffff_ffff;

/** Writes `value`, canonical. */
export function storeFelt(out: Uint32Array, at: number, value: Felt): void {
  out[at] = Number(value & 0xffff_ffffn);
  out[at + 1] = Number(value >> 32n);
}

export const loadFelt = (lanes: Uint32Array, at: number): Felt =>
  (BigInt(lanes[at + 1]) << 32n) | BigInt(lanes[at]);

/** Writes low + high·2^32, two integers of magnitude below 2^40, reduced. */
export function storeReduced(out: Uint32Array, at: number, low: number, high: number): void {
  // 2^64 = 2^32 - 1.
  let over = Math.floor(high * INV_32);
  let h = high - over * TWO_32 + over;
  let l = low - over;
  let carry = Math.floor(l * INV_32);
  l -= carry * TWO_32;
  h += carry;
  if (h < 0 || h >= TWO_32) {
    over = h < 0 ? -1 : 1;
    h = h - over * TWO_32 + over;
    l -= over;
    carry = Math.floor(l * INV_32);
    l -= carry * TWO_32;
    h += carry;
  }
  if (h === TOP && l !== 0) {
    l -= 1;
    h = 0;
  }
  out[at] = l;
  out[at + 1] = h;
}

export function addLanes(
  out: Uint32Array,
  at: number,
  a: Uint32Array,
  aAt: number,
  b: Uint32Array,
  bAt: number,
): void {
  storeReduced(out, at, a[aAt] + b[bAt], a[aAt + 1] + b[bAt + 1]);
}

export function subLanes(
  out: Uint32Array,
  at: number,
  a: Uint32Array,
  aAt: number,
  b: Uint32Array,
  bAt: number,
): void {
  storeReduced(out, at, a[aAt] - b[bAt], a[aAt + 1] - b[bAt + 1]);
}

export function negLanes(out: Uint32Array, at: number, a: Uint32Array, aAt: number): void {
  storeReduced(out, at, -a[aAt], -a[aAt + 1]);
}

/** out = a + k for an integer |k| < 2^32. */
export function addSmall(out: Uint32Array, at: number, a: Uint32Array, aAt: number, k: number): void {
  storeReduced(out, at, a[aAt] + k, a[aAt + 1]);
}

export function mulLanes(
  out: Uint32Array,
  at: number,
  a: Uint32Array,
  aAt: number,
  b: Uint32Array,
  bAt: number,
): void {
  const a0 = a[aAt];
  const a1 = a[aAt + 1];
  const b0 = b[bAt];
  const b1 = b[bAt + 1];
  const l00 = Math.imul(a0, b0) >>> 0;
  const l01 = Math.imul(a0, b1) >>> 0;
  const l10 = Math.imul(a1, b0) >>> 0;
  const l11 = Math.imul(a1, b1) >>> 0;
  const h00 = ((a0 * b0 - l00) * INV_32 + 0.5) >>> 0;
  const h01 = ((a0 * b1 - l01) * INV_32 + 0.5) >>> 0;
  const h10 = ((a1 * b0 - l10) * INV_32 + 0.5) >>> 0;
  const h11 = ((a1 * b1 - l11) * INV_32 + 0.5) >>> 0;
  // The product in base 2^32, words 1 to 3 unreduced: 2^64 = 2^32 - 1 and 2^96 = -1.
  const w1 = h00 + l01 + l10;
  const w2 = h01 + h10 + l11;
  storeReduced(out, at, l00 - w2 - h11, w1 + w2);
}

/** out = a^(2^n), n > 0. */
function squareTimes(out: Uint32Array, at: number, a: Uint32Array, aAt: number, n: number): void {
  mulLanes(out, at, a, aAt, a, aAt);
  for (let i = 1; i < n; i++) mulLanes(out, at, out, at, out, at);
}

const chain = new Uint32Array(8);

/** out = 1 / a by a^(p - 2); zero gives zero. */
export function invLanes(out: Uint32Array, at: number, a: Uint32Array, aAt: number): void {
  // chain[0] = a; chain[2] = a^(2^k - 1) for k = 2, 3, 6, 12, 24, 30, 31; chain[4], chain[6] scratch.
  chain[0] = a[aAt];
  chain[1] = a[aAt + 1];
  squareTimes(chain, 4, chain, 0, 1);
  mulLanes(chain, 2, chain, 4, chain, 0);
  squareTimes(chain, 4, chain, 2, 1);
  mulLanes(chain, 2, chain, 4, chain, 0);
  squareTimes(chain, 4, chain, 2, 3);
  mulLanes(chain, 2, chain, 4, chain, 2);
  chain[6] = chain[2];
  chain[7] = chain[3];
  squareTimes(chain, 4, chain, 2, 6);
  mulLanes(chain, 2, chain, 4, chain, 2);
  squareTimes(chain, 4, chain, 2, 12);
  mulLanes(chain, 2, chain, 4, chain, 2);
  squareTimes(chain, 4, chain, 2, 6);
  mulLanes(chain, 2, chain, 4, chain, 6);
  squareTimes(chain, 4, chain, 2, 1);
  mulLanes(chain, 2, chain, 4, chain, 0);
  // p - 2 = (2^31 - 1) 2^33 + (2^32 - 1).
  squareTimes(chain, 4, chain, 2, 1);
  mulLanes(chain, 6, chain, 4, chain, 0);
  squareTimes(chain, 4, chain, 2, 33);
  mulLanes(out, at, chain, 4, chain, 6);
}

/**
 * Replaces `count` elements from `values[at]` by their inverses, zeros by zero, with one inversion in all.
 * `scratch` takes 2·(count + 1) lanes.
 */
export function invertAll(values: Uint32Array, at: number, count: number, scratch: Uint32Array): void {
  scratch[0] = 1;
  scratch[1] = 0;
  for (let i = 0; i < count; i++) {
    const v = at + 2 * i;
    const s = 2 * i;
    if ((values[v] | values[v + 1]) === 0) {
      scratch[s + 2] = scratch[s];
      scratch[s + 3] = scratch[s + 1];
    } else {
      mulLanes(scratch, s + 2, scratch, s, values, v);
    }
  }
  const end = 2 * count;
  invLanes(scratch, end, scratch, end);
  for (let i = count - 1; i >= 0; i--) {
    const v = at + 2 * i;
    if ((values[v] | values[v + 1]) === 0) continue;
    // scratch[end] holds the inverse of the product of values 0..i, scratch[2i] that product without value i.
    mulLanes(scratch, 2 * i, scratch, 2 * i, scratch, end);
    mulLanes(scratch, end, scratch, end, values, v);
    values[v] = scratch[2 * i];
    values[v + 1] = scratch[2 * i + 1];
  }
}

const ext = new Uint32Array(8);
const SEVEN = new Uint32Array([7, 0]);

/** Extension product of (a0, a1) and (b0, b1), four lanes each: see `quad.ts`. */
export function mulQuadLanes(
  out: Uint32Array,
  at: number,
  a: Uint32Array,
  aAt: number,
  b: Uint32Array,
  bAt: number,
): void {
  mulLanes(ext, 0, a, aAt, b, bAt);
  mulLanes(ext, 2, a, aAt + 2, b, bAt + 2);
  mulLanes(ext, 4, a, aAt, b, bAt + 2);
  mulLanes(ext, 6, a, aAt + 2, b, bAt);
  mulLanes(ext, 2, ext, 2, SEVEN, 0);
  addLanes(out, at, ext, 0, ext, 2);
  addLanes(out, at + 2, ext, 4, ext, 6);
}

export function addQuadLanes(
  out: Uint32Array,
  at: number,
  a: Uint32Array,
  aAt: number,
  b: Uint32Array,
  bAt: number,
): void {
  addLanes(out, at, a, aAt, b, bAt);
  addLanes(out, at + 2, a, aAt + 2, b, bAt + 2);
}

export function subQuadLanes(
  out: Uint32Array,
  at: number,
  a: Uint32Array,
  aAt: number,
  b: Uint32Array,
  bAt: number,
): void {
  subLanes(out, at, a, aAt, b, bAt);
  subLanes(out, at + 2, a, aAt + 2, b, bAt + 2);
}
