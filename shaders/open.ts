import { EXTENSION_FIELD, FIELD } from './field.ts';
import { type Kernel, reads, writes } from './kernel.ts';

/** Out-of-domain evaluation, the DEEP codeword, FRI, and gathering of openings. */

/** Coefficients that one workgroup of {@link EVALUATE} sums. */
export const EVALUATE_SEGMENT = 8192;

/**
 * Values of polynomials at two points, in partial sums per segment: out[outAt + 2 group + point]. `powers`: z^lo of both
 * points for lo < 256, point after point, then z^(256 hi) of both points for every hi.
 */
export const EVALUATE: Kernel = {
  name: 'evaluate',
  workgroup: 256,
  params: ['logN', 'logSegments', 'stride', 'outAt'],
  buffers: [reads('coefficients'), reads('powers', 'vec4<u32>'), writes('out', 'vec4<u32>')],
  code: [
    FIELD,
    EXTENSION_FIELD,
    /* wgsl */ `
var<workgroup> sums: array<vec4<u32>, 512>;

fn main(group: u32, local: u32) {
  let column = group >> P.logSegments;
  let segment = group & ((1u << P.logSegments) - 1u);
  let n = 1u << P.logN;
  let start = segment * ${EVALUATE_SEGMENT}u;
  let end = min(start + ${EVALUATE_SEGMENT}u, n);
  var a = EZERO;
  var b = EZERO;
  for (var at = start; at < end; at += 256u) {
    let i = at + local;
    if (i < n) {
      let c = coefficients[column * P.stride + i];
      let p = 512u + 2u * (at >> 8u);
      a = eadd(a, emulb(powers[p], c));
      b = eadd(b, emulb(powers[p + 1u], c));
    }
  }
  sums[local] = emul(a, powers[local]);
  sums[256u + local] = emul(b, powers[256u + local]);
  workgroupBarrier();
  for (var step = 128u; step > 0u; step >>= 1u) {
    if (local < step) {
      sums[local] = eadd(sums[local], sums[local + step]);
      sums[256u + local] = eadd(sums[256u + local], sums[256u + local + step]);
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    out[P.outAt + 2u * group] = sums[0];
    out[P.outAt + 2u * group + 1u] = sums[256];
  }
}
`,
  ],
};

/** sum[i << lift] += the weighted sum of coefficient i of all columns; `sum` has two planes of `outStride`. */
export const COMBINE: Kernel = {
  name: 'combine',
  workgroup: 64,
  params: ['rows', 'columns', 'stride', 'lift', 'outStride', 'weightAt'],
  buffers: [reads('coefficients'), reads('weights', 'vec4<u32>'), writes('sum')],
  code: [
    FIELD,
    EXTENSION_FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  if (i >= P.rows) { return; }
  let at = i << P.lift;
  var total = vec4<u32>(sum[at], sum[P.outStride + at]);
  for (var c = 0u; c < P.columns; c++) {
    total = eadd(total, emulb(weights[P.weightAt + c], coefficients[c * P.stride + i]));
  }
  sum[at] = total.xy;
  sum[P.outStride + at] = total.zw;
}
`,
  ],
};

/** Points of a FRI leaf. Written out in the kernel: some drivers take minutes to compile loops over arrays of them. */
const FOUR = [0, 1, 2, 3];

/**
 * The DEEP codeword: sum over both points of challenge^j (opened_j - F(x)) / (z_j - x), where F is given on the extension
 * coset in bit-reversed order, two planes of 2^logN. `out` gets FRI leaves: row r of eight columns holds positions 4 r
 * to 4 r + 3. `roots` is the table R of the transforms.
 */
export const DEEP: Kernel = {
  name: 'deep',
  workgroup: 64,
  params: ['logN', 'shift:2', 'z0:4', 'z1:4', 'opened0:4', 'opened1:4', 'challenge:4'],
  buffers: [reads('values'), reads('roots'), writes('out')],
  code: [
    FIELD,
    EXTENSION_FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let row = group * 64u + local;
  let n = 1u << P.logN;
  let rows = n >> 2u;
  if (row >= rows) { return; }
  var product = ONE;
${FOUR.map(
  (i) => `
  let r${i} = roots[4u * row + ${i}u];
  let x${i} = fmul(shift(), fmul(r${i}, r${i}));
  let norms${i} = vec4<u32>(enorm(esubb(z0(), x${i})), enorm(esubb(z1(), x${i})));
  let before${i} = product;
  product = fmul(product, fmul(norms${i}.xy, norms${i}.zw));`,
).join('')}
  var inverse = finv(product);
${FOUR.toReversed()
  .map(
    (i) => `
  {
    let both = fmul(inverse, before${i});
    inverse = fmul(inverse, fmul(norms${i}.xy, norms${i}.zw));
    let at = 4u * row + ${i}u;
    let value = vec4<u32>(values[at], values[n + at]);
    let d0 = einv(esubb(z0(), x${i}), fmul(both, norms${i}.zw));
    let d1 = einv(esubb(z1(), x${i}), fmul(both, norms${i}.xy));
    let second = emul(challenge(), emul(esub(opened1(), value), d1));
    let sum = eadd(emul(esub(opened0(), value), d0), second);
    out[${2 * i}u * rows + row] = sum.xy;
    out[${2 * i + 1}u * rows + row] = sum.zw;
  }`,
  )
  .join('')}
}
`,
  ],
};

/** Folds leaves of four to the leaves of a codeword a quarter as long. `inverseRoots`: the inverses of R. */
export const FOLD: Kernel = {
  name: 'fri-fold',
  workgroup: 64,
  params: ['rows', 'beta:4', 'fourthRoot:2', 'quarter:2'],
  buffers: [reads('leaves'), reads('inverseRoots'), writes('out')],
  code: [
    FIELD,
    EXTENSION_FIELD,
    /* wgsl */ `
fn leaf(row: u32, j: u32) -> vec4<u32> {
  return vec4<u32>(leaves[2u * j * P.rows + row], leaves[(2u * j + 1u) * P.rows + row]);
}
fn main(group: u32, local: u32) {
  let row = group * 64u + local;
  if (row >= P.rows) { return; }
  let y0 = leaf(row, 0u);
  let y2 = leaf(row, 1u);
  let y1 = leaf(row, 2u);
  let y3 = leaf(row, 3u);
  let even = eadd(y0, y2);
  let even_difference = esub(y0, y2);
  let odd = eadd(y1, y3);
  let odd_difference = emulb(esub(y3, y1), fourthRoot());
  let t = emulb(beta(), inverseRoots[2u * row]);
  var sum = esub(even_difference, odd_difference);
  sum = eadd(emul(sum, t), esub(even, odd));
  sum = eadd(emul(sum, t), eadd(even_difference, odd_difference));
  sum = eadd(emul(sum, t), eadd(even, odd));
  sum = emulb(sum, quarter());
  let next = P.rows >> 2u;
  out[2u * (row & 3u) * next + (row >> 2u)] = sum.xy;
  out[(2u * (row & 3u) + 1u) * next + (row >> 2u)] = sum.zw;
}
`,
  ],
};

/** out[at + i] = source[indices[at + i]]: 8 bytes each. */
export const GATHER: Kernel = {
  name: 'gather',
  workgroup: 64,
  params: ['count', 'at'],
  buffers: [reads('source'), reads('indices', 'u32'), writes('out')],
  code: [
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  if (i >= P.count) { return; }
  out[P.at + i] = source[indices[P.at + i]];
}
`,
  ],
};
