import { halves, mont, splat, toMont, vadd, vmontHalves, vneg, vshift, vsub } from './field';

/**
 * Number-theoretic transforms of one column, n = 2^log, by splitting x^M - C into R factors x^m - c w^t (m = M / R,
 * c^R = C, w the R-th root): natural-order coefficients in, values on shift * <w_n> in bit-reversed order out, and back.
 * The shift lives in the twiddles, so a coset costs what the subgroup does; a block's twiddles are constants
 * c, c^2, .., c^(R-1); the size-R transform inside needs shifts only, for 2 is a root of unity of order 192.
 *
 * Passes: radix 2^(log mod 4) first if that is not 1, then radix 16. A table for (log, shift) has n words: the pass
 * that starts with B blocks keeps its (R - 1) B twiddles from word B on, in Montgomery form; in the pass with m = 1 they
 * stand in pairs of blocks as `halves`. Word 0 of an inverse table holds 1 / n.
 */

const BLOCK_LOG: u32 = 12; // 32 KiB: from here on a block stays in the first-level cache

// @ts-ignore: decorator
@inline
function at(p: usize, i: u32): v128 {
  return v128.load(p + (<usize>i << 4));
}
// @ts-ignore: decorator
@inline
function put(p: usize, i: u32, x: v128): void {
  v128.store(p + (<usize>i << 4), x);
}

/** 2^k x for k < 96, and k = 96 + j meaning -2^j x: all that the roots of order 16 need. */
// @ts-ignore: decorator
@inline
function times(x: v128, k: i32): v128 {
  return k == 0 ? x : vshift(x, k);
}

/** (a - b) 2^k, where 2^96 = -1. */
// @ts-ignore: decorator
@inline
function difference(a: v128, b: v128, k: i32): v128 {
  return k >= 96 ? times(vsub(b, a), k - 96) : times(vsub(a, b), k);
}

/** Two levels of splitting on x_i, x_(i+h), x_(i+2h), x_(i+3h): twiddles 2^k0, 2^k1 on the first, 2^k2 on the second. */
// @ts-ignore: decorator
@inline
function split4(p: usize, i: u32, h: u32, k0: i32, k1: i32, k2: i32): void {
  const x0 = at(p, i);
  const x1 = at(p, i + h);
  const x2 = at(p, i + 2 * h);
  const x3 = at(p, i + 3 * h);
  const y0 = vadd(x0, x2);
  const y1 = vadd(x1, x3);
  put(p, i, vadd(y0, y1));
  put(p, i + h, difference(y0, y1, k2));
  const y2 = difference(x0, x2, k0);
  const y3 = difference(x1, x3, k1);
  put(p, i + 2 * h, vadd(y2, y3));
  put(p, i + 3 * h, difference(y2, y3, k2));
}

/** The inverse of `split4` up to a factor 4: exponents are those of the inverse twiddles. */
// @ts-ignore: decorator
@inline
function join4(p: usize, i: u32, h: u32, k0: i32, k1: i32, k2: i32): void {
  const y0 = at(p, i);
  const t1 = times(at(p, i + h), k2 % 96);
  const y2 = at(p, i + 2 * h);
  const t3 = times(at(p, i + 3 * h), k2 % 96);
  const s0 = k2 >= 96 ? vsub(y0, t1) : vadd(y0, t1);
  const s1 = k2 >= 96 ? vadd(y0, t1) : vsub(y0, t1);
  const s2 = times(k2 >= 96 ? vsub(y2, t3) : vadd(y2, t3), k0 % 96);
  const s3 = times(k2 >= 96 ? vadd(y2, t3) : vsub(y2, t3), k1 % 96);
  put(p, i, k0 >= 96 ? vsub(s0, s2) : vadd(s0, s2));
  put(p, i + 2 * h, k0 >= 96 ? vadd(s0, s2) : vsub(s0, s2));
  put(p, i + h, k1 >= 96 ? vsub(s1, s3) : vadd(s1, s3));
  put(p, i + 3 * h, k1 >= 96 ? vadd(s1, s3) : vsub(s1, s3));
}

