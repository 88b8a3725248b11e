import {
  EIDOS,
  EIDOS_CV_STORAGE,
  EIDOS_CV_STORAGE_BYTES,
  EIDOS_FOOTER_DATA,
  EIDOS_QUEUE,
  EIDOS_RANGE,
  EIDOS_ROUND_ROWS,
  EIDOS_SIGMA,
  EIDOS_WIDTH,
  eidosMessageUse,
} from '../core/vm/trace/eidos-layout.ts';
import { AND8, AND8_HEIGHT } from '../core/vm/trace/layout.ts';
import { EIDOS_RECORD } from '../core/vm/trace/types.ts';
import { FIELD } from './field.ts';
import { type Kernel, reads, writes } from './kernel.ts';

const list = (values: readonly number[]): string =>
  `array<u32, ${values.length}>(${values.map((v) => `${v}u`).join(', ')})`;

/** Message words of quadruples 0 to 3 in each of the round rows. */
const messageUses = Array.from({ length: 4 * EIDOS_ROUND_ROWS }, (_, i) => {
  const row = i >> 2;
  return EIDOS_SIGMA[row >> 2][eidosMessageUse(row & 3, i & 3)];
});
/** Footer f's columns start at 12 f. */
const footerData = EIDOS_FOOTER_DATA.flatMap((columns) => [
  ...columns,
  ...Array.from({ length: 12 - columns.length }, () => 0),
]);

/**
 * Fills the Eidos trace (natural order, column after column) from the records of its compressions and counts its byte
 * requests: the kernel form of `fillEidosTrace`, whose comments say what the cells are. One thread per row: each runs
 * the rounds up to its own row, which costs less than writing the row.
 */
