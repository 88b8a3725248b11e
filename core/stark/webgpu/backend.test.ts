import { test } from 'node:test';
import { testGpu } from '../../../test/gpu.ts';
import { checkBackend } from '../backend.conformance.ts';
import { openWebGpuBackend } from './backend.ts';

test('the WebGPU backend conforms', { timeout: 300_000 }, async (t) => {
  const gpu = await testGpu();
  if (typeof gpu === 'string') return t.skip(gpu);
  const backend = openWebGpuBackend(gpu);
  try {
    await checkBackend(backend);
  } finally {
    await backend.close();
  }
});
