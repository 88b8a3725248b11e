import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { claimOf } from '../cli/proving.ts';
import { assemble } from '../core/assembly/assemble.ts';
import type { Felt } from '../core/field/felt.ts';
import { CpuBackend } from '../core/stark/cpu/backend.ts';
import { fitTraces } from '../core/stark/miden/heights.ts';
import { proveExecution } from '../core/stark/miden/prove.ts';
import { midenProfile, type Profile, privateProfile } from '../core/stark/profile.ts';
import { buildTraces, type Execution, execute } from '../core/vm/execute.ts';
import { CORE } from '../core/vm/trace/layout.ts';
import { nodeWorkerHost } from '../main/platform/node-workers.ts';
import { reconstruct, type Target } from './zk/reconstruct.ts';
import { RecordingBackend, type Seen } from './zk/recording.ts';
import { HIDING, OPEN } from './zk/statistics/toy.ts';
import { viewOf, WITNESSES } from './zk/statistics/view.ts';

describe('a column of a toy of which four cells are secret', () => {
  const { trace } = WITNESSES[0][0];
  assert.ok(trace.kind === 'matrix');
  const cells = Array.from(trace.matrix.data.subarray(0, trace.matrix.height));
  const target: Target = { instance: 0, column: 0, cells, unknown: [3, 9, 20, 31] };
  const secret = target.unknown.map((row) => cells[row]);

  test('is read from a proof that does not hide', async () => {
    assert.deepEqual(reconstruct(await viewOf(0, 'attacked', OPEN), target), secret);
    // It is the mask that matters: all else that hides does not help.
    const unmasked = await viewOf(0, 'attacked', HIDING, { maskLength: 0 });
    assert.deepEqual(reconstruct(unmasked, target), secret);
  });

  test('agrees with nothing that a hiding proof shows', async () => {
    assert.equal(reconstruct(await viewOf(0, 'attacked', HIDING), target), undefined);
  });
});

describe('a program that knows the key to a public hash', () => {
  const program = assemble({ program: { name: 'key', text: 'begin adv_pushw hash swapw dropw end' } });
  const runWith = (key: readonly Felt[]): Execution =>
    execute(program, { stack: [], advice: { stack: key } });
  const key = [8_712_346_123_981_234_871n, 12_345n, 9_999_999_999_999_999_999n, 271_828_182_845n];
  const execution = runWith(key);

  const backend = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
  after(() => backend.close());

  /** What a proof shows. */
  async function proved(profile: Profile): Promise<Seen> {
    const recording = new RecordingBackend(backend);
    await proveExecution(claimOf(execution), buildTraces(execution), { profile, backend: recording });
    return recording.seen;
  }

  /**
   * A stack column to an attacker: every row is known, from a run with another key, but those that the key changes and
   * where the hash, which is public, does not stand.
   */
  function targetAt(position: number, profile: Profile): Target {
    const column = CORE.stack + position;
    const cellsOf = (run: Execution) => {
      const { data, height } = fitTraces(buildTraces(run), profile).core;
      return Array.from(data.subarray(column * height, (column + 1) * height));
    };
    const [cells, others] = [cellsOf(execution), cellsOf(runWith([1n, 2n, 3n, 4n]))];
    const changed = [...cells.keys()].filter((row) => cells[row] !== others[row]);
    const unknown = changed.filter((row) => !execution.stack.includes(cells[row]));
    // What the attacker does not know is not in what the attacker is given.
    const known = cells.map((cell, row) => (unknown.includes(row) ? 0n : cell));
    return { instance: 0, column, cells: known, unknown };
  }

  test('loses it by a proof that does not hide', async () => {
    const profile = midenProfile('blake3');
    const seen = await proved(profile);
    for (const [position, word] of key.entries()) {
      const found = reconstruct(seen, targetAt(position, profile));
      assert.equal(found?.[0], word);
    }
  });

  test('keeps it by a private proof', async () => {
    const profile = privateProfile('blake3');
    const seen = await proved(profile);
    for (const position of key.keys())
      assert.equal(reconstruct(seen, targetAt(position, profile)), undefined);
  });
});
