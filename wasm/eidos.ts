import { add, mont, montInverse, sub, toMont } from './field';
import { param, scratch } from './task';

/**
 * Fills blocks of the Eidos trace and counts their byte requests: the kernel form of core/vm/trace/eidos-trace.ts, which
 * says what the cells are. Columns and schedules come as tables, so that the layout is written down once.
 */
const BLOCKS_PER_JOB: u32 = 16;
const ROWS: u32 = 32;
const ROUND_ROWS: u32 = 28;
const RECORD_BYTES: usize = 28 * 4;
const RELATION: usize = 65_536 * 4;

// Words of the table of parameter 5.
const QUADRUPLES: u32 = 0; // 32
const MESSAGE_INDEX: u32 = 32; // 112
const CV_STORAGE: u32 = 144; // 8
const CV_BYTES: u32 = 152; // 4
const RANGE: u32 = 156; // 8
const FOOTER_DATA: u32 = 164; // 4 x 12
const QUEUE: u32 = 212; // 12
const IV: u32 = 224; // 8
const ROT12: u32 = 232; // 4 relations
const ROT7: u32 = 236; // 4 relations
const FOOTER_LENGTH: u32 = 240; // 4
const COLUMNS: u32 = 244; // single columns, in the order below
const BD_SLOTS: u32 = COLUMNS;
const MESSAGE: u32 = COLUMNS + 1;
const CYCLE_ID: u32 = COLUMNS + 2;
const K3: u32 = COLUMNS + 3;
const K2: u32 = COLUMNS + 4;
const TOP_BIT: u32 = COLUMNS + 5;
const OUTPUT: u32 = COLUMNS + 6;
const R_INVERSE: u32 = COLUMNS + 7;
const C_INVERSE: u32 = COLUMNS + 8;
const MULTIPLICITY: u32 = COLUMNS + 9;
const MODE: u32 = COLUMNS + 10;
const R_ZERO: u32 = COLUMNS + 11;
const C_ZERO: u32 = COLUMNS + 12;
const B_SUM: u32 = COLUMNS + 13;
const RANGE_RELATION: u32 = COLUMNS + 14;

// Of the block at hand; every thread has its own instance, so these are its own.
let table: usize = 0;
let record: usize = 0;
let cells: usize = 0;
let stride: usize = 0;
let counts: usize = 0;
let weight: u32 = 0;

// @ts-ignore: decorator
@inline
function t(i: u32): u32 {
  return load<u32>(table + (<usize>i << 2));
}
// @ts-ignore: decorator
@inline
function r(i: u32): u32 {
  return load<u32>(record + (<usize>i << 2));
}
/** Working word i. */
// @ts-ignore: decorator
@inline
function v(i: u32): u32 {
  return load<u32>(scratch + (<usize>i << 2));
}
// @ts-ignore: decorator
@inline
function setV(i: u32, x: u32): void {
  store<u32>(scratch + (<usize>i << 2), x);
}
// @ts-ignore: decorator
@inline
function put(column: u32, row: u32, x: u64): void {
  store<u64>(cells + stride * column + (<usize>row << 3), x);
}
// @ts-ignore: decorator
@inline
function get(column: u32, row: u32): u64 {
  return load<u64>(cells + stride * column + (<usize>row << 3));
}
/** Adds requests; threads share the counts. */
// @ts-ignore: decorator
@inline
function count(relation: u32, index: u32): void {
  if (weight != 0) atomic.add<u32>(counts + RELATION * relation + (<usize>index << 2), weight);
}
// @ts-ignore: decorator
@inline
function byte(x: u32, k: u32): u32 {
  return (x >> (k << 3)) & 255;
}
// @ts-ignore: decorator
@inline
function wide(low: u32, high: u32): u64 {
  return (<u64>high << 32) | low;
}

/**
 * Parameters: 0 records, 1 how many, 2 first column, 3 height, 4 counts (7 x 65,536 u32), 5 table, 6 a record of zeros. Blocks behind
 * the last record are dummies; the first of them counts for all.
 */
