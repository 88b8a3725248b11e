import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, spawnKiln } from '../cli.ts';

test('a network from its first block to the end of an epoch, everything recomputed', () => {
  const done = json(spawnKiln(['demo', 'rollup', '--json', '--backend', 'cpu'], 'pipe', 240_000));
  assert.deepEqual(
    done.transactions.map(({ kind, account }: { kind: string; account: string }) => `${account} ${kind}`),
    ['alice create', 'alice send', 'bob consume', 'issuer mint', 'bob consume', 'alice consume'],
  );
  assert.ok(done.checks.length >= 10);
  assert.deepEqual(
    done.checks.filter(({ ok }: { ok: boolean }) => !ok),
    [],
  );
  assert.deepEqual(done.balances, { alice: '132500', bob: '17500' });
  assert.deepEqual(done.epochs, [{ epoch: 0, firstBlock: 0, blockCount: 64 }]);
  const blocks = done.blocks.map(({ number, transactions, notes, nullifiers }: Record<string, number>) =>
    [number, transactions, notes, nullifiers].join(),
  );
  // In the first block with transactions three notes were made, and one of them consumed.
  assert.deepEqual(blocks, ['0,0,1,0', '1,3,2,1', '2,1,1,0', '3,2,0,3', '63,0,0,0']);
  for (const root of Object.values(done.roots)) assert.match(String(root), /^0x[0-9a-f]{64}$/);
});