// Exponents of 2 that make the roots: order 16 is 2^156, order 8 is 2^120, order 4 is 2^48, all modulo 192.
function dft2(p: usize): void {
  const a = at(p, 0);
  const b = at(p, 1);
  put(p, 0, vadd(a, b));
  put(p, 1, vsub(a, b));
}
function dft4(p: usize): void {
  split4(p, 0, 1, 0, 48, 0);
}
function dft8(p: usize): void {
  for (let i: u32 = 0; i < 4; i++) {
    const a = at(p, i);
    const b = at(p, i + 4);
    put(p, i, vadd(a, b));
    put(p, i + 4, vsub(a, b));
  }
  put(p, 5, vneg(vshift(at(p, 5), 24)));
  put(p, 6, vshift(at(p, 6), 48));
  put(p, 7, vneg(vshift(at(p, 7), 72)));
  dft4(p);
  dft4(p + 64);
}
/** In place on 16 pairs, output in bit-reversed order. */
function dft16(p: usize): void {
  split4(p, 0, 4, 0, 48, 0);
  split4(p, 1, 4, 156, 12, 120);
  split4(p, 2, 4, 120, 168, 48);
  split4(p, 3, 4, 84, 132, 168);
  for (let i: u32 = 0; i < 256; i += 64) split4(p + i, 0, 1, 0, 48, 0);
}

function idft2(p: usize): void {
  dft2(p);
}
function idft4(p: usize): void {
  join4(p, 0, 1, 0, 144, 0);
}
function idft8(p: usize): void {
  idft4(p);
  idft4(p + 64);
  put(p, 5, vshift(at(p, 5), 72));
  put(p, 6, vneg(vshift(at(p, 6), 48)));
  put(p, 7, vshift(at(p, 7), 24));
  for (let i: u32 = 0; i < 4; i++) {
    const a = at(p, i);
    const b = at(p, i + 4);
    put(p, i, vadd(a, b));
    put(p, i + 4, vsub(a, b));
  }
}
function idft16(p: usize): void {
  for (let i: u32 = 0; i < 256; i += 64) join4(p + i, 0, 1, 0, 144, 0);
  join4(p, 0, 4, 0, 144, 0);
  join4(p, 1, 4, 36, 180, 72);
  join4(p, 2, 4, 72, 24, 144);
  join4(p, 3, 4, 108, 60, 24);
}

function dft(p: usize, logRadix: u32): void {
  if (logRadix == 4) dft16(p);
  else if (logRadix == 3) dft8(p);
  else if (logRadix == 2) dft4(p);
  else dft2(p);
}
function idft(p: usize, logRadix: u32): void {
  if (logRadix == 4) idft16(p);
  else if (logRadix == 3) idft8(p);
  else if (logRadix == 2) idft4(p);
  else idft2(p);
}

/** Radix of the first split. */
// @ts-ignore: decorator
@inline
function firstRadix(log: u32): u32 {
  return (log & 3) == 0 ? 4 : log & 3;
}

/**
 * The coefficients from n = 2^log on of the polynomial being transformed: `tailBytes` bytes (a multiple of 16, at most 8 n),
 * and X^n on the coset, as `halves`. Only the first pass adds them, to the coefficients that X^n brings them to.
 */
let tail: usize = 0;
let tailBytes: usize = 0;
let tailPower: v128 = i64x2.splat(0);

/** Adds to the loaded elements k of a first block what the tail has at j + k m, times the block's twiddle. */
function addTail(j: usize, stride: usize, c: usize, s: usize): void {
  for (let k: u32 = 0; j < tailBytes; k++, j += stride) {
    let x = vmontHalves(halves(v128.load(tail + j)), tailPower);
    if (k > 0) x = vmontHalves(halves(x), at(c, k));
    put(s, k, vadd(at(s, k), x));
  }
}

/**
 * One block of M = R m elements, m >= 2: src to dst. `w`: its R - 1 twiddles. `s`: 512 bytes of scratch. `tailed`: bytes of
 * the tail, in a first pass only.
 */
