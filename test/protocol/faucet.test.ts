import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Account } from '../../core/protocol/account/account.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import {
  blockWith,
  componentOf,
  kernel,
  newAccount,
  p2id,
  SECRET,
  script,
  sending,
  wallet,
} from './transactions.ts';

/** Issues and destroys whatever it is told, its own assets only. */
const component = componentOf(
  `use ::kiln::protocol::account
        use ::kiln::protocol::faucet
        pub proc issue dupw.1 dupw.1 exec.faucet::mint exec.account::add_asset dropw end
        pub proc destroy dupw.1 dupw.1 exec.account::remove_asset dropw exec.faucet::burn end
        pub proc burn exec.faucet::burn end`,
);
const faucet = wallet([], { component });
const coins = (amount: bigint): Asset => Asset.fungible(faucet.id, amount);
const jewel = Asset.unique(faucet.id, new TextEncoder().encode('a jewel'));
const foreign = Asset.fungible(newAccount({ seed: 9 }).id, 1n);

const run = (calls: readonly (readonly [name: string, asset: Asset])[], account = faucet) => {
  const body = calls.map(
    ([name, { id, value }]) =>
      `push.[${value.join(', ')}] push.[${id.word.join(', ')}] call.component::${name} dropw dropw`,
  );
  const tx = script(body.join('\n'), ['component', 'kiln::protocol::faucet'], [component]);
  return executeTransaction(
    kernel,
    { account, block: blockWith().block, script: tx },
    { secret: () => SECRET },
  ).account;
};

test('an issuer makes and destroys its assets', () => {
  const after = run([
    ['issue', coins(10n)],
    ['issue', jewel],
    ['destroy', coins(4n)],
  ]);
  assert.equal(after.vault.amountOf(coins(1n).id), 6n);
  assert.deepEqual(after.vault.get(jewel.id)?.value, jewel.value);
  assert.equal(run([['destroy', jewel]], after).vault.get(jewel.id), undefined);
});

test('nobody issues the assets of others, or destroys what is not in hand', () => {
  const other = /issued by another account/;
  assert.throws(() => run([['issue', foreign]]), other);
  assert.throws(() => run([['burn', foreign]]), other);
  const sameClass = Asset.unique(newAccount({ seed: 9 }).id, new TextEncoder().encode('a jewel'));
  assert.throws(() => run([['issue', sameClass]]), other);
  assert.throws(() => run([['burn', coins(1n)]]), /not enough/);
  assert.throws(
    () =>
      run([
        ['issue', jewel],
        ['issue', jewel],
      ]),
    /minted already/,
  );
  assert.throws(
    () =>
      run([
        ['issue', coins(2n ** 63n - 2n ** 31n)],
        ['issue', coins(1n)],
      ]),
    /more of the asset than can be/,
  );
});

test('a script alone issues nothing', () => {
  const { id, value } = coins(1n);
  const asset = `push.[${value.join(', ')}] push.[${id.word.join(', ')}]`;
  for (const name of ['mint', 'burn']) {
    const tx = script(`${asset} exec.faucet::${name}`, ['kiln::protocol::faucet']);
    assert.throws(
      () =>
        executeTransaction(
          kernel,
          { account: faucet, block: blockWith().block, script: tx },
          { secret: () => SECRET },
        ),
      /only the account's own procedures/,
    );
  }
});

test('what an issuer has in hand it may destroy: a note with its coins, consumed', () => {
  const note = p2id(faucet.id, faucet.id, [coins(3n)]);
  const done = executeTransaction(
    kernel,
    { account: faucet, ...blockWith([note]) },
    { secret: () => SECRET },
  );
  assert.equal(done.account.vault.amountOf(coins(1n).id), 3n);
  assert.equal(run([['destroy', coins(3n)]], done.account).vault.size, 0);
});

test('a unique asset is minted once in a transaction, wherever it goes', () => {
  assert.throws(
    () =>
      run([
        ['issue', jewel],
        ['destroy', jewel],
        ['issue', jewel],
      ]),
    /minted already/,
  );
});

test('supply: whatever is minted, sent, consumed and burned, nothing else comes or goes', () => {
  const amount = fc.bigInt({ min: 1n, max: 50n });
  const kind = fc.constantFrom('issue', 'issue', 'destroy', 'send');
  const step = fc.record({ kind, amount, from: fc.nat(1) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (steps) => {
      const accounts: Account[] = [faucet, wallet([], { seed: 2 })];
      const held = (account: Account): bigint => account.vault.amountOf(coins(1n).id);
      let supply = 0n;
      for (const [i, { kind, amount, from }] of steps.entries()) {
        const at = kind === 'send' ? from : 0;
        const [account, other] = [accounts[at], accounts[1 - at]];
        const note = p2id(account.id, other.id, [coins(amount)], BigInt(i));
        const send = () =>
          executeTransaction(
            kernel,
            { account, block: blockWith().block, script: sending([note]) },
            { secret: () => SECRET },
          ).account;
        const act = kind === 'send' ? send : () => run([[kind, coins(amount)]], account);
        if (kind !== 'issue' && held(account) < amount) {
          assert.throws(act, /not enough/);
          continue;
        }
        accounts[at] = act();
        if (kind === 'send')
          accounts[1 - at] = executeTransaction(
            kernel,
            { account: other, ...blockWith([note]) },
            { secret: () => SECRET },
          ).account;
        else supply += kind === 'issue' ? amount : -amount;
        assert.equal(held(accounts[0]) + held(accounts[1]), supply);
      }
    }),
    { numRuns: 10 },
  );
});
