import type { MachineState, Operate } from '../state.ts';
import { elementAt, failBinary } from './fail.ts';

/** Operations that only move elements. */

function swapElements(lanes: Uint32Array, a: number, b: number): void {
  const lo = lanes[a];
  const hi = lanes[a + 1];
  lanes[a] = lanes[b];
  lanes[a + 1] = lanes[b + 1];
  lanes[b] = lo;
  lanes[b + 1] = hi;
}

/** Swaps `count` elements from position 0 with those from position `from`. */
const swapRange = (count: number, from: number): Operate => {
  return ({ stack: { lanes, top } }) => {
    for (let i = 0; i < count; i++) swapElements(lanes, top - 2 - 2 * i, top - 2 - 2 * (from + i));
  };
};

export const swap: Operate = ({ stack: { lanes, top } }) => swapElements(lanes, top - 2, top - 4);
export const swapw: Operate = swapRange(4, 4);
export const swapw2: Operate = swapRange(4, 8);
export const swapw3: Operate = swapRange(4, 12);
export const swapdw: Operate = swapRange(8, 8);

export const dup =
  (n: number): Operate =>
  ({ stack, clk }) => {
    const from = stack.top - 2 - 2 * n;
    stack.push(clk, stack.lanes[from], stack.lanes[from + 1]);
  };

/** Element n comes to the top. */
export const movup =
  (n: number): Operate =>
  ({ stack: { lanes, top } }) => {
    const from = top - 2 - 2 * n;
    const lo = lanes[from];
    const hi = lanes[from + 1];
    for (let i = from; i < top - 2; i++) lanes[i] = lanes[i + 2];
    lanes[top - 2] = lo;
    lanes[top - 1] = hi;
  };

/** The top goes to position n. */
export const movdn =
  (n: number): Operate =>
  ({ stack: { lanes, top } }) => {
    const lo = lanes[top - 2];
    const hi = lanes[top - 1];
    const to = top - 2 - 2 * n;
    for (let i = top - 1; i > to + 1; i--) lanes[i] = lanes[i - 2];
    lanes[to] = lo;
    lanes[to + 1] = hi;
  };

export const drop: Operate = ({ stack }) => stack.drop();
export const pad: Operate = ({ stack, clk }) => stack.push(clk, 0, 0);
export const push: Operate = ({ stack, clk, immediates, at }) =>
  stack.push(clk, immediates[2 * at], immediates[2 * at + 1]);

/** Drops a condition; whether it was 1. */
function takeCondition(s: MachineState): boolean {
  const { lanes, top } = s.stack;
  const condition = lanes[top - 2];
  if (condition > 1 || lanes[top - 1] !== 0) failBinary(elementAt(s, 0));
  s.stack.drop();
  return condition === 1;
}

export const cswap: Operate = (s) => {
  if (takeCondition(s)) swap(s);
};

export const cswapw: Operate = (s) => {
  if (takeCondition(s)) swapw(s);
};
