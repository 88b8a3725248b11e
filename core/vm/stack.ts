import { ExecutionError } from './errors.ts';

/** Elements an operation can reach. */
export const VISIBLE = 16;
const VISIBLE_LANES = 2 * VISIBLE;
const INITIAL_LANES = 1024;

interface SavedOverflow {
  readonly lanes: Uint32Array;
  readonly clks: Uint32Array;
}

/**
 * The operand stack: elements as two u32 lanes in one array that grows upwards, the top element at `lanes[top - 2]`.
 * Sixteen elements are visible; what lies below them is the overflow, each element with the clock of the push that
 * hid it. Shifting the stack moves `top`, never the elements.
 */
export class OperandStack {
  lanes = new Uint32Array(INITIAL_LANES);
  /** Lane behind the top element: element i is at `top - 2 - 2i`. */
  top = INITIAL_LANES / 2 + VISIBLE_LANES;
  /** Lane of the lowest element of the running context. */
  bottom = INITIAL_LANES / 2;
  /** Clock at which the element of lanes 2k, 2k+1 went out of sight. */
  #hiddenAt = new Uint32Array(INITIAL_LANES / 2);
  /** The largest `top` allowed now: by the array, and by the depth limit. */
  #ceiling = 0;
  readonly #maxDepth: number;
  readonly #saved: SavedOverflow[] = [];
  #savedElements = 0;

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
    this.#setCeiling();
  }

  /** Elements in the running context, at least 16. */
  get depth(): number {
    return (this.top - this.bottom) / 2;
  }

  /** Clock of the push that hid the highest hidden element; 0 if none is hidden. */
  get overflowAddress(): number {
    return this.top - this.bottom > VISIBLE_LANES ? this.#hiddenAt[(this.top - VISIBLE_LANES - 2) >> 1] : 0;
  }

  /** What `overflowAddress` would be after a drop. */
  get overflowAddressBelow(): number {
    return this.top - this.bottom > VISIBLE_LANES + 2
      ? this.#hiddenAt[(this.top - VISIBLE_LANES - 4) >> 1]
      : 0;
  }

  push(clk: number, lo: number, hi: number): void {
    if (this.top >= this.#ceiling) this.#makeRoom();
    const top = this.top;
    this.#hiddenAt[(top - VISIBLE_LANES) >> 1] = clk;
    this.lanes[top] = lo;
    this.lanes[top + 1] = hi;
    this.top = top + 2;
  }

  /** Drops the top element; at depth 16 a zero comes in below. */
  drop(): void {
    if (this.top - this.bottom === VISIBLE_LANES) {
      if (this.bottom === 0) this.#rebase(this.lanes.length >> 1);
      this.bottom -= 2;
      this.lanes[this.bottom] = 0;
      this.lanes[this.bottom + 1] = 0;
    }
    this.top -= 2;
  }

  /** Hides the overflow: the callee starts at depth 16. */
  enter(): void {
    const end = this.top - VISIBLE_LANES;
    this.#saved.push({
      lanes: this.lanes.slice(this.bottom, end),
      clks: this.#hiddenAt.slice(this.bottom >> 1, end >> 1),
    });
    this.#savedElements += (end - this.bottom) / 2;
    this.bottom = end;
    this.#setCeiling();
  }

  /** Brings the caller's overflow back under the sixteen elements the callee leaves. */
  leave(): void {
    if (this.depth !== VISIBLE) {
      throw new ExecutionError(
        'stack-depth-on-return',
        `A procedure returned with ${this.depth} elements on its stack instead of 16.`,
        { advice: 'Let the procedure drop what it pushed before it returns.' },
      );
    }
    const { lanes, clks } = this.#saved.pop()!;
    this.#savedElements -= lanes.length / 2;
    if (this.bottom < lanes.length) {
      this.#reserve(lanes.length + VISIBLE_LANES);
      this.#rebase(lanes.length);
    }
    this.bottom -= lanes.length;
    this.lanes.set(lanes, this.bottom);
    this.#hiddenAt.set(clks, this.bottom >> 1);
    this.#setCeiling();
  }

  /** Moves the sixteen elements (there are no more) so that the lowest lies at `bottom`. */
  #rebase(bottom: number): void {
    this.lanes.copyWithin(bottom, this.bottom, this.top);
    this.top += bottom - this.bottom;
    this.bottom = bottom;
    this.#setCeiling();
  }

  #reserve(lanes: number): void {
    if (lanes <= this.lanes.length) return;
    const size = Math.max(2 * this.lanes.length, lanes);
    const grown = new Uint32Array(size);
    grown.set(this.lanes);
    const clks = new Uint32Array(size / 2);
    clks.set(this.#hiddenAt);
    this.lanes = grown;
    this.#hiddenAt = clks;
  }

  #makeRoom(): void {
    const depth = this.depth + this.#savedElements + 1;
    if (depth > this.#maxDepth) {
      throw new ExecutionError('stack-limit', `The operand stack may hold ${this.#maxDepth} elements.`, {
        details: `A push would make it ${depth}, those hidden by calls included.`,
        advice: 'Keep large data in memory instead of on the stack.',
      });
    }
    this.#reserve(this.top + 2);
    this.#setCeiling();
  }

  #setCeiling(): void {
    this.#ceiling = Math.min(this.lanes.length, this.bottom + 2 * (this.#maxDepth - this.#savedElements));
  }
}
