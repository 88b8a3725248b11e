import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import type { AccountId } from '../../core/protocol/account/account-id.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import { readFaucet } from '../../core/protocol/standards/faucet.ts';
import { mintingScript } from '../../core/protocol/standards/mint.ts';
import { p2idNote } from '../../core/protocol/standards/p2id.ts';
import { settingsCalls, settingsScript } from '../../core/protocol/standards/settings.ts';
import { walletComponent } from '../../core/protocol/standards/wallet.ts';
import { accountOf, aged, coinFaucet, coins, refuses, transact } from './issuers.ts';
import { blockWith, foreignIn, kernel, newAccount, script, sending, wallet } from './transactions.ts';

// Issuers that are asked before their assets move.

const [alice, bob] = [3, 2].map((seed) => newAccount({ seed }).id);
const calls = settingsCalls(kernel);
const listed = [alice];

const issuers = {
  receive: aged(accountOf(coinFaucet({ transfers: { receive: 'allowed', allowed: listed } }))),
  send: aged(accountOf(coinFaucet({ transfers: { send: 'allowed', allowed: listed } }))),
  blocked: aged(
    accountOf(coinFaucet({ transfers: { send: 'unblocked', receive: 'unblocked', blocked: [bob] } })),
  ),
  open: aged(
    accountOf([...coinFaucet({ transfers: { allowed: [], blocked: [] } }), walletComponent(kernel)]),
  ),
};

/** A transaction with an issuer's state at hand, which the reference block knows. */
function asking(account: Account, issuer: Account, notes: readonly Note[], more: object = {}) {
  const { accountRoot, foreign } = foreignIn([issuer]);
  return transact(account, { ...blockWith(notes, { accountRoot }), notes, foreign, ...more });
}
const paying = (issuer: Account, from: AccountId, to: AccountId, n = 1n): Note =>
  p2idNote(kernel, {
    sender: from,
    target: to,
    serial: [n, 0n, 0n, 0n],
    salt: [1n, 2n],
    assets: [coins(issuer, 5n)],
  });
const receive = (issuer: Account, seed: number) => {
  const account = wallet([], { seed });
  return asking(account, issuer, [paying(issuer, issuer.id, account.id)]);
};
const send = (issuer: Account, seed: number) => {
  const account = wallet([coins(issuer, 5n)], { seed });
  return asking(account, issuer, [], { script: sending([paying(issuer, account.id, alice)]) });
};
const changed = (issuer: Account, ...list: Parameters<typeof settingsScript>[1]) =>
  transact(issuer, { script: settingsScript(kernel, list) }).account;
const [ALICE, BOB] = [3, 2];

test('who may have an asset: accounts on a list', () => {
  const { receive: issuer } = issuers;
  assert.ok(issuer.id.hasCallbacks);
  const done = receive(issuer, ALICE);
  assert.equal(done.account.vault.amountOf(coins(issuer, 1n).id), 5n);
  refuses(/does not allow it to this account/, () => receive(issuer, BOB));
  // Nobody is asked before it goes into a note.
  send(issuer, BOB);
});

test('who may send an asset: accounts on a list', () => {
  const { send: issuer } = issuers;
  send(issuer, ALICE);
  refuses(/does not allow it to this account/, () => send(issuer, BOB));
  receive(issuer, BOB);
});

test('accounts on a list neither have nor send an asset', () => {
  const { blocked: issuer } = issuers;
  send(issuer, ALICE);
  receive(issuer, ALICE);
  refuses(/forbids it to this account/, () => send(issuer, BOB));
  refuses(/forbids it to this account/, () => receive(issuer, BOB));
});

test('a transaction that refers to a list soon expires', () => {
  assert.equal(receive(issuers.receive, ALICE).expirationBlock, 3 + 20);
  assert.equal(send(issuers.blocked, ALICE).expirationBlock, 3 + 20);
  assert.equal(send(issuers.receive, ALICE).expirationBlock, 2 ** 32 - 1);
});

