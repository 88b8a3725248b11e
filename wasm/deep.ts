import { add, halves, mont, montInverse, splat, sub, toMont, vadd, vmont, vshift, vsub, vtoMont } from './field';
import { reduceLimbs } from './program';
import { reverse } from './ntt';
import { param, param64, scratch } from './task';

/** Out-of-domain values, the DEEP codeword and its folding. Extension values are pairs of planes. */

// @ts-ignore: decorator
@inline
function seven(a: v128): v128 {
  return vsub(vshift(a, 3), a);
}

/**
 * Powers 1, z, .., z^(n-1) in Montgomery form. Parameters: 0, 1 planes, 2 count, 3..4, 5..6 z in Montgomery form. A job is 4096
 * powers.
 */
export function quadPowers(job: u32, p: usize): void {
  const z0 = param64(p, 3);
  const z1 = param64(p, 5);
  const start = job * 4096;
  const end = min(param(p, 2), start + 4096);
  // z^start by squaring
  let x0 = toMont(1);
  let x1: u64 = 0;
  let b0 = z0;
  let b1 = z1;
  for (let e = start; e != 0; e >>= 1) {
    if ((e & 1) != 0) {
      const t = first(x0, x1, b0, b1);
      x1 = second(x0, x1, b0, b1);
      x0 = t;
    }
    const t = first(b0, b1, b0, b1);
    b1 = second(b0, b1, b0, b1);
    b0 = t;
  }
  for (let i = start; i < end; i++) {
    store<u64>(<usize>param(p, 0) + (<usize>i << 3), x0);
    store<u64>(<usize>param(p, 1) + (<usize>i << 3), x1);
    const t = first(x0, x1, z0, z1);
    x1 = second(x0, x1, z0, z1);
    x0 = t;
  }
}

/** Components of a product in the extension, all in Montgomery form. */
// @ts-ignore: decorator
@inline
function first(a0: u64, a1: u64, b0: u64, b1: u64): u64 {
  const t = mont(a1, b1);
  const t2 = add(t, t);
  const t4 = add(t2, t2);
  return add(mont(a0, b0), sub(add(t4, t4), t));
}
// @ts-ignore: decorator
@inline
function second(a0: u64, a1: u64, b0: u64, b1: u64): u64 {
  return add(mont(a0, b1), mont(a1, b0));
}

/**
 * Values of polynomials at a point z, in two steps: with i = m j + h, sum over h with the weights z^h, which are constants
 * (lazily, like a program's Combine), then over j with the powers z^(m j). Coefficients are read in the order of memory. A job
 * is one column. Parameters: 0 first column of coefficients, 1 bytes between columns, 2 log of their length, 3 log m
 * (2 <= m <= 500); 4 limbs of the weights of each pair of neighbours h: 6 vectors per point and pair; 5 powers z^(m j), two
 * planes per point, Montgomery form; 6 points; 7 results: 2 words per point and column; 8 whether the components are two base
 * points instead of one in the extension.
 */
export function evaluateColumns(job: u32, p: usize): void {
  const column = <usize>param(p, 0) + <usize>param(p, 1) * job;
  const end = column + (<usize>8 << param(p, 2));
  const run = <usize>8 << param(p, 3);
  const stride = (end - column) >> param(p, 3);
  const points = param(p, 6);
  const separate = param(p, 8) != 0;
  const out = <usize>param(p, 7) + <usize>job * points * 16;
  for (let point: u32 = 0; point < points; point++) {
    const weights = <usize>param(p, 4) + <usize>point * 6 * run;
    let power = <usize>param(p, 5) + <usize>point * 2 * stride;
    let r0 = i64x2.splat(0);
    let r1 = i64x2.splat(0);
    for (let at = column; at < end; power += 8) {
      let s0 = i64x2.splat(0);
      let s1 = s0;
      let s2 = s0;
      let t0 = s0;
      let t1 = s0;
      let t2 = s0;
      const next = at + run;
      for (let w = weights; at < next; w += 96, at += 16) {
        const x = halves(v128.load(at));
        s0 = madd(s0, x, w);
        s1 = madd(s1, x, w + 16);
        s2 = madd(s2, x, w + 32);
        t0 = madd(t0, x, w + 48);
        t1 = madd(t1, x, w + 64);
        t2 = madd(t2, x, w + 80);
      }
      const a0 = reduceLimbs(s0, s1, s2);
      const a1 = reduceLimbs(t0, t1, t2);
      const z0 = v128.load64_splat(power);
      const z1 = v128.load64_splat(power + stride);
      if (separate) {
        r0 = vadd(r0, vmont(a0, z0));
        r1 = vadd(r1, vmont(a1, z1));
      } else {
        r0 = vadd(r0, vadd(vmont(a0, z0), seven(vmont(a1, z1))));
        r1 = vadd(r1, vadd(vmont(a0, z1), vmont(a1, z0)));
      }
    }
    store<u64>(out + (<usize>point << 4), add(i64x2.extract_lane(r0, 0), i64x2.extract_lane(r0, 1)));
    store<u64>(out + (<usize>point << 4), add(i64x2.extract_lane(r1, 0), i64x2.extract_lane(r1, 1)), 8);
  }
}

