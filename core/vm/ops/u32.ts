import type { MachineState } from '../state.ts';
import { failDivision, failU32 } from './fail.ts';

/**
 * 32-bit operations. Operands must be below 2^32: their upper lanes are zero. Their trace rows hold the 16-bit limbs
 * of two results as helpers, each limb one request to the range table; limbs that an operation does not need are
 * requests for zero.
 */

const TWO_32 = 2 ** 32;

/** Helpers 0 to 3: limbs of `first`, then of `second`. */
function recordLimbs(s: MachineState, first: number, second: number): void {
  if (s.recorder === null) return;
  const { helpers } = s;
  const { rangeCounts } = s.recorder;
  helpers[0] = first & 0xffff;
  helpers[2] = first >>> 16;
  helpers[4] = second & 0xffff;
  helpers[6] = second >>> 16;
  rangeCounts[helpers[0]]++;
  rangeCounts[helpers[2]]++;
  rangeCounts[helpers[4]]++;
  rangeCounts[helpers[6]]++;
  s.helped = true;
}

/** Helper 4: the inverse of 2^32 - 1 - hi, which proves that the result is canonical; 0 if that is zero. */
function recordCanonical(s: MachineState, hi: number): void {
  s.helpers[8] = ~hi;
}

/** [a] → [low half, high half]. */
export function u32split(s: MachineState): void {
  const { stack } = s;
  const lo = stack.lanes[stack.top - 2];
  const hi = stack.lanes[stack.top - 1];
  stack.push(s.clk, lo, 0);
  stack.lanes[stack.top - 4] = hi;
  stack.lanes[stack.top - 3] = 0;
  recordLimbs(s, lo, hi);
  recordCanonical(s, hi);
}

/** [b, a] → [low half, carry]. */
export function u32add(s: MachineState): void {
  const { lanes, top } = s.stack;
  if ((lanes[top - 1] | lanes[top - 3]) !== 0) failU32(s, 2);
  const sum = lanes[top - 2] + lanes[top - 4];
  const carry = sum >= TWO_32 ? 1 : 0;
  lanes[top - 2] = sum;
  lanes[top - 4] = carry;
  recordLimbs(s, lanes[top - 2], carry);
}

/** [c, b, a] → [low half, carry]. */
export function u32add3(s: MachineState): void {
  const { lanes, top } = s.stack;
  if ((lanes[top - 1] | lanes[top - 3] | lanes[top - 5]) !== 0) failU32(s, 3);
  const sum = lanes[top - 2] + lanes[top - 4] + lanes[top - 6];
  const carry = Math.floor(sum / TWO_32);
  lanes[top - 4] = sum;
  lanes[top - 6] = carry;
  recordLimbs(s, lanes[top - 4], carry);
  s.stack.drop();
}

/** [b, a] → [borrow, a - b]. */
export function u32sub(s: MachineState): void {
  const { lanes, top } = s.stack;
  if ((lanes[top - 1] | lanes[top - 3]) !== 0) failU32(s, 2);
  const difference = lanes[top - 4] - lanes[top - 2];
  lanes[top - 4] = difference;
  lanes[top - 2] = difference < 0 ? 1 : 0;
  recordLimbs(s, lanes[top - 4], 0);
}

/** High half of the product of two u32 whose low half is `lo`; see `core/field/lanes.ts`. */
const highHalf = (a: number, b: number, lo: number): number => ((a * b - lo) / TWO_32 + 0.5) >>> 0;

/** [b, a] → [low half, high half]. */
export function u32mul(s: MachineState): void {
  const { lanes, top } = s.stack;
  if ((lanes[top - 1] | lanes[top - 3]) !== 0) failU32(s, 2);
  const a = lanes[top - 4];
  const b = lanes[top - 2];
  const lo = Math.imul(a, b) >>> 0;
  const hi = highHalf(a, b, lo);
  lanes[top - 2] = lo;
  lanes[top - 4] = hi;
  recordLimbs(s, lo, hi);
  recordCanonical(s, hi);
}

/** [b, a, c] → the halves of a·b + c. */
export function u32madd(s: MachineState): void {
  const { lanes, top } = s.stack;
  if ((lanes[top - 1] | lanes[top - 3] | lanes[top - 5]) !== 0) failU32(s, 3);
  const a = lanes[top - 4];
  const b = lanes[top - 2];
  const productLo = Math.imul(a, b) >>> 0;
  const sum = productLo + lanes[top - 6];
  const lo = sum >>> 0;
  const hi = highHalf(a, b, productLo) + (sum >= TWO_32 ? 1 : 0);
  lanes[top - 4] = lo;
  lanes[top - 6] = hi;
  recordLimbs(s, lo, hi);
  recordCanonical(s, hi);
  s.stack.drop();
}

/** [divisor, dividend] → [remainder, quotient]. Helpers 4, 5: limbs of divisor - remainder - 1. */
export function u32div(s: MachineState): void {
  const { lanes, top } = s.stack;
  if ((lanes[top - 1] | lanes[top - 3]) !== 0) failU32(s, 2);
  const divisor = lanes[top - 2];
  if (divisor === 0) failDivision();
  const dividend = lanes[top - 4];
  const quotient = Math.floor(dividend / divisor);
  const remainder = dividend % divisor;
  lanes[top - 2] = remainder;
  lanes[top - 4] = quotient;
  recordLimbs(s, quotient, remainder);
  if (s.recorder !== null) {
    const margin = divisor - remainder - 1;
    s.helpers[8] = margin & 0xffff;
    s.helpers[10] = margin >>> 16;
    s.recorder.rangeCounts[s.helpers[8]]++;
    s.recorder.rangeCounts[s.helpers[10]]++;
  }
}

export function u32and(s: MachineState): void {
  const { lanes, top } = s.stack;
  if ((lanes[top - 1] | lanes[top - 3]) !== 0) failU32(s, 2);
  s.recorder?.bitwise(0, lanes[top - 2], lanes[top - 4]);
  lanes[top - 4] &= lanes[top - 2];
  s.stack.drop();
}

export function u32xor(s: MachineState): void {
  const { lanes, top } = s.stack;
  if ((lanes[top - 1] | lanes[top - 3]) !== 0) failU32(s, 2);
  s.recorder?.bitwise(1, lanes[top - 2], lanes[top - 4]);
  lanes[top - 4] ^= lanes[top - 2];
  s.stack.drop();
}

/** Both of the top two must be below 2^32; they stay. */
export function u32assert2(s: MachineState): void {
  const { lanes, top } = s.stack;
  if ((lanes[top - 1] | lanes[top - 3]) !== 0) failU32(s, 2);
  recordLimbs(s, lanes[top - 4], lanes[top - 2]);
}