function splitBlock(src: usize, dst: usize, m: u32, logRadix: u32, w: usize, s: usize, tailed: usize): void {
  const radix: u32 = 1 << logRadix;
  const stride = <usize>m << 3;
  const c = s + 256;
  for (let k: u32 = 1; k < radix; k++) put(c, k, halves(v128.load64_splat(w + (<usize>(k - 1) << 3))));
  for (let j: usize = 0; j < stride; j += 16) {
    let from = src + j;
    v128.store(s, v128.load(from));
    for (let k: u32 = 1; k < radix; k++) {
      from += stride;
      put(s, k, vmontHalves(halves(v128.load(from)), at(c, k)));
    }
    if (j < tailed) addTail(j, stride, c, s);
    dft(s, logRadix);
    let to = dst + j;
    for (let k: u32 = 0; k < radix; k++, to += stride) v128.store(to, at(s, k));
  }
}

/** Two blocks of 16 consecutive elements each, in place. `w`: 15 pairs of twiddles as halves. */
function splitLast(p: usize, w: usize, s: usize): void {
  for (let k: u32 = 0; k < 16; k += 2) {
    const a = v128.load(p + (<usize>k << 3));
    const b = v128.load(p + (<usize>k << 3), 128);
    const even = v128.shuffle<u64>(a, b, 0, 2);
    const odd = v128.shuffle<u64>(a, b, 1, 3);
    put(s, k, k == 0 ? even : vmontHalves(halves(even), at(w, k - 1)));
    put(s, k + 1, vmontHalves(halves(odd), at(w, k)));
  }
  dft16(s);
  for (let k: u32 = 0; k < 16; k += 2) {
    const even = at(s, k);
    const odd = at(s, k + 1);
    v128.store(p + (<usize>k << 3), v128.shuffle<u64>(even, odd, 0, 2));
    v128.store(p + (<usize>k << 3), v128.shuffle<u64>(even, odd, 1, 3), 128);
  }
}

function joinLast(p: usize, w: usize, s: usize): void {
  for (let k: u32 = 0; k < 16; k += 2) {
    const a = v128.load(p + (<usize>k << 3));
    const b = v128.load(p + (<usize>k << 3), 128);
    put(s, k, v128.shuffle<u64>(a, b, 0, 2));
    put(s, k + 1, v128.shuffle<u64>(a, b, 1, 3));
  }
  idft16(s);
  for (let k: u32 = 0; k < 16; k += 2) {
    const x = at(s, k);
    const even = k == 0 ? x : vmontHalves(halves(x), at(w, k - 1));
    const odd = vmontHalves(halves(at(s, k + 1)), at(w, k));
    v128.store(p + (<usize>k << 3), v128.shuffle<u64>(even, odd, 0, 2));
    v128.store(p + (<usize>k << 3), v128.shuffle<u64>(even, odd, 1, 3), 128);
  }
}

/** The inverse of `splitBlock`, in place. With `scale` (Montgomery form, else 0) every output is multiplied by it. */
function joinBlock(p: usize, m: u32, logRadix: u32, w: usize, scale: u64, s: usize): void {
  const radix: u32 = 1 << logRadix;
  const stride = <usize>m << 3;
  const c = s + 256;
  for (let k: u32 = 0; k < radix; k++) {
    let x = k == 0 ? toMont(1) : load<u64>(w + (<usize>(k - 1) << 3));
    if (scale != 0) x = mont(x, scale);
    put(c, k, halves(splat(x)));
  }
  for (let j: usize = 0; j < stride; j += 16) {
    let at_ = p + j;
    for (let k: u32 = 0; k < radix; k++, at_ += stride) put(s, k, v128.load(at_));
    idft(s, logRadix);
    at_ = p + j;
    for (let k: u32 = 0; k < radix; k++, at_ += stride) {
      v128.store(at_, vmontHalves(halves(at(s, k)), at(c, k)));
    }
  }
}