// @ts-ignore: decorator
@inline
function madd(sum: v128, x: v128, c: usize): v128 {
  const limb = v128.load(c);
  return i64x2.add(i64x2.add(sum, i64x2.extmul_low_i32x4_u(x, limb)), i64x2.extmul_high_i32x4_u(x, limb));
}

/**
 * Adds the weighted sum of columns of coefficients to the two planes of a polynomial of a 2^lift times larger degree,
 * whose coefficient k 2^lift takes coefficient k. Parameters: 0 first column, 1 bytes between columns, 2 columns (at most 500), 3 log of
 * their length, 4 limbs of the weights, 6 vectors per column, 5, 6 planes, 7 lift. A job is 4096 coefficients.
 */
export function combineColumns(job: u32, p: usize): void {
  const first = param(p, 0);
  const stride = <usize>param(p, 1);
  const columns = param(p, 2);
  const end = min<u32>(1 << param(p, 3), (job + 1) * 4096);
  const lift = param(p, 7);
  for (let k = job * 4096; k < end; k += 2) {
    let s0 = i64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let t0 = s0;
    let t1 = s0;
    let t2 = s0;
    let at = <usize>first + (<usize>k << 3);
    let w = <usize>param(p, 4);
    for (let c: u32 = 0; c < columns; c++, w += 96, at += stride) {
      const x = halves(v128.load(at));
      s0 = madd(s0, x, w);
      s1 = madd(s1, x, w + 16);
      s2 = madd(s2, x, w + 32);
      t0 = madd(t0, x, w + 48);
      t1 = madd(t1, x, w + 64);
      t2 = madd(t2, x, w + 80);
    }
    addAt(param(p, 5), k, lift, reduceLimbs(s0, s1, s2));
    addAt(param(p, 6), k, lift, reduceLimbs(t0, t1, t2));
  }
}

// @ts-ignore: decorator
@inline
function addAt(plane: usize, k: u32, lift: u32, value: v128): void {
  const a = plane + ((<usize>k << lift) << 3);
  const b = plane + ((<usize>(k + 1) << lift) << 3);
  store<u64>(a, add(load<u64>(a), i64x2.extract_lane(value, 0)));
  store<u64>(b, add(load<u64>(b), i64x2.extract_lane(value, 1)));
}

/** Column 2 (q mod 4) + half of FRI leaves holds half of the codeword at position q, in row q / 4. */
// @ts-ignore: decorator
@inline
function leafCell(columns: usize, rows: u32, q: u32, half: u32): usize {
  return columns + (((<usize>(((q & 3) << 1) + half) * rows) + (q >> 2)) << 3);
}

/** Points of a job of `deepCodeword`, and of one inversion. */
const CHUNK: u32 = 512;

/**
 * The DEEP codeword: sum over j of c_j (F(z_j) - F(x)) / (z_j - x) at all points x of the coset, bit-reversed, written
 * as FRI leaf columns. Parameters: 0, 1 planes of F, 2 log of the size, 3..4 shift, 5..6 root (plain), 7 leaf columns,
 * then from word 8 for both points: z (2 u64), F(z) (2 u64), c (2 u64), Montgomery form.
 */
