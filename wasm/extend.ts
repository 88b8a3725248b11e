
import { bitReverse, nttForward, nttInverse, nttTable } from './ntt';
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

/** Coefficients to values on the table's coset. Parameters as above, without 6. */
export function extendColumns(job: u32, p: usize): void {
  const src = <usize>param(p, 0) + <usize>param(p, 1) * job;
  const dst = <usize>param(p, 2) + <usize>param(p, 3) * job;
  nttForward(src, dst, param(p, 4), param(p, 5), scratch);
}
