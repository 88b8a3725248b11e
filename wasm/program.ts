import { halves, primes, vadd, vmontHalves, vneg, vshift, vsub, vtoMont } from './field';

/**
 * The interpreter of register programs (core/air/tile/program.ts has the instruction set). Every operation runs over a tile
 * of 32 rows, two per vector; registers are 256 bytes, values are in Montgomery form, cells and outputs are plain.
 */
const ADD: u32 = 1;
const SUB: u32 = 2;
const MUL: u32 = 3;
const NEG: u32 = 4;
const SCALE: u32 = 5;
const OFFSET: u32 = 6;
const SHIFT: u32 = 7;
const LOAD: u32 = 8;
const STORE: u32 = 9;
const EXT_MUL: u32 = 10;
const COMBINE1: u32 = 11;
const COMBINE2: u32 = 12;
const FOLD_FIRST: u32 = 14;
const CLOSE: u32 = 15;
const FROM: u32 = 16;

export const TILE: u32 = 32;
export const REGISTER: usize = 256;
/** Six sums of an accumulator, for every pair of rows. */
const ACCUMULATOR_BYTES: usize = 6 * 256;

// @ts-ignore: decorator
@inline
function w(pc: usize, i: u32): usize {
  return <usize>load<u32>(pc + (<usize>i << 2));
}

/** 2^k a for a k known only at run time, 0 < k <= 32. */
// @ts-ignore: decorator
@inline
function shiftBy(a: v128, k: i32): v128 {
  const hi = i64x2.shr_u(a, 64 - k);
  return vsub(i64x2.shl(a, k), i64x2.sub(primes, i64x2.sub(i64x2.shl(hi, 32), hi)));
}

/** x c + carry of one limb: `c` holds the limb of c twice, then that of 2^32 c twice. */
// @ts-ignore: decorator
@inline
function madd(sum: v128, x: v128, c: usize): v128 {
  const limb = v128.load(c);
  return i64x2.add(i64x2.add(sum, i64x2.extmul_low_i32x4_u(x, limb)), i64x2.extmul_high_i32x4_u(x, limb));
}

/** s0 + 2^22 s1 + 2^44 s2 for any words. */
// @ts-ignore: decorator
@inline
export function reduceLimbs(s0: v128, s1: v128, s2: v128): v128 {
  return vadd(vadd(vshift(s1, 22), vshift(s2, 44)), vsub(s0, primes));
}

// @ts-ignore: decorator
@inline
function timesSeven(a: v128): v128 {
  return vsub(vshift(a, 3), a);
}

/**
 * Runs `length` words of code at `pc` on registers at `r`. `cells`: one address per cell, of 32 consecutive values.
 * `outputs`: 256 bytes per output. `sums`: ACCUMULATOR_BYTES per accumulator.
 */
