import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { claimOf } from '../../cli/proving.ts';
import { KilnError } from '../../core/errors.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { proveExecution } from '../../core/stark/miden/prove.ts';
import { verify } from '../../core/stark/miden/verify.ts';
import { midenProfile, type ProofHash } from '../../core/stark/profile.ts';
import { type Claim, claimFromJson, writeClaim } from '../../core/stark/proof/claim.ts';
import { buildTraces } from '../../core/vm/execute.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { Judge } from './judge.ts';
import { type Case, mutate } from './mutations.ts';
import { generateProgram } from './program-generator.ts';
import { Random } from './random.ts';
import { runRequest } from './run.ts';

const MUTATIONS = 200;
const HASHES: readonly ProofHash[] = ['eidos', 'blake3'];

const judge = new Judge();
const folder = mkdtempSync(join(tmpdir(), 'kiln-'));
const cpu = new CpuBackend({ host: nodeWorkerHost });
after(async () => {
  judge.close();
  await cpu.close();
  rmSync(folder, { recursive: true });
});

const vector = (name: string): string =>
  fileURLToPath(new URL(`../vectors/masm/${name}.masm`, import.meta.url));
const generated = join(folder, 'generated.masm');
writeFileSync(generated, generateProgram(new Random(7), 150));

/** Programs whose proofs are exchanged: one that computes, one that hashes, one of every kind of instruction. */
const PROGRAMS = [
  { name: 'fib_loop', file: vector('fib_loop'), stackInputs: ['0', '1'] },
  { name: 'hash_loop', file: vector('hash_loop'), stackInputs: [] },
  { name: 'generated', file: generated, stackInputs: ['5', '6', '7'] },
];

async function judged({ claim, proof }: Case): Promise<boolean> {
  const file = join(folder, 'case.bin');
  writeFileSync(file, proof);
  const answer = await judge.ask({ op: 'verify', proof: file, claim: JSON.parse(writeClaim(claim)) });
  assert.equal(answer.error !== undefined && answer['ok'] === undefined, false, JSON.stringify(answer));
  return answer['ok'] === true;
}

/** Whether Kiln accepts; whatever it refuses, it refuses with a typed error. */
function accepted({ claim, proof }: Case): boolean {
  try {
    verify(claimFromJson(JSON.parse(writeClaim(claim))), proof, { profile: 'miden' });
    return true;
  } catch (error) {
    assert.ok(error instanceof KilnError, String(error));
    return false;
  }
}

/** The true case is accepted by both verifiers, and each of its mutations refused by both. */
async function checkBoth(truth: Case, seed: number): Promise<void> {
  assert.ok(accepted(truth), 'Kiln accepts');
  assert.ok(await judged(truth), 'the official verifier accepts');
  const random = new Random(seed);
  for (let i = 0; i < MUTATIONS; i++) {
    const lie = mutate(truth, random);
    const verdicts = [accepted(lie), await judged(lie)];
    assert.deepEqual(verdicts, [false, false], `mutation ${i} of seed ${seed}`);
  }
}

for (const [p, { name, file, stackInputs }] of PROGRAMS.entries()) {
  for (const [h, hash] of HASHES.entries()) {
    const seed = 100 * p + h;
    test(`${name}, ${hash}: Kiln's proof, and ${MUTATIONS} mutations of it, judged by both`, async () => {
      const execution = runRequest({ file, stackInputs });
      const claim = claimOf(execution);
      const proof = await proveExecution(claim, buildTraces(execution), {
        profile: midenProfile(hash),
        backend: cpu,
      });
      await checkBoth({ claim, proof }, seed);
    });

    test(`${name}, ${hash}: the official proof, and ${MUTATIONS} mutations of it, judged by both`, async () => {
      const out = join(folder, `${name}.${hash}.bin`);
      const answer = await judge.ask({ op: 'prove', file, stackInputs, hash, out });
      assert.equal(answer.error, undefined, JSON.stringify(answer));
      const claim: Claim = claimFromJson(answer['claim']);
      await checkBoth({ claim, proof: Uint8Array.from(readFileSync(out)) }, seed + 50);
    });
  }
}