/** All passes on `count` neighbouring blocks of 2^logM elements, the first being block number `first` of 2^logB. */
function forwardBlocks(p: usize, logM: u32, logB: u32, first: u32, count: u32, table: usize, s: usize): void {
  if (logM > BLOCK_LOG) {
    const w = table + (((<usize>1) << logB) << 3);
    for (let i: u32 = 0; i < count; i++, p += (<usize>1 << logM) << 3) {
      splitBlock(p, p, 1 << (logM - 4), 4, w + (<usize>(first + i) * 15 << 3), s, 0);
      for (let t: usize = 0; t < 16; t++) {
        forwardBlocks(p + ((t << (logM - 4)) << 3), logM - 4, logB + 4, ((first + i) << 4) + <u32>t, 1, table, s);
      }
    }
    return;
  }
  for (; logM > 4; logM -= 4, logB += 4, count <<= 4, first <<= 4) {
    const w = table + (((<usize>1) << logB) << 3);
    for (let i: u32 = 0; i < count; i++) {
      const q = p + ((<usize>i << logM) << 3);
      splitBlock(q, q, 1 << (logM - 4), 4, w + (<usize>(first + i) * 15 << 3), s, 0);
    }
  }
  const w = table + (((<usize>1) << logB) << 3);
  for (let i: u32 = 0; i < count; i += 2) splitLast(p + (<usize>i << 7), w + (<usize>(first + i) * 15 << 3), s);
}

function inverseBlocks(p: usize, logM: u32, logB: u32, first: u32, count: u32, table: usize, s: usize): void {
  if (logM > BLOCK_LOG) {
    const w = table + (((<usize>1) << logB) << 3);
    for (let i: u32 = 0; i < count; i++, p += (<usize>1 << logM) << 3) {
      for (let t: usize = 0; t < 16; t++) {
        inverseBlocks(p + ((t << (logM - 4)) << 3), logM - 4, logB + 4, ((first + i) << 4) + <u32>t, 1, table, s);
      }
      joinBlock(p, 1 << (logM - 4), 4, w + (<usize>(first + i) * 15 << 3), 0, s);
    }
    return;
  }
  const deeper = logM - 4;
  logB += deeper;
  count <<= deeper;
  first <<= deeper;
  let w = table + (((<usize>1) << logB) << 3);
  for (let i: u32 = 0; i < count; i += 2) joinLast(p + (<usize>i << 7), w + (<usize>(first + i) * 15 << 3), s);
  for (let log: u32 = 8; log <= logM; log += 4) {
    logB -= 4;
    count >>= 4;
    first >>= 4;
    w = table + (((<usize>1) << logB) << 3);
    for (let i: u32 = 0; i < count; i++) {
      joinBlock(p + ((<usize>i << log) << 3), 1 << (log - 4), 4, w + (<usize>(first + i) * 15 << 3), 0, s);
    }
  }
}

/** Coefficients at src (natural order) to values on the table's coset at dst (bit-reversed); log >= 6; src may be dst. */
export function nttForward(src: usize, dst: usize, log: u32, table: usize, scratch: usize): void {
  forward(src, dst, log, table, scratch, 0);
}

/**
 * The same for a polynomial with `length` more coefficients (even, at most n) at `at`, lowest first. `power`: X^n on the coset,
 * in Montgomery form.
 */
export function nttForwardTailed(
  src: usize,
  dst: usize,
  log: u32,
  table: usize,
  scratch: usize,
  at: usize,
  length: u32,
  power: u64,
): void {
  tail = at;
  tailBytes = <usize>length << 3;
  tailPower = halves(splat(power));
  forward(src, dst, log, table, scratch, tailBytes);
}

function forward(src: usize, dst: usize, log: u32, table: usize, scratch: usize, tailed: usize): void {
  const r = firstRadix(log);
  const m = log - r;
  splitBlock(src, dst, 1 << m, r, table + 8, scratch, tailed);
  forwardBlocks(dst, m, r, 0, 1 << r, table, scratch);
}

/** Values (bit-reversed) to coefficients (natural order) in place, with an inverse table. */
export function nttInverse(p: usize, log: u32, table: usize, scratch: usize): void {
  const r = firstRadix(log);
  const m = log - r;
  inverseBlocks(p, m, r, 0, 1 << r, table, scratch);
  joinBlock(p, 1 << m, r, table + 8, load<u64>(table), scratch);
}

