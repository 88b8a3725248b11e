import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, sending, wallet } from './transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const coins = (amount: bigint) => Asset.fungible(faucet, amount);

test('a note is made by one wallet and consumed by another, which it creates', () => {
  const alice = wallet([coins(100n)]);
  const bob = newAccount({ seed: 2 });
  const note = p2id(alice.id, bob.id, [coins(40n)]);
  const sent = executeTransaction(
    kernel,
    { account: alice, block: blockWith().block, script: sending([note]), recipients: [note.recipient] },
    { secret: () => SECRET },
  );
  assert.deepEqual(sent.outputs[0].note.id, note.id);
  assert.equal(sent.account.vault.amountOf(coins(1n).id), 60n);
  assert.equal(sent.account.nonce, 6n);

  const received = executeTransaction(
    kernel,
    { account: bob, ...blockWith([note]) },
    { secret: () => SECRET },
  );
  assert.equal(received.account.vault.amountOf(coins(1n).id), 40n);
  assert.equal(received.account.nonce, 1n);
});
