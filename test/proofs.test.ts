import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Backend } from '../core/stark/backend.ts';
import { CpuBackend } from '../core/stark/cpu/backend.ts';
import { proveExecution } from '../core/stark/miden/prove.ts';
import { verify } from '../core/stark/miden/verify.ts';
import { midenProfile } from '../core/stark/profile.ts';
import { ReferenceBackend } from '../core/stark/reference/backend.ts';
import { nodeWorkerHost } from '../main/platform/node-workers.ts';
import { proofs, proveVector, run } from './official-proofs.ts';

/** The reference takes tens of seconds a proof, so it proves one; conformance compares it with the others besides. */
const cpu = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
after(() => cpu.close());
const SLOWLY = 'mixed_big.eidos';

for (const vector of proofs) {
  const { program, hash, file } = vector;
  const backends: Backend[] = [cpu, ...(file.includes(SLOWLY) ? [new ReferenceBackend()] : [])];
  for (const backend of backends) {
    test(`${program}: the ${hash} proof of backend ${backend.name} is the official one, byte for byte`, async () => {
      const { official, ours } = await proveVector(vector, backend);
      assert.ok(Buffer.from(ours).equals(Buffer.from(official)));
    });
  }
}

test('left to itself a prover finds its own proofs of work, and the proof is accepted', async () => {
  const { claim, traces } = run('fib_loop');
  for (const hash of ['eidos', 'blake3'] as const) {
    const bytes = await proveExecution(claim, traces, { profile: midenProfile(hash), backend: cpu });
    assert.equal(verify(claim, bytes, { profile: 'miden', minSecurityBits: 96 }).hash, hash);
  }
});
