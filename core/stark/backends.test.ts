import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KilnError } from '../errors.ts';
import type { Backend, BackendName } from './backend.ts';
import { type BackendOffer, Backends } from './backends.ts';

/** Offers that write down what is done with them; opening one that is named in `missing` fails. */
function offers(log: string[], missing: readonly BackendName[] = []): BackendOffer[] {
  return (['webgpu', 'cpu'] as const).map((name) => ({
    name,
    async open(named): Promise<Backend> {
      log.push(`open ${name}${named ? ' by name' : ''}`);
      if (missing.includes(name)) throw new KilnError('backend-unavailable', `No ${name}.`);
      return {
        name,
        description: 'a test',
        open: () => Promise.reject(new Error('not to be used')),
        close: async () => void log.push(`close ${name}`),
      };
    },
  }));
}
const nobody = (): void => assert.fail('nobody should hear of a fallback');

test('work that fails on a backend is done again on the next, and the failed one is closed', async () => {
  for (const kind of ['backend-unavailable', 'device-lost', 'faulty-backend', 'out-of-memory']) {
    const log: string[] = [];
    const backends = new Backends(offers(log));
    const done = await backends.run(
      undefined,
      async ({ name }) => {
        if (name === 'webgpu') throw new KilnError(kind, 'It broke.');
        return name;
      },
      (failed, { message }, next) => log.push(`${failed} ${message} ${next}`),
    );
    assert.equal(done, 'cpu');
    assert.deepEqual(log, ['open webgpu', 'close webgpu', 'webgpu It broke. cpu', 'open cpu']);
    await backends.close();
    assert.equal(log.at(-1), 'close cpu');
  }
});

test('a backend that cannot be had is followed by the next; what the last one throws is thrown', async () => {
  const log: string[] = [];
  const run = (...missing: BackendName[]) =>
    new Backends(offers(log, missing)).run(
      undefined,
      async ({ name }) => name,
      () => {},
    );
  assert.equal(await run('webgpu'), 'cpu');
  await assert.rejects(run('webgpu', 'cpu'), { kind: 'backend-unavailable', message: 'No cpu.' });
});

test('a backend asked for by name is not replaced, and one that is not offered is refused', async () => {
  const log: string[] = [];
  const backends = new Backends(offers(log));
  const lost = async () => Promise.reject(new KilnError('device-lost', 'It broke.'));
  await assert.rejects(backends.run('webgpu', lost, nobody), { kind: 'device-lost' });
  assert.deepEqual(log, ['open webgpu by name', 'close webgpu']);
  await assert.rejects(backends.run('reference', lost, nobody), { kind: 'backend-unavailable' });
});

test('what is no failure of the backend is thrown at once; the backend stays open for more', async () => {
  const log: string[] = [];
  const backends = new Backends(offers(log));
  for (const error of [new KilnError('cancelled', 'Enough.'), new TypeError('x is undefined')]) {
    await assert.rejects(
      backends.run(undefined, () => Promise.reject(error), nobody),
      error,
    );
  }
  assert.deepEqual(log, ['open webgpu']);
  await backends.close();
});
