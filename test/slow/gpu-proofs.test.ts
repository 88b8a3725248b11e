import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFilledTraces } from '../../core/stark/backend.conformance.ts';
import { openWebGpuBackend } from '../../core/stark/webgpu/backend.ts';
import { testGpu } from '../gpu.ts';
import { proofs, proveVector } from '../official-proofs.ts';

/** With a software driver the kernels of the four AIRs take minutes to compile, once: the driver keeps them. */
test('proofs made on the GPU are the official ones, byte for byte', async (t) => {
  const gpu = await testGpu();
  if (typeof gpu === 'string') return t.skip(gpu);
  const backend = openWebGpuBackend(gpu);
  try {
    await t.test('traces filled on the device', () => checkFilledTraces(backend));
    for (const vector of proofs.filter((p) => p.program === 'fib_loop' || p.program === 'mixed_big')) {
      await t.test(`${vector.program}, ${vector.hash}`, async () => {
        const { official, ours } = await proveVector(vector, backend);
        assert.ok(Buffer.from(ours).equals(Buffer.from(official)));
      });
    }
  } finally {
    await backend.close();
  }
});
