import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFile } from '../../cli/libraries.ts';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type {
  TransactionInputs,
  TransactionScript,
} from '../../core/protocol/executor/transaction-inputs.ts';
import { API_ROWS, KERNEL_API } from '../../core/protocol/kernel-api.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteAssets } from '../../core/protocol/note/note-assets.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import type { ExecutedTransaction } from '../../core/protocol/transaction/executed-transaction.ts';
import {
  blockWith,
  componentOf,
  KEY_SLOT,
  kernel,
  newAccount,
  p2id,
  SECRET,
  script,
  sending,
  wallet,
} from './transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const coins = (amount: bigint): Asset => Asset.fungible(faucet, amount);
const jewel = Asset.unique(faucet, new TextEncoder().encode('a jewel'));
const { block } = blockWith();
const push = (word: Word): string => `push.[${word.join(', ')}]`;
const asset = ({ id, value }: Asset): string => `${push(value)} ${push(id.word)}`;
const SLOT = 'push.SLOT[0..2]';

/** Procedures that do to their account whatever they are told. */
const component = componentOf(
  `use ::kiln::protocol::account
        const SLOT = word("kiln::auth::key")
        const MISSING = word("no::slot")
        pub proc take exec.account::remove_asset dropw end
        pub proc look exec.account::get_asset dropw exec.account::get_nonce drop end
        pub proc set ${SLOT} exec.account::set_item end
        pub proc missing push.MISSING[0..2] exec.account::get_item dropw end
        pub proc bump exec.account::incr_nonce drop end`,
);
const owner = wallet([coins(100n), jewel], { component });

const run = (inputs: Partial<TransactionInputs>): ExecutedTransaction =>
  executeTransaction(kernel, { account: owner, block, ...inputs }, { secret: () => SECRET });
/** A transaction script that is one call of the component, `before` making its arguments. */
const calling = (name: string, before = ''): TransactionScript =>
  script(`${before} call.component::${name} dropw dropw dropw dropw`, ['component'], [component]);
function refuses(inputs: Partial<TransactionInputs>, where: string, why: RegExp): void {
  assert.throws(
    () => run(inputs),
    (error) => {
      assert.ok(error instanceof ProtocolError, String(error));
      assert.match(`${error.message}\n${error.details}`, why);
      assert.ok(error.details.startsWith(`${where}:`), error.details);
      return true;
    },
  );
}
const refusesScript = (body: string, why: RegExp): void =>
  refuses(
    { script: script(body, ['kiln::protocol::account', 'kiln::protocol::output_note']) },
    'script',
    why,
  );

test('nothing but the account’s own procedures touches the account', () => {
  const own = /only the account's own procedures/;
  for (const body of [
    'exec.account::get_nonce drop',
    'push.1.2 exec.account::get_item dropw',
    'push.1.2.3.4.5.6 exec.account::set_item dropw',
    `${asset(coins(1n))} exec.account::add_asset dropw`,
    `${asset(coins(1n))} exec.account::remove_asset dropw`,
    `${push(coins(1n).id.word)} exec.account::get_asset dropw`,
    'push.1.2.3.4.0.7 exec.output_note::create drop',
  ])
    refusesScript(body, own);
});

test('the nonce is incremented by authentication alone', () => {
  refusesScript('exec.account::incr_nonce drop', /only for authentication/);
  refuses({ script: calling('bump') }, 'script', /only for authentication/);
});

test('there is no procedure of the kernel beyond its table, or at an offset that is not given', () => {
  for (const [offset, why] of [
    [`${Math.max(...Object.values(KERNEL_API)) + 1}`, /no such procedure/],
    ['0', /no such procedure/],
    ['4294967296', /not below 2\^32/],
    [`${API_ROWS - 1}`, /no such procedure/],
  ] as const)
    refuses({ script: script(`push.${offset} syscall.exec_kernel_proc drop`) }, 'script', why);
});

test('what is closed once the owner was told of all changes is in the part of the table that is read first', () => {
  const closed = [...sourceFile('masm/kernel/delta.masm').text.matchAll(/= 4 \* API_(\w+)/g)].map(
    ([, name]) => name,
  );
  assert.ok(closed.length > 0);
  for (const [name, offset] of Object.entries(KERNEL_API))
    assert.ok(offset < API_ROWS || !closed.includes(name.replace('::', '_').toUpperCase()), name);
});

