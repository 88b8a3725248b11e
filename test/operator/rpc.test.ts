import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import pino from 'pino';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import type { OperatorApi } from '../../operator/api.ts';
import { OperatorError } from '../../operator/errors.ts';
import type { Operator } from '../../operator/operator.ts';
import { OperatorClient } from '../../operator/rpc/client.ts';
import { Operator as Service } from '../../operator/rpc/kiln_pb.ts';
import { RateLimit } from '../../operator/rpc/rate-limit.ts';
import { type ServeOptions, serveOperator } from '../../operator/rpc/server.ts';
import { accountOf, madeUpNotes, madeUpTransaction } from '../../operator/testing/made-up.ts';
import { inOwnFolder, withOperator } from './operators.ts';

const HOST = '127.0.0.1';
const lines: string[] = [];
const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
const kind = (expected: string) => (error: unknown) =>
  error instanceof OperatorError && error.kind === expected;
const [a] = madeUpNotes;
const nullifier = (n: number): Word => [BigInt(n), 1n, 2n, BigInt(n) << 50n];
const made = (operator: Operator, each: Parameters<typeof madeUpTransaction>[1]) =>
  madeUpTransaction(operator.state, each);

async function withServer(
  operator: OperatorApi,
  work: (port: number) => Promise<void>,
  change: Partial<ServeOptions> = {},
): Promise<void> {
  const measured = { height: () => 5, waiting: () => 3 };
  const listening = await serveOperator(operator, { host: HOST, port: 0, logger, measured, ...change });
  try {
    await work(listening.port);
  } finally {
    await listening.close();
  }
}
/** An operator that answers some questions otherwise. */
const changed = (operator: Operator, own: Partial<OperatorApi>): OperatorApi =>
  new Proxy<OperatorApi>(operator, {
    get: (_, name: keyof OperatorApi) => own[name] ?? operator[name].bind(operator),
  });
const clientOf = (port: number, change = {}) =>
  new OperatorClient({ url: `http://${HOST}:${port}`, ...change });

test('over the network everything is as in the same process', async () => {
  await withOperator(async (operator) => {
    await withServer(operator, async (port) => {
      const client = clientOf(port);
      const both = async <T>(ask: (api: OperatorApi) => Promise<T>): Promise<T> => {
        const [near, far] = [await ask(operator), await ask(client)];
        assert.deepEqual(normal(far), normal(near));
        return far;
      };
      const tags = [{ value: 0, bits: 0 }];
      const request = { tags, accounts: [accountOf(1), accountOf(2)], nullifiers: 'all' as const };
      await both((api) => api.sync(request));
      const transaction = made(operator, { account: 1, from: 0, makes: [a], nullifiers: [nullifier(1)] });
      const receipt = await client.submit(transaction.toBytes());
      assert.deepEqual(receipt.id, transaction.id);
      await both((api) => api.submit(transaction.toBytes()));
      await both((api) => api.transaction(transaction.id));
      operator.makeBlock();
      operator.makeBlock();
      await both((api) => api.status());
      await both((api) => api.genesis());
      await both((api) => api.transaction(transaction.id));
      await both((api) => api.transaction(EMPTY_WORD));
      for (const afterBlock of [undefined, 0, 1, 2])
        await both((api) => api.sync({ ...request, after: afterBlock }));
      await both((api) => api.sync({ ...request, nullifiers: [0], after: 0, notesAfter: 1 }));
      await both((api) => api.blocks({ from: 0, count: 5, transactions: true }));
      await both((api) => api.accounts([accountOf(1), accountOf(2)]));
      await both((api) => api.nullifiers([nullifier(1), nullifier(2)]));
      await both((api) => api.notes([a.id, EMPTY_WORD]));
      await both((api) => api.epoch(0));
      await both((api) => api.epoch(7));
      await client.post({ tag: 9, sealed: Uint8Array.of(1, 2, 3) });
      const { items } = await both((api) => api.mailbox({ tags, after: 0 }));
      assert.equal(items.length, 1);
    });
  });
});

/** Classes and typed arrays of another kind say the same by their bytes. */
function normal(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof AccountId) return value.toString();
  if (Array.isArray(value)) return value.map(normal);
  if (value && typeof value === 'object') {
    if ('toBytes' in value && typeof value.toBytes === 'function') return normal(value.toBytes());
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, normal(each)]])),
    );
  }
  return value;
}