export function eidosBlocks(job: u32, p: usize): void {
  const known = param(p, 1);
  const height = param(p, 3);
  const blocks = height / ROWS;
  const end = min(blocks, (job + 1) * BLOCKS_PER_JOB);
  table = param(p, 5);
  stride = <usize>height << 3;
  counts = param(p, 4);
  for (let block = job * BLOCKS_PER_JOB; block < end; block++) {
    const dummy = block >= known;
    record = dummy ? <usize>param(p, 6) : <usize>param(p, 0) + RECORD_BYTES * block;
    weight = dummy ? (block == known ? blocks - known : 0) : 1;
    cells = <usize>param(p, 2) + ((<usize>block * ROWS) << 3);
    for (let i: u32 = 0; i < 8; i++) setV(i, r(16 + i));
    for (let i: u32 = 0; i < 8; i++) setV(8 + i, t(IV + i));
    for (let row: u32 = 0; row < ROUND_ROWS; row++) round(row);
    for (let f: u32 = 0; f < 4; f++) footer(f);
    for (let row: u32 = 0; row < ROWS; row++) put(t(CYCLE_ID), row, block);
  }
}

function round(row: u32): void {
  const lanes = QUADRUPLES + (row & 2) * 8;
  const odd = (row & 1) != 0;
  const relations: u32 = odd ? ROT7 : ROT12;
  const r1: u32 = odd ? 8 : 16;
  const r2: u32 = odd ? 7 : 12;
  const bd = t(BD_SLOTS);
  for (let g: u32 = 0; g < 4; g++) {
    const ai = t(lanes + 4 * g);
    const bi = t(lanes + 4 * g + 1);
    const ci = t(lanes + 4 * g + 2);
    const di = t(lanes + 4 * g + 3);
    const b = v(bi);
    const d = v(di);
    const sum3 = <u64>v(ai) + b + r(t(MESSAGE_INDEX + 4 * row + g));
    const a = <u32>sum3;
    const dNew = rotr<u32>(d ^ a, r1);
    const sum2 = <u64>v(ci) + dNew;
    const c = <u32>sum2;
    const bx = b ^ c;
    for (let k: u32 = 0; k < 4; k++) {
      const slot = 3 * (4 * g + k);
      const db = byte(d, k);
      const ab = byte(a, k);
      put(slot, row, db);
      put(slot + 1, row, ab);
      put(slot + 2, row, db & ab);
      count(0, (db << 8) | ab);
      const bb = byte(b, k);
      const cb = byte(c, k);
      put(bd + slot, row, bb);
      put(bd + slot + 1, row, cb);
      // The sixteenth contribution has no cell: message words start in its place and overwrite it.
      put(bd + slot + 2, row, rotr<u32>(bx & (255 << (k << 3)), r2));
      count(t(relations + k), (bb << 8) | cb);
    }
    put(t(K3) + g, row, sum3 >> 32);
    put(t(K2) + g, row, sum2 >> 32);
    setV(ai, a);
    setV(bi, rotr<u32>(bx, r2));
    setV(ci, c);
    setV(di, dNew);
  }
  for (let g: u32 = 0; g < 4; g++) put(t(MESSAGE) + g, row, r(t(MESSAGE_INDEX + 4 * row + g)));
}

/** 1 / (w - (2^32 - 1)), or 0. */
function canonicityInverse(w: u32): u64 {
  return mont(montInverse(toMont(sub(w, 0xffff_ffff))), 1);
}

/** Slots 4 slot.. of a footer: bytes of both words and of their AND. */
function xorSlots(row: u32, slot: u32, left: u32, right: u32): void {
  for (let k: u32 = 0; k < 4; k++) {
    const l = byte(left, k);
    const x = byte(right, k);
    const column = 3 * (4 * slot + k);
    put(column, row, l);
    put(column + 1, row, x);
    put(column + 2, row, l & x);
    count(0, (l << 8) | x);
  }
}