test('assets are conserved', () => {
  refuses({ script: calling('take', asset(coins(3n))) }, 'epilogue', /went nowhere/);
  refuses({ script: calling('take', asset(jewel)) }, 'epilogue', /went nowhere/);
  refuses({ script: calling('take', asset(coins(101n))) }, 'script', /not enough/);
  const other = Asset.unique(faucet, new TextEncoder().encode('another'));
  refuses({ script: calling('take', asset(other)) }, 'script', /not there/);
  // A note whose script leaves its assets where they are.
  const idle = script('nop');
  const note = new Note({
    ...p2id(owner.id, owner.id, [coins(1n)]),
    recipient: new NoteRecipient([1n, 1n, 1n, 1n], idle),
  });
  refuses({ ...blockWith([note]) }, 'epilogue', /went nowhere/);
  // What is not in hand goes into no note, and no vault.
  const made = `push.1.2.3.4.0.7 call.wallet::create_note movdn.15 dropw dropw dropw drop drop drop`;
  const put = `${asset(coins(1n))} movup.8 movdn.8 exec.output_note::add_asset`;
  const uses = ['kiln::standards::wallet', 'kiln::protocol::output_note'];
  refuses({ script: script(`${made} ${put}`, uses) }, 'script', /not enough/);
  refuses(
    { script: script(`${asset(coins(1n))} call.wallet::receive_asset dropw dropw`, uses) },
    'script',
    /not enough/,
  );
});

test('an asset is of something, of a known kind, and no more than can be', () => {
  const take = (id: Word, value: Word): TransactionScript => calling('take', `${push(value)} ${push(id)}`);
  const [c0, c1, suffix, prefix] = coins(1n).id.word;
  for (const [id, value, why] of [
    [coins(1n).id.word, EMPTY_WORD, /of nothing/],
    [jewel.id.word, EMPTY_WORD, /of nothing/],
    [coins(1n).id.word, [1n, 1n, 0n, 0n], /one number/],
    [coins(1n).id.word, [2n ** 63n, 0n, 0n, 0n], /not enough of the asset/],
    [[1n, c1, suffix, prefix], [1n, 0n, 0n, 0n], /no class/],
    [[c0, c1, suffix + 0x10n, prefix], [1n, 0n, 0n, 0n], /not known/],
    [EMPTY_WORD, [1n, 0n, 0n, 0n], /not known/],
  ] as const)
    refuses({ script: take(id, value) }, 'script', why);
  // More than the vault can hold, from a note.
  const rich = wallet([coins(2n ** 63n - 2n ** 31n)]);
  const note = p2id(owner.id, rich.id, [coins(1n)]);
  refuses({ account: rich, ...blockWith([note]) }, 'note 0', /more of the asset than can be/);
});

test('a note is taken by the account it names', () => {
  const note = p2id(owner.id, faucet, [coins(1n)]);
  refuses({ ...blockWith([note]) }, 'note 0', /another account/);
  const short = new Note({ ...note, recipient: new NoteRecipient(EMPTY_WORD, note.recipient.script, [1n]) });
  refuses({ ...blockWith([short]) }, 'note 0', /not what its script expects/);
});

test('authentication needs the secret, and nobody else gets it', () => {
  const inputs = { account: owner, block, script: calling('look', push(jewel.id.word)) };
  assert.throws(
    () => executeTransaction(kernel, inputs, { secret: () => [1n, 2n, 3n, 4n] }),
    /not the secret/,
  );
  assert.throws(() => executeTransaction(kernel, inputs), ProtocolError);
  const thief = script('emit.event("kiln::auth::request") padw adv_pushw dropw dropw');
  refuses({ script: thief }, 'script', /asked for a secret/);
  const liar = script('emit.event("kiln::phase::auth") emit.event("kiln::auth::request")');
  refuses({ script: liar }, 'script', /only the kernel may/);
});

test('a transaction does something', () => {
  const free = wallet([], { auth: 'none', slots: [] });
  assert.equal(run({ account: free }).account.nonce, free.nonce + 1n);
  const { id } = run({ script: calling('look', push(jewel.id.word)) });
  assert.equal(id.length, 4);
});

test('storage: set, seen in the patch, refused where there is none', () => {
  const done = run({ account: newAccount({ component }) });
  assert.equal(done.patch.slots[0].operation, 'create');
  const changed = wallet([], { auth: 'none', component });
  const { patch, account } = run({ account: changed, script: calling('set', push([9n, 8n, 7n, 6n])) });
  assert.deepEqual(patch.slots, [{ ...KEY_SLOT, operation: 'update', value: [9n, 8n, 7n, 6n] }]);
  assert.deepEqual(account.storage.slot(KEY_SLOT.name), { ...KEY_SLOT, value: [9n, 8n, 7n, 6n] });
  refuses({ script: calling('missing') }, 'script', /no such storage slot/);
});

