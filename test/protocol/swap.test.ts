import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_WORD, type Word, wordsEqual } from '../../core/hash/word.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountCode } from '../../core/protocol/account/account-code.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { describeTransaction } from '../../core/protocol/describe.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteAssets } from '../../core/protocol/note/note-assets.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import { accountTag } from '../../core/protocol/note/note-tag.ts';
import { knownNote } from '../../core/protocol/standards/known-scripts.ts';
import { readP2id } from '../../core/protocol/standards/p2id.ts';
import { sendingNotes } from '../../core/protocol/standards/send-notes.ts';
import { standardProcedure } from '../../core/protocol/standards/standards.ts';
import { readSwap, SWAP, swapNote, swapTag } from '../../core/protocol/standards/swap.ts';
import { transactionData } from '../../core/protocol/transaction/executed-transaction.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, script, wallet } from './transactions.ts';

const [gold, silver] = [9, 8].map((seed) => newAccount({ seed }).id);
const coins = (amount: bigint) => Asset.fungible(gold, amount);
const grains = (amount: bigint) => Asset.fungible(silver, amount);
const jewel = Asset.unique(silver, Uint8Array.of(1));
const alice = wallet([coins(100n)]);
const bob = wallet([grains(70n), jewel], { seed: 2 });

const PRIVATE = { type: 'private', serial: [5n, 6n, 7n, 8n], salt: [9n, 10n] } as const;
const PUBLIC = { type: 'public' } as const;
const offer = (payback: typeof PRIVATE | typeof PUBLIC, requested: Asset = grains(30n)) =>
  swapNote(kernel, { sender: alice.id, serial: [1n, 2n, 3n, 4n], offered: coins(40n), requested, payback });

const run = (inputs: TransactionInputs) => executeTransaction(kernel, inputs, { secret: () => SECRET });
const take = (note: Note, taker: Account = bob, recipients: readonly NoteRecipient[] = []) =>
  run({ account: taker, ...blockWith([note]), recipients });
const refuses = (why: RegExp, act: () => unknown): void =>
  assert.throws(
    act,
    (error) => error instanceof ProtocolError && why.test(`${error.message} ${error.details}`),
  );

/** The offer with another storage. */
const storing = (note: Note, change: (storage: bigint[]) => readonly bigint[]): Note =>
  new Note({
    ...note,
    recipient: new NoteRecipient(
      note.recipient.serial,
      note.recipient.script,
      change([...note.recipient.storage]),
    ),
  });

for (const payback of [PRIVATE, PUBLIC]) {
  test(`two assets are swapped, the maker is paid in a ${payback.type} note`, () => {
    const made = offer(payback);
    const offered = run({ account: alice, block: blockWith().block, ...sendingNotes(kernel, [made.note]) });
    assert.deepEqual(offered.outputs[0].note.id, made.note.id);
    assert.equal(offered.account.vault.amountOf(coins(1n).id), 60n);

    const [described] = describeTransaction(offered, kernel).made;
    const { type, tag } = made.payback(bob.id).metadata;
    const asset = { faucet: silver.toString(), kind: 'fungible', amount: '30' };
    assert.deepEqual(described.script, { kind: 'SWAP', asset, type, tag });

    const read = readSwap(kernel, made.note.recipient)!;
    const known = read.type === 'public' ? [read.recipient] : [];
    const taken = take(made.note, bob, known);
    assert.equal(taken.account.vault.amountOf(coins(1n).id), 40n);
    assert.equal(taken.account.vault.amountOf(grains(1n).id), 40n);
    const paid = made.payback(bob.id);
    assert.deepEqual(
      taken.outputs.map(({ note }) => note.id),
      [paid.id],
    );
    assert.equal(paid.metadata.type, payback.type);
    // What is public is published whole.
    assert.equal(taken.outputs[0].kind, payback.type === 'public' ? 'full' : 'partial');
    assert.equal(transactionData(taken).outputs.length, 1);

    const back = run({ account: offered.account, ...blockWith([paid]) });
    assert.equal(back.account.vault.amountOf(grains(1n).id), 30n);
    assert.equal(back.account.vault.amountOf(coins(1n).id), 60n);
  });
}

test('a unique asset is asked for', () => {
  const made = offer(PRIVATE, jewel);
  const { account, outputs } = take(made.note);
  assert.equal(account.vault.get(jewel.id), undefined);
  assert.deepEqual(outputs[0].note.id, made.payback(bob.id).id);
  refuses(/not there/, () => take(made.note, wallet([grains(70n)], { seed: 2 })));
});

test('who has not what is asked for, or less of it, takes nothing', () => {
  const { note } = offer(PRIVATE);
  for (const assets of [[], [grains(29n)], [jewel], [coins(30n)]])
    refuses(/not enough of the asset/, () => take(note, wallet(assets, { seed: 2 })));
  assert.equal(take(note, wallet([grains(30n)], { seed: 2 })).account.vault.amountOf(grains(1n).id), 0n);
});

test('what came can pay', () => {
  const { note } = offer(PRIVATE, coins(30n));
  assert.equal(take(note, wallet([], { seed: 2 })).account.vault.amountOf(coins(1n).id), 10n);
});

