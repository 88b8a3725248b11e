/**
 * Goldilocks arithmetic, p = 2^64 - 2^32 + 1, on canonical u64 and on pairs of them in a v128.
 *
 * Two products: `mul` takes and gives plain values; `mont(a, b)` is a b / 2^64. With one factor stored as c 2^64 mod p
 * ("Montgomery form") `mont` gives the plain product, and its reduction is the cheaper one: p = 1 mod 2^32, so the
 * reduction factor is a shift and an addition. Every function takes canonical operands and returns canonical results.
 */
export const P: u64 = 0xffff_ffff_0000_0001;
/** 2^64 mod p. */
export const EPSILON: u64 = 0xffff_ffff;
/** 2^128 mod p: mont(x, R2) = x 2^64. */
export const R2: u64 = 0xffff_fffe_0000_0001;

/**
 * Vector constants. They are variables that the host sets: constants proper are rebuilt by the engine at every use, in
 * three instructions, which doubles the cost of an addition.
 */
let signs: v128 = i64x2.splat(0); // 2^63
export let primes: v128 = i64x2.splat(0); // p
let lows: v128 = i64x2.splat(0); // 2^32 - 1

export function setConstants(sign: u64, prime: u64, low: u64): void {
  signs = i64x2.splat(sign);
  primes = i64x2.splat(prime);
  lows = i64x2.splat(low);
}

// @ts-ignore: decorator
@inline
export function add(a: u64, b: u64): u64 {
  const c = P - b;
  const r = a - c;
  return select<u64>(r + P, r, a < c);
}

// @ts-ignore: decorator
@inline
export function sub(a: u64, b: u64): u64 {
  const r = a - b;
  return select<u64>(r + P, r, a < b);
}

// @ts-ignore: decorator
@inline
export function neg(a: u64): u64 {
  return sub(0, a);
}

/** a b / 2^64 mod p. `b` may be any u64, as long as `a` is canonical. */
// @ts-ignore: decorator
@inline
export function mont(a: u64, b: u64): u64 {
  const al = a & EPSILON;
  const ah = a >> 32;
  const bl = b & EPSILON;
  const bh = b >> 32;
  const ll = al * bl;
  const m1 = al * bh + (ll >> 32);
  const m2 = ah * bl + (m1 & EPSILON);
  const hi = ah * bh + (m1 >> 32) + (m2 >> 32);
  const l0 = ll & EPSILON;
  const s = l0 + (m2 & EPSILON);
  const q = l0 + (s << 32) - (s & EPSILON) - (s >> 32);
  return sub(hi, q);
}

// @ts-ignore: decorator
@inline
export function toMont(a: u64): u64 {
  return mont(R2, a);
}

/** The plain product. */
// @ts-ignore: decorator
@inline
export function mul(a: u64, b: u64): u64 {
  return mont(R2, mont(a, b));
}

/** Inverse of a value in Montgomery form, in Montgomery form; zero gives zero. a^(p-2), p-2 = 2^64 - 2^32 - 1. */
export function montInverse(a: u64): u64 {
  // 2^31 - 1 ones, then the pattern 11..1 0 11..1 of p - 2
  let x = mont(mont(a, a), a); // 2 ones
  let t = x;
  for (let i = 0; i < 2; i++) t = mont(t, t);
  const x4 = mont(t, x);
  t = x4;
  for (let i = 0; i < 4; i++) t = mont(t, t);
  const x8 = mont(t, x4);
  t = x8;
  for (let i = 0; i < 8; i++) t = mont(t, t);
  const x16 = mont(t, x8);
  t = x16;
  for (let i = 0; i < 8; i++) t = mont(t, t);
  const x24 = mont(t, x8);
  t = x24;
  for (let i = 0; i < 4; i++) t = mont(t, t);
  const x28 = mont(t, x4);
  t = x28;
  for (let i = 0; i < 2; i++) t = mont(t, t);
  const x30 = mont(t, x);
  const x31 = mont(mont(x30, x30), a);
  // p - 2 = (2^31 - 1) 2^33 + (2^32 - 1)
  t = x31;
  for (let i = 0; i < 33; i++) t = mont(t, t);
  const x32 = mont(mont(x31, x31), a);
  return mont(t, x32);
}

