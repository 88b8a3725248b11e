import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { proveExecution } from '../../core/stark/miden/prove.ts';
import { privateProfile } from '../../core/stark/profile.ts';
import { readPrivateProof } from '../../core/stark/proof/private-proof.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { run } from '../official-proofs.ts';
import { Agreement } from '../second-verifier/compare/agreement.ts';
import { damagedFiles, midenCase, otherClaims } from '../second-verifier/compare/miden.ts';
import { PROFILES, proveToy, toyCase } from '../second-verifier/compare/toys.ts';

/** The second verifier against the first, at length: real private proofs, and many small ones of all parameters. */
const HASHES = ['eidos', 'blake3'] as const;
const agreement = new Agreement();
const cpu = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
after(() => cpu.close());

for (const [program, hash] of [
  ['fib_loop', 'eidos'],
  ['syscall_in_call', 'blake3'],
  ['arithmetic_circuit', 'eidos'],
  ['stream_cipher', 'blake3'],
] as const)
  test(`private proofs of runs: ${program}, ${hash}`, async () => {
    const { claim, traces } = run(program);
    const profile = privateProfile(hash);
    const file = await proveExecution(claim, traces, { profile, backend: cpu });
    assert.equal(agreement.onFile(claim, file, 'honest'), 'accepted');
    const { stark } = readPrivateProof(file);
    for (const [name, damaged] of damagedFiles(stark, hash))
      assert.equal(agreement.onFile(claim, damaged, name), 'format', name);
    for (const [name, other] of otherClaims(claim))
      assert.notEqual(agreement.onFile(other, file, name), 'accepted', name);
    agreement.onMutations(midenCase(claim, profile), stark, 1, 6);
  });

for (const hash of HASHES)
  for (const [name, profile] of Object.entries(PROFILES))
    test(`honest proofs of all heights, and each changed (${name}, ${hash})`, async () => {
      for (const log of [7, 8, 9]) {
        const of = await toyCase(log, profile(hash));
        for (let seed = 0; seed < 2; seed++) {
          const stark = await proveToy(of, seed);
          agreement.onMutations(of, stark, seed);
          agreement.onOthers(of, stark);
        }
      }
    });

for (const hash of HASHES)
  for (const [name, profile] of Object.entries(PROFILES))
    test(`liars (${name}, ${hash})`, async () => {
      await agreement.onLies(await toyCase(7, profile(hash)), 8);
    });

test('any bytes changed', async () => {
  const of = await toyCase(7, PROFILES['hiding, no work, hardly folded']('blake3'));
  const stark = await proveToy(of, 0);
  const edit = fc.record({
    at: fc.nat(stark.length - 1),
    length: fc.nat(40),
    bytes: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const changed = edits.reduce<number[]>(
        (list, { at, length, bytes }) => list.toSpliced(at, length, ...bytes),
        [...stark],
      );
      agreement.on(of, Uint8Array.from(changed), JSON.stringify(edits));
    }),
    { numRuns: 1000 },
  );
});

test('any field elements and digests changed', async () => {
  for (const hash of HASHES) {
    const of = await toyCase(7, PROFILES['hiding'](hash));
    const stark = await proveToy(of, 0);
    // In place, so that lengths stay true and the protocol is what refuses.
    const edit = fc.record({
      at: fc.integer({ min: 40, max: stark.length - 1 }),
      byte: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const changed = stark.slice();
        for (const { at, byte } of edits) changed[at] ^= byte;
        agreement.on(of, changed, `${hash} ${JSON.stringify(edits)}`);
      }),
      { numRuns: 1000 },
    );
  }
});

test('more than eight thousand proofs, changes and lies were compared', () => {
  assert.ok(agreement.compared > 8000, `only ${agreement.compared}`);
});
