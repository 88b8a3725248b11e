import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Word, wordKey } from '../../core/hash/word.ts';
import { AccountCode } from '../../core/protocol/account/account-code.ts';
import { slotId } from '../../core/protocol/account/slot-name.ts';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { protocolConfigCommitment } from '../../core/protocol/block/protocol-config.ts';
import { describeTransaction, type TransactionDescription } from '../../core/protocol/describe.ts';
import type { Fact } from '../../core/protocol/description/facts.ts';
import { dryRun } from '../../core/protocol/executor/dry-run.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import { accountTag } from '../../core/protocol/note/note-tag.ts';
import { burnNote } from '../../core/protocol/standards/burn.ts';
import { mintNote } from '../../core/protocol/standards/mint.ts';
import {
  networkAuthComponent,
  networkSettingsComponent,
} from '../../core/protocol/standards/network-account.ts';
import { p2ideNote } from '../../core/protocol/standards/p2ide.ts';
import { settingsCalls, settingsNote } from '../../core/protocol/standards/settings.ts';
import { swapNote } from '../../core/protocol/standards/swap.ts';
import { accountOf, coinFaucet, coins as coinsOf, transact } from './issuers.ts';
import {
  AUTH,
  blockWith,
  componentOf,
  foreignIn,
  kernel,
  newAccount,
  p2id,
  procedure,
  SECRET,
  script,
  sending,
  wallet,
} from './transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const coins = (amount: bigint) => Asset.fungible(faucet, amount);
const alice = wallet([coins(100n)]);
const bob = newAccount({ seed: 2 });
const asset = { faucet: faucet.toString(), kind: 'fungible' as const };
const { block } = blockWith();

/** What a description says survives as JSON. */
function plain(description: TransactionDescription): TransactionDescription {
  assert.deepEqual(JSON.parse(JSON.stringify(description)), description);
  return description;
}
const describe = (inputs: TransactionInputs): TransactionDescription =>
  plain(
    describeTransaction(executeTransaction(kernel, inputs, { secret: () => SECRET }), kernel, [13, 13, 15]),
  );
const keys = ({ facts }: TransactionDescription): string[] => facts.map(({ key }) => key);
/** What the facts of this key say. */
const said = ({ facts }: TransactionDescription, key: Fact['key']): unknown[] =>
  facts.filter((each) => each.key === key).map(({ params }) => params);

test('sending: who sends what to whom, what everybody sees and what nobody does', () => {
  const note = p2id(alice.id, bob.id, [coins(40n)]);
  const inputs = { account: alice, block, script: sending([note]) };
  const [from, to, id] = [alice.id.toString(), bob.id.toString(), wordKey(note.id)];
  const known = describe({ ...inputs, recipients: [note.recipient] });
  assert.equal(known.id!.length, 64);
  assert.deepEqual(known.account, {
    id: from,
    type: 'private',
    isNew: false,
    nonce: { before: '5', after: '6' },
  });
  assert.deepEqual(known.made, [
    {
      ...{ id, from, to, type: 'private', tag: 7 },
      assets: [{ ...asset, amount: '40' }],
      attachments: 0,
      script: { kind: 'P2ID' },
    },
  ]);
  assert.deepEqual(known.changes, [{ ...asset, before: '100', after: '60' }]);
  assert.deepEqual([known.consumed, known.minted, known.burned, known.storage], [[], [], [], []]);
  assert.deepEqual(known.script, { root: wordKey(inputs.script.root), name: 'SEND_NOTES' });
  assert.ok(!('name' in describe({ ...inputs, script: script('nop') }).script!));
  assert.deepEqual(known.facts, [
    { key: 'account', side: 'seen', params: { account: from, changed: true } },
    { key: 'created', side: 'seen', params: { count: 1, sender: from } },
    { key: 'tag', side: 'seen', params: { notes: [id], bits: 32, oneIn: 2 ** 31 } },
    {
      key: 'work',
      side: 'seen',
      params: { referenceBlock: 3, expirationBlock: 2 ** 32 - 1, logHeights: [13, 13, 15] },
    },
    ...(['hidAmounts', 'hidRecipient', 'hidState', 'hidScript', 'hidKeys'] as const).map((key) => ({
      key,
      side: 'hidden' as const,
      params: {},
    })),
    { key: 'elsewhere', side: 'prover', params: { keys: true } },
  ]);
  // Without the recipient, nobody can say whom it pays.
  const [unknown] = describe(inputs).made;
  assert.ok(!('to' in unknown));
  assert.deepEqual(unknown.script, { kind: 'unknown', recipient: wordKey(note.recipient.digest) });
});

