import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BlockHeader } from '../../core/protocol/block/block-header.ts';
import { BlockClock } from './clock.ts';

function withClock(context: TestContext, waiting: () => number, fails = false) {
  let now = 0;
  context.mock.method(performance, 'now', () => now);
  context.mock.timers.enable({ apis: ['setInterval'] });
  const [made, errors]: [number[], unknown[]] = [[], []];
  const maker = {
    get waiting() {
      return waiting();
    },
    makeBlock() {
      made.push(now);
      if (fails) throw new RangeError('no');
      return {} as BlockHeader;
    },
  };
  const clock = new BlockClock(maker, { interval: 3000, full: 10, onError: (error) => errors.push(error) });
  const pass = (ms: number): void => {
    for (let i = 0; i < ms; i += 250) {
      now += 250;
      context.mock.timers.tick(250);
    }
  };
  return { made, errors, clock, pass };
}

test('a block at every beat, until it is stopped', (context) => {
  const { made, clock, pass } = withClock(context, () => 0);
  pass(9500);
  assert.deepEqual(made, [3000, 6000, 9000]);
  clock.stop();
  pass(9000);
  assert.equal(made.length, 3);
});

test('a full block is not waited for, and the beat counts from it', (context) => {
  let waiting = 0;
  const { made, clock, pass } = withClock(context, () => waiting);
  pass(1000);
  waiting = 10;
  pass(250);
  waiting = 9;
  pass(3500);
  assert.deepEqual(made, [1250, 4250]);
  clock.stop();
});

test('a block that cannot be made is tried again', (context) => {
  const { made, errors, clock, pass } = withClock(context, () => 0, true);
  pass(6000);
  assert.deepEqual([made.length, errors.length], [2, 2]);
  clock.stop();
});