/** Makes a note by the wallet's calls that put one asset into it after the other. */
const oneByOne = ({ metadata: { tag }, recipient, assets: { list } }: Note): TransactionScript =>
  script(
    [
      `dropw ${push(recipient.digest)} push.0.${tag} call.wallet::create_note movdn.5 dropw drop`,
      // [ID, VALUE, index], keeping the index
      ...list.map(
        (each) =>
          `dup push.0.0.0.0.0.0.0 movup.7 ${asset(each)} call.wallet::move_asset_to_note dropw dropw dropw dropw`,
      ),
      'drop',
    ].join('\n'),
    ['kiln::standards::wallet'],
  );

test('notes made: several assets, two amounts of one asset as one, unique assets', () => {
  const note = p2id(owner.id, faucet, [coins(10n), jewel]);
  const twice = new Note({
    ...note,
    assets: { list: [coins(4n), jewel, coins(6n)] } as unknown as NoteAssets,
  });
  const { outputs, account } = run({ script: oneByOne(twice), recipients: [note.recipient] });
  assert.deepEqual(outputs[0].note.id, note.id);
  assert.equal(account.vault.amountOf(coins(1n).id), 90n);
  assert.equal(account.vault.get(jewel.id), undefined);
});

test('notes that are made keep to their limits', () => {
  const create = (type: string, tag: string): string =>
    `push.1.2.3.4.${type}.${tag} call.wallet::create_note movdn.15 dropw dropw dropw drop drop drop`;
  const uses = ['kiln::standards::wallet', 'kiln::protocol::output_note', 'kiln::protocol::active_note'];
  const refusesBody = (body: string, why: RegExp): void =>
    refuses({ script: script(body, uses) }, 'script', why);
  refusesBody(`${create('2', '7')} drop`, /private or public/);
  refusesBody(`${create('1', '4294967296')} drop`, /not below 2\^32/);
  refusesBody(`repeat.1025 ${create('0', '7')} drop end`, /so many notes/);

  const note = p2id(owner.id, faucet, []);
  const many = (assets: Asset[]): Note =>
    new Note({ ...note, assets: { list: assets } as unknown as NoteAssets });
  refuses({ script: oneByOne(many([jewel, jewel])) }, 'script', /not there/);
  const kinds = Array.from({ length: 17 }, (_, i) => Asset.unique(faucet, Uint8Array.of(i)));
  const rich = wallet(kinds, { component });
  const full = run({
    account: rich,
    script: sending([new Note({ ...note, assets: new NoteAssets(kinds.slice(1)) })]),
  });
  assert.equal(full.outputs[0].note.assets.list.length, 16);
  refuses({ account: rich, script: sending([many(kinds)]) }, 'script', /too many assets/);
  // Index 1, and only note 0 is there.
  const misplaced = `${create('0', '7')} push.0.0.0.0.0.0.0 push.1 ${asset(coins(1n))} call.wallet::move_asset_to_note dropw dropw dropw dropw drop`;
  refusesBody(misplaced, /no such note/);

  refusesBody('exec.active_note::get_asset_count drop', /no note is being processed/);
  const get = KERNEL_API['input_note::get_asset'];
  refusesBody(
    `push.0.0.0.0 push.0.0 push.${get} syscall.exec_kernel_proc dropw drop drop drop`,
    /no such note/,
  );
});

test('a note consumed is asked for assets that it has', () => {
  const curious = script('dropw push.1 exec.active_note::get_asset dropw dropw', [
    'kiln::protocol::active_note',
  ]);
  const note = new Note({
    ...p2id(owner.id, owner.id, [coins(1n)]),
    recipient: new NoteRecipient(EMPTY_WORD, curious),
  });
  refuses({ ...blockWith([note]) }, 'note 0', /no such asset/);
});

test('a slot with a map is not set as a value', () => {
  const map = { name: KEY_SLOT.name, kind: 'map', map: new StorageMap() } as const;
  const account = wallet([], { auth: 'none', slots: [map], component });
  refuses({ account, script: calling('set', 'push.1.2.3.4') }, 'script', /holds a map/);
});

test('a statement left to precompiles would stay unproved', () => {
  assert.throws(
    () => run({ script: script('padw padw padw log_deferred dropw dropw dropw') }),
    /precompiles/,
  );
});
