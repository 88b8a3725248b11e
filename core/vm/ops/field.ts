import {
  addLanes,
  addSmall,
  invLanes,
  mulLanes,
  mulQuadLanes,
  negLanes,
  subLanes,
} from '../../field/lanes.ts';
import type { MachineState } from '../state.ts';
import { elementAt, failBinary, failDivision } from './fail.ts';

/**
 * Field and boolean operations. Binary ones take [b, a] with b on top. The top element is at lanes `top - 2` and
 * `top - 1`, the next at `top - 4`, and so on.
 */

export function add({ stack }: MachineState): void {
  const { lanes, top } = stack;
  addLanes(lanes, top - 4, lanes, top - 4, lanes, top - 2);
  stack.drop();
}

export function mul({ stack }: MachineState): void {
  const { lanes, top } = stack;
  mulLanes(lanes, top - 4, lanes, top - 4, lanes, top - 2);
  stack.drop();
}

export function neg({ stack: { lanes, top } }: MachineState): void {
  negLanes(lanes, top - 2, lanes, top - 2);
}

export function incr({ stack: { lanes, top } }: MachineState): void {
  addSmall(lanes, top - 2, lanes, top - 2, 1);
}

export function inv({ stack: { lanes, top } }: MachineState): void {
  if ((lanes[top - 2] | lanes[top - 1]) === 0) failDivision();
  invLanes(lanes, top - 2, lanes, top - 2);
}

/** The first `count` elements must be 0 or 1; checked from the top. */
function requireBinary(s: MachineState, count: number): void {
  const { lanes, top } = s.stack;
  for (let i = 0; i < count; i++) {
    if (lanes[top - 2 - 2 * i] > 1 || lanes[top - 1 - 2 * i] !== 0) failBinary(elementAt(s, i));
  }
}

export function not(s: MachineState): void {
  requireBinary(s, 1);
  s.stack.lanes[s.stack.top - 2] ^= 1;
}

export function and(s: MachineState): void {
  requireBinary(s, 2);
  const { lanes, top } = s.stack;
  lanes[top - 4] &= lanes[top - 2];
  s.stack.drop();
}

export function or(s: MachineState): void {
  requireBinary(s, 2);
  const { lanes, top } = s.stack;
  lanes[top - 4] |= lanes[top - 2];
  s.stack.drop();
}

/** Helper 0: the inverse of top - second, 0 if they are equal. */
export function eq(s: MachineState): void {
  const { lanes, top } = s.stack;
  const equal = lanes[top - 2] === lanes[top - 4] && lanes[top - 1] === lanes[top - 3];
  if (s.recorder) {
    subLanes(s.helpers, 0, lanes, top - 2, lanes, top - 4);
    s.helped = true;
  }
  lanes[top - 4] = equal ? 1 : 0;
  lanes[top - 3] = 0;
  s.stack.drop();
}

/** Helper 0: the inverse of the top, 0 if it is zero. */
export function eqz(s: MachineState): void {
  const { lanes, top } = s.stack;
  s.helpers[0] = lanes[top - 2];
  s.helpers[1] = lanes[top - 1];
  s.helped = true;
  lanes[top - 2] = (lanes[top - 2] | lanes[top - 1]) === 0 ? 1 : 0;
  lanes[top - 1] = 0;
}

/** [bit, base, acc, exp] → [exp's lowest bit, base², acc·base or acc, exp >> 1]. Helper 0: the factor of acc. */
export function expacc(s: MachineState): void {
  const { lanes, top } = s.stack;
  const bit = lanes[top - 8] & 1;
  s.helpers[0] = bit ? lanes[top - 4] : 1;
  s.helpers[1] = bit ? lanes[top - 3] : 0;
  s.helped = true;
  mulLanes(lanes, top - 6, lanes, top - 6, s.helpers, 0);
  mulLanes(lanes, top - 4, lanes, top - 4, lanes, top - 4);
  lanes[top - 8] = (lanes[top - 8] >>> 1) | (lanes[top - 7] << 31);
  lanes[top - 7] >>>= 1;
  lanes[top - 2] = bit;
  lanes[top - 1] = 0;
}

const product = new Uint32Array(12);

/** [b0, b1, a0, a1] → [b0, b1, c0, c1] with c = a·b. */
export function ext2mul({ stack: { lanes, top } }: MachineState): void {
  for (let i = 0; i < 4; i++) {
    product[2 * i] = lanes[top - 2 - 2 * i];
    product[2 * i + 1] = lanes[top - 1 - 2 * i];
  }
  mulQuadLanes(product, 8, product, 0, product, 4);
  lanes[top - 6] = product[8];
  lanes[top - 5] = product[9];
  lanes[top - 8] = product[10];
  lanes[top - 7] = product[11];
}
