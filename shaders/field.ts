/**
 * Goldilocks and its quadratic extension in WGSL. An element of the field is a `vec2<u32>`, low half first, canonical;
 * an element of F[x] / (x^2 - 7) is a `vec4<u32>`: c0.lo, c0.hi, c1.lo, c1.hi. p = 2^64 - 2^32 + 1.
 */

/** How a product of two 64-bit numbers is made; which is faster depends on the driver. */
export type MulForm = 'threaded' | 'halves';
export const MUL_FORMS: readonly MulForm[] = ['threaded', 'halves'];

/** Carries run through the rows of 16-bit products: such a product plus two 16-bit addends fits 32 bits. */
const THREADED = /* wgsl */ `
fn mul_row(a: vec4<u32>, b: u32, r: vec4<u32>) -> array<u32, 5> {
  let t0 = a.x * b + r.x;
  let t1 = a.y * b + r.y + (t0 >> 16u);
  let t2 = a.z * b + r.z + (t1 >> 16u);
  let t3 = a.w * b + r.w + (t2 >> 16u);
  return array<u32, 5>(t0 & 0xffffu, t1 & 0xffffu, t2 & 0xffffu, t3 & 0xffffu, t3 >> 16u);
}
fn mul_wide(x: vec2<u32>, y: vec2<u32>) -> vec4<u32> {
  let a = vec4<u32>(x.x & 0xffffu, x.x >> 16u, x.y & 0xffffu, x.y >> 16u);
  let r0 = mul_row(a, y.x & 0xffffu, vec4<u32>(0u));
  let r1 = mul_row(a, y.x >> 16u, vec4<u32>(r0[1], r0[2], r0[3], r0[4]));
  let r2 = mul_row(a, y.y & 0xffffu, vec4<u32>(r1[1], r1[2], r1[3], r1[4]));
  let r3 = mul_row(a, y.y >> 16u, vec4<u32>(r2[1], r2[2], r2[3], r2[4]));
  return vec4<u32>(
    r0[0] | (r1[0] << 16u), r2[0] | (r3[0] << 16u), r3[1] | (r3[2] << 16u), r3[3] | (r3[4] << 16u));
}
`;

/** Four products of 32 bits, whose low halves are the machine's own. */
const HALVES = /* wgsl */ `
fn mul_high(x: u32, y: u32) -> u32 {
  let x0 = x & 0xffffu;
  let x1 = x >> 16u;
  let y0 = y & 0xffffu;
  let y1 = y >> 16u;
  let mid = x0 * y1 + ((x0 * y0) >> 16u);
  return x1 * y1 + (mid >> 16u) + ((x1 * y0 + (mid & 0xffffu)) >> 16u);
}
fn mul_wide(a: vec2<u32>, b: vec2<u32>) -> vec4<u32> {
  let l01 = a.x * b.y;
  let l10 = a.y * b.x;
  let l11 = a.y * b.y;
  let h01 = mul_high(a.x, b.y);
  let h10 = mul_high(a.y, b.x);
  let s0 = mul_high(a.x, b.x) + l01;
  let c0 = u32(s0 < l01);
  let w1 = s0 + l10;
  let c1 = c0 + u32(w1 < l10);
  let s1 = h01 + c1;
  let c2 = u32(s1 < c1);
  let s2 = s1 + h10;
  let c3 = c2 + u32(s2 < h10);
  let w2 = s2 + l11;
  let c4 = c3 + u32(w2 < l11);
  return vec4<u32>(a.x * b.x, w1, w2, mul_high(a.y, b.y) + c4);
}
`;

