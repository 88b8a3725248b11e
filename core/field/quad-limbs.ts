import type { Felt } from './felt.ts';
import type { QuadFelt } from './quad.ts';

/**
 * Extension arithmetic in double-precision limbs, for scalar code that runs thousands of operations and cannot
 * afford a `bigint` each (the out-of-domain evaluation of a verifier: about thirty times faster).
 *
 * A base element is three limbs l0 + l1 2^22 + l2 2^44, an extension element six in a `Float64Array`: those of c0,
 * then those of c1. Limbs are loose: every function accepts and returns |l0|, |l1| < 2^22 + 2^16 and
 * |l2| < 2^20 + 2^16, in any representative modulo p. Every sum of products then stays below 2^50, which a double
 * holds exactly: the largest coefficient of a0 b0 + 7 a1 b1 is 3 * 8 * 2^44.1 < 2^48.7.
 */
export const LIMBS = 6;

const S22 = 2 ** 22;
const S20 = 2 ** 20;
const I22 = 2 ** -22;
const I20 = 2 ** -20;

/** Carries once: enough for a sum or difference of two loose elements, since 2^64 = 2^32 - 1 is folded back. */
function storeSum(r: Float64Array, d: number, c0: number, c1: number, c2: number): void {
  const q0 = Math.floor(c0 * I22);
  const t1 = c1 + q0;
  const q1 = Math.floor(t1 * I22);
  const t2 = c2 + q1;
  const q2 = Math.floor(t2 * I20);
  r[d] = c0 - q0 * S22 - q2;
  r[d + 1] = t1 - q1 * S22 + q2 * 1024;
  r[d + 2] = t2 - q2 * S20;
}

/** Reduces coefficients of 2^0, 2^22, .. 2^88, each below 2^50 in magnitude. */
function storeProduct(
  r: Float64Array,
  d: number,
  r0: number,
  r1: number,
  r2: number,
  r3: number,
  r4: number,
): void {
  const q0 = Math.floor(r0 * I22);
  const t1 = r1 + q0;
  const q1 = Math.floor(t1 * I22);
  const t2 = r2 + q1;
  const q2 = Math.floor(t2 * I22);
  const t3 = r3 + q2;
  const q3 = Math.floor(t3 * I22);
  const t4 = r4 + q3;
  const m5 = Math.floor(t4 * I22);
  const m3 = t3 - q3 * S22;
  const m4 = t4 - m5 * S22;
  // 2^66 = 2^34 - 4, 2^88 = 2^56 - 2^24, 2^110 = -2^14.
  const c0 = r0 - q0 * S22 - 4 * m3 - 16384 * m5;
  const c1 = t1 - q1 * S22 + 4096 * m3 - 4 * m4;
  const c2 = t2 - q2 * S22 + 4096 * m4;
  const k0 = Math.floor(c0 * I22);
  const u1 = c1 + k0;
  const k1 = Math.floor(u1 * I22);
  const u2 = c2 + k1;
  const k2 = Math.floor(u2 * I20);
  const v1 = u1 - k1 * S22 + k2 * 1024;
  const j1 = Math.floor(v1 * I22);
  r[d] = c0 - k0 * S22 - k2;
  r[d + 1] = v1 - j1 * S22;
  r[d + 2] = u2 - k2 * S20 + j1;
}

/** r[d] = r[a] + r[b]; `d`, `a`, `b` are offsets of first limbs here and below. */
export function add(r: Float64Array, d: number, a: number, b: number): void {
  storeSum(r, d, r[a] + r[b], r[a + 1] + r[b + 1], r[a + 2] + r[b + 2]);
  storeSum(r, d + 3, r[a + 3] + r[b + 3], r[a + 4] + r[b + 4], r[a + 5] + r[b + 5]);
}