test('consuming: a note shown to be in a block is not told, one that is not shown is', () => {
  const [shown, unshown] = [1n, 2n].map((serial) => p2id(alice.id, bob.id, [coins(serial)], serial));
  const made = blockWith([shown]);
  const both = describe({ account: bob, block: made.block, notes: [...made.notes, { note: unshown }] });
  assert.deepEqual(
    both.consumed.map(({ id, to }) => [id, to]),
    [shown, unshown].map(({ id }) => [wordKey(id), bob.id.toString()]),
  );
  assert.deepEqual(
    both.changes.map(({ before, after }) => [before, after]),
    [['0', '3']],
  );
  assert.ok(both.account.isNew);
  assert.deepEqual(said(both, 'accountNew'), [{ account: bob.id.toString() }]);
  assert.deepEqual(said(both, 'consumed'), [{ count: 2 }]);
  assert.deepEqual(said(both, 'early'), [{ notes: [wordKey(unshown.id)] }]);
  assert.ok(keys(both).includes('hidSpent'));
  const open = describe({ account: bob, block: made.block, notes: [{ note: unshown }] });
  assert.ok(!keys(open).includes('hidSpent'));
  // A new account's slots are made.
  assert.deepEqual(
    both.storage.map(({ name, operation, kind }) => [name, operation, kind]),
    [['kiln::auth::key', 'create', 'value']],
  );
});

test('consuming a public note: everybody can compute its nullifier', () => {
  const { metadata, assets, recipient } = p2id(alice.id, bob.id, [coins(1n)]);
  const note = new Note({ metadata: { ...metadata, type: 'public' }, assets, recipient });
  const told = describe({ account: bob, ...blockWith([note]) });
  assert.deepEqual(said(told, 'consumedPublic'), [{ notes: [wordKey(note.id)] }]);
  for (const key of ['hidSpent', 'hidRecipient', 'early']) assert.ok(!keys(told).includes(key), key);
});

test('notes that tell more: public ones, attachments, tags of some bits', () => {
  const of = (tag: number, serial: bigint): Note => {
    const plainNote = p2id(alice.id, bob.id, [coins(1n)], serial);
    return new Note({ ...plainNote, metadata: { ...plainNote.metadata, tag } });
  };
  const notes = [
    of(accountTag(bob.id), 1n),
    of(accountTag(bob.id, 0), 2n),
    of(accountTag(bob.id, 32), 3n),
    of(1 << 20, 4n),
  ];
  const first = new Note({ ...notes[0], metadata: { ...notes[0].metadata, type: 'public' } });
  const made = [first, ...notes.slice(1)];
  const inputs = {
    account: alice,
    block,
    script: sending(made),
    recipients: made.map(({ recipient }) => recipient),
  };
  const told = describe(inputs);
  assert.deepEqual(said(told, 'notePublic'), [{ note: wordKey(first.id) }]);
  const tags = told.facts.flatMap((each) => (each.key === 'tag' ? [each.params] : []));
  assert.equal(tags.length, 4);
  // As many bits as the tag agrees with, which may be more than were meant.
  assert.ok(tags[0].bits >= 14 && tags[0].oneIn === 2 ** (tags[0].bits - 1));
  assert.deepEqual(
    tags.slice(1).map(({ bits }) => bits),
    [0, 32, 12],
  );
  assert.equal(tags[1].oneIn, 1);

  const attaching = script(
    `push.[${first.recipient.digest.join(', ')}] push.0.7 call.wallet::create_note dropw drop drop
    push.[1, 2, 3, 4] mem_storew_le.0 dropw push.0.0.1.9 exec.output_note::add_words`,
    ['kiln::standards::wallet', 'kiln::protocol::output_note'],
  );
  const attached = describe({ account: alice, block, script: attaching });
  assert.deepEqual(said(attached, 'attachment'), [{ note: attached.made[0].id, count: 1 }]);
});