export function deepCodeword(job: u32, p: usize): void {
  const log = param(p, 2);
  const rows: u32 = 1 << (log - 2);
  const start = job * CHUNK;
  const run = min(CHUNK, <u32>(1 << log));
  const logRun = ctz(run);
  // Points of the run: base * w^(rev i 2^(log - logRun)), with rev over logRun bits; base = shift w^rev(job).
  const root = toMont(param64(p, 5));
  let base = toMont(param64(p, 3));
  let step = root;
  let e = log == logRun ? 0 : reverse(job, log - logRun);
  for (let i: u32 = 0; i < log - logRun; i++, e >>= 1) {
    if ((e & 1) != 0) base = mont(base, step);
    step = mont(step, step);
  }
  const x = scratch; // points, 512 words
  const norms = scratch + 4096; // per point and i
  const prefix = scratch + 12_288;
  store<u64>(x, base);
  // bit i of the position contributes step^(2^(logRun - 1 - i))
  for (let bit: i32 = <i32>logRun - 1; bit >= 0; bit--) {
    store<u64>(scratch + 20_480 + (<usize>bit << 3), step);
    step = mont(step, step);
  }
  for (let bit: u32 = 0; bit < logRun; bit++) {
    const factor = load<u64>(scratch + 20_480 + (<usize>bit << 3));
    const size: u32 = 1 << bit;
    for (let i: u32 = 0; i < size; i++) {
      store<u64>(x + (<usize>(size + i) << 3), mont(load<u64>(x + (<usize>i << 3)), factor));
    }
  }
  let product = i64x2.splat(toMont(1));
  for (let j: u32 = 0; j < 2; j++) {
    const z0 = splat(param64(p, 8 + 12 * j));
    const z1 = param64(p, 10 + 12 * j);
    const z1square = mont(z1, z1);
    const c = splat(mont(z1square, toMont(7)));
    for (let i: usize = 0; i < <usize>run << 3; i += 16) {
      const d = vsub(z0, v128.load(x + i));
      const norm = vsub(vmont(d, d), c);
      const at = (<usize>j << 12) + i;
      v128.store(norms + at, norm);
      v128.store(prefix + at, product);
      product = vmont(product, norm);
    }
  }
  const a = i64x2.extract_lane(product, 0);
  const b = i64x2.extract_lane(product, 1);
  const inverse = montInverse(mont(a, b));
  let back = i64x2.splat(mont(inverse, b));
  back = i64x2.replace_lane(back, 1, mont(inverse, a));
  const out0 = scratch + 24_576;
  const out1 = scratch + 28_672;
  for (let j: i32 = 1; j >= 0; j--) {
    const z0 = splat(param64(p, 8 + 12 * j));
    const z1 = splat(param64(p, 10 + 12 * j));
    const f0 = splat(param64(p, 12 + 12 * j));
    const f1 = splat(param64(p, 14 + 12 * j));
    const c0 = splat(param64(p, 16 + 12 * j));
    const c1 = splat(param64(p, 18 + 12 * j));
    for (let i: isize = (<isize>run << 3) - 16; i >= 0; i -= 16) {
      const at = (<usize>j << 12) + <usize>i;
      const n = vmont(back, v128.load(prefix + at));
      back = vmont(back, v128.load(norms + at));
      // 1 / (z - x) = ((z0 - x) - z1 X) / norm
      const i0 = vmont(vsub(z0, v128.load(x + <usize>i)), n);
      const i1 = vmont(vsub(i64x2.splat(0), z1), n);
      const g0 = vsub(f0, vtoMont(v128.load(<usize>param(p, 0) + (<usize>start << 3) + <usize>i)));
      const g1 = vsub(f1, vtoMont(v128.load(<usize>param(p, 1) + (<usize>start << 3) + <usize>i)));
      const q0 = vadd(vmont(i0, g0), seven(vmont(i1, g1)));
      const q1 = vadd(vmont(i0, g1), vmont(i1, g0));
      let r0 = vadd(vmont(q0, c0), seven(vmont(q1, c1)));
      let r1 = vadd(vmont(q0, c1), vmont(q1, c0));
      if (j == 0) {
        r0 = vadd(r0, v128.load(out0 + <usize>i));
        r1 = vadd(r1, v128.load(out1 + <usize>i));
      }
      v128.store(out0 + <usize>i, r0);
      v128.store(out1 + <usize>i, r1);
    }
  }
  const one = i64x2.splat(1);
  for (let i: u32 = 0; i < run; i += 2) {
    const r0 = vmont(v128.load(out0 + (<usize>i << 3)), one);
    const r1 = vmont(v128.load(out1 + (<usize>i << 3)), one);
    const q = start + i;
    store<u64>(leafCell(param(p, 7), rows, q, 0), i64x2.extract_lane(r0, 0));
    store<u64>(leafCell(param(p, 7), rows, q, 1), i64x2.extract_lane(r1, 0));
    store<u64>(leafCell(param(p, 7), rows, q + 1, 0), i64x2.extract_lane(r0, 1));
    store<u64>(leafCell(param(p, 7), rows, q + 1, 1), i64x2.extract_lane(r1, 1));
  }
}