// @ts-ignore: decorator
@inline
export function splat(x: u64): v128 {
  return i64x2.splat(x);
}

// @ts-ignore: decorator
@inline
function below(a: v128, b: v128): v128 {
  return i64x2.gt_s(v128.xor(b, signs), v128.xor(a, signs));
}

// @ts-ignore: decorator
@inline
export function vsub(a: v128, b: v128): v128 {
  return i64x2.add(i64x2.sub(a, b), v128.and(below(a, b), primes));
}

// @ts-ignore: decorator
@inline
export function vadd(a: v128, b: v128): v128 {
  return vsub(a, i64x2.sub(primes, b));
}

// @ts-ignore: decorator
@inline
export function vneg(a: v128): v128 {
  return vsub(i64x2.splat(0), a);
}

/** The low and high halves of the lanes, [a0 lo, a1 lo, a0 hi, a1 hi]: the layout the widening products want. */
// @ts-ignore: decorator
@inline
export function halves(a: v128): v128 {
  return v128.shuffle<u32>(a, a, 0, 2, 1, 3);
}

/** a b / 2^64 lane by lane, operands given as `halves`. */
// @ts-ignore: decorator
@inline
export function vmontHalves(a: v128, b: v128): v128 {
  const x = v128.shuffle<u32>(b, b, 2, 3, 0, 1);
  const ll = i64x2.extmul_low_i32x4_u(a, b);
  const m1 = i64x2.add(i64x2.extmul_low_i32x4_u(a, x), i64x2.shr_u(ll, 32));
  const m2 = i64x2.add(i64x2.extmul_high_i32x4_u(a, x), v128.and(m1, lows));
  const hi = i64x2.add(
    i64x2.add(i64x2.extmul_high_i32x4_u(a, b), i64x2.shr_u(m1, 32)),
    i64x2.shr_u(m2, 32),
  );
  const l0 = v128.and(ll, lows);
  const s = i64x2.add(l0, v128.and(m2, lows));
  const q = i64x2.sub(
    i64x2.sub(i64x2.add(l0, i64x2.shl(s, 32)), v128.and(s, lows)),
    i64x2.shr_u(s, 32),
  );
  return vsub(hi, q);
}

/** a b / 2^64 lane by lane. */
// @ts-ignore: decorator
@inline
export function vmont(a: v128, b: v128): v128 {
  return vmontHalves(halves(a), halves(b));
}

/** 2^k a for a fixed 0 < k < 96, by shifts: 2^64 = 2^32 - 1 and 2^96 = -1. */
// @ts-ignore: decorator
@inline
export function vshift(a: v128, k: i32): v128 {
  if (k <= 32) {
    const hi = i64x2.shr_u(a, 64 - k);
    const t = i64x2.sub(i64x2.shl(hi, 32), hi);
    return vsub(i64x2.shl(a, k), i64x2.sub(primes, t));
  }
  if (k < 64) {
    const mid = v128.and(i64x2.shr_u(a, 64 - k), lows);
    const low = vsub(i64x2.shl(a, k), i64x2.shr_u(a, 96 - k));
    return vadd(low, i64x2.sub(i64x2.shl(mid, 32), mid));
  }
  const mid = v128.and(i64x2.shl(a, k - 64), lows);
  return vsub(i64x2.sub(i64x2.shl(mid, 32), mid), i64x2.shr_u(a, 96 - k));
}

/** 2^64 a: into Montgomery form. */
// @ts-ignore: decorator
@inline
export function vtoMont(a: v128): v128 {
  return vsub(vshift(a, 32), a);
}
