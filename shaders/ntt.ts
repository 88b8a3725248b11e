import { BIT_REVERSAL, FIELD } from './field.ts';
import { type Kernel, reads, writes } from './kernel.ts';

/**
 * Transforms between coefficients in natural order and values on a coset in bit-reversed order. Level t splits a
 * polynomial modulo x^(2m) - c^2 into those modulo x^m - c and x^m + c: (a, b) -> (a + c b, a - c b), so the coset's
 * shift is part of the constants c and costs nothing. c depends on the level and on the block it splits:
 *
 *     c(t, m) = S_t R[m],  R[m] = w^rev(m) / 2 as a fraction of a turn,  S_t = shift^(n / 2^(t + 1))
 *
 * R is one table for all heights, and because shifts of different heights are powers of one another so is S_t R.
 * Block k of an extension has m = k 2^t + .. in the same tables.
 *
 * A transform of more than 2^11 takes two passes: the first levels over strided rows, 2^logC neighbours abreast, and the
 * last over contiguous tiles. Tiles stand in workgroup memory (16 KiB).
 */
export const LOG_TILE = 11;
const THREADS = 256;

const ADDRESSES = /* wgsl */ `
var<workgroup> tile: array<vec2<u32>, 2048>;

// Entry e of tile t: row e >> logC, neighbour e mod 2^logC.
fn place(t: u32, e: u32) -> u32 {
  let c = (1u << P.logC) - 1u;
  return (t << P.logBase) + ((e >> P.logC) << P.logStride) + (e & c);
}
fn twiddle(level: u32, m: u32) -> vec2<u32> {
  return twiddles[select(m, m + (1u << (P.level + level + P.logBlowup)), P.leveled == 1u)];
}
`;

const PARAMS = [
  'logN',
  'levels',
  'logC',
  'logBase',
  'logStride',
  'level',
  'block',
  'leveled',
  'logBlowup',
  'reversed',
  'srcBase',
  'srcStride',
  'dstBase',
  'dstStride',
  'scaled',
  'scale:2',
];

const OPEN = /* wgsl */ `
  let logTiles = P.logN - P.levels - P.logC;
  let column = group >> logTiles;
  let t = group & ((1u << logTiles) - 1u);
  let size = 1u << (P.levels + P.logC);
  let mask = (1u << P.logC) - 1u;
  // Index of the first constant of the tile at its first level.
  let high = (P.block << P.level) + select(0u, t, P.level > 0u);
`;

const load = (source: string) => /* wgsl */ `
  for (var e = local; e < size; e += ${THREADS}u) {
    let at = place(t, e);
    tile[e] = ${source};
  }
`;

const FORWARD = (source: string) => /* wgsl */ `
fn main(group: u32, local: u32) {
  ${OPEN}
  ${load(source)}
  workgroupBarrier();
  var level = 0u;
  if ((P.levels & 1u) == 1u) {
    let half = size >> 1u;
    for (var h = local; h < half; h += ${THREADS}u) {
      let b = fmul(tile[h + half], twiddle(0u, high));
      let a = tile[h];
      tile[h] = fadd(a, b);
      tile[h + half] = fsub(a, b);
    }
    workgroupBarrier();
    level = 1u;
  }
  for (; level < P.levels; level += 2u) {
    let logQ = P.levels - level - 2u;
    for (var h = local; h < (size >> 2u); h += ${THREADS}u) {
      let row = h >> P.logC;
      let j = row >> logQ;
      let at = (((j << (logQ + 2u)) + (row & ((1u << logQ) - 1u))) << P.logC) + (h & mask);
      let q = 1u << (logQ + P.logC);
      let m = (high << level) + j;
      let c = twiddle(level, m);
      let x0 = tile[at];
      let x1 = tile[at + q];
      let y0 = fmul(tile[at + 2u * q], c);
      let y1 = fmul(tile[at + 3u * q], c);
      let u0 = fadd(x0, y0);
      let u1 = fmul(fadd(x1, y1), twiddle(level + 1u, 2u * m));
      let v0 = fsub(x0, y0);
      let v1 = fmul(fsub(x1, y1), twiddle(level + 1u, 2u * m + 1u));
      tile[at] = fadd(u0, u1);
      tile[at + q] = fsub(u0, u1);
      tile[at + 2u * q] = fadd(v0, v1);
      tile[at + 3u * q] = fsub(v0, v1);
    }
    workgroupBarrier();
  }
  for (var e = local; e < size; e += ${THREADS}u) {
    dst[P.dstBase + column * P.dstStride + place(t, e)] = tile[e];
  }
}
`;