/** One block's powers c, c^2, .. c^(R-1), or its half of a pair in the last pass. */
function writeTwiddles(table: usize, logB: u32, b: u32, radix: u32, c: u64, last: bool): void {
  const w = table + (((<usize>1) << logB) << 3);
  let x = c;
  if (!last) {
    for (let k: u32 = 1; k < radix; k++, x = mont(x, c)) store<u64>(w + ((<usize>b * (radix - 1) + k - 1) << 3), x);
    return;
  }
  const pair = w + (<usize>(b & ~1) * 15 << 3) + (<usize>(b & 1) << 2);
  for (let k: u32 = 1; k < 16; k++, x = mont(x, c)) {
    store<u32>(pair + (<usize>(k - 1) << 4), <u32>x);
    store<u32>(pair + (<usize>(k - 1) << 4), <u32>(x >> 32), 8);
  }
}

/**
 * Fills a table of n words. `root`: the generator of order n; `shift`; `scale` (0 for a forward table): all plain. For
 * an inverse table pass the inverses of root and shift, and 1 / n.
 */
export function nttTable(table: usize, log: u32, root: u64, shift: u64, scale: u64): void {
  store<u64>(table, toMont(scale));
  let logB: u32 = 0;
  let r = firstRadix(log);
  while (logB < log) {
    const logm = log - logB - r; // m = 2^logm elements per child
    let s = toMont(shift);
    for (let i: u32 = 0; i < logm; i++) s = mont(s, s);
    writeBlocks(table, logB, r, logm, root, s);
    logB += r;
    r = 4;
  }
}

/** Twiddles of the 2^logB blocks of one pass: c_b = shift^m w^(rev b), with w = root^m of order 2^(logB + r). */
function writeBlocks(table: usize, logB: u32, r: u32, logm: u32, root: u64, s: u64): void {
  let w = toMont(root);
  for (let i: u32 = 0; i < logm; i++) w = mont(w, w);
  walk(table, logB, 1 << r, logm == 0, 0, logB, s, w);
}

/** Writes every block whose bits from `bits` on are those of `b`: bit i of a block contributes w^(2^(logB - 1 - i)). */
function walk(table: usize, logB: u32, radix: u32, last: bool, b: u32, bits: u32, c: u64, w: u64): void {
  if (bits == 0) return writeTwiddles(table, logB, b, radix, c, last);
  const w2 = mont(w, w);
  walk(table, logB, radix, last, b, bits - 1, c, w2);
  walk(table, logB, radix, last, b | (1 << (bits - 1)), bits - 1, mont(c, w), w2);
}

/** dst[rev i] = src[i], out of place, in squares of 8 x 8 so that every cache line is used whole; log >= 6. */
export function bitReverse(src: usize, dst: usize, log: u32): void {
  const top = log - 3;
  const middle: u32 = 1 << (log - 6);
  for (let mid: u32 = 0; mid < middle; mid++) {
    const from = src + (<usize>mid << 6);
    const to = dst + (<usize>(log == 6 ? 0 : reverse(mid, log - 6)) << 6);
    for (let high: u32 = 0; high < 8; high++) {
      const row = from + ((<usize>high << top) << 3);
      const out = to + (<usize>reverse(high, 3) << 3);
      for (let low: u32 = 0; low < 8; low++) {
        store<u64>(out + ((<usize>reverse(low, 3) << top) << 3), load<u64>(row + (<usize>low << 3)));
      }
    }
  }
}

/** The low `bits` bits of x reversed, 1 <= bits <= 32. */
// @ts-ignore: decorator
@inline
export function reverse(x: u32, bits: u32): u32 {
  x = ((x >> 1) & 0x5555_5555) | ((x & 0x5555_5555) << 1);
  x = ((x >> 2) & 0x3333_3333) | ((x & 0x3333_3333) << 2);
  x = ((x >> 4) & 0x0f0f_0f0f) | ((x & 0x0f0f_0f0f) << 4);
  x = ((x >> 8) & 0x00ff_00ff) | ((x & 0x00ff_00ff) << 8);
  return ((x >> 16) | (x << 16)) >> (32 - bits);
}
