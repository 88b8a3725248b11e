import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset, AssetId } from '../../core/protocol/asset/asset.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { Limit } from '../../core/protocol/limits.ts';
import { blockWith, kernel, newAccount, p2id, wallet } from '../protocol/transactions.ts';

// Limits whose transactions take seconds; one past them: `test/protocol/aborts`.

test('2,048 assets come into the vault in one transaction', () => {
  const faucet = newAccount({ seed: 9 }).id;
  const account = wallet([], { auth: 'none', slots: [] });
  const all = Array.from(
    { length: 2 * Limit.CHANGED_ASSETS },
    (_, i) => new Asset(new AssetId(faucet, 'unique', BigInt(i)), [1n, 1n, 1n, 1n]),
  );
  const notes = Array.from({ length: all.length / Limit.NOTE_ASSETS }, (_, i) =>
    p2id(faucet, account.id, all.slice(Limit.NOTE_ASSETS * i, Limit.NOTE_ASSETS * (i + 1)), BigInt(i)),
  );
  const done = executeTransaction(kernel, { account, ...blockWith(notes) });
  assert.equal(done.account.vault.size, all.length);
  assert.equal(done.patch.assets.length, all.length);
});

test('4,096 entries of a map are touched in one transaction', () => {
  const entries = Array.from({ length: Limit.MAP_ENTRIES }, (_, i) => [BigInt(i), 0n, 0n, 0n] as const);
  const map = new StorageMap(entries.map((key) => [key, [1n, 1n, 1n, 1n]]));
  const account = newAccount({ auth: 'none', slots: [{ name: 'a::map', kind: 'map', map }] });
  const { patch } = executeTransaction(kernel, { account, ...blockWith() });
  assert.ok(patch.slots[0].kind === 'map' && patch.slots[0].entries.length === entries.length);
});