test('a note whose storage its script would stop at, and one of a script that nobody here knows', () => {
  const { metadata, assets, recipient } = p2id(alice.id, bob.id, [coins(1n)]);
  const own = script('push.5 drop');
  const cases = [
    [new NoteRecipient([9n, 9n, 9n, 9n], recipient.script, []), { kind: 'unusable', name: 'P2ID' }],
    [
      new NoteRecipient([9n, 9n, 9n, 9n], recipient.script, [1n, 2n, 3n, 4n]),
      { kind: 'unusable', name: 'P2ID' },
    ],
    [new NoteRecipient([9n, 9n, 9n, 9n], own), { kind: 'custom', root: wordKey(own.root) }],
  ] as const;
  for (const [other, expected] of cases) {
    const made = new Note({ metadata, assets, recipient: other });
    const [described] = describe({
      account: alice,
      block,
      script: sending([made]),
      recipients: [other],
    }).made;
    assert.deepEqual(described.script, expected);
    assert.ok(!('to' in described));
  }
});

test('standard notes say what they do', () => {
  const p2ide = p2ideNote(kernel, {
    ...{ sender: alice.id, target: bob.id, assets: [coins(1n)], reclaim: 9, unlock: 4 },
    serial: [1n, 2n, 3n, 4n],
    salt: [5n, 6n],
  });
  const told = describe({ account: alice, block, script: sending([p2ide]), recipients: [p2ide.recipient] });
  assert.equal(told.made[0].to, bob.id.toString());
  assert.deepEqual(told.made[0].script, { kind: 'P2IDE', reclaim: 9, unlock: 4 });
});

test('an offer to swap is for nobody in particular, and its tag says what it is', () => {
  const swap = swapNote(kernel, {
    ...{ sender: alice.id, offered: coins(5n), requested: Asset.fungible(bob.id, 2n) },
    serial: [1n, 2n, 3n, 4n],
    payback: { type: 'private', serial: [5n, 6n, 7n, 8n], salt: [1n, 2n] },
  }).note;
  const tagged = new Note({ ...swap, metadata: { ...swap.metadata, tag: 0 } });
  const told = (note: Note) =>
    describe({ account: alice, block, script: sending([note]), recipients: [note.recipient] });
  const offered = told(swap);
  assert.equal(offered.made[0].script.kind, 'SWAP');
  assert.deepEqual(said(offered, 'tagSwap'), [{ notes: [wordKey(swap.id)] }]);
  assert.deepEqual(said(offered, 'tag'), []);
  assert.ok(!keys(offered).includes('hidRecipient'));
  assert.deepEqual(said(told(tagged), 'tag'), [{ notes: [wordKey(tagged.id)], bits: 0, oneIn: 1 }]);
});

test('an issuer: what is minted, burned and set, and all of it public', () => {
  const owner = alice.id;
  const roots = ['mint::main', 'burn::main', 'settings::from_owner'].map((name) =>
    procedure(kernel.standards, `::kiln::standards::${name}`),
  );
  const auth = networkAuthComponent(kernel, { noteScripts: roots, txScripts: [] });
  const issuer = accountOf([...coinFaucet({ owner }), networkSettingsComponent(kernel)], {
    auth,
    type: 'public',
  });
  const unit = (amount: string) => ({ faucet: issuer.id.toString(), kind: 'fungible' as const, amount });
  const minted = coinsOf(issuer, 8n);
  const { recipient } = p2id(issuer.id, bob.id, [minted]);
  const mint = mintNote(kernel, {
    sender: owner,
    serial: [1n, 0n, 0n, 1n],
    asset: minted,
    recipient,
    type: 'private',
    tag: 0,
  });
  const first = transact(issuer, { notes: [mint] });
  const told = plain(describeTransaction(first, kernel));
  assert.deepEqual(told.minted, [unit('8')]);
  assert.deepEqual(told.burned, []);
  assert.deepEqual(told.consumed[0].script, { kind: 'MINT', asset: unit('8'), type: 'private', tag: 0 });
  assert.deepEqual(said(told, 'accountPublic'), [{ account: issuer.id.toString() }]);
  assert.ok(keys(told).includes('accountNew') && !keys(told).includes('hidState'));
  assert.deepEqual(said(told, 'elsewhere'), [{ keys: false }]);

  const burn = burnNote(kernel, { sender: owner, serial: [2n, 0n, 0n, 1n], asset: coinsOf(issuer, 3n) });
  const calls = [settingsCalls(kernel).setMaxSupply(1_000n)];
  const set = settingsNote(kernel, { sender: owner, target: issuer.id, serial: [3n, 0n, 0n, 1n] }, calls);
  const later = plain(describeTransaction(transact(first.account, { notes: [burn, set] }), kernel));
  assert.deepEqual(later.burned, [unit('3')]);
  assert.deepEqual(later.consumed[0].script, { kind: 'BURN', asset: unit('3') });
  assert.deepEqual(later.consumed[1].script, { kind: 'SETTINGS', settings: ['setMaxSupply'] });
  const [token] = later.storage;
  assert.ok(token.kind === 'value' && token.name === 'kiln::faucet::token' && token.before !== token.after);
});

