import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { KilnError } from '../../core/errors.ts';
import type { Backend } from '../../core/stark/backend.ts';
import { type BackendOffer, Backends } from '../../core/stark/backends.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { proveExecution } from '../../core/stark/miden/prove.ts';
import { verify } from '../../core/stark/miden/verify.ts';
import { midenProfile } from '../../core/stark/profile.ts';
import { writeClaim } from '../../core/stark/proof/claim.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { runToProve } from '../../test/browser/job.ts';
import { ProverClient } from './client.ts';
import { GONE, type ProofJob, type Reply } from './messages.ts';
import { ProverService } from './service.ts';

const job = (): ProofJob => ({
  ...runToProve({ source: 'begin push.1 drop end', stack: [] }),
  profile: 'miden',
  hash: 'eidos',
});
const kind = (expected: string) => (error: unknown) => error instanceof KilnError && error.kind === expected;

const cpu = new CpuBackend({ host: nodeWorkerHost, threads: 1 });
after(() => cpu.close());
const CPU: BackendOffer = { name: 'cpu', open: async () => cpu };

/** A backend whose every attempt ends as told. */
const failing = (error: Error): BackendOffer => ({
  name: 'webgpu',
  open: async (): Promise<Backend> => ({
    name: 'webgpu',
    description: 'a test',
    open: () => Promise.reject(error),
    close: async () => {},
  }),
});

interface Connection {
  readonly client: ProverClient;
  /** The client's port, for messages no client would send. */
  readonly raw: MessagePort;
  readonly lifeline: MessagePort;
}
function connect(...offers: BackendOffer[]): Connection {
  const service = new ProverService(new Backends(offers));
  const [jobs, other, life] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
  service.connect(jobs.port2);
  service.connect(other.port2);
  const client = new ProverClient(jobs.port1, life.port1);
  after(() => {
    client.close();
    other.port1.close();
  });
  return { client, raw: other.port1, lifeline: life.port2 };
}

/** The kind of the failure that answers a message. */
const refusal = (port: MessagePort, message: unknown): Promise<string> =>
  new Promise((resolve) => {
    const listen = ({ data }: MessageEvent<Reply>): void => {
      if (data.type !== 'failed') return;
      port.removeEventListener('message', listen);
      resolve(data.error.kind);
    };
    port.addEventListener('message', listen);
    port.start();
    port.postMessage(message);
  });

test('a proof comes back over the port, with the same bytes; the traces are handed over', async () => {
  const { client } = connect(CPU);
  const given = job();
  const phases = new Set<string>();
  const { proof, backend } = await client.prove(given, { onProgress: (phase) => phases.add(phase) });
  assert.equal(given.traces.core.data.length, 0);
  assert.equal(phases.size, 9);
  const { claim, traces } = job();
  const expected = await proveExecution(claim, traces, { profile: midenProfile('eidos'), backend: cpu });
  assert.equal(backend, 'cpu');
  assert.deepEqual(proof, expected);
});

test('a private proof comes back over the port, accepted as that and not as another', async () => {
  const { client } = connect(CPU);
  const given = { ...job(), profile: 'private', hash: 'blake3' } as const;
  const { claim } = given;
  const { proof } = await client.prove(given);
  assert.deepEqual(verify(claim, proof, { profile: 'private' }).logHeights, [13, 13, 15, 16]);
  assert.throws(() => verify(claim, proof, { profile: 'miden' }), kind('wrong-profile'));
});

test('a lost device and a missing one are followed by the next backend, and said', async () => {
  for (const failure of ['device-lost', 'backend-unavailable', 'faulty-backend', 'out-of-memory']) {
    const { client } = connect(failing(new KilnError(failure, 'It broke.')), CPU);
    const notes: string[] = [];
    const { backend } = await client.prove(job(), { onNote: (text) => notes.push(text) });
    assert.equal(backend, 'cpu');
    assert.deepEqual(notes, ['webgpu: It broke. Proving goes on with cpu.']);
  }
});

