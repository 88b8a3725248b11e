import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, kiln } from '../../test/cli.ts';

test('start --demo: the main job, with the proof that is asked for', async () => {
  const args = ['start', '--demo', '--profile', 'miden', '--hash', 'blake3', '--backend', 'cpu', '--json'];
  const answer = await kiln(args);
  assert.equal(answer.code, 0, answer.out);
  const { ok, profile, backend, bytes, heights, logHeights, ms } = json(answer);
  assert.deepEqual([ok, profile, backend], [true, 'miden', 'cpu']);
  assert.deepEqual(
    logHeights,
    ['core', 'chiplets', 'eidos_compression'].map((name) => Math.log2(heights[name].height)),
  );
  assert.ok(bytes > 100_000 && ms.execute > 0 && ms.prove > 0 && ms.verify > 0);
});

test('start: wrong usage', async () => {
  for (const args of [['x'], ['--profile', 'none'], ['--demo', '--heights', '13'], ['--profile', 'miden']])
    assert.equal((await kiln(['start', ...args])).code, 2);
});