export const EIDOS_TRACE: Kernel = {
  name: 'eidos-trace',
  workgroup: 64,
  params: ['count', 'height', 'firstRow', 'rows', 'stride'],
  buffers: [reads('records', 'u32'), writes('out'), writes('counts', 'atomic<u32>')],
  code: [
    FIELD,
    /* wgsl */ `
const IV_LOW = vec4<u32>(0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au);
const IV_HIGH = vec4<u32>(0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u);
const ALL_ONES = 0xffffffffu;
const MESSAGE_USE = ${list(messageUses)};
const RANGE = ${list(EIDOS_RANGE)};
const FOOTER_DATA = ${list(footerData)};
const QUEUE = ${list(EIDOS_QUEUE)};
const CV_STORAGE = ${list(EIDOS_CV_STORAGE)};
const CV_STORAGE_BYTES = ${list(EIDOS_CV_STORAGE_BYTES)};
// Byte-table relation of byte k of b ^ c, by rotation.
const ROT12 = ${list([AND8.canonicalXor, AND8.rot12Pos1, AND8.canonicalXor, AND8.rot12Pos3])};
const ROT7 = ${list([AND8.rot7Pos0, AND8.canonicalXor, AND8.rot7Pos2, AND8.rot7Pos3])};
// 2^(-8 n).
const INVERSE_POWERS = array<vec2<u32>, 5>(
  vec2<u32>(1u, 0u), vec2<u32>(0x1000001u, 0xfeffffffu), vec2<u32>(0x10001u, 0xfffeffffu),
  vec2<u32>(0x101u, 0xfffffeffu), vec2<u32>(2u, 0xfffffffeu));

var<private> cells: array<vec2<u32>, ${EIDOS_WIDTH}>;
var<private> record_at: u32;
var<private> is_stored: bool;
// How often this row's requests count: the dummies, all alike, are counted at the first of them.
var<private> weight: u32;

fn word(i: u32) -> u32 {
  var x = 0u;
  if (is_stored) { x = records[record_at + i]; }
  return x;
}
fn put(column: u32, low: u32) {
  cells[column] = vec2<u32>(low, 0u);
}
fn request(relation: u32, row: u32) {
  if (weight > 0u) { atomicAdd(&counts[relation * ${AND8_HEIGHT}u + row], weight); }
}
fn rotr(x: vec4<u32>, k: u32) -> vec4<u32> {
  return (x >> vec4<u32>(k)) | (x << vec4<u32>(32u - k));
}
fn small(x: u32) -> vec2<u32> {
  return vec2<u32>(x, 0u);
}

// The bytes of both words and of their AND.
fn xor_slots(slot: u32, left: u32, right: u32) {
  for (var k = 0u; k < 4u; k++) {
    let l = (left >> (8u * k)) & 255u;
    let r = (right >> (8u * k)) & 255u;
    let column = 3u * (4u * slot + k);
    put(column, l);
    put(column + 1u, r);
    put(column + 2u, l & r);
    request(0u, (l << 8u) | r);
  }
}

fn round_cells(g: u32, odd: bool, d: u32, a: u32, b: u32, c: u32, k3: u32, k2: u32, m: u32) {
  let x = b ^ c;
  for (var k = 0u; k < 4u; k++) {
    let slot = 3u * (4u * g + k);
    let db = (d >> (8u * k)) & 255u;
    let ab = (a >> (8u * k)) & 255u;
    put(slot, db);
    put(slot + 1u, ab);
    put(slot + 2u, db & ab);
    request(0u, (db << 8u) | ab);
    let bd = slot + ${EIDOS.bdSlots}u;
    let bb = (b >> (8u * k)) & 255u;
    let cb = (c >> (8u * k)) & 255u;
    put(bd, bb);
    put(bd + 1u, cb);
    let part = x & (255u << (8u * k));
    let rotation = select(12u, 7u, odd);
    // The sixteenth contribution has no cell: message words start in its place and overwrite it.
    put(bd + 2u, (part >> rotation) | (part << (32u - rotation)));
    request(select(ROT12[k], ROT7[k], odd), (bb << 8u) | cb);
  }
  put(${EIDOS.k3}u + g, k3);
  put(${EIDOS.k2}u + g, k2);
}

// The word that the cells of b (field 0) or c (1) of quadruple g stand for, bytes or not.
fn cell_word(g: u32, field: u32) -> vec2<u32> {
  let first = ${EIDOS.bdSlots}u + 12u * g + field;
  var sum = cells[first];
  for (var k = 1u; k < 4u; k++) { sum = fadd(sum, fshl(cells[first + 3u * k], 8u * k)); }
  return sum;
}
fn put_sum(column: u32, sum: vec2<u32>, bytes: u32) {
  cells[column] = fmul(sum, INVERSE_POWERS[bytes]);
}

fn corrections(f: u32, v: array<u32, 16>) {
  var w = v;
  if (f == 0u) {
    var sum = fadd(fadd(small(w[4]), small(w[5])), fadd(small(w[6]), small(w[7])));
    for (var g = 0u; g < 4u; g++) { sum = fsub(sum, cell_word(g, 0u)); }
    put_sum(${EIDOS.bSumCorrection}u, sum, CV_STORAGE_BYTES[3]);
  }
  let live = 2u * f + 2u;
  for (var i = 4u; i < live; i++) {
    put_sum(CV_STORAGE[i], fsub(small(word(16u + i)), cell_word(i - 4u, 0u)), CV_STORAGE_BYTES[i - 4u]);
  }
  for (var g = 0u; g < min(live, 4u); g++) {
    // What the quadruple shows in place of d and a.
    let lane = 2u * f + (g & 1u);
    let left = select(w[lane], w[8u + lane], g < 2u);
    var right = w[8u + lane];
    if (g < 2u) { right = word(16u + lane); }
    let x = left ^ right;
    let rotated = (x >> 16u) | (x << 16u);
    var sum = fadd(small(word(16u + g)), small(IV_LOW[g]));
    sum = fsub(sum, small(right));
    sum = fadd(sum, fadd(small(word(4u * f + g)), small(rotated)));
    sum = fsub(sum, vec2<u32>(0u, cells[${EIDOS.k3}u + g].x));
    sum = fsub(fadd(sum, cell_word(g, 0u)), cell_word(g, 1u));
    put_sum(CV_STORAGE[g], sum, 4u);
  }
}

fn high_word_inverse(column: u32, w: u32) {
  cells[column] = fneg(finv(vec2<u32>(ALL_ONES - w, 0u)));
}

fn footer(f: u32, v: array<u32, 16>) {
  var w = v;
  let even = 2u * f;
  let odd = even + 1u;
  xor_slots(0u, w[8u + even], word(16u + even));
  xor_slots(1u, w[8u + odd], word(16u + odd));
  xor_slots(2u, w[even], w[8u + even]);
  xor_slots(3u, w[odd], w[8u + odd]);

  let top = (w[odd] ^ w[8u + odd]) >> 24u;
  put(${EIDOS.topBit}u, top);
  put(${EIDOS.topBit + 1}u, 128u);
  put(${EIDOS.topBit + 2}u, (top ^ 128u) << 20u);
  request(0u, (top << 8u) | 128u);

  for (var i = 0u; i < 4u; i++) {
    let m = word(4u * f + i);
    put(${EIDOS.message}u + i, m);
    put(RANGE[2u * i], m & 0xffffu);
    put(RANGE[2u * i + 1u], m >> 16u);
    request(${AND8.range}u, m & 0xffffu);
    request(${AND8.range}u, m >> 16u);
  }

  for (var i = 0u; i < 12u - even; i++) {
    let column = FOOTER_DATA[12u * f + i];
    if (i < even) { cells[column] = vec2<u32>(word(2u * i), word(2u * i + 1u)); }
    else { put(column, w[QUEUE[4u * f + i - even]]); }
  }

  high_word_inverse(${EIDOS.rCanonInverse}u, word(4u * f + 1u));
  high_word_inverse(${EIDOS.rCanonInverse + 1}u, word(4u * f + 3u));
  high_word_inverse(${EIDOS.cCanonInverse}u, word(16u + odd));
  put(${EIDOS.rCanonZero}u, u32(word(4u * f + 1u) == ALL_ONES));
  put(${EIDOS.rCanonZero + 1}u, u32(word(4u * f + 3u) == ALL_ONES));
  put(${EIDOS.cCanonZero}u, u32(word(16u + odd) == ALL_ONES));

  put(${EIDOS.multiplicity}u, word(25u));
  if (word(24u) == 1u) {
    put(${EIDOS.mode}u, 1u);
    put(${EIDOS.clk}u, word(26u));
  } else {
    for (var i = 0u; i < 4u; i++) {
      cells[${EIDOS.output}u + i] = vec2<u32>(
        w[2u * i] ^ w[2u * i + 8u], (w[2u * i + 1u] ^ w[2u * i + 9u]) & 0x7fffffffu);
    }
  }
  corrections(f, v);
}

fn main(group: u32, local: u32) {
  let at = group * 64u + local;
  if (at >= P.rows) { return; }
  let cycle = (P.firstRow + at) >> 5u;
  let row = at & 31u;
  is_stored = cycle < P.count;
  record_at = ${EIDOS_RECORD}u * cycle;
  weight = select(select(0u, (P.height >> 5u) - P.count, cycle == P.count), 1u, is_stored);

  var a = vec4<u32>(word(16u), word(17u), word(18u), word(19u));
  var b = vec4<u32>(word(20u), word(21u), word(22u), word(23u));
  var c = IV_LOW;
  var d = IV_HIGH;
  for (var r = 0u; r < min(row + 1u, ${EIDOS_ROUND_ROWS}u); r++) {
    let odd = (r & 1u) == 1u;
    let diagonal = (r & 2u) == 2u;
    if (diagonal && !odd) {
      b = b.yzwx;
      c = c.zwxy;
      d = d.wxyz;
    }
    let use_at = 4u * r;
    let m = vec4<u32>(word(MESSAGE_USE[use_at]), word(MESSAGE_USE[use_at + 1u]), word(MESSAGE_USE[use_at + 2u]), word(MESSAGE_USE[use_at + 3u]));
    let half = a + b;
    let sum = half + m;
    let k3 = vec4<u32>(half < a) + vec4<u32>(sum < half);
    let turned = rotr(d ^ sum, select(16u, 8u, odd));
    let next_c = c + turned;
    let k2 = vec4<u32>(next_c < c);
    if (r == row) {
      for (var g = 0u; g < 4u; g++) {
        round_cells(g, odd, d[g], sum[g], b[g], next_c[g], k3[g], k2[g], m[g]);
      }
      for (var g = 0u; g < 4u; g++) { put(${EIDOS.message}u + g, m[g]); }
    }
    a = sum;
    b = rotr(b ^ next_c, select(12u, 7u, odd));
    c = next_c;
    d = turned;
    if (diagonal && odd) {
      b = b.wxyz;
      c = c.zwxy;
      d = d.yzwx;
    }
  }
  if (row >= ${EIDOS_ROUND_ROWS}u) {
    footer(row - ${EIDOS_ROUND_ROWS}u, array<u32, 16>(
      a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w, c.x, c.y, c.z, c.w, d.x, d.y, d.z, d.w));
  }
  put(${EIDOS.cycleId}u, cycle);
  for (var column = 0u; column < ${EIDOS_WIDTH}u; column++) {
    out[column * P.stride + at] = cells[column];
  }
}
`,
  ],
};

/** out[i] = (counts[i], 0): the byte table's main columns. */
export const WIDEN: Kernel = {
  name: 'widen',
  workgroup: 64,
  params: ['count'],
  buffers: [reads('counts', 'u32'), writes('out')],
  code: [
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  if (i < P.count) { out[i] = vec2<u32>(counts[i], 0u); }
}
`,
  ],
};
