import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OperandStack } from './stack.ts';

/** The same stack as a plain list, top first, with the clocks of its overflow. */
class Model {
  values: number[] = new Array(16).fill(0);
  hidden: number[] = [];
  readonly saved: [number[], number[]][] = [];

  push(clk: number, value: number): void {
    this.values.unshift(value);
    this.hidden.unshift(clk);
  }
  drop(): void {
    this.values.shift();
    if (this.hidden.length > 0) this.hidden.shift();
    else this.values.push(0);
  }
  enter(): void {
    this.saved.push([this.values.splice(16), this.hidden]);
    this.hidden = [];
  }
  leave(): void {
    const [values, hidden] = this.saved.pop()!;
    this.values.push(...values);
    this.hidden = hidden;
  }
}

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('push' as const), count: fc.integer({ min: 1, max: 60 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('drop' as const), count: fc.integer({ min: 1, max: 700 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('enter' as const), count: fc.constant(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), count: fc.constant(1) }) },
);

test('the stack behaves like a list, through any calls and drops', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const stack = new OperandStack(100_000);
      const model = new Model();
      let clk = 0;
      for (const { kind, count } of steps) {
        for (let i = 0; i < count; i++) {
          clk++;
          if (kind === 'push') {
            stack.push(clk, clk, 7);
            model.push(clk, clk);
          } else if (kind === 'drop') {
            stack.drop();
            model.drop();
          } else if (kind === 'enter') {
            stack.enter();
            model.enter();
          } else if (model.saved.length > 0) {
            while (model.values.length > 16) {
              stack.drop();
              model.drop();
            }
            stack.leave();
            model.leave();
          }
        }
        const { lanes, top, bottom } = stack;
        const values: number[] = [];
        for (let at = top - 2; at >= bottom; at -= 2) values.push(lanes[at]);
        assert.deepEqual(values, model.values);
        assert.equal(stack.depth, model.values.length);
        assert.equal(stack.overflowAddress, model.hidden[0] ?? 0);
        assert.equal(stack.overflowAddressBelow, model.hidden[1] ?? 0);
      }
    }),
    { numRuns: 200 },
  );
});

test('depth is limited over all contexts together', () => {
  const stack = new OperandStack(20);
  for (let i = 0; i < 3; i++) stack.push(i, 1, 0);
  stack.enter();
  stack.push(9, 1, 0);
  assert.throws(() => stack.push(9, 1, 0), { kind: 'stack-limit' });
  assert.throws(() => stack.leave(), { kind: 'stack-depth-on-return' });
});