const INVERSE = (source: string) => /* wgsl */ `
fn main(group: u32, local: u32) {
  ${OPEN}
  ${load(source)}
  workgroupBarrier();
  var level = P.levels;
  for (; level >= 2u; level -= 2u) {
    let logQ = P.levels - level;
    for (var h = local; h < (size >> 2u); h += ${THREADS}u) {
      let row = h >> P.logC;
      let j = row >> logQ;
      let at = (((j << (logQ + 2u)) + (row & ((1u << logQ) - 1u))) << P.logC) + (h & mask);
      let q = 1u << (logQ + P.logC);
      let m = (high << (level - 2u)) + j;
      let x0 = tile[at];
      let x1 = tile[at + q];
      let x2 = tile[at + 2u * q];
      let x3 = tile[at + 3u * q];
      let u0 = fadd(x0, x1);
      let u1 = fmul(fsub(x0, x1), twiddle(level - 1u, 2u * m));
      let v0 = fadd(x2, x3);
      let v1 = fmul(fsub(x2, x3), twiddle(level - 1u, 2u * m + 1u));
      let c = twiddle(level - 2u, m);
      tile[at] = fadd(u0, v0);
      tile[at + q] = fadd(u1, v1);
      tile[at + 2u * q] = fmul(fsub(u0, v0), c);
      tile[at + 3u * q] = fmul(fsub(u1, v1), c);
    }
    workgroupBarrier();
  }
  if (level == 1u) {
    let half = size >> 1u;
    for (var h = local; h < half; h += ${THREADS}u) {
      let a = tile[h];
      let b = tile[h + half];
      tile[h] = fadd(a, b);
      tile[h + half] = fmul(fsub(a, b), twiddle(0u, high));
    }
    workgroupBarrier();
  }
  for (var e = local; e < size; e += ${THREADS}u) {
    var x = tile[e];
    if (P.scaled == 1u) { x = fmul(x, scale()); }
    dst[P.dstBase + column * P.dstStride + place(t, e)] = x;
  }
}
`;

const FROM_SOURCE = 'src[P.srcBase + column * P.srcStride + select(at, rev(at, P.logN), P.reversed == 1u)]';
const FROM_TARGET = 'dst[P.dstBase + column * P.dstStride + at]';

const transform = (name: string, body: (source: string) => string, inPlace: boolean): Kernel => ({
  name,
  workgroup: THREADS,
  params: PARAMS,
  buffers: [reads('twiddles'), ...(inPlace ? [] : [reads('src')]), writes('dst')],
  code: [FIELD, BIT_REVERSAL, ADDRESSES, body(inPlace ? FROM_TARGET : FROM_SOURCE)],
});

export const NTT_FORWARD = transform('ntt-forward', FORWARD, false);
export const NTT_FORWARD_IN_PLACE = transform('ntt-forward-in-place', FORWARD, true);
/**
 * `tail` coefficients of each column from x^n on, which is `factor` all over the coset: they are added to the first ones.
 */
export const NTT_FORWARD_TAIL: Kernel = {
  ...NTT_FORWARD,
  name: 'ntt-forward-tail',
  params: [...PARAMS, 'tail', 'factor:2'],
  buffers: [reads('twiddles'), reads('src'), reads('tails'), writes('dst')],
  code: [
    FIELD,
    BIT_REVERSAL,
    ADDRESSES,
    /* wgsl */ `
fn coefficient(column: u32, at: u32) -> vec2<u32> {
  let x = src[P.srcBase + column * P.srcStride + at];
  if (at >= P.tail) { return x; }
  return fadd(x, fmul(factor(), tails[column * P.tail + at]));
}
`,
    FORWARD('coefficient(column, at)'),
  ],
};
/** `reversed`: the source is in natural order and read in bit-reversed order. */
export const NTT_INVERSE = transform('ntt-inverse', INVERSE, false);
export const NTT_INVERSE_IN_PLACE = transform('ntt-inverse-in-place', INVERSE, true);

/**
 * out[m] = the product of roots[i] over the bits i of m; with `leveled`, entry 2^(t + logBlowup) + m is that times
 * shifts[t].
 */
export const TWIDDLES: Kernel = {
  name: 'twiddles',
  workgroup: 64,
  params: ['size', 'leveled', 'logBlowup'],
  buffers: [reads('roots'), writes('out')],
  code: [
    FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let at = group * 64u + local;
  if (at >= P.size) { return; }
  var m = at;
  var x = ONE;
  if (P.leveled == 1u) {
    let top = firstLeadingBit(max(at, 1u << P.logBlowup));
    m = at & ((1u << top) - 1u);
    x = roots[32u + top - P.logBlowup];
  }
  for (; m != 0u; m &= m - 1u) { x = fmul(x, roots[firstTrailingBit(m)]); }
  out[at] = x;
}
`,
  ],
};

/** Entry i of `size` from `base` on, times b^i, from the powers b^(2^k). */
export const SCALE: Kernel = {
  name: 'scale',
  workgroup: 64,
  params: ['size', 'base', 'powersAt'],
  buffers: [reads('powers'), writes('data')],
  code: [
    FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  if (i >= P.size) { return; }
  var x = data[P.base + i];
  for (var m = i; m != 0u; m &= m - 1u) { x = fmul(x, powers[P.powersAt + firstTrailingBit(m)]); }
  data[P.base + i] = x;
}
`,
  ],
};
