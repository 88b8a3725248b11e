import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KilnError } from '../../errors.ts';
import { EMPTY_WORD, type Word } from '../../hash/word.ts';
import { runAtOnce, runPaced } from '../../pace.ts';
import { ProtocolError } from '../errors.ts';
import { componentPackage } from '../testing/component.ts';
import { Account } from './account.ts';
import { AccountPatch } from './account-patch.ts';
import { AccountBuilder } from './builder.ts';
import { CALLBACK_SLOTS } from './callbacks.ts';
import { AccountComponent, withSchema } from './component.ts';
import type { SlotSchema } from './component-schema.ts';

const kind = (expected: string) => (error: unknown) =>
  error instanceof ProtocolError && error.kind === expected;
const random = Uint8Array.from({ length: 32 }, (_, i) => i);

const component = (name: string, text: string, slots: readonly SlotSchema[] = []): AccountComponent =>
  new AccountComponent(withSchema(componentPackage(name, text), slots));
const slot = (name: string, initial: Word = EMPTY_WORD): SlotSchema => ({
  kind: 'value',
  name,
  type: 'word',
  initial,
});
const procedure = (n: number): string => `@account_procedure pub proc p${n} push.${n} drop end\n`;

const auth = component('auth', '@auth_script pub proc auth push.0 drop end', [
  slot('kiln::auth::key', [1n, 2n, 3n, 4n]),
]);
const wallet = component('wallet', procedure(1) + procedure(2), [
  { kind: 'map', name: 'kiln::wallet::map', key: 'word', value: 'word' },
]);
const callback = (value: Word, name: string = CALLBACK_SLOTS[0]): AccountComponent =>
  component('callback', procedure(3), [slot(name, value)]);

test('components become one account: procedures in order, all slots, a seed that leads to the id', () => {
  const shared = component('shared', procedure(2) + procedure(4));
  const builder = new AccountBuilder([wallet, auth, shared]);
  const account = runAtOnce(builder.building({ type: 'public', random }));
  assert.equal(account.code.procedures.length, 4);
  assert.deepEqual(account.code.procedures[0], auth.auth);
  assert.deepEqual(account.storage.slots.map(({ name }) => name).sort(), [
    'kiln::auth::key',
    'kiln::wallet::map',
  ]);
  assert.deepEqual([account.id.type, account.id.hasCallbacks, account.nonce], ['public', false, 0n]);
  assert.deepEqual(Account.fromBytes(account.toBytes()).commitment, account.commitment);
  const again = runAtOnce(new AccountBuilder([shared, auth, wallet]).building({ type: 'public', random }));
  assert.deepEqual(again.commitment, account.commitment);
  const other = runAtOnce(builder.building({ type: 'private', random }));
  assert.equal(other.id.type, 'private');
  assert.notDeepEqual(other.id, account.id);
});

test("an account's maps are its own", () => {
  const builder = new AccountBuilder([wallet, auth]);
  const account = runAtOnce(builder.building({ type: 'private', random }));
  account.storage.map('kiln::wallet::map').set([1n, 0n, 0n, 0n], [1n, 0n, 0n, 0n]);
  assert.equal(builder.storage.map('kiln::wallet::map').size, 0);
  assert.equal(
    runAtOnce(builder.building({ type: 'private', random })).storage.map('kiln::wallet::map').size,
    0,
  );
});

test('exactly one component authenticates', () => {
  const second = component('second', '@auth_script pub proc auth push.9 drop end');
  assert.throws(() => new AccountBuilder([wallet]), kind('account-component'));
  assert.throws(() => new AccountBuilder([wallet, auth, second]), kind('account-component'));
  // The same procedure cannot authenticate and be called.
  const called = component('called', '@account_procedure pub proc auth push.0 drop end');
  assert.throws(() => new AccountBuilder([called, auth]), kind('account-code'));
});

test('slots are never shared, and counted over all components', () => {
  const rival = component('rival', procedure(5), [slot('kiln::auth::key')]);
  assert.throws(() => new AccountBuilder([wallet, auth, rival]), kind('account-component'));
  const many = Array.from({ length: 254 }, (_, i) => slot(`kiln::many::slot_${i}`));
  const full = component('full', procedure(6), many);
  assert.equal(new AccountBuilder([auth, full]).storage.slots.length, 255);
  assert.throws(() => new AccountBuilder([auth, full, wallet]), kind('account-storage'));
});

test('2 to 256 procedures', () => {
  assert.throws(() => new AccountBuilder([auth]), kind('account-code'));
  const procedures = (count: number) =>
    component('many', Array.from({ length: count }, (_, i) => procedure(i + 1)).join(''));
  assert.equal(new AccountBuilder([auth, procedures(255)]).code.procedures.length, 256);
  assert.throws(() => new AccountBuilder([auth, procedures(256)]), kind('account-code'));
});

test('the callback flag follows the slots', () => {
  const [root] = callback(EMPTY_WORD).procedures;
  for (const name of CALLBACK_SLOTS) {
    for (const value of [EMPTY_WORD, root]) {
      const builder = new AccountBuilder([auth, callback(value, name)]);
      const account = runAtOnce(builder.building({ type: 'public', random }));
      assert.ok(account.id.hasCallbacks);
    }
  }
  assert.equal(new AccountBuilder([auth, wallet], { callbacks: false }).callbacks, false);
  const prepared = new AccountBuilder([auth, wallet], { callbacks: true });
  assert.ok(runAtOnce(prepared.building({ type: 'public', random })).id.hasCallbacks);
});

test('callbacks that cannot work are refused', () => {
  const bad = [callback([1n, 2n, 3n, 4n]), callback(wallet.procedures[0])];
  for (const each of bad) assert.throws(() => new AccountBuilder([auth, each]), kind('account-component'));
  const map = component('map', procedure(3), [
    { kind: 'map', name: CALLBACK_SLOTS[1], key: 'word', value: 'word' },
  ]);
  assert.throws(() => new AccountBuilder([auth, map]), kind('account-component'));
  const unannounced = [auth, callback(EMPTY_WORD)];
  assert.throws(() => new AccountBuilder(unannounced, { callbacks: false }), kind('account-component'));
});

test('no account has a callback that its id does not announce', () => {
  const account = runAtOnce(new AccountBuilder([auth, wallet]).building({ type: 'public', random }));
  const patch = new AccountPatch({
    id: account.id,
    nonce: 1n,
    code: account.code,
    slots: [{ name: CALLBACK_SLOTS[0], kind: 'value', operation: 'create', value: EMPTY_WORD }],
  });
  assert.throws(() => account.apply(patch), kind('account-storage'));
});

test('the search tells how far it is, and can be cancelled', async () => {
  const builder = new AccountBuilder([auth, wallet]);
  const steps = builder.building({ type: 'public', random: Uint8Array.from({ length: 32 }, () => 7) });
  assert.ok((await runPaced(steps, {})) instanceof Account);
  const cancelled = runPaced(builder.building({ type: 'public', random }), { signal: AbortSignal.abort() });
  await assert.rejects(cancelled, (error) => error instanceof KilnError && error.kind === 'cancelled');
  // 64 tries on average: among some starts, one takes longer than a step.
  const yielded = Array.from({ length: 8 }, (_, i) => [
    ...builder.building({ type: 'public', random: new Uint8Array(32).fill(i) }),
  ]).flat();
  assert.ok(yielded.length > 0 && yielded.every((tries) => tries % 64 === 0));
});
