
import { halves, splat, vadd, vmontHalves } from './field';
import { bitReverse, nttForward, nttForwardTailed, nttInverse, nttTable } from './ntt';
import { param, param64, scratch } from './task';

/** Transforms of whole columns: one job is one column. Tables are those of ntt.ts. */

/** A twiddle table. Parameters: 0 table, 1 log, 2..3 root, 4..5 shift, 6..7 scale. */
export function buildTable(job: u32, p: usize): void {
  nttTable(param(p, 0), param(p, 1), param64(p, 2), param64(p, 4), param64(p, 6));
}

/**
 * Values to coefficients. Parameters: 0 first source column, 1 bytes between them, 2 first destination column, 3 bytes between
 * them, 4 log, 5 inverse table, 6 whether sources are in natural order (else bit-reversed).
 */
export function interpolateColumns(job: u32, p: usize): void {
  const src = <usize>param(p, 0) + <usize>param(p, 1) * job;
  const dst = <usize>param(p, 2) + <usize>param(p, 3) * job;
  const log = param(p, 4);
  if (param(p, 6) != 0) bitReverse(src, dst, log);
  else if (src != dst) memory.copy(dst, src, (<usize>8) << log);
  nttInverse(dst, log, param(p, 5), scratch);
}

/**
 * Coefficients to values on the table's coset. Parameters as above, without 6; then 6 first tail (coefficients from 2^log
 * on), 7 bytes between them, 8 their length (even; 0: none), 9..10 X^(2^log) on the coset, Montgomery form.
 */
export function extendColumns(job: u32, p: usize): void {
  const src = <usize>param(p, 0) + <usize>param(p, 1) * job;
  const dst = <usize>param(p, 2) + <usize>param(p, 3) * job;
  const log = param(p, 4);
  const length = param(p, 8);
  if (length == 0) return nttForward(src, dst, log, param(p, 5), scratch);
  const tail = <usize>param(p, 6) + <usize>param(p, 7) * job;
  nttForwardTailed(src, dst, log, param(p, 5), scratch, tail, length, param64(p, 9));
}

/**
 * Coefficients to values on a few points: a coset c <w_L>, L = 2^logL. A polynomial is first reduced modulo X^L - c^L.
 * Parameters: 0 first column, 1 bytes between them, 2 log of their length, 3 first tail, 4 bytes between them, 5 their length,
 * 6 log L, 7 cosets (1 or 2), 8 bytes between destination columns; then for each coset 9.. table, first destination column,
 * c^L (two words, Montgomery form).
 */
export function sampleColumns(job: u32, p: usize): void {
  const logL = param(p, 6);
  for (let coset: u32 = 0; coset < param(p, 7); coset++) {
    const q = p + (<usize>(9 + 4 * coset) << 2);
    const dst = <usize>param(q, 1) + <usize>param(p, 8) * job;
    const power = halves(splat(param64(q, 2)));
    const size = <usize>8 << logL;
    memory.fill(dst, 0, size);
    const tail = <usize>param(p, 3) + <usize>param(p, 4) * job;
    const tailBytes = <usize>param(p, 5) << 3;
    for (let from = tailBytes == 0 ? 0 : ((tailBytes - 1) / size + 1) * size; from > 0; ) {
      from -= size;
      reduceStep(dst, tail + from, min(size, tailBytes - from), power);
    }
    const column = <usize>param(p, 0) + <usize>param(p, 1) * job;
    for (let from = <usize>8 << param(p, 2); from > 0; ) {
      from -= size;
      reduceStep(dst, column + from, size, power);
    }
    nttForward(dst, dst, logL, param(q, 0), scratch);
  }
}

/** One step of Horner's rule on vectors of `bytes` bytes: sum <- sum power + x. */
function reduceStep(sum: usize, x: usize, bytes: usize, power: v128): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(sum + i, vadd(vmontHalves(halves(v128.load(sum + i)), power), v128.load(x + i)));
  }
}
