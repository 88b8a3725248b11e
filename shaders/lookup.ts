import { EXTENSION_FIELD, FIELD } from './field.ts';
import { type Kernel, reads, writes } from './kernel.ts';

/** LogUp columns from numerators and denominators. Extension columns are pairs of planes. */

/** Rows one thread divides with a single inversion. */
export const DIVIDE_ROWS = 8;

/** v = v / u for `columns` columns of `rows` rows; `flag` is set when a denominator is zero. */
export const DIVIDE: Kernel = {
  name: 'lookup-divide',
  workgroup: 64,
  params: ['rows', 'threads', 'columns', 'uStride', 'vBase', 'vStride'],
  buffers: [reads('u'), writes('v'), writes('flag', 'atomic<u32>')],
  code: [
    FIELD,
    EXTENSION_FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let thread = group * 64u + local;
  let column = thread / P.threads;
  if (column >= P.columns) { return; }
  let first = thread % P.threads;
  let start = 2u * column * P.uStride;
  var product = ONE;
  var values: array<vec4<u32>, ${DIVIDE_ROWS}>;
  var norms: array<vec2<u32>, ${DIVIDE_ROWS}>;
  var prefixes: array<vec2<u32>, ${DIVIDE_ROWS}>;
  for (var i = 0u; i < ${DIVIDE_ROWS}u; i++) {
    let row = first + i * P.threads;
    var x = EONE;
    if (row < P.rows) { x = vec4<u32>(u[start + row], u[start + P.uStride + row]); }
    if (all(x == EZERO)) {
      atomicStore(&flag[0], 1u);
      x = EONE;
    }
    values[i] = x;
    norms[i] = enorm(x);
    prefixes[i] = product;
    product = fmul(product, norms[i]);
  }
  var inverse = finv(product);
  for (var k = 0u; k < ${DIVIDE_ROWS}u; k++) {
    let i = ${DIVIDE_ROWS - 1}u - k;
    let row = first + i * P.threads;
    let at = P.vBase + 2u * column * P.vStride + row;
    if (row < P.rows) {
      let q = emul(vec4<u32>(v[at], v[at + P.vStride]), einv(values[i], fmul(inverse, prefixes[i])));
      v[at] = q.xy;
      v[at + P.vStride] = q.zw;
    }
    inverse = fmul(inverse, norms[i]);
  }
}
`,
  ],
};

/** sums[row] = the sum of all columns at that row: two planes of `stride` rows. */
export const ROW_SUMS: Kernel = {
  name: 'lookup-row-sums',
  workgroup: 64,
  params: ['rows', 'columns', 'vBase', 'vStride', 'outBase', 'stride'],
  buffers: [reads('v'), writes('sums')],
  code: [
    FIELD,
    EXTENSION_FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let row = group * 64u + local;
  if (row >= P.rows) { return; }
  var sum = EZERO;
  for (var c = 0u; c < P.columns; c++) {
    let at = P.vBase + 2u * c * P.vStride + row;
    sum = eadd(sum, vec4<u32>(v[at], v[at + P.vStride]));
  }
  sums[P.outBase + row] = sum.xy;
  sums[P.outBase + P.stride + row] = sum.zw;
}
`,
  ],
};

/** Rows summed by one workgroup of a scan; blocks of them are scanned by a single one. */
export const SCAN_ROWS = 1024;
const PER_THREAD = SCAN_ROWS / 256;

/** Exclusive prefix sums over the 256 threads of a workgroup; `shared[256]` is the total. */
const SCAN_THREADS = /* wgsl */ `
var<workgroup> shared_sums: array<vec4<u32>, 257>;
fn scan_threads(local: u32, own: vec4<u32>) -> vec4<u32> {
  shared_sums[local] = own;
  workgroupBarrier();
  for (var step = 1u; step < 256u; step <<= 1u) {
    var x = shared_sums[local];
    if (local >= step) { x = eadd(x, shared_sums[local - step]); }
    workgroupBarrier();
    shared_sums[local] = x;
    workgroupBarrier();
  }
  return esub(shared_sums[local], own);
}
`;

/** totals[group] = sum of the group's rows. */
export const SCAN_TOTALS: Kernel = {
  name: 'scan-totals',
  workgroup: 256,
  params: ['rows'],
  buffers: [reads('sums'), writes('totals', 'vec4<u32>')],
  code: [
    FIELD,
    EXTENSION_FIELD,
    SCAN_THREADS,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  var sum = EZERO;
  for (var i = 0u; i < ${PER_THREAD}u; i++) {
    let row = group * ${SCAN_ROWS}u + i * 256u + local;
    if (row < P.rows) { sum = eadd(sum, vec4<u32>(sums[row], sums[P.rows + row])); }
  }
  scan_threads(local, sum);
  if (local == 255u) { totals[group] = shared_sums[255]; }
}
`,
  ],
};

/**
 * One workgroup: totals become exclusive prefix sums; after them stand the sum of all and that sum times `factor`.
 */
export const SCAN_BLOCKS: Kernel = {
  name: 'scan-blocks',
  workgroup: 256,
  params: ['blocks', 'factor:2'],
  buffers: [writes('totals', 'vec4<u32>')],
  code: [
    FIELD,
    EXTENSION_FIELD,
    SCAN_THREADS,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let each = (P.blocks + 255u) / 256u;
  let first = local * each;
  let end = min(first + each, P.blocks);
  var sum = EZERO;
  for (var i = first; i < end; i++) { sum = eadd(sum, totals[i]); }
  var prefix = scan_threads(local, sum);
  for (var i = first; i < end; i++) {
    let own = totals[i];
    totals[i] = prefix;
    prefix = eadd(prefix, own);
  }
  if (local == 255u) {
    totals[P.blocks] = shared_sums[255];
    totals[P.blocks + 1u] = emulb(shared_sums[255], factor());
  }
}
`,
  ],
};

/** out[row] = sum of the rows before - row * sigma, with sigma behind the blocks' prefix sums. */
export const RUNNING: Kernel = {
  name: 'lookup-running',
  workgroup: 256,
  params: ['rows', 'blocks', 'outStride'],
  buffers: [reads('sums'), reads('totals', 'vec4<u32>'), writes('out')],
  code: [
    FIELD,
    EXTENSION_FIELD,
    SCAN_THREADS,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let first = group * ${SCAN_ROWS}u + local * ${PER_THREAD}u;
  var own = EZERO;
  for (var i = 0u; i < ${PER_THREAD}u; i++) {
    let row = first + i;
    if (row < P.rows) { own = eadd(own, vec4<u32>(sums[row], sums[P.rows + row])); }
  }
  let sigma = totals[P.blocks + 1u];
  var prefix = eadd(scan_threads(local, own), totals[group]);
  for (var i = 0u; i < ${PER_THREAD}u; i++) {
    let row = first + i;
    if (row < P.rows) {
      let value = esub(prefix, emulb(sigma, vec2<u32>(row, 0u)));
      out[row] = value.xy;
      out[P.outStride + row] = value.zw;
      prefix = eadd(prefix, vec4<u32>(sums[row], sums[P.rows + row]));
    }
  }
}
`,
  ],
};

/** out[at + row] = values[valueAt]: a column that holds one number. */
export const FILL: Kernel = {
  name: 'fill',
  workgroup: 64,
  params: ['rows', 'at', 'valueAt'],
  buffers: [reads('values'), writes('out')],
  code: [
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let row = group * 64u + local;
  if (row < P.rows) { out[P.at + row] = values[P.valueAt]; }
}
`,
  ],
};