test("the issuer's state is shown as the reference block knows it, or nothing moves", () => {
  const { receive: issuer } = issuers;
  const account = wallet([], { seed: ALICE });
  const notes = [paying(issuer, issuer.id, account.id)];
  assert.throws(() => transact(account, { notes }));
  // The list of another state.
  const later = changed(issuer, calls.allowAccount(bob));
  const { foreign } = foreignIn([later]);
  const { accountRoot } = foreignIn([issuer]);
  assert.throws(() =>
    transact(wallet([], { seed: BOB }), {
      ...blockWith(notes, { accountRoot }),
      notes: [paying(issuer, issuer.id, bob)],
      foreign,
    }),
  );
});

test('the issuer itself mints and takes back, on no list', () => {
  for (const issuer of [issuers.receive, issuers.send, issuers.blocked]) {
    const minting = mintingScript(kernel, [paying(issuer, issuer.id, bob)]);
    assert.equal(transact(issuer, { script: minting }).outputs.length, 1);
  }
  const { open } = issuers;
  const closed = changed(open, calls.setReceivePolicy('allowed'));
  const back = transact(closed, { notes: [paying(closed, alice, closed.id)] });
  assert.equal(back.account.vault.amountOf(coins(closed, 1n).id), 5n);
});

test('lists and policies are changed', () => {
  const { open } = issuers;
  receive(open, BOB);
  const closed = changed(open, calls.setReceivePolicy('allowed'), calls.setSendPolicy('unblocked'));
  refuses(/does not allow it/, () => receive(closed, BOB));
  const allowed = changed(closed, calls.allowAccount(bob), calls.blockAccount(bob));
  receive(allowed, BOB);
  refuses(/forbids it/, () => send(allowed, BOB));
  assert.deepEqual(readFaucet(kernel, allowed)?.transfers, {
    send: 'unblocked',
    receive: 'allowed',
    allowed: [bob],
    blocked: [bob],
  });
  const undone = changed(
    allowed,
    calls.disallowAccount(bob),
    calls.unblockAccount(bob),
    calls.setReceivePolicy(),
  );
  assert.deepEqual(readFaucet(kernel, undone)?.transfers, {
    send: 'unblocked',
    receive: undefined,
    allowed: [],
    blocked: [],
  });
  receive(undone, BOB);
  send(undone, BOB);
});

test('transfers are set to procedures of the issuer, by whom its settings are for', () => {
  const foreign = { ...calls.setSendPolicy(), args: [1n, 2n, 3n, 4n] };
  refuses(/a policy is a procedure of the account/, () => changed(issuers.open, foreign));
  const owned = aged(accountOf(coinFaucet({ owner: alice, transfers: { allowed: [], blocked: [] } })));
  for (const call of [
    calls.setSendPolicy(),
    calls.setReceivePolicy('allowed'),
    calls.allowAccount(bob),
    calls.disallowAccount(bob),
    calls.blockAccount(bob),
    calls.unblockAccount(bob),
  ])
    refuses(/no note is being processed/, () => changed(owned, call));
});

test('an issuer whose assets move freely has no such thing', () => {
  const free = accountOf(coinFaucet());
  assert.ok(!free.id.hasCallbacks);
  assert.equal(readFaucet(kernel, free)?.transfers, undefined);
  const fixed = accountOf(coinFaucet({ fixed: true, transfers: { send: 'unblocked', blocked: [bob] } }));
  assert.ok(!fixed.code.has(calls.blockAccount(bob).procedure));
  assert.ok(!fixed.code.has(calls.setSendPolicy().procedure));
});

test('what such issuers tell code that asks', () => {
  const { send: policy } = { send: calls.setSendPolicy('unblocked').args };
  const push = (word: readonly bigint[]) => `push.[${word.join(', ')}] assert_eqw`;
  const roots: Word[] = [policy as unknown as Word, policy as unknown as Word];
  const body = `call.transfers::get_transfer_policies ${roots.map(push).join(' ')} push.0.0.0.0 dropw`;
  transact(issuers.blocked, { script: script(body, ['kiln::standards::faucet::transfers']) });
  assert.deepEqual(calls.setSendPolicy().args, []);
  assert.notDeepEqual(roots[0], EMPTY_WORD);
});
