import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '../../core/protocol/account/account.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { p2ideNote } from '../../core/protocol/standards/p2ide.ts';
import { blockWith, kernel, newAccount, SECRET, wallet } from './transactions.ts';

const coins = Asset.fungible(newAccount({ seed: 9 }).id, 40n);
const [maker, target, third] = [1, 2, 3].map((seed) => wallet([], { seed }));

/** What `account` has after it took the note in block `number`. */
function taken(
  account: Account,
  number: number,
  { reclaim = 0, unlock = 0 },
  type: 'private' | 'public' = 'private',
) {
  const note = p2ideNote(kernel, {
    ...{ sender: maker.id, target: target.id, assets: [coins], type, reclaim, unlock },
    serial: [1n, 2n, 3n, 4n],
    salt: [5n, 6n],
  });
  const done = executeTransaction(
    kernel,
    { account, ...blockWith([note], { number }) },
    { secret: () => SECRET },
  );
  return done.account.vault.amountOf(coins.id);
}
const refuses = (why: RegExp, ...args: Parameters<typeof taken>): void =>
  assert.throws(
    () => taken(...args),
    (error) => error instanceof ProtocolError && why.test(error.message),
  );

test('the account that the note names takes it, from the block on at which it is unlocked', () => {
  assert.equal(taken(target, 9, {}), 40n);
  assert.equal(taken(target, 9, { unlock: 9, reclaim: 5 }), 40n);
  refuses(/locked until a later block/, target, 9, { unlock: 10 });
});

test('its maker takes it back, from the block on that it says', () => {
  for (const type of ['private', 'public'] as const) assert.equal(taken(maker, 9, { reclaim: 9 }, type), 40n);
  refuses(/cannot be taken back yet/, maker, 9, { reclaim: 10 });
  refuses(/cannot be taken back/, maker, 9, {});
  refuses(/locked until a later block/, maker, 9, { reclaim: 9, unlock: 10 });
});

test('nobody else takes it', () => {
  refuses(/for another account/, third, 9, { reclaim: 1 });
});
