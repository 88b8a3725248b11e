import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODULUS } from '../../core/field/felt.ts';
import { EMPTY_WORD } from '../../core/hash/word.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionScript } from '../../core/protocol/executor/transaction-inputs.ts';
import {
  type AccountKind,
  blockWith,
  componentOf,
  kernel,
  newAccount,
  p2id,
  procedure,
  script,
  wallet,
} from './transactions.ts';

/** Ways to authenticate that an account should not have, and something to do. */
const component = componentOf(
  `use ::kiln::protocol::account
        const SLOT = word("kiln::auth::key")
        pub proc idle dropw end
        pub proc twice dropw exec.account::incr_nonce drop exec.account::incr_nonce drop end
        pub proc set push.SLOT[0..2] exec.account::set_item end`,
);
const IDLE: AccountKind = { component, ownAuth: procedure(component, '::component::idle') };
const coin = Asset.fungible(newAccount({ seed: 9 }).id, 7n);

const run = (
  account: Account,
  given: { script?: TransactionScript; notes?: Parameters<typeof blockWith>[0] } = {},
) =>
  executeTransaction(kernel, {
    account,
    ...blockWith(given.notes),
    ...(given.script && { script: given.script }),
  });
const set = script('push.1.2.3.4 call.component::set dropw dropw', ['component'], [component]);
const setBack = (to: string): TransactionScript =>
  script(
    `push.1.2.3.4 call.component::set push.${to} call.component::set dropw dropw dropw`,
    ['component'],
    [component],
  );

test('nothing changes without the nonce', () => {
  const idle = wallet([], IDLE);
  assert.throws(() => run(idle), /does nothing/);
  assert.throws(() => run(idle, { script: set }), /storage changed without/);
  const note = p2id(coin.id.faucet, idle.id, [coin]);
  assert.throws(() => run(idle, { notes: [note] }), /vault changed without/);
  assert.throws(() => run(newAccount(IDLE)), /new account's first transaction/);
});

test('a note with nothing in it is consumed without a change of the account', () => {
  const idle = wallet([], IDLE);
  const { account, patch, outputs } = run(idle, { notes: [p2id(coin.id.faucet, idle.id, [])] });
  assert.deepEqual(account.commitment, idle.commitment);
  assert.deepEqual(patch.commitment, EMPTY_WORD);
  assert.deepEqual(outputs, []);
});

test('what was set and set back is no change', () => {
  const idle = wallet([], {
    ...IDLE,
    slots: [{ name: 'kiln::auth::key', kind: 'value', value: [5n, 6n, 7n, 8n] }],
  });
  const note = p2id(coin.id.faucet, idle.id, []);
  const done = run(idle, { script: setBack('[5, 6, 7, 8]'), notes: [note] });
  assert.deepEqual(done.account.commitment, idle.commitment);
});

test('the nonce moves once, and has an end', () => {
  const twice = wallet([], { component, ownAuth: procedure(component, '::component::twice') });
  assert.throws(() => run(twice), /incremented already/);
  const { id, code, storage, vault } = wallet([], { auth: 'none', slots: [] });
  const last = new Account({ id, nonce: MODULUS - 1n, code, storage, vault });
  assert.throws(() => run(last), /reached its end/);
});
