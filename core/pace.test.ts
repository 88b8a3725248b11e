import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KilnError } from './errors.ts';
import { runAtOnce, runPaced, type Steps } from './pace.ts';

/** Works for `ms` milliseconds in steps of one. */
function* working(ms: number): Steps<string> {
  const start = performance.now();
  for (let done = 1; done <= ms; done++) {
    while (performance.now() < start + done);
    yield done;
  }
  return 'worked';
}

test('work at once and paced work give the same', async () => {
  assert.equal(runAtOnce(working(3)), 'worked');
  assert.equal(await runPaced(working(3), {}), 'worked');
});

test('paced work gives way, says how far it is, and stops when cancelled', async () => {
  const abort = new AbortController();
  const told: number[] = [];
  setTimeout(() => abort.abort(), 60);
  const work = runPaced(working(10_000), {
    signal: abort.signal,
    onProgress: (done) => void told.push(done),
  });
  await assert.rejects(work, (error) => error instanceof KilnError && error.kind === 'cancelled');
  assert.ok(told.length > 0 && told.length < 100);
});

test('work that was cancelled before does not begin', async () => {
  const steps = working(1);
  await assert.rejects(runPaced(steps, { signal: AbortSignal.abort() }), { kind: 'cancelled' });
  assert.equal(steps.next().value, 1);
});