test('a note to swap carries one asset', () => {
  const { note } = offer(PRIVATE);
  for (const list of [[], [coins(1n), grains(1n)]])
    refuses(/carries one asset/, () => take(new Note({ ...note, assets: new NoteAssets(list) })));
});

test('storage that is not what the script expects', () => {
  const { note } = offer(PRIVATE);
  const stored = (change: (storage: bigint[]) => readonly bigint[], why: RegExp) =>
    refuses(why, () => take(storing(note, change)));
  stored((all) => all.slice(0, 15), /not what its script expects/);
  stored((all) => [...all, 0n], /not what its script expects/);
  stored((all) => all.with(12, 2n), /private or public/);
  stored((all) => all.with(13, 2n ** 32n), /tag is not below/);
  stored((all) => all.with(4, 0n), /of nothing/);
  stored((all) => all.with(5, 1n), /one number/);
  stored((all) => all.with(2, all[2] + 2n), /version or composition/);
});

test('the note that pays is what its maker expects, whatever else is done', () => {
  const { note } = offer(PRIVATE);
  // Another note's script would put a coin into it: nobody could tell what it carries.
  const meddling = script(
    `dropw push.0 push.[${coins(1n).value.join(', ')}] push.[${coins(1n).id.word.join(', ')}] exec.output_note::add_asset`,
    ['kiln::protocol::output_note'],
  );
  const meddler = new Note({
    ...p2id(gold, bob.id, [coins(1n)]),
    recipient: new NoteRecipient(EMPTY_WORD, meddling),
  });
  refuses(/the note is sealed/, () => run({ account: bob, ...blockWith([note, meddler]) }));
});

test('only a wallet can take an offer', () => {
  const { id, nonce, code, storage, vault } = bob;
  for (const missing of ['receive_asset', 'create_note', 'move_asset_to_note']) {
    const root = standardProcedure(kernel, `wallet::${missing}`);
    const rest = code.procedures.slice(1).filter((each) => !wordsEqual(each, root));
    const less = AccountCode.of(code.procedures[0], rest, code.forests);
    const other = new Account({ id, nonce, code: less, storage, vault });
    refuses(/only the account's own procedures/, () => take(offer(PRIVATE).note, other));
  }
});

test('what an offer says can be read, of an offer only', () => {
  const [hidden, open] = [PRIVATE, PUBLIC].map((payback) => offer(payback));
  const { recipient } = hidden.note;
  assert.equal(knownNote(kernel, recipient.script.root), 'SWAP');
  assert.deepEqual(readSwap(kernel, recipient), {
    requested: grains(30n),
    tag: accountTag(alice.id),
    type: 'private',
    recipient: hidden.payback(bob.id).recipient.digest,
  });
  const shown = readSwap(kernel, open.note.recipient)!;
  assert.ok(shown.type === 'public' && shown.target.equals(alice.id));
  assert.deepEqual(shown.recipient.digest, open.payback(bob.id).recipient.digest);
  assert.ok(readP2id(kernel, shown.recipient)!.target.equals(alice.id));

  assert.equal(readSwap(kernel, p2id(alice.id, bob.id, []).recipient), undefined);
  const unread = (note: Note, change: (storage: bigint[]) => readonly bigint[]) =>
    assert.equal(readSwap(kernel, storing(note, change).recipient), undefined);
  unread(hidden.note, (all) => all.slice(1));
  unread(hidden.note, (all) => all.with(4, 0n));
  unread(hidden.note, (all) => all.with(12, 2n));
  unread(hidden.note, (all) => all.with(13, 2n ** 32n));
  unread(hidden.note, (all) => all.with(14, 1n));
  unread(open.note, (all) => all.with(8, 1n));
  unread(open.note, (all) => all.with(15, 0n));
});

test('serial numbers of public payments do not leave the field', () => {
  const last: Word = [2n ** 64n - 2n ** 32n, 2n, 3n, 4n];
  const made = swapNote(kernel, {
    ...{ sender: alice.id, serial: last, offered: coins(1n), requested: grains(1n), payback: PUBLIC },
  });
  const { outputs } = take(made.note, bob, [made.payback(bob.id).recipient]);
  assert.deepEqual(outputs[0].note.id, made.payback(bob.id).id);
});

test('tags tell offers of one asset for another', () => {
  const tag = swapTag(kernel, 'private', coins(1n), grains(1n));
  assert.equal(offer(PRIVATE).note.metadata.tag, tag);
  assert.equal(tag & 0xff, Number(silver.prefix >> 56n));
  assert.equal((tag >> 8) & 0xff, Number(gold.prefix >> 56n));
  // Fifteen bits of the script's root: its first byte, and seven bits of the second.
  const [first] = standardProcedure(kernel, SWAP);
  const bytes = [Number(first & 0xffn), Number((first >> 8n) & 0xffn)];
  assert.equal(tag >>> 16, bytes[0] * 128 + Math.floor(bytes[1] / 2));
  assert.equal(swapTag(kernel, 'public', coins(1n), grains(1n)), tag + 2 ** 31);
});
