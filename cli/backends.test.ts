import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KilnError } from '../core/errors.ts';
import type { BackendName } from '../core/stark/backend.ts';
import { withBackend } from './backends.ts';

test('a named backend is the one, and its failure the end', async () => {
  for (const name of ['cpu', 'reference'] as const) {
    const used: BackendName[] = [];
    const work = withBackend({ name, threads: 1 }, assert.fail, async (backend) => {
      used.push(backend.name);
      throw new KilnError('faulty-backend', 'It broke.');
    });
    await assert.rejects(work, { kind: 'faulty-backend' });
    assert.deepEqual(used, [name]);
  }
});

test('without a name the CPU takes over from a GPU that is not there or that errs', async () => {
  const notes: string[] = [];
  const used = await withBackend(
    { name: undefined, threads: 1 },
    (text) => notes.push(text),
    async (backend) => {
      if (backend.name === 'webgpu') throw new KilnError('faulty-backend', 'It erred.');
      return backend.name;
    },
  );
  assert.equal(used, 'cpu');
  assert.match(notes.join('\n'), /^webgpu: .* Proving goes on with cpu\.$/);
});
