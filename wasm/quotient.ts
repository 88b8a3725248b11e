import { splat, vadd, vmont, vshift, vsub } from './field';
import { param, param64 } from './task';

/** Rows of one job of the kernels below. */
const ROWS: u32 = 16_384;

// @ts-ignore: decorator
@inline
function seven(a: v128): v128 {
  return vsub(vshift(a, 3), a);
}

/** Two values of a column whose 2^shift times longer extension repeats each in place. */
// @ts-ignore: decorator
@inline
function lifted(p: usize, row: u32, shift: u32): v128 {
  return shift == 0 ? v128.load(p + (<usize>row << 3)) : v128.load64_splat(p + (<usize>(row >> shift) << 3));
}

/**
 * q <- beta * sum + q, the sum lifted to the rows of q. Parameters: 0, 1 columns of the sum, 2 log of the lift, 3, 4 columns of
 * q, 5 rows, 6..7, 8..9 beta in Montgomery form.
 */
export function quotientAccumulate(job: u32, p: usize): void {
  const end = min(param(p, 5), (job + 1) * ROWS);
  const b0 = splat(param64(p, 6));
  const b1 = splat(param64(p, 8));
  const shift = param(p, 2);
  for (let row = job * ROWS; row < end; row += 2) {
    const s0 = lifted(param(p, 0), row, shift);
    const s1 = lifted(param(p, 1), row, shift);
    const q0 = <usize>param(p, 3) + (<usize>row << 3);
    const q1 = <usize>param(p, 4) + (<usize>row << 3);
    v128.store(q0, vadd(v128.load(q0), vadd(vmont(b0, s0), seven(vmont(b1, s1)))));
    v128.store(q1, vadd(v128.load(q1), vadd(vmont(b0, s1), vmont(b1, s0))));
  }
}

/**
 * Weighted sums of columns: one job is one column. Parameters: 0 first destination column, 1 bytes between them, 2 rows (even),
 * 3 terms; then for each term 4.. first column, bytes between them, weight (two words, Montgomery form). A destination may
 * be a term.
 */
export function sumColumns(job: u32, p: usize): void {
  const dst = <usize>param(p, 0) + <usize>param(p, 1) * job;
  const bytes = <usize>param(p, 2) << 3;
  const end = p + (<usize>(4 + 4 * param(p, 3)) << 2);
  for (let i: usize = 0; i < bytes; i += 16) {
    let sum = i64x2.splat(0);
    for (let q = p + 16; q < end; q += 16) {
      const x = v128.load(<usize>param(q, 0) + <usize>param(q, 1) * job + i);
      sum = vadd(sum, vmont(x, splat(param64(q, 2))));
    }
    v128.store(dst + i, sum);
  }
}