const BASE = /* wgsl */ `
const ZERO = vec2<u32>(0u, 0u);
const ONE = vec2<u32>(1u, 0u);

// p is subtracted by adding 2^32 - 1 and dropping 2^64.
fn minus_p(a: vec2<u32>) -> vec2<u32> {
  return vec2<u32>(a.x - 1u, a.y + u32(a.x != 0u));
}
fn canonical(a: vec2<u32>) -> vec2<u32> {
  return select(a, minus_p(a), a.y == 0xffffffffu && a.x != 0u);
}
fn fadd(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let lo = a.x + b.x;
  let carry = u32(lo < a.x);
  let mid = a.y + b.y;
  let hi = mid + carry;
  let sum = vec2<u32>(lo, hi);
  let over = mid < a.y || hi < carry || (hi == 0xffffffffu && lo != 0u);
  return select(sum, minus_p(sum), over);
}
fn fsub(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let lo = a.x - b.x;
  let borrow = u32(a.x < b.x);
  let hi = a.y - b.y - borrow;
  let under = a.y < b.y || (a.y == b.y && borrow == 1u);
  return select(vec2<u32>(lo, hi), vec2<u32>(lo + 1u, hi - u32(lo != 0xffffffffu)), under);
}
fn fneg(a: vec2<u32>) -> vec2<u32> {
  return fsub(ZERO, a);
}
// w0 + w1 2^32 + w2 2^64 + w3 2^96, where 2^64 = 2^32 - 1 and 2^96 = -1.
fn reduce(w: vec4<u32>) -> vec2<u32> {
  let d0 = w.x - w.w;
  let b0 = u32(w.x < w.w);
  let d1 = w.y - b0;
  let under = w.y < b0;
  let a0 = select(d0, d0 + 1u, under);
  let a1 = select(d1, d1 - u32(a0 != 0u), under);
  let t0 = 0u - w.z;
  let t1 = w.z - u32(w.z != 0u);
  let lo = a0 + t0;
  let carry = u32(lo < t0);
  let mid = a1 + t1;
  let hi = mid + carry;
  let sum = vec2<u32>(lo, hi);
  return canonical(select(sum, minus_p(sum), mid < t1 || hi < carry));
}
fn fmul(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  return reduce(mul_wide(a, b));
}
// 2^k a, 0 < k < 32.
fn fshl(a: vec2<u32>, k: u32) -> vec2<u32> {
  return reduce(vec4<u32>(a.x << k, (a.y << k) | (a.x >> (32u - k)), a.y >> (32u - k), 0u));
}
fn fsquares(a: vec2<u32>, n: u32) -> vec2<u32> {
  var r = a;
  for (var i = 0u; i < n; i++) { r = fmul(r, r); }
  return r;
}
// a^(p - 2) = a^(2^64 - 2^32 - 1); zero gives zero.
fn finv(a: vec2<u32>) -> vec2<u32> {
  let t2 = fmul(fsquares(a, 1u), a);
  let t3 = fmul(fsquares(t2, 1u), a);
  let t6 = fmul(fsquares(t3, 3u), t3);
  let t12 = fmul(fsquares(t6, 6u), t6);
  let t24 = fmul(fsquares(t12, 12u), t12);
  let t30 = fmul(fsquares(t24, 6u), t6);
  let t31 = fmul(fsquares(t30, 1u), a);
  // (2^31 - 1) 2^33 + 2^32 - 1 = 2^64 - 2^32 - 1
  let t32 = fmul(fsquares(t31, 1u), a);
  return fmul(fsquares(t31, 33u), t32);
}
`;

const EXTENSION = /* wgsl */ `
const EZERO = vec4<u32>(0u, 0u, 0u, 0u);
const EONE = vec4<u32>(1u, 0u, 0u, 0u);

fn eadd(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(fadd(a.xy, b.xy), fadd(a.zw, b.zw));
}
fn esub(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(fsub(a.xy, b.xy), fsub(a.zw, b.zw));
}
fn eneg(a: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(fneg(a.xy), fneg(a.zw));
}
fn eaddb(a: vec4<u32>, b: vec2<u32>) -> vec4<u32> {
  return vec4<u32>(fadd(a.xy, b), a.zw);
}
fn esubb(a: vec4<u32>, b: vec2<u32>) -> vec4<u32> {
  return vec4<u32>(fsub(a.xy, b), a.zw);
}
fn bsube(a: vec2<u32>, b: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(fsub(a, b.xy), fneg(b.zw));
}
fn emulb(a: vec4<u32>, b: vec2<u32>) -> vec4<u32> {
  return vec4<u32>(fmul(a.xy, b), fmul(a.zw, b));
}
fn mul7(a: vec2<u32>) -> vec2<u32> {
  return fsub(fshl(a, 3u), a);
}
fn emul(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  let low = fmul(a.xy, b.xy);
  let high = fmul(a.zw, b.zw);
  let cross = fmul(fadd(a.xy, a.zw), fadd(b.xy, b.zw));
  return vec4<u32>(fadd(low, mul7(high)), fsub(fsub(cross, low), high));
}
fn enorm(a: vec4<u32>) -> vec2<u32> {
  return fsub(fmul(a.xy, a.xy), mul7(fmul(a.zw, a.zw)));
}
// 1 / a, given 1 / norm(a).
fn einv(a: vec4<u32>, norm_inverse: vec2<u32>) -> vec4<u32> {
  return vec4<u32>(fmul(a.xy, norm_inverse), fmul(fneg(a.zw), norm_inverse));
}
`;

/** Base-field arithmetic with one form of the product. */
export const baseField = (form: MulForm): string => (form === 'threaded' ? THREADED : HALVES) + BASE;
export const EXTENSION_FIELD = EXTENSION;

/** Stands in a kernel's code for the field with the form chosen for the device. */
export const FIELD = '// field';

/** Bit reversal of the low `bits` bits; 0 for no bits. */
export const BIT_REVERSAL = /* wgsl */ `
fn rev(x: u32, bits: u32) -> u32 {
  return select(0u, reverseBits(x) >> ((32u - bits) & 31u), bits > 0u);
}
`;
