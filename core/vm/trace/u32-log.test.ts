import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceTooLongError } from './errors.ts';
import { U32Log } from './u32-log.ts';

test('keeps what was appended while it grows', () => {
  const log = new U32Log(3, 'things', 1000);
  for (let i = 0; i < 1000; i++) {
    const at = log.append();
    log.data.set([i, 2 * i, 3 * i], at);
  }
  assert.equal(log.count, 1000);
  for (let i = 0; i < 1000; i++)
    assert.deepEqual([...log.data.subarray(3 * i, 3 * i + 3)], [i, 2 * i, 3 * i]);
});

test('refuses more records than its limit, and takes no more memory', () => {
  const log = new U32Log(1, 'things', 100);
  for (let i = 0; i < 100; i++) log.append();
  assert.throws(
    () => log.append(),
    (error) =>
      error instanceof TraceTooLongError &&
      error.kind === 'trace-too-long' &&
      /100 things/.test(error.message),
  );
  assert.equal(log.data.length, 100);
});