/**
 * Folds leaves of four: row r holds f(s), f(-s), f(is), f(-is) with s = w^rev(r), w of order 4 rows, and gives position
 * r of the next codeword. Parameters: 0 leaf columns, 1 log of the rows, 2..3 w^-1 (plain), 4..5, 6..7 beta (Montgomery form),
 * 8 leaf columns of the next. A job is 2048 rows.
 */
export function friFold(job: u32, p: usize): void {
  const columns = <usize>param(p, 0);
  const log = param(p, 1);
  const rows: u32 = 1 << log;
  const end = min(rows, (job + 1) * 2048);
  const nextRows = max<u32>(rows >> 2, 1);
  const stride = <usize>rows << 3;
  // The inverse of the root of order 4 rows, to every power of two: bit i of r contributes the 2^(log - 1 - i)-th.
  let w = toMont(param64(p, 2));
  for (let i: i32 = <i32>log - 1; i >= 0; i--) {
    store<u64>(scratch + (<usize>i << 3), w);
    w = mont(w, w);
  }
  const quarter = toMont(0xbfff_ffff_4000_0001); // 1 / 4
  const root = toMont(0x1_0000_0000_0000); // of order 4
  const one = toMont(1);
  const b0 = param64(p, 4);
  const b1 = param64(p, 6);
  for (let r = job * 2048; r < end; r++) {
    let s = one; // 1 / s
    for (let i: u32 = 0, e = r; e != 0; i++, e >>= 1) {
      if ((e & 1) != 0) s = mont(s, load<u64>(scratch + (<usize>i << 3)));
    }
    const t0 = mont(b0, s);
    const t1 = mont(b1, s);
    const at = columns + (<usize>r << 3);
    let even0 = load<u64>(at);
    let even1 = load<u64>(at + stride);
    const y20 = load<u64>(at + 2 * stride);
    const y21 = load<u64>(at + 3 * stride);
    const y10 = load<u64>(at + 4 * stride);
    const y11 = load<u64>(at + 5 * stride);
    const y30 = load<u64>(at + 6 * stride);
    const y31 = load<u64>(at + 7 * stride);
    const evenDiff0 = sub(even0, y20);
    const evenDiff1 = sub(even1, y21);
    even0 = add(even0, y20);
    even1 = add(even1, y21);
    const odd0 = add(y10, y30);
    const odd1 = add(y11, y31);
    const oddDiff0 = mont(root, sub(y30, y10));
    const oddDiff1 = mont(root, sub(y31, y11));
    // Horner in t = beta / s over the four coefficients (times four)
    let r0 = sub(evenDiff0, oddDiff0);
    let r1 = sub(evenDiff1, oddDiff1);
    let n0 = add(first(t0, t1, r0, r1), sub(even0, odd0));
    let n1 = add(second(t0, t1, r0, r1), sub(even1, odd1));
    r0 = add(first(t0, t1, n0, n1), add(evenDiff0, oddDiff0));
    r1 = add(second(t0, t1, n0, n1), add(evenDiff1, oddDiff1));
    n0 = add(first(t0, t1, r0, r1), add(even0, odd0));
    n1 = add(second(t0, t1, r0, r1), add(even1, odd1));
    store<u64>(leafCell(param(p, 8), nextRows, r, 0), mont(quarter, n0));
    store<u64>(leafCell(param(p, 8), nextRows, r, 1), mont(quarter, n1));
  }
}