function footer(f: u32): void {
  const row = ROUND_ROWS + f;
  const even: u32 = 2 * f;
  const odd = even + 1;
  // Cells a footer has no use for are zero; later ones overwrite.
  for (let column: u32 = 0; column < 108; column++) put(column, row, 0);
  xorSlots(row, 0, v(8 + even), r(16 + even));
  xorSlots(row, 1, v(8 + odd), r(16 + odd));
  xorSlots(row, 2, v(even), v(8 + even));
  xorSlots(row, 3, v(odd), v(8 + odd));

  const top = (v(odd) ^ v(8 + odd)) >> 24;
  put(t(TOP_BIT), row, top);
  put(t(TOP_BIT) + 1, row, 128);
  put(t(TOP_BIT) + 2, row, (top ^ 128) << 20);
  count(0, (top << 8) | 128);

  for (let i: u32 = 0; i < 4; i++) {
    const word = r(4 * f + i);
    put(t(MESSAGE) + i, row, word);
    put(t(RANGE + 2 * i), row, word & 0xffff);
    put(t(RANGE + 2 * i + 1), row, word >> 16);
    count(t(RANGE_RELATION), word & 0xffff);
    count(t(RANGE_RELATION), word >> 16);
  }

  const data = FOOTER_DATA + 12 * f;
  for (let i: u32 = 0; i < even; i++) put(t(data + i), row, wide(r(2 * i), r(2 * i + 1)));
  for (let i = even; i < t(FOOTER_LENGTH + f); i++) {
    put(t(data + i), row, v(t(QUEUE + 4 * f + i - even)));
  }

  const high0 = r(4 * f + 1);
  const high1 = r(4 * f + 3);
  const highC = r(16 + odd);
  put(t(R_INVERSE), row, canonicityInverse(high0));
  put(t(R_INVERSE) + 1, row, canonicityInverse(high1));
  put(t(C_INVERSE), row, canonicityInverse(highC));
  put(t(R_ZERO), row, u64(high0 == 0xffff_ffff));
  put(t(R_ZERO) + 1, row, u64(high1 == 0xffff_ffff));
  put(t(C_ZERO), row, u64(highC == 0xffff_ffff));

  put(t(MULTIPLICITY), row, r(25));
  if (r(24) == 1) {
    put(t(MODE), row, 1);
    put(t(OUTPUT), row, r(26)); // clk stands where the first output would
  } else {
    for (let i: u32 = 0; i < 4; i++) {
      const high = (v(2 * i + 1) ^ v(2 * i + 9)) & 0x7fff_ffff;
      put(t(OUTPUT) + i, row, wide(v(2 * i) ^ v(2 * i + 8), high));
    }
  }
  corrections(f, row);
}

/** The word that the cells of b (field 0) or c' (1) of quadruple g stand for. */
function shown(row: u32, g: u32, field: u32): u64 {
  let sum: u64 = 0;
  for (let k: u32 = 0; k < 4; k++) {
    const x = get(t(BD_SLOTS) + 3 * (4 * g + k) + field, row);
    sum = add(sum, mont(toMont(<u64>1 << (k << 3)), x));
  }
  return sum;
}

/** 1 / 256. */
const INVERSE_256: u64 = 0xfeff_ffff_0100_0001;

/** x / 2^(8 bytes). */
function unshift(x: u64, bytes: u32): u64 {
  const inverse256 = toMont(INVERSE_256);
  for (let i: u32 = 0; i < bytes; i++) x = mont(inverse256, x);
  return x;
}

function corrections(f: u32, row: u32): void {
  if (f == 0) {
    let sum = <u64>v(4) + v(5) + v(6) + v(7);
    for (let g: u32 = 0; g < 4; g++) sum = sub(sum, shown(row, g, 0));
    put(t(B_SUM), row, unshift(sum, t(CV_BYTES + 3)));
  }
  const live: u32 = 2 * f + 2;
  for (let i: u32 = 4; i < live; i++) {
    put(t(CV_STORAGE + i), row, unshift(sub(r(16 + i), shown(row, i - 4, 0)), t(CV_BYTES + i - 4)));
  }
  for (let g: u32 = 0; g < min<u32>(live, 4); g++) {
    const lane = 2 * f + (g & 1);
    const left = g < 2 ? v(8 + lane) : v(lane);
    const right = g < 2 ? r(16 + lane) : v(8 + lane);
    const k3 = get(t(K3) + g, row);
    let sum = <u64>r(16 + g) + t(IV + g) + r(4 * f + g) + rotr<u32>(left ^ right, 16);
    sum = sub(sum, right);
    sum = sub(sum, mont(toMont(<u64>1 << 32), k3));
    sum = add(sum, sub(shown(row, g, 0), shown(row, g, 1)));
    put(t(CV_STORAGE + g), row, unshift(sum, 4));
  }
}