test('other accounts that were asked are named', () => {
  const oracle = componentOf(
    'use ::kiln::protocol::account\npub proc answer exec.account::get_id drop drop end',
  );
  const other = wallet([], { component: oracle, slots: [], auth: 'none', seed: 7 });
  const known = foreignIn([other]);
  const root = procedure(oracle, '::component::answer');
  const { suffix, prefix } = other.id;
  const asking = script(
    `padw padw padw padw push.[${root.join(', ')}] push.${prefix} push.${suffix} exec.tx::execute_foreign_procedure dropw dropw dropw dropw`,
    ['kiln::protocol::tx'],
  );
  const { block: reference } = blockWith([], { accountRoot: known.accountRoot });
  const told = describe({ account: alice, block: reference, foreign: known.foreign, script: asking });
  assert.deepEqual(told.consulted, [other.id.toString()]);
});

test('a fee is a fact of its own', () => {
  const { value, id: feeAsset } = coins(1n);
  const config = {
    feeAsset,
    ...{ transactionKernel: value, batchKernel: value, blockKernel: value, proofs: value },
  };
  const charging = blockWith([], { baseFee: 3, protocolConfig: protocolConfigCommitment(config) });
  const note = p2id(alice.id, bob.id, [coins(1n)]);
  const inputs = { account: alice, block: charging.block, config, script: sending([note]) };
  const told = describe({ ...inputs, recipients: [note.recipient] });
  assert.deepEqual(
    told.made.map(({ script: { kind } }) => kind),
    ['P2ID', 'TX_FEE'],
  );
  const [, fee] = told.made;
  assert.ok(BigInt(fee.assets[0].amount) > 0n);
  assert.deepEqual(said(told, 'fee'), [{ note: fee.id, assets: fee.assets }]);
  assert.deepEqual(said(told, 'notePublic'), []);
  assert.deepEqual(said(told, 'tag').length, 1);
  assert.deepEqual(said(told, 'created'), [{ count: 2, sender: alice.id.toString() }]);
});

const MAP = 'kiln::map';
const component = componentOf(`
use ::kiln::protocol::account
pub proc set exec.account::set_map_item end
pub proc upgrade exec.account::upgrade end`);

test('entries of maps before and after, and code that becomes another', () => {
  const key: Word = [1n, 2n, 3n, 4n];
  const [before, after]: [Word, Word] = [
    [5n, 0n, 0n, 0n],
    [6n, 0n, 0n, 0n],
  ];
  const map = new StorageMap([[key, before]]);
  const keeper = wallet([], { auth: 'none', component, slots: [{ name: MAP, kind: 'map', map }] });
  const { suffix, prefix } = slotId(MAP);
  const push = (word: Word) => `push.[${word.join(', ')}]`;
  const upgrade = AccountCode.of(AUTH.none, [procedure(component, '::component::set')], keeper.code.forests);
  const body = `${push(after)} ${push(key)} push.${prefix} push.${suffix} call.component::set dropw dropw dropw
    padw ${push(upgrade.commitment)} call.component::upgrade dropw dropw`;
  const told = describe({
    account: keeper,
    block,
    upgrade,
    script: script(body, ['component'], [component]),
  });
  assert.deepEqual(told.storage, [
    {
      name: MAP,
      kind: 'map',
      operation: 'update',
      entries: [{ key: wordKey(key), before: wordKey(before), after: wordKey(after) }],
    },
  ]);
  assert.deepEqual(told.upgrade, {
    before: wordKey(keeper.code.commitment),
    after: wordKey(upgrade.commitment),
    procedures: 2,
  });
});

test('a dry run is described as the transaction is, but for the id', () => {
  const note = p2id(alice.id, bob.id, [coins(40n)]);
  const inputs = { account: alice, block, script: sending([note]), recipients: [note.recipient] };
  const simulated = plain(describeTransaction(dryRun(kernel, inputs).effects, kernel));
  const { id: _, ...real } = plain(
    describeTransaction(executeTransaction(kernel, inputs, { secret: () => SECRET }), kernel),
  );
  assert.deepEqual(simulated, real);
});
