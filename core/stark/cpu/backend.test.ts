import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeWorkerHost } from '../../../main/platform/node-workers.ts';
import { KilnError } from '../../errors.ts';
import { checkBackend, compareSessions } from '../backend.conformance.ts';
import { midenProfile } from '../profile.ts';
import { toy, toyPrivateProfile } from '../toy-airs.ts';
import { CpuBackend } from './backend.ts';

async function withBackend(
  options: { readonly threads: number; readonly memoryBytes?: number },
  work: (backend: CpuBackend) => Promise<void>,
): Promise<void> {
  const backend = new CpuBackend({ host: nodeWorkerHost, ...options });
  try {
    await work(backend);
  } finally {
    await backend.close();
  }
}

for (const threads of [1, 2]) {
  test(`the CPU backend conforms on ${threads} thread(s)`, { timeout: 120_000 }, () =>
    withBackend({ threads }, (backend) =>
      checkBackend(backend, { walkLogs: threads === 1 ? [6] : [6, 7, 10] }),
    ),
  );
}

/** Bytes in use once the main traces are committed. */
async function peakOf(backend: CpuBackend): Promise<number> {
  const session = await backend.open({ profile: midenProfile('eidos'), instances: toy(11).instances });
  await session.commitMain();
  session.close();
  return session.peakBytes();
}

test('with little memory values stream by coset, some blocks kept or none, and the answers stay the same', async () => {
  const peaks: number[] = [];
  for (const mib of [18, 19.5, 64]) {
    await withBackend({ threads: 2, memoryBytes: mib * 2 ** 20 }, async (backend) => {
      for (const profile of [midenProfile('eidos'), midenProfile('blake3'), toyPrivateProfile('blake3')]) {
        await compareSessions(backend, profile, toy(11), `${mib} MiB, ${profile.hash}, ${profile.name}`);
      }
      peaks.push(await peakOf(backend));
    });
  }
  assert.ok(peaks[0] < peaks[1] && peaks[1] < peaks[2], `${peaks}`);
});

test('a proof that cannot fit is refused before work begins', () =>
  withBackend({ threads: 1, memoryBytes: 2 ** 23 }, async (backend) => {
    const session = await backend.open({ profile: midenProfile('eidos'), instances: toy(11).instances });
    await assert.rejects(session.commitMain(), (e) => e instanceof KilnError && e.kind === 'out-of-memory');
    session.close();
  }));

test('sessions wait for each other', () =>
  withBackend({ threads: 1 }, async (backend) => {
    const options = { profile: midenProfile('eidos'), instances: toy(6).instances };
    const first = await backend.open(options);
    let opened = false;
    const second = backend.open(options).then((session) => {
      opened = true;
      return session;
    });
    await first.commitMain();
    assert.equal(opened, false);
    first.close();
    (await second).close();
    assert.equal(opened, true);
  }));
