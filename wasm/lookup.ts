import { add, mont, montInverse, sub, toMont, vadd, vmont, vshift, vsub } from './field';
import { OUTPUTS, naturalCells, runOnTile } from './constraints';
import { REGISTER, TILE } from './program';
import { param, param64, scratch } from './task';

/**
 * LogUp columns. Column c >= 1 holds V / U of its row; column 0 first holds the sum of all fractions of the row, then,
 * after the scan, the running sum less sigma per row. Columns are pairs of base columns.
 */
export const LOOKUP_TILES_PER_JOB: u32 = 16;
// Behind the programs' gathered cells and outputs (20 columns at most 20 KiB), in place of gathered cells.
const NORMS: usize = 16_384;

/**
 * Fractions of a tile. Parameters: 0 code, 1 words, 2 constants, 3 cell table, 4 cells, 5 tiles, 6 columns, 7 first output
 * column, 8 bytes between output columns, 9 sums per tile (two words each), 10 address of a word set when U is zero.
 */
export function lookupTiles(job: u32, p: usize): void {
  const tiles = param(p, 5);
  const columns = param(p, 6);
  const stride = <usize>param(p, 8);
  const end = min(tiles, (job + 1) * LOOKUP_TILES_PER_JOB);
  for (let t = job * LOOKUP_TILES_PER_JOB; t < end; t++) {
    naturalCells(param(p, 3), param(p, 4), t, tiles);
    runOnTile(p);
    invertNorms(columns, param(p, 10));
    const out = <usize>param(p, 7) + (<usize>t << 8);
    let total0 = i64x2.splat(0);
    let total1 = i64x2.splat(0);
    for (let i: usize = 0; i < REGISTER; i += 16) {
      let sum0 = i64x2.splat(0);
      let sum1 = i64x2.splat(0);
      for (let c: usize = 0; c < <usize>columns; c++) {
        const q = scratch + OUTPUTS + (c << 10) + i;
        const u0 = v128.load(q);
        const u1 = v128.load(q, 256);
        const v0 = v128.load(q, 512);
        const v1 = v128.load(q, 768);
        const inverse = v128.load(scratch + NORMS + (c << 9) + i);
        // V conj(U) / norm, the conjugate being u0 - u1 X.
        const n0 = vsub(vmont(v0, u0), seven(vmont(v1, u1)));
        const n1 = vsub(vmont(v1, u0), vmont(v0, u1));
        const f0 = vmont(n0, inverse);
        const f1 = vmont(n1, inverse);
        sum0 = vadd(sum0, f0);
        sum1 = vadd(sum1, f1);
        if (c > 0) {
          v128.store(out + stride * (c << 1) + i, f0);
          v128.store(out + stride * ((c << 1) + 1) + i, f1);
        }
      }
      v128.store(out + i, sum0);
      v128.store(out + stride + i, sum1);
      total0 = vadd(total0, sum0);
      total1 = vadd(total1, sum1);
    }
    const sums = <usize>param(p, 9) + (<usize>t << 4);
    store<u64>(sums, add(i64x2.extract_lane(total0, 0), i64x2.extract_lane(total0, 1)));
    store<u64>(sums, add(i64x2.extract_lane(total1, 0), i64x2.extract_lane(total1, 1)), 8);
  }
}

// @ts-ignore: decorator
@inline
function seven(a: v128): v128 {
  return vsub(vshift(a, 3), a);
}

/**
 * Plain inverses of all norms u0^2 - 7 u1^2 of a tile, by one inversion: 512 bytes per column at NORMS, inverses in the
 * first half, prefix products in the second while they are needed.
 */
function invertNorms(columns: u32, zeroFlag: usize): void {
  const norms = scratch + NORMS;
  const one = toMont(1);
  let product = i64x2.splat(one);
  for (let c: usize = 0; c < <usize>columns; c++) {
    for (let i: usize = 0; i < REGISTER; i += 16) {
      const q = scratch + OUTPUTS + (c << 10) + i;
      const u0 = v128.load(q);
      const u1 = v128.load(q, 256);
      const norm = vsub(vmont(u0, u0), seven(vmont(u1, u1)));
      v128.store(norms + (c << 9) + i, norm);
      v128.store(norms + (c << 9) + i, product, 256);
      product = vmont(product, norm);
    }
  }
  const a = i64x2.extract_lane(product, 0);
  const b = i64x2.extract_lane(product, 1);
  const ab = mont(a, b);
  if (ab == 0) store<u32>(zeroFlag, 1);
  // The factor 1 (plain) takes the inverses out of Montgomery form on their way.
  const inverse = montInverse(ab);
  let back = i64x2.splat(mont(inverse, b));
  back = i64x2.replace_lane(back, 1, mont(inverse, a));
  for (let c: isize = <isize>columns - 1; c >= 0; c--) {
    for (let i: isize = <isize>REGISTER - 16; i >= 0; i -= 16) {
      const at = norms + (<usize>c << 9) + <usize>i;
      const norm = v128.load(at);
      v128.store(at, vmont(vmont(back, v128.load(at, 256)), i64x2.splat(1)));
      back = vmont(back, norm);
    }
  }
}

/** Exclusive prefix sums of the tiles' sums, in place; the total goes behind the last. Parameters: 0 sums, 1 tiles. */
export function lookupScan(job: u32, p: usize): void {
  let at = <usize>param(p, 0);
  let c0: u64 = 0;
  let c1: u64 = 0;
  for (let t = param(p, 1); ; t--, at += 16) {
    const s0 = load<u64>(at);
    const s1 = load<u64>(at, 8);
    store<u64>(at, c0);
    store<u64>(at, c1, 8);
    if (t == 0) return;
    c0 = add(c0, s0);
    c1 = add(c1, s1);
  }
}

/**
 * Turns row sums into the running sum. Parameters: 0 sums, 1 tiles, 2 first column, 3 second column, 4..5 and 6..7 sigma.
 * A job is 512 tiles.
 */
export function lookupRunning(job: u32, p: usize): void {
  const end = min(param(p, 1), (job + 1) * 512);
  const sigma0 = param64(p, 4);
  const sigma1 = param64(p, 6);
  for (let t = job * 512; t < end; t++) {
    const rows = toMont(<u64>t * TILE);
    const sums = <usize>param(p, 0) + (<usize>t << 4);
    let c0 = sub(load<u64>(sums), mont(rows, sigma0));
    let c1 = sub(load<u64>(sums, 8), mont(rows, sigma1));
    const out0 = <usize>param(p, 2) + (<usize>t << 8);
    const out1 = <usize>param(p, 3) + (<usize>t << 8);
    for (let i: usize = 0; i < REGISTER; i += 8) {
      const s0 = load<u64>(out0 + i);
      const s1 = load<u64>(out1 + i);
      store<u64>(out0 + i, c0);
      store<u64>(out1 + i, c1);
      c0 = sub(add(c0, s0), sigma0);
      c1 = sub(add(c1, s1), sigma1);
    }
  }
}
