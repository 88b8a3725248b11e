import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { type Authenticator, UnauthorizedError } from '../../core/protocol/executor/authentication.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { FALCON_SLOT } from '../../core/protocol/standards/auth-falcon.ts';
import { keyAuthComponent, keyOf } from '../../core/protocol/standards/auth-key.ts';
import { APPROVERS_SLOT, MULTISIG_SLOT } from '../../core/protocol/standards/auth-multisig.ts';
import {
  knowing,
  readySignature,
  signingWith,
  together,
} from '../../core/protocol/standards/authenticators.ts';
import { summaryCommitment } from '../../core/protocol/transaction/transaction-summary.ts';
import { falconKey, falconOf, multisigOf, newWith, signer, walletWith } from './owners.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, script, sending } from './transactions.ts';

const [first, second, third] = [1, 2, 3].map(signer);
const coins = (amount: bigint): Asset => Asset.fungible(newAccount({ seed: 9 }).id, amount);
const word = (values: Word): string => `push.[${values.join(', ')}]`;
const { block } = blockWith();

const run = (account: Account, authenticator?: Authenticator, inputs: Partial<TransactionInputs> = {}) =>
  executeTransaction(kernel, { account, block, ...inputs }, authenticator);
/** A script that calls a procedure of a component. */
const calling = (path: string, args: string) => {
  const parts = path.split('::');
  return script(`dropw ${args} call.${parts.slice(-2).join('::')} dropw dropw dropw dropw`, [
    `kiln::standards::${parts.slice(0, -1).join('::')}`,
  ]);
};
function refuses(why: RegExp, act: () => void): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof ProtocolError, String(error));
    assert.match(`${error.message}\n${error.details}`, why);
    return true;
  });
}
function unauthorized(act: () => void): UnauthorizedError {
  let found: unknown;
  assert.throws(act, (error) => (found = error) instanceof UnauthorizedError);
  return found as UnauthorizedError;
}
const receiving = (account: Account) =>
  blockWith([p2id(newAccount({ seed: 8 }).id, account.id, [coins(10n)])]);

test('a Falcon key signs what the transaction does', () => {
  for (const account of [newWith(falconOf(first)), walletWith(falconOf(first), [coins(5n)])]) {
    const done = run(account, signingWith(second, first), receiving(account));
    assert.equal(done.account.nonce, account.nonce + 1n);
  }
});

