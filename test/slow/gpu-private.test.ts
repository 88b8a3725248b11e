import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_WORD } from '../../core/hash/word.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { fitTraces } from '../../core/stark/miden/heights.ts';
import { midenInstances } from '../../core/stark/miden/prove.ts';
import { midenStatement } from '../../core/stark/miden/relation.ts';
import { verify } from '../../core/stark/miden/verify.ts';
import { privateProfile } from '../../core/stark/profile.ts';
import { writePrivateProof } from '../../core/stark/proof/private-proof.ts';
import { proveWithSeed } from '../../core/stark/testing/fixed-seed.ts';
import { openWebGpuBackend } from '../../core/stark/webgpu/backend.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { testGpu } from '../gpu.ts';
import { run } from '../official-proofs.ts';

/**
 * By hand (`npm run test:gpu`), not in CI: the kernels of AIRs with hidden sums are others, and a software driver takes about
 * ten minutes of a processor to compile them. On toy AIRs every test run compares this profile, step by step.
 */
test("a hiding proof made on the GPU is the CPU's of the same randomness, and verifies", async (t) => {
  const gpu = await testGpu();
  if (typeof gpu === 'string') return t.skip(gpu);
  const profile = privateProfile('blake3');
  const { claim, traces } = run('fib_loop');
  const job = {
    instances: midenInstances(claim, fitTraces(traces, profile)),
    statement: midenStatement(claim, EMPTY_WORD),
    profile,
  };
  const made: Uint8Array[] = [];
  for (const backend of [new CpuBackend({ host: nodeWorkerHost, threads: 2 }), openWebGpuBackend(gpu)]) {
    try {
      made.push(await proveWithSeed({ ...job, backend }, 'gpu-proofs'));
    } finally {
      await backend.close();
    }
  }
  const [expected, stark] = made;
  assert.ok(Buffer.from(stark).equals(Buffer.from(expected)));
  verify(claim, writePrivateProof({ hash: profile.hash, stark }), { profile: 'private' });
});
