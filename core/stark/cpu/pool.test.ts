import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeWorkerHost } from '../../../main/platform/node-workers.ts';
import { testPool } from '../../../test/cpu-pool.ts';
import { KilnError } from '../../errors.ts';
import type { WorkerHost } from './host.ts';
import { Pool, type Task } from './pool.ts';
import { hashNumber } from './tree.ts';

const kind = (expected: string) => (error: unknown) => error instanceof KilnError && error.kind === expected;

/** Nodes over `size` pairs of digests of whatever is in memory. */
function nodes(pool: Pool, size: number, perJob: number): Task & { readonly out: number } {
  const children = pool.allocate(96 * size);
  const params = [children, Math.log2(size), 1, perJob, hashNumber('eidos')];
  return { kernel: 'treeNodes', params, jobs: size / perJob, out: children + 64 * size };
}

test('one thread with private memory and three with shared memory give the same bytes', async () => {
  const results: Uint8Array[] = [];
  for (const threads of [1, 3]) {
    const pool = await testPool(threads);
    assert.equal(pool.threads, threads);
    const task = nodes(pool, 4096, 64);
    pool
      .words32(task.params[0] as number, 4096 * 16)
      .set(Uint32Array.from({ length: 4096 * 16 }, (_, i) => i * 77));
    await pool.run([task]);
    results.push(pool.bytes(task.out, 32 * 4096).slice());
  }
  assert.deepEqual(results[0], results[1]);
});

test('many phases in a row, each waiting for the last job of the one before', async () => {
  const pool = await testPool(3);
  const task = nodes(pool, 64, 4);
  const fractions: number[] = [];
  for (let i = 0; i < 500; i++) await pool.run([task, task], { onProgress: (f) => fractions.push(f) });
  assert.equal(fractions.at(-1), 1);
});

test('an abort stops a long phase within 200 ms', async () => {
  const pool = await testPool(2);
  const task = nodes(pool, 65_536, 4096);
  const controller = new AbortController();
  const long = Array.from({ length: 64 }, () => ({ ...task, jobs: 16 }));
  let aborted = 0;
  setTimeout(() => {
    aborted = performance.now();
    controller.abort();
  }, 20);
  await assert.rejects(
    (async () => {
      for (;;) await pool.run(long, { signal: controller.signal });
    })(),
    kind('cancelled'),
  );
  assert.ok(performance.now() - aborted < 200);
  await pool.run([task]); // and the pool is still good
});

test('a kernel that traps, on any thread, is a typed error', async () => {
  for (const threads of [1, 2]) {
    const pool = await testPool(threads);
    const task: Task = { kernel: 'treeNodes', params: [0xffff_0000, 6, 1, 4, 0], jobs: 16 };
    await assert.rejects(pool.run([task]), kind('backend-unavailable'));
  }
});

test('asking for more memory than allowed is a typed error', async () => {
  const pool = await Pool.create(nodeWorkerHost, 1, 2 ** 24);
  assert.throws(() => pool.allocate(2 ** 24), kind('out-of-memory'));
  pool.close();
  pool.close();
});

test('a thread that cannot start, and kernels that cannot be loaded, are typed errors', async () => {
  const dying: WorkerHost = {
    ...nodeWorkerHost,
    spawn: () => ({
      post: () => {},
      onError: (listener) => void setTimeout(() => listener(new Error('no such thread')), 1),
      terminate: () => {},
    }),
  };
  const pool = await Pool.create(dying, 2, 2 ** 26);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await assert.rejects(pool.run([nodes(pool, 64, 4)]), kind('backend-unavailable'));
  pool.close();
  const missing = { ...nodeWorkerHost, loadKernels: () => Promise.reject(new Error('no file')) };
  await assert.rejects(Pool.create(missing, 2, 2 ** 26), kind('backend-unavailable'));
});