test('gRPC-Web and JSON by Connect, on the same port', async () => {
  await withOperator(async (operator) => {
    await withServer(operator, async (port) => {
      const baseUrl = `http://${HOST}:${port}`;
      for (const transport of [
        createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false }),
        createConnectTransport({ baseUrl, httpVersion: '2' }),
        createGrpcWebTransport({ baseUrl, httpVersion: '1.1' }),
      ])
        assert.equal((await createClient(Service, transport).status({})).network, 'practice');
      const json = await fetch(`${baseUrl}/kiln.v1.Operator/Status`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      assert.equal(((await json.json()) as { network: string }).network, 'practice');
      assert.deepEqual(await (await fetch(`${baseUrl}/health`)).json(), { status: 'ok' });
      const metrics = await (await fetch(`${baseUrl}/metrics`)).text();
      assert.match(metrics, /kiln_block_height 5/);
      assert.match(metrics, /kiln_requests_total\{method="Status",code="Ok"\} 4/);
    });
  });
});

test('reasons of refusals come through, and of a defect nothing', async () => {
  await withOperator(async (operator) => {
    const broken = changed(operator, {
      epoch: async () => {
        throw new RangeError('secret detail');
      },
    });
    await withServer(broken, async (port) => {
      const client = clientOf(port);
      await client.submit(made(operator, { account: 1, from: 0 }).toBytes());
      const other = made(operator, { account: 1, from: 0, nullifiers: [nullifier(1)] });
      await assert.rejects(client.submit(other.toBytes()), kind('transaction-conflict'));
      await assert.rejects(
        client.submit(Uint8Array.of(9, 9)),
        (error) => kind('request-refused')(error) && /malformed/.test((error as OperatorError).details),
      );
      await assert.rejects(
        client.sync({ tags: [], accounts: [], nullifiers: [], after: 99 }),
        kind('request-refused'),
      );
      await assert.rejects(
        client.epoch(1),
        (error) =>
          error instanceof OperatorError &&
          !/secret/.test(JSON.stringify(error) + String((error as OperatorError).details)),
      );
      assert.ok(lines.some((line) => line.includes('secret detail')));
    });
  });
});

test('what is too long, too much at once or malformed is refused, and the operator goes on', async () => {
  await withOperator(async (operator) => {
    await withServer(
      operator,
      async (port) => {
        const client = clientOf(port);
        await assert.rejects(client.submit(new Uint8Array(9 * 2 ** 20)), kind('rate-limited'));
        const url = `http://${HOST}:${port}/kiln.v1.Operator/`;
        const post = (path: string, body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
          fetch(url + path, { method: 'POST', headers: { 'content-type': type }, body });
        assert.equal((await post('Status', '{')).status, 400);
        assert.ok((await post('Status', Uint8Array.of(255, 255, 255), 'application/proto')).status >= 400);
        assert.equal((await post('Status', '{}', 'text/plain')).status, 415);
        assert.equal((await post('Nothing', '{}')).status, 404);
        assert.equal((await post('Transaction', '{"id":"AAAA"}')).status, 400);
        const nested = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
        assert.ok([200, 400].includes((await post('Status', nested)).status));
        assert.equal((await client.status()).network, 'practice');
        const answers = await Promise.allSettled(Array.from({ length: 60 }, () => client.status()));
        assert.ok(answers.some((each) => each.status === 'rejected' && kind('rate-limited')(each.reason)));
      },
      { rate: { burst: 30, perSecond: 1 } },
    );
  });
});

test('raw connections: slow ones, nonsense and half a preface end, others are served', async () => {
  await withOperator(async (operator) => {
    const timeouts = { head: 300, request: 300, idle: 600 };
    await withServer(
      operator,
      async (port) => {
        const ended = (bytes: string | Uint8Array): Promise<void> =>
          new Promise((resolve) => {
            const socket = connect(port, HOST, () => socket.write(bytes));
            socket.on('error', () => {});
            socket.resume();
            socket.once('close', () => resolve());
          });
        await Promise.all([
          ended('P'),
          ended('POST /kiln.v1.Operator/Status HTTP/1.1\r\nHost: x\r\n'),
          ended(
            'POST /kiln.v1.Operator/Status HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
          ),
          ended('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense nonsense nonsense'),
          ended(Uint8Array.from({ length: 500 }, (_, i) => i & 0xff)),
          ended(''),
        ]);
        const session = connectHttp2(`http://${HOST}:${port}`);
        session.on('error', () => {});
        await new Promise<void>((resolve) => session.once('close', () => resolve()));
        assert.equal((await clientOf(port).status()).network, 'practice');
      },
      { timeouts },
    );
  });
});

test('a deadline: an answer that takes too long ends, here and there', async () => {
  await withOperator(async (operator) => {
    let aborted = 0;
    const slow = changed(operator, {
      status: ({ signal } = {}) =>
        new Promise((_, reject) =>
          signal?.addEventListener('abort', () => {
            aborted++;
            reject(signal.reason);
          }),
        ),
    });
    await withServer(
      slow,
      async (port) => {
        await assert.rejects(clientOf(port, { timeout: 150 }).status(), kind('unreachable'));
        await assert.rejects(clientOf(port, { timeout: 250 }).status(), kind('unreachable'));
        const controller = new AbortController();
        const cancelled = clientOf(port).status({ signal: controller.signal });
        setTimeout(() => controller.abort(), 50);
        await assert.rejects(cancelled, { kind: 'cancelled' });
        assert.ok(aborted >= 1);
      },
      { deadline: 200 },
    );
  });
  await assert.rejects(clientOf(1).status(), kind('unreachable'));
});

test('an access token, also for the numbers; without one nobody else may connect', async () => {
  await withOperator(async (operator) => {
    await assert.rejects(
      withServer(operator, async () => {}, { host: '0.0.0.0' }),
      kind('access-refused'),
    );
    await withServer(
      operator,
      async (port) => {
        assert.equal((await clientOf(port, { token: 'right' }).status()).network, 'practice');
        for (const token of [undefined, 'wrong', 'righ'])
          await assert.rejects(clientOf(port, { token }).status(), kind('access-refused'));
        assert.equal((await fetch(`http://${HOST}:${port}/metrics`)).status, 401);
        const headers = { authorization: 'Bearer right' };
        assert.equal((await fetch(`http://${HOST}:${port}/metrics`, { headers })).status, 200);
        assert.equal((await fetch(`http://${HOST}:${port}/health`)).status, 200);
      },
      { token: 'right' },
    );
    assert.ok(lines.every((line) => !line.includes('right')));
  });
});

test('TLS with a certificate', async () => {
  await inOwnFolder(async (folder) => {
    const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => join(folder, name));
    const made = spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      certificate,
    ]);
    assert.equal(made.status, 0, String(made.stderr));
    const tls = { certificate: readFileSync(certificate), key: readFileSync(key) };
    await withOperator(async (operator) => {
      await withServer(
        operator,
        async (port) => {
          const url = `https://${HOST}:${port}`;
          const trusted = new OperatorClient({ url, certificate: readFileSync(certificate, 'utf8') });
          assert.equal((await trusted.status()).network, 'practice');
          await assert.rejects(
            new OperatorClient({ url }).status(),
            (error) => kind('operator-failed')(error) && /certificate/.test((error as OperatorError).details),
          );
          await assert.rejects(clientOf(port).status(), kind('unreachable'));
        },
        { tls },
      );
    });
  });
});

