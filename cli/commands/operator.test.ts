import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { type Answer, json, kiln, scratchFolder } from '../../test/cli.ts';

const { path: folder } = scratchFolder();
const at = (name: string): string => join(folder, name);
const ISSUER = '0x0000000000000101000000000000a1';

async function network(name: string): Promise<{ genesis: string; key: string }> {
  const key = at(`${name}.key`);
  const made = json(await kiln(['operator', 'key', key, '--json']));
  const genesis = at(`${name}.json`);
  const words = [
    'operator',
    'genesis',
    genesis,
    '--network',
    name,
    '--fee-issuer',
    ISSUER,
    '--validator',
    made.key,
  ];
  assert.equal((await kiln([...words, '--epoch-log', '1', '--json'])).code, 0);
  return { genesis, key };
}

/** Runs an operator until `work` is done; resolves to what it said. */
async function running(args: string[], work: (url: string) => Promise<void>): Promise<Answer> {
  const controller = new AbortController();
  let url = '';
  const ended = kiln(['operator', 'run', '--port', '0', ...args], controller.signal, (text) => {
    url ||= /http:\/\/\S+?(?=\. )/.exec(text)?.[0] ?? '';
  });
  try {
    for (let i = 0; i < 200 && url === ''; i++) await new Promise((resolve) => setTimeout(resolve, 25));
    assert.notEqual(url, '');
    await work(url);
  } finally {
    controller.abort();
  }
  return ended;
}

test('a network is begun, run, asked, stopped, checked and run again', async () => {
  const { genesis, key } = await network('mine');
  assert.equal(statSync(key).mode & 0o77, 0);
  const state = at('state');
  const args = ['--folder', state, '--validator-key', key, '--interval', '1'];
  const first = await running([...args, '--genesis', genesis], async (url) => {
    for (let block = 0; block < 2; ) {
      const status = json(await kiln(['operator', 'status', url, '--json']));
      assert.equal(status.network, 'mine');
      block = status.block;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const words = (await kiln(['operator', 'status', url])).out;
    assert.match(words, /network {3}mine/);
    assert.equal((await kiln(['operator', 'check', '--folder', state])).code, 1);
  });
  assert.equal(first.code, 0);
  assert.match(first.out, /Network mine, block 0/);
  const checked = json(await kiln(['operator', 'check', '--folder', state, '--json']));
  assert.ok(checked.block >= 2 && checked.checks.every(({ ok }: { ok: boolean }) => ok));
  const again = await running(args, async () => {});
  assert.match(again.out, /Network mine, block [2-9]/);
  const database = new Sqlite(join(state, 'state.sqlite'));
  database.exec('UPDATE blocks SET block = zeroblob(9) WHERE number = 1');
  database.close();
  const damaged = await kiln(['operator', 'check', '--folder', state]);
  assert.equal(damaged.code, 1);
  assert.match(damaged.out, /DAMAGED {2}blocks \(.*block 1/);
});

test('an access token', async () => {
  const { genesis, key } = await network('closed');
  const [token, other] = [at('token'), at('other')];
  writeFileSync(token, 'open sesame\n');
  writeFileSync(other, 'close\n');
  const args = [
    '--folder',
    at('closed'),
    '--validator-key',
    key,
    '--genesis',
    genesis,
    '--token-file',
    token,
  ];
  await running(args, async (url) => {
    assert.equal((await kiln(['operator', 'status', url, '--token-file', token])).code, 0);
    for (const wrong of [[], ['--token-file', other]]) {
      const refused = json(await kiln(['operator', 'status', url, ...wrong, '--json']));
      assert.equal(refused.error.kind, 'access-refused');
    }
  });
  const open = await kiln(['operator', 'run', ...args.slice(0, -2), '--host', '0.0.0.0', '--json']);
  assert.equal(json(open).error.kind, 'access-refused');
});

test('what cannot be run', async () => {
  const { genesis, key } = await network('other');
  const wrong: [string[], string][] = [
    [['operator', 'run', '--folder', at('none'), '--validator-key', key], 'network-unknown'],
    [['operator', 'run', '--folder', at('none'), '--genesis', genesis], 'validators-missing'],
    [['operator', 'run', '--folder', at('none'), '--genesis', key, '--validator-key', key], 'malformed'],
    [['operator', 'run', '--folder', at('none'), '--genesis', genesis, '--validator-key', genesis], 'file'],
    [['operator', 'run', '--folder', at('none'), '--tls-key', key], 'usage'],
    [['operator', 'check', '--folder', at('nothing')], 'network-unknown'],
    [['operator', 'key', key], 'file'],
    [['operator', 'status', 'http://127.0.0.1:1'], 'unreachable'],
    [
      ['operator', 'genesis', at('x.json'), '--network', 'xy', '--fee-issuer', ISSUER, '--validator', 'zz'],
      'usage',
    ],
    [
      [
        'operator',
        'genesis',
        at('x.json'),
        '--network',
        'xy',
        '--fee-issuer',
        ISSUER,
        '--validator',
        `02${'ff'.repeat(32)}`,
      ],
      'block',
    ],
  ];
  const secret = readFileSync(key, 'utf8');
  for (const [args, kind] of wrong) {
    const answer = await kiln([...args, '--json']);
    assert.equal(json(answer).error.kind, kind, args.join(' '));
    assert.ok(!(answer.out + answer.err).includes(secret.trim()));
  }
});