test('a backend asked for by name is not replaced', async () => {
  const { client } = connect(failing(new KilnError('device-lost', 'It broke.')), CPU);
  await assert.rejects(client.prove({ ...job(), backend: 'webgpu' }), kind('device-lost'));
  await assert.rejects(
    connect(CPU).client.prove({ ...job(), backend: 'webgpu' }),
    kind('backend-unavailable'),
  );
});

test('a failure that is not the backend ends the proof; a defect says so', async () => {
  const refused = connect(failing(new KilnError('unbalanced-lookups', 'No.')), CPU).client;
  await assert.rejects(refused.prove(job()), kind('unbalanced-lookups'));
  const broken = connect(failing(new TypeError('x is undefined')), CPU).client;
  await assert.rejects(broken.prove(job()), kind('internal'));
});

test('cancelling ends a proof under way, one that waits and one not yet asked for', async () => {
  const { client } = connect(CPU);
  const [first, second] = [new AbortController(), new AbortController()];
  const running = client.prove(job(), { signal: first.signal, onProgress: () => second.abort() });
  await assert.rejects(client.prove(job(), { signal: second.signal }), kind('cancelled'));
  first.abort();
  await assert.rejects(running, kind('cancelled'));
  await assert.rejects(client.prove(job(), { signal: first.signal }), kind('cancelled'));
});

test('what is asked of a prover that is gone is refused, now and later', async () => {
  const { client, lifeline } = connect(CPU);
  const running = client.prove(job());
  lifeline.postMessage(GONE);
  await assert.rejects(running, kind('prover-gone'));
  await assert.rejects(client.prove(job()), kind('prover-gone'));
});

test('only so many proofs wait', async () => {
  const { client } = connect(CPU);
  const abort = new AbortController();
  const jobs = Array.from({ length: 17 }, () => client.prove(job(), { signal: abort.signal }));
  const ends = Promise.allSettled(jobs);
  await assert.rejects(jobs[16], kind('prover-busy'));
  abort.abort();
  const kinds = (await ends).map((end) => end.status === 'rejected' && end.reason.kind);
  assert.deepEqual(kinds, [...Array(16).fill('cancelled'), 'prover-busy']);
});

test('messages that are no requests are refused', async () => {
  const { claim, traces } = job();
  const good = { type: 'prove', job: 1, claim: writeClaim(claim), traces, profile: 'miden', hash: 'eidos' };
  const { core, eidos } = traces;
  const bad: readonly unknown[] = [
    null,
    'prove',
    {},
    { ...good, type: 'dance' },
    { ...good, job: 1.5 },
    { ...good, claim: 7 },
    { ...good, claim: '{}' },
    { ...good, profile: 'public' },
    { ...good, profile: undefined },
    { ...good, profile: 'toString' },
    { ...good, hash: 'md5' },
    { ...good, backend: 'abacus' },
    { ...good, traces: undefined },
    { ...good, traces: { ...traces, byteCounts: new Uint32Array(3) } },
    { ...good, traces: { ...traces, core: { ...core, width: 3 } } },
    { ...good, traces: { ...traces, core: { ...core, height: 65 } } },
    { ...good, traces: { ...traces, core: { ...core, height: 2 ** 40 } } },
    { ...good, traces: { ...traces, core: { ...core, rows: core.height + 1 } } },
    { ...good, traces: { ...traces, core: { ...core, data: new BigUint64Array(1) } } },
    { ...good, traces: { ...traces, core: { ...core, data: [] } } },
    { ...good, traces: { ...traces, eidos: { ...eidos, height: 1 } } },
    { ...good, traces: { ...traces, eidos: { ...eidos, count: 2 ** 20 } } },
    { ...good, traces: { ...traces, eidos: { ...eidos, count: 2, records: new Uint32Array(55) } } },
  ];
  const { raw } = connect(CPU);
  for (const message of bad) {
    assert.equal(await refusal(raw, message), 'malformed');
  }
});

test('a number in use cannot be used again', async () => {
  const { raw } = connect(CPU);
  const { claim, traces } = job();
  const message = {
    type: 'prove',
    job: 1,
    traces,
    profile: 'miden',
    hash: 'eidos',
    claim: writeClaim(claim),
  };
  raw.postMessage(message);
  assert.equal(await refusal(raw, message), 'duplicate-job');
});