export function runProgram(
  pc: usize,
  length: u32,
  r: usize,
  constants: usize,
  cells: usize,
  outputs: usize,
  sums: usize,
): void {
  const end = pc + (<usize>length << 2);
  while (pc < end) {
    const op = load<u32>(pc);
    if (op == ADD) {
      const d = r + w(pc, 1);
      const a = r + w(pc, 2);
      const b = r + w(pc, 3);
      for (let i: usize = 0; i < REGISTER; i += 16) v128.store(d + i, vadd(v128.load(a + i), v128.load(b + i)));
      pc += 16;
    } else if (op == SUB) {
      const d = r + w(pc, 1);
      const a = r + w(pc, 2);
      const b = r + w(pc, 3);
      for (let i: usize = 0; i < REGISTER; i += 16) v128.store(d + i, vsub(v128.load(a + i), v128.load(b + i)));
      pc += 16;
    } else if (op == MUL) {
      const d = r + w(pc, 1);
      const a = r + w(pc, 2);
      const b = r + w(pc, 3);
      for (let i: usize = 0; i < REGISTER; i += 16) {
        v128.store(d + i, vmontHalves(halves(v128.load(a + i)), halves(v128.load(b + i))));
      }
      pc += 16;
    } else if (op == OFFSET) {
      const d = r + w(pc, 1);
      const a = r + w(pc, 2);
      const c = v128.load64_splat(constants + w(pc, 3));
      for (let i: usize = 0; i < REGISTER; i += 16) v128.store(d + i, vadd(v128.load(a + i), c));
      pc += 16;
    } else if (op == SCALE) {
      const d = r + w(pc, 1);
      const a = r + w(pc, 2);
      const c = halves(v128.load64_splat(constants + w(pc, 3)));
      for (let i: usize = 0; i < REGISTER; i += 16) v128.store(d + i, vmontHalves(halves(v128.load(a + i)), c));
      pc += 16;
    } else if (op == LOAD) {
      const d = r + w(pc, 1);
      const a = w(cells, <u32>w(pc, 2));
      for (let i: usize = 0; i < REGISTER; i += 16) v128.store(d + i, vtoMont(v128.load(a + i)));
      pc += 16;
    } else if (op == EXT_MUL) {
      const d0 = r + w(pc, 1);
      const d1 = r + w(pc, 2);
      const a0 = r + w(pc, 3);
      const a1 = r + w(pc, 4);
      const b0 = r + w(pc, 5);
      const b1 = r + w(pc, 6);
      for (let i: usize = 0; i < REGISTER; i += 16) {
        const x0 = v128.load(a0 + i);
        const x1 = v128.load(a1 + i);
        const y0 = v128.load(b0 + i);
        const y1 = v128.load(b1 + i);
        const low = vmontHalves(halves(x0), halves(y0));
        const high = vmontHalves(halves(x1), halves(y1));
        const cross = vmontHalves(halves(vadd(x0, x1)), halves(vadd(y0, y1)));
        v128.store(d0 + i, vadd(low, timesSeven(high)));
        v128.store(d1 + i, vsub(vsub(cross, low), high));
      }
      pc += 32;
    } else if (op == COMBINE2) {
      const d0 = r + w(pc, 1);
      const d1 = r + w(pc, 2);
      const n = <u32>w(pc, 3);
      const c = constants + w(pc, 4);
      const list = pc + 32;
      for (let i: usize = 0; i < REGISTER; i += 16) {
        let s0 = v128.load(c);
        let s1 = v128.load(c, 16);
        let s2 = v128.load(c, 32);
        let t0 = v128.load(c, 48);
        let t1 = v128.load(c, 64);
        let t2 = v128.load(c, 80);
        let limbs = c + 96;
        for (let k: u32 = 0; k < n; k++, limbs += 96) {
          const x = halves(v128.load(r + w(list, k) + i));
          s0 = madd(s0, x, limbs);
          s1 = madd(s1, x, limbs + 16);
          s2 = madd(s2, x, limbs + 32);
          t0 = madd(t0, x, limbs + 48);
          t1 = madd(t1, x, limbs + 64);
          t2 = madd(t2, x, limbs + 80);
        }
        // Operands may be the destination, but only these two lanes of it, which are read by now.
        v128.store(d0 + i, reduceLimbs(s0, s1, s2));
        v128.store(d1 + i, reduceLimbs(t0, t1, t2));
      }
      pc += 32 + (<usize>n << 2);
    } else if (op == COMBINE1) {
      const d = r + w(pc, 1);
      const n = <u32>w(pc, 2);
      const c = constants + w(pc, 3);
      const list = pc + 16;
      for (let i: usize = 0; i < REGISTER; i += 16) {
        let s0 = v128.load(c);
        let s1 = v128.load(c, 16);
        let s2 = v128.load(c, 32);
        let limbs = c + 48;
        for (let k: u32 = 0; k < n; k++, limbs += 48) {
          const x = halves(v128.load(r + w(list, k) + i));
          s0 = madd(s0, x, limbs);
          s1 = madd(s1, x, limbs + 16);
          s2 = madd(s2, x, limbs + 32);
        }
        v128.store(d + i, reduceLimbs(s0, s1, s2));
      }
      pc += 16 + (<usize>n << 2);
    } else if (op == NEG) {
      const d = r + w(pc, 1);
      const a = r + w(pc, 2);
      for (let i: usize = 0; i < REGISTER; i += 16) v128.store(d + i, vneg(v128.load(a + i)));
      pc += 16;
    } else if (op == SHIFT) {
      const d = r + w(pc, 1);
      const a = r + w(pc, 2);
      const k = <i32>w(pc, 3);
      for (let i: usize = 0; i < REGISTER; i += 16) v128.store(d + i, shiftBy(v128.load(a + i), k));
      pc += 16;
    } else if (op == STORE) {
      const d = outputs + (w(pc, 1) << 8);
      const a = r + w(pc, 2);
      memory.copy(d, a, REGISTER);
      pc += 16;
    } else if (op == FROM) {
      const d = r + w(pc, 1);
      const a = r + w(pc, 2);
      const c = v128.load64_splat(constants + w(pc, 3));
      for (let i: usize = 0; i < REGISTER; i += 16) v128.store(d + i, vsub(c, v128.load(a + i)));
      pc += 16;
    } else if (op == CLOSE) {
      const d0 = r + w(pc, 1);
      const d1 = r + w(pc, 2);
      const accumulator = sums + w(pc, 3) * ACCUMULATOR_BYTES;
      for (let i: usize = 0; i < REGISTER; i += 16) {
        const sum = accumulator + i * 6;
        v128.store(d0 + i, reduceLimbs(v128.load(sum), v128.load(sum, 16), v128.load(sum, 32)));
        v128.store(d1 + i, reduceLimbs(v128.load(sum, 48), v128.load(sum, 64), v128.load(sum, 80)));
      }
      pc += 16;
    } else {
      // Fold, FoldFirst
      const n = <u32>w(pc, 1);
      const c = constants + w(pc, 2);
      const accumulator = sums + w(pc, 3) * ACCUMULATOR_BYTES;
      if (op == FOLD_FIRST) memory.fill(accumulator, 0, ACCUMULATOR_BYTES);
      const list = pc + 16;
      for (let i: usize = 0; i < REGISTER; i += 16) {
        const sum = accumulator + i * 6;
        let s0 = v128.load(sum);
        let s1 = v128.load(sum, 16);
        let s2 = v128.load(sum, 32);
        let t0 = v128.load(sum, 48);
        let t1 = v128.load(sum, 64);
        let t2 = v128.load(sum, 80);
        let limbs = c;
        for (let k: u32 = 0; k < n; k++, limbs += 96) {
          const x = halves(v128.load(r + w(list, k) + i));
          s0 = madd(s0, x, limbs);
          s1 = madd(s1, x, limbs + 16);
          s2 = madd(s2, x, limbs + 32);
          t0 = madd(t0, x, limbs + 48);
          t1 = madd(t1, x, limbs + 64);
          t2 = madd(t2, x, limbs + 80);
        }
        v128.store(sum, s0);
        v128.store(sum, s1, 16);
        v128.store(sum, s2, 32);
        v128.store(sum, t0, 48);
        v128.store(sum, t1, 64);
        v128.store(sum, t2, 80);
      }
      pc += 16 + (<usize>n << 2);
    }
  }
}