test('an operator whose answers cannot be read', async () => {
  await withOperator(async (operator) => {
    const status = await operator.status();
    const lying = changed(operator, {
      status: async () => ({ ...status, genesis: [1n, 2n, 3n, 2n ** 64n - 1n] }),
      blocks: async () => [{ block: Uint8Array.of(1), signatures: Uint8Array.of(), transactions: [] }],
    });
    await withServer(lying, async (port) => {
      await assert.rejects(clientOf(port).status(), kind('answer-refused'));
      assert.equal((await clientOf(port).blocks({ from: 0, count: 1, transactions: true })).length, 1);
    });
  });
});

test('what an operator says is no longer than it need be, and no command for a terminal', async () => {
  await withOperator(async (operator) => {
    const loud = changed(operator, {
      status: async () => {
        throw new OperatorError('busy', `\u001b[2Jcome back\n${'x'.repeat(9000)}`, { details: 'a\u202eb' });
      },
    });
    await withServer(loud, async (port) => {
      await assert.rejects(clientOf(port).status(), (error) => {
        const { message, details } = error as OperatorError;
        return (
          kind('busy')(error) &&
          message.startsWith(' [2Jcome back x') &&
          message.length === 500 &&
          details === 'a b'
        );
      });
    });
  });
});

test('a bucket for each client fills again with time', () => {
  let now = 0;
  const limit = new RateLimit({ burst: 2, perSecond: 1 }, () => now);
  const takes = (client: string, n: number) => Array.from({ length: n }, () => limit.take(client));
  assert.deepEqual(takes('a', 3), [true, true, false]);
  assert.deepEqual(takes('b', 1), [true]);
  now = 1000;
  assert.deepEqual(takes('a', 2), [true, false]);
  now = 100_000;
  assert.deepEqual(takes('a', 3), [true, true, false]);
});

test('the messages are those of kiln.proto', {
  skip: spawnSync('protoc', ['--version']).status !== 0 && 'protoc is not installed',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-rpc-'));
  after(() => rmSync(folder, { recursive: true }));
  const made = spawnSync(process.execPath, ['scripts/generate-rpc.js', folder], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  assert.equal(
    readFileSync(join(folder, 'kiln_pb.ts'), 'utf8'),
    readFileSync('operator/rpc/kiln_pb.ts', 'utf8'),
  );
});
