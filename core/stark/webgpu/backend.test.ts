import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testGpu } from '../../../test/gpu.ts';
import { withHiddenSum } from '../../air/hidden-sum.ts';
import { checkBackend, compareSessions } from '../backend.conformance.ts';
import { midenProfile } from '../profile.ts';
import { OneShotRandomness } from '../randomness/one-shot.ts';
import { toy, toyPrivateProfile } from '../toy-airs.ts';
import { openWebGpuBackend } from './backend.ts';
import { Gpu } from './device.ts';

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

test('it conforms with small bindings and no memory for extensions', { timeout: 300_000 }, async (t) => {
  // Two columns of 2^12 rows a buffer.
  const gpu = await testGpu({ bindingBytes: 2 ** 16 });
  if (typeof gpu === 'string') return t.skip(gpu);
  const backend = openWebGpuBackend(gpu, { memoryBytes: 0 });
  try {
    await checkBackend(backend, { hashes: ['eidos'], walkLogs: [12] });
  } finally {
    await backend.close();
  }
});

test('it conforms where the slack is no power of two', { timeout: 120_000 }, async (t) => {
  const gpu = await testGpu();
  if (typeof gpu === 'string') return t.skip(gpu);
  const backend = openWebGpuBackend(gpu);
  const profile = { ...toyPrivateProfile('blake3'), slack: 48 };
  try {
    await compareSessions(backend, profile, toy(8), 'slack 48');
  } finally {
    await backend.close();
  }
});

test('a hiding proof of a trace that breaks a constraint is refused', { timeout: 60_000 }, async (t) => {
  const gpu = await testGpu();
  if (typeof gpu === 'string') return t.skip(gpu);
  const backend = openWebGpuBackend(gpu);
  const honest = toy(7);
  /** The walker's ninth power, or its first row's marker, off by one: constraints of degree 9 and 3. */
  for (const [column, row] of [
    [3, 9],
    [4, 0],
  ]) {
    const instances = honest.instances.map((instance) => {
      if (instance.air.name !== 'walker' || instance.trace.kind !== 'matrix') return instance;
      const { matrix } = instance.trace;
      const data = matrix.data.slice();
      data[column * matrix.height + row] ^= 1n;
      return { ...instance, trace: { kind: 'matrix', matrix: { ...matrix, data } } as const };
    });
    const open = await backend.open({
      profile: toyPrivateProfile('blake3'),
      instances: instances.map((instance) => ({ ...instance, air: withHiddenSum(instance.air) })),
      randomness: new OneShotRandomness(Uint32Array.from({ length: 8 }, (_, i) => i + 1)),
    });
    await open.commitMain();
    await open.commitAux([2n, 3n], [5n, 7n]);
    await assert.rejects(open.commitQuotient([11n, 13n], [17n, 19n]), { kind: 'invalid-trace' });
    open.close();
  }
  await backend.close();
});

const session = { profile: midenProfile('eidos'), instances: toy(6).instances };

test('an abort is answered at once, even while kernels compile', { timeout: 60_000 }, async (t) => {
  const gpu = await testGpu();
  if (typeof gpu === 'string') return t.skip(gpu);
  const backend = openWebGpuBackend(gpu);
  const controller = new AbortController();
  const open = await backend.open({ ...session, signal: controller.signal });
  gpu.pipeline = () => new Promise(() => {});
  const committed = assert.rejects(open.commitMain(), { kind: 'cancelled' });
  setTimeout(() => controller.abort(), 50);
  await committed;
  open.close();
  await backend.close();
});

test('a lost device is refused with its kind, in a session and afterwards', {
  timeout: 60_000,
}, async (t) => {
  const gpu = await testGpu();
  if (typeof gpu === 'string') return t.skip(gpu);
  const backend = openWebGpuBackend(gpu);
  const open = await backend.open(session);
  gpu.close();
  await assert.rejects(open.commitMain(), { kind: 'device-lost' });
  open.close();
  await assert.rejects(backend.open(session), { kind: 'device-lost' });
  await backend.close();
});

test('columns that fit no binding are out of memory', { timeout: 60_000 }, async (t) => {
  const gpu = await testGpu({ bindingBytes: 256 });
  if (typeof gpu === 'string') return t.skip(gpu);
  const backend = openWebGpuBackend(gpu);
  const open = await backend.open(session);
  await assert.rejects(open.commitMain(), { kind: 'out-of-memory' });
  await backend.close();
});

test('an allocation that fails is out of memory, and the device stays usable', async (t) => {
  const gpu = await testGpu();
  if (typeof gpu === 'string') return t.skip(gpu);
  const backend = openWebGpuBackend(gpu);
  const { device } = gpu;
  const open = await backend.open(session);
  const { popErrorScope } = device;
  device.popErrorScope = async () => ({ message: 'no memory' });
  await assert.rejects(open.commitMain(), { kind: 'out-of-memory' });
  open.close();
  device.popErrorScope = popErrorScope;
  const again = await backend.open(session);
  await again.commitMain();
  again.close();
  await backend.close();
});

test('without an adapter, or with a software one where hardware is wanted, there is no backend', async (t) => {
  const none = { requestAdapter: async () => null } as unknown as GPU;
  await assert.rejects(Gpu.open(none, { hardwareOnly: true }), { kind: 'backend-unavailable' });
  const gpu = await testGpu();
  if (typeof gpu === 'string') return t.skip(gpu);
  if (gpu.isSoftware) {
    await assert.rejects(Gpu.open(gpu.gpu, { hardwareOnly: true }), { kind: 'backend-unavailable' });
  }
  gpu.close();
});