test('no signature, another key’s, or one over another transaction', () => {
  const account = walletWith(falconOf(first));
  refuses(/signature, and it was not given/, () => run(account));
  refuses(/signature, and it was not given/, () => run(account, signingWith(second)));
  const swapped: Authenticator = {
    signature: (_, message) => signingWith(second).signature!(falconKey(second), message),
  };
  refuses(/not the one committed to/, () => run(account, swapped));
  const other: Authenticator = {
    signature: (key) => signingWith(first).signature!(key, [1n, 2n, 3n, 4n]),
  };
  refuses(/witness's hash/, () => run(account, other));
});

test('a key is changed by the old one, and the new one signs from then on', () => {
  const account = walletWith(falconOf(first));
  const rotate = { script: calling('auth::falcon::set_falcon_key', word(falconKey(second))) };
  refuses(/was not given/, () => run(account, signingWith(second), rotate));
  const { account: after } = run(account, signingWith(first), rotate);
  assert.deepEqual(after.storage.slot(FALCON_SLOT), {
    name: FALCON_SLOT,
    kind: 'value',
    value: falconKey(second),
  });
  refuses(/was not given/, () => run(after, signingWith(first)));
  run(after, signingWith(second));

  const plain = walletWith(keyAuthComponent(kernel, keyOf(SECRET)));
  const secret: Word = [5n, 6n, 7n, 8n];
  const change = { script: calling('auth::key::set_key', word(keyOf(secret))) };
  refuses(/secret, and it was not given/, () => run(plain, knowing(secret), change));
  const changed = run(plain, knowing(SECRET), change).account;
  refuses(/secret, and it was not given/, () => run(changed, knowing(SECRET)));
  run(changed, knowing(secret));
});

const [a, b, c] = [1n, 2n, 3n].map((x): Word => [x, x, x, x]);
const KEYS = [keyOf(a), falconKey(first), keyOf(b), falconKey(second), keyOf(c)];

test('as many of several keys as it takes agree, whichever they are', () => {
  const account = walletWith(multisigOf(2, KEYS), [coins(100n)]);
  for (const authenticator of [
    knowing(a, b),
    signingWith(first, second),
    together(knowing(c), signingWith(second)),
    together(knowing(a, b, c), signingWith(first, second, third)),
  ])
    assert.equal(run(account, authenticator, receiving(account)).account.nonce, 6n);
  run(newWith(multisigOf(5, KEYS)), together(knowing(a, b, c), signingWith(first, second)));
  run(newWith(multisigOf(1, [keyOf(a)])), knowing(a));
});

test('too few: the summary goes to the others, and their signatures come back', () => {
  const account = walletWith(multisigOf(3, KEYS), [coins(100n)]);
  const target = newAccount({ seed: 4 }).id;
  const note = p2id(account.id, target, [coins(30n)]);
  const inputs = { script: sending([note]), recipients: [note.recipient] };
  const { summary, delta } = unauthorized(() => run(account, knowing(a), inputs));
  assert.equal(summary.blockNumber, block.number);
  assert.deepEqual(summary.blockCommitment, blockCommitment(block));
  assert.deepEqual(summary.salt, [6n, 0n, 0n, 0n, 0n, 0n]);
  assert.deepEqual(delta.removed, [coins(30n)]);
  assert.deepEqual(summary.delta, delta.commitment);

  const message = summaryCommitment(summary);
  const signatures = [first, second].map((each) => readySignature(each.sign(message), message));
  unauthorized(() => run(account, knowing(a), { ...inputs, signatures: signatures.slice(1) }));
  unauthorized(() => run(account, {}, { ...inputs, signatures }));
  const done = run(account, knowing(a), { ...inputs, signatures });
  assert.equal(done.account.vault.amountOf(coins(1n).id), 70n);
  // They are good for nothing else: not for another transaction, and not once more.
  unauthorized(() => run(account, knowing(a), { signatures }));
  unauthorized(() => run(done.account, knowing(a), { ...inputs, signatures }));
});

test('keys that are not the account’s count for nothing', () => {
  const account = walletWith(multisigOf(2, KEYS));
  unauthorized(() => run(account, together(knowing(a, [9n, 9n, 9n, 9n]), signingWith(third))));
  unauthorized(() => run(account));
});

test('approvers and how many must agree are changed by those before', () => {
  const account = walletWith(multisigOf(2, KEYS.slice(0, 3)));
  const owners = together(knowing(a, b), signingWith(first));
  const change = (name: string, args: string, from = account, by = owners) =>
    run(from, by, { script: calling(`auth::multisig::${name}`, args) }).account;
  const config = ({ storage }: Account): Word | undefined => {
    const slot = storage.slot(MULTISIG_SLOT);
    return slot?.kind === 'value' ? slot.value : undefined;
  };
  const keys = ({ storage }: Account): number => {
    const slot = storage.slot(APPROVERS_SLOT);
    return slot?.kind === 'map' ? slot.map.size : 0;
  };

  const added = change('add_approver', word(KEYS[3]));
  assert.deepEqual([config(added), keys(added)], [[2n, 4n, 0n, 0n], 4]);
  run(added, together(knowing(a), signingWith(second)));
  const stricter = change('set_threshold', 'push.3');
  assert.deepEqual(config(stricter), [3n, 3n, 0n, 0n]);
  unauthorized(() => run(stricter, knowing(a, b)));
  run(stricter, owners);
  const removed = change('remove_approver', word(keyOf(a)));
  assert.deepEqual([config(removed), keys(removed)], [[2n, 2n, 0n, 0n], 2]);
  unauthorized(() => run(removed, knowing(a, b)));
  run(removed, owners);
  // Those before agree, not those after.
  const intruder = together(knowing(c), signingWith(second));
  unauthorized(() => change('add_approver', word(keyOf(c)), account, together(knowing(a), intruder)));
  unauthorized(() => change('set_threshold', 'push.1', account, knowing(a)));
  change('remove_approver', word(keyOf(a)), account, knowing(a, b));

  refuses(/there already/, () => change('add_approver', word(KEYS[1])));
  refuses(/no key is the empty word/, () => change('add_approver', word(EMPTY_WORD)));
  refuses(/not one of the account's/, () => change('remove_approver', word(KEYS[4])));
  refuses(/as many must agree as there are/, () => change('set_threshold', 'push.4'));
  refuses(/as many must agree as there are/, () => change('set_threshold', 'push.4294967296'));
  refuses(/at least one key/, () => change('set_threshold', 'push.0'));
  refuses(/as many must agree as there are/, () => change('remove_approver', word(keyOf(a)), stricter));
  const full = walletWith(
    multisigOf(
      1,
      Array.from({ length: 64 }, (_, i) => keyOf([BigInt(i), 0n, 0n, 0n])),
    ),
  );
  refuses(/64 keys at most/, () => change('add_approver', word(keyOf(a)), full));
});

test('a group of keys that cannot be', () => {
  const refused = (threshold: number, approvers: readonly Word[]) =>
    assert.throws(() => multisigOf(threshold, approvers), { kind: 'account-component' });
  refused(0, KEYS);
  refused(6, KEYS);
  refused(1.5, KEYS);
  refused(1, []);
  refused(1, [KEYS[0], KEYS[0]]);
  refused(1, [EMPTY_WORD]);
  refused(
    1,
    Array.from({ length: 65 }, (_, i) => keyOf([BigInt(i), 0n, 0n, 0n])),
  );
});
