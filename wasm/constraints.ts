import { halves, mont, montInverse, splat, sub, toMont, vmontHalves } from './field';
import { reverse } from './ntt';
import { REGISTER, TILE, runProgram } from './program';
import { param, param64, scratch } from './task';

/** Tiles of one job. */
export const TILES_PER_JOB: u32 = 16;

// Where a cell comes from.
const CURRENT: u32 = 0; // a column
const NEXT: u32 = 1; // a column, one row on
const FIRST: u32 = 2;
const LAST: u32 = 3;
const TRANSITION: u32 = 4;
const PERIODIC: u32 = 5; // a table of plain values, the log of its length beside it

// @ts-ignore: decorator
@inline
const CELL_WORDS: u32 = 3; // kind, address, log of the period

/** A thread's scratch for programs: cell addresses, selectors, sums, gathered or periodic cells, outputs, registers. */
const ADDRESSES: usize = 0;
const SELECTORS: usize = 4096;
const SUMS: usize = 196_608;
const GATHERED: usize = 16_384;
export const OUTPUTS: usize = 98_304;
const REGISTERS: usize = 131_072;

/** The address of cell i for the tile at `offset` bytes into every column; `at` is where such a cell is gathered. */
// @ts-ignore: decorator
@inline
function setAddress(i: u32, address: usize): void {
  store<u32>(scratch + ADDRESSES + (<usize>i << 2), <u32>address);
}

/** Row x of a tile in bit-reversed order is row rev(x) of a run with stride height / 32. */
// @ts-ignore: decorator
@inline
function strided(x: u32): u32 {
  return reverse(x, 5);
}

/**
 * Constraints over one coset, folded and divided. Parameters: 0 code, 1 its words, 2 constants, 3 cell table, 4 cells,
 * 5 log of its points, 6..7 its shift (plain), 8..9 root of unity of that order, 10..11 vanishing polynomial on the
 * coset, 12..13 its inverse, 14 first output column, 15 second, 16 table of 32 powers: w_32^(rev5 x), Montgomery form,
 * 17..18 the trace's last point (plain).
 */
export function constraintTiles(job: u32, p: usize): void {
  const log = param(p, 5);
  const tiles: u32 = 1 << (log - 5);
  const end = min(tiles, (job + 1) * TILES_PER_JOB);
  const inverse = halves(splat(param64(p, 12)));
  for (let t = job * TILES_PER_JOB; t < end; t++) {
    const offset = <usize>t << 8;
    const run = log == 5 ? 0 : reverse(t, log - 5); // rows run + k height / 32
    selectors(p, run, log);
    const wraps = run + 1 == tiles;
    const nextOffset: usize = wraps ? 0 : <usize>reverse(run + 1, log - 5) << 8;
    const cells = param(p, 4);
    let room = scratch + GATHERED;
    for (let i: u32 = 0; i < cells; i++) {
      const cell = <usize>param(p, 3) + (<usize>i * CELL_WORDS << 2);
      const kind = load<u32>(cell);
      const base = <usize>load<u32>(cell, 4);
      if (kind == CURRENT) setAddress(i, base + offset);
      else if (kind == NEXT && !wraps) setAddress(i, base + nextOffset);
      else if (kind == NEXT) {
        // The last run is followed by the first, one step further along each stride.
        for (let x: u32 = 0; x < TILE; x++) {
          const y = strided((strided(x) + 1) & 31);
          store<u64>(room + (<usize>x << 3), load<u64>(base + (<usize>y << 3)));
        }
        setAddress(i, room);
        room += REGISTER;
      } else if (kind == PERIODIC) {
        const mask: u32 = (1 << load<u32>(cell, 8)) - 1;
        for (let x: u32 = 0; x < TILE; x++) {
          const row = run + (strided(x) << (log - 5));
          store<u64>(room + (<usize>x << 3), load<u64>(base + (<usize>(row & mask) << 3)));
        }
        setAddress(i, room);
        room += REGISTER;
      } else setAddress(i, scratch + SELECTORS + <usize>(kind - FIRST) * REGISTER);
    }
    runOnTile(p);
    const out0 = <usize>param(p, 14) + offset;
    const out1 = <usize>param(p, 15) + offset;
    const folded = scratch + OUTPUTS;
    for (let i: usize = 0; i < REGISTER; i += 16) {
      v128.store(out0 + i, vmontHalves(halves(v128.load(folded + i)), inverse));
      v128.store(out1 + i, vmontHalves(halves(v128.load(folded + i, 256)), inverse));
    }
  }
}

/** Z / (y - 1), Z / (y - w^-1), y - w^-1 for the 32 points y of a tile, with one inversion. */
function selectors(p: usize, run: u32, log: u32): void {
  const s = scratch + SELECTORS;
  const powers = <usize>param(p, 16);
  let w = toMont(param64(p, 8));
  let y = toMont(param64(p, 6));
  let step = w;
  for (let e = run; e != 0; e >>= 1) {
    if ((e & 1) != 0) y = mont(y, step);
    step = mont(step, step);
  }
  const one = toMont(1);
  const last = toMont(param64(p, 17));
  const vanishing = param64(p, 10);
  // Prefix products stand in the places of the results until the way back.
  let product = one;
  for (let x: usize = 0; x < 64; x++) {
    const point = mont(y, load<u64>(powers + ((x & 31) << 3)));
    const d = sub(point, x < 32 ? one : last);
    store<u64>(s + (x << 3), product);
    store<u64>(s + 1024 + (x << 3), d);
    product = mont(product, d);
  }
  let inverse = montInverse(product);
  for (let x: isize = 63; x >= 0; x--) {
    const d = load<u64>(s + 1024 + (<usize>x << 3));
    const quotient = mont(inverse, load<u64>(s + (<usize>x << 3)));
    inverse = mont(inverse, d);
    store<u64>(s + (<usize>x << 3), mont(quotient, vanishing));
    if (x >= 32) store<u64>(s + 512 + (<usize>(x - 32) << 3), mont(d, 1));
  }
}

/** Addresses of all cells for 32 consecutive rows of a trace in natural order; the last tile's next row is the first. */
export function naturalCells(table: usize, cells: u32, tile: u32, tiles: u32): void {
  const offset = <usize>tile << 8;
  let room = scratch + GATHERED;
  for (let i: u32 = 0; i < cells; i++) {
    const cell = table + (<usize>i * CELL_WORDS << 2);
    const kind = load<u32>(cell);
    const base = <usize>load<u32>(cell, 4);
    if (kind == CURRENT) setAddress(i, base + offset);
    else if (kind == NEXT && tile + 1 < tiles) setAddress(i, base + offset + 8);
    else if (kind == NEXT) {
      memory.copy(room, base + offset + 8, REGISTER - 8);
      store<u64>(room, load<u64>(base), REGISTER - 8);
      setAddress(i, room);
      room += REGISTER;
    } else {
      const mask: u32 = (1 << load<u32>(cell, 8)) - 1;
      for (let x: u32 = 0; x < TILE; x++) {
        store<u64>(room + (<usize>x << 3), load<u64>(base + (<usize>((tile * TILE + x) & mask) << 3)));
      }
      setAddress(i, room);
      room += REGISTER;
    }
  }
}

/** Runs the program of parameters 0..2 on the cells last set. */
export function runOnTile(p: usize): void {
  runProgram(
    param(p, 0),
    param(p, 1),
    scratch + REGISTERS,
    param(p, 2),
    scratch + ADDRESSES,
    scratch + OUTPUTS,
    scratch + SUMS,
  );
}