/** r[d] = r[a] - r[b]. */
export function sub(r: Float64Array, d: number, a: number, b: number): void {
  storeSum(r, d, r[a] - r[b], r[a + 1] - r[b + 1], r[a + 2] - r[b + 2]);
  storeSum(r, d + 3, r[a + 3] - r[b + 3], r[a + 4] - r[b + 4], r[a + 5] - r[b + 5]);
}

/** r[d] = -r[a]. */
export function neg(r: Float64Array, d: number, a: number): void {
  storeSum(r, d, -r[a], -r[a + 1], -r[a + 2]);
  storeSum(r, d + 3, -r[a + 3], -r[a + 4], -r[a + 5]);
}

/** r[d] = r[a] * r[b] in the extension. `d` differs from `a` and `b`. */
export function mul(r: Float64Array, d: number, a: number, b: number): void {
  const [a0, a1, a2, a3, a4, a5] = [r[a], r[a + 1], r[a + 2], r[a + 3], r[a + 4], r[a + 5]];
  const [b0, b1, b2, b3, b4, b5] = [r[b], r[b + 1], r[b + 2], r[b + 3], r[b + 4], r[b + 5]];
  storeProduct(
    r,
    d,
    a0 * b0 + 7 * (a3 * b3),
    a0 * b1 + a1 * b0 + 7 * (a3 * b4 + a4 * b3),
    a0 * b2 + a1 * b1 + a2 * b0 + 7 * (a3 * b5 + a4 * b4 + a5 * b3),
    a1 * b2 + a2 * b1 + 7 * (a4 * b5 + a5 * b4),
    a2 * b2 + 7 * (a5 * b5),
  );
  storeProduct(
    r,
    d + 3,
    a0 * b3 + a3 * b0,
    a0 * b4 + a1 * b3 + a3 * b1 + a4 * b0,
    a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0,
    a1 * b5 + a2 * b4 + a4 * b2 + a5 * b1,
    a2 * b5 + a5 * b2,
  );
}

/** r[d] = r[a] * r[b] where r[b] lies in the base field: its second half is not read. */
export function mulBase(r: Float64Array, d: number, a: number, b: number): void {
  const [b0, b1, b2] = [r[b], r[b + 1], r[b + 2]];
  for (let half = 0; half < LIMBS; half += 3) {
    const [a0, a1, a2] = [r[a + half], r[a + half + 1], r[a + half + 2]];
    storeProduct(
      r,
      d + half,
      a0 * b0,
      a0 * b1 + a1 * b0,
      a0 * b2 + a1 * b1 + a2 * b0,
      a1 * b2 + a2 * b1,
      a2 * b2,
    );
  }
}

const word64 = new BigUint64Array(1);
const words32 = new Uint32Array(word64.buffer);

/** Writes the canonical element hi 2^32 + lo to the three limbs at `d`. */
export function storeWords(r: Float64Array, d: number, lo: number, hi: number): void {
  r[d] = lo & 0x3f_ffff;
  r[d + 1] = (lo >>> 22) | ((hi & 0xfff) << 10);
  r[d + 2] = hi >>> 12;
}

/** Writes a canonical base element to the three limbs at `d`. */
export function storeFelt(r: Float64Array, d: number, value: Felt): void {
  word64[0] = value;
  storeWords(r, d, words32[0], words32[1]);
}

export function storeQuad(r: Float64Array, d: number, value: QuadFelt): void {
  storeFelt(r, d, value[0]);
  storeFelt(r, d + 3, value[1]);
}

/** The canonical form of the three loose limbs at `d`. */
function loadFelt(r: Float64Array, d: number): Felt {
  let value = BigInt(r[d]) + (BigInt(r[d + 1]) << 22n) + (BigInt(r[d + 2]) << 44n);
  value %= 0xffff_ffff_0000_0001n;
  return value < 0n ? value + 0xffff_ffff_0000_0001n : value;
}

export function loadQuad(r: Float64Array, d: number): QuadFelt {
  return [loadFelt(r, d), loadFelt(r, d + 3)];
}
