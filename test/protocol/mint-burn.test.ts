import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Felt } from '../../core/field/felt.ts';
import { type Word, wordsEqual } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { Limit } from '../../core/protocol/limits.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteAssets } from '../../core/protocol/note/note-assets.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import { burnNote, readBurn } from '../../core/protocol/standards/burn.ts';
import { readFaucet } from '../../core/protocol/standards/faucet.ts';
import { mintedRecipient, mintNote, readMint } from '../../core/protocol/standards/mint.ts';
import { isNetworkNote } from '../../core/protocol/standards/network-account.ts';
import { accountOf, aged, coinFaucet, coins, jewel, jewelFaucet, refuses, transact } from './issuers.ts';
import { kernel, newAccount, p2id, script } from './transactions.ts';

const [alice, bob] = [3, 2].map((seed) => newAccount({ seed }).id);
const coinIssuer = accountOf(coinFaucet());
const jewelIssuer = accountOf(jewelFaucet());
const serial: Word = [1n, 2n, 3n, 4n];

/** A MINT note for a P2ID note to bob. */
function minting(asset: Asset, type: 'private' | 'public', tag = 77) {
  const { recipient } = p2id(asset.id.faucet, bob, [asset]);
  return { recipient, note: mintNote(kernel, { sender: alice, serial, asset, recipient, type, tag }) };
}
/** The same note with other storage. */
const storing = ({ recipient, ...note }: Note, storage: readonly Felt[]) =>
  new Note({ ...note, recipient: new NoteRecipient(recipient.serial, recipient.script, storage) });
const changed = (note: Note, at: number, value: Felt) =>
  storing(
    note,
    note.recipient.storage.map((old, i) => (i === at ? value : old)),
  );
const consume = (account: Account, note: Note, more: Partial<Omit<TransactionInputs, 'notes'>> = {}) =>
  transact(account, { ...more, notes: [note] });

for (const [issuer, asset] of [
  [coinIssuer, coins(coinIssuer, 7n)],
  [jewelIssuer, jewel(jewelIssuer)],
] as const) {
  const kind = asset.id.composition;
  test(`a MINT note has an issuer make a ${kind} asset and the note that it says`, () => {
    for (const type of ['private', 'public'] as const) {
      const { note, recipient } = minting(asset, type);
      assert.equal(note.metadata.type, 'public');
      const [made] = consume(issuer, note, { recipients: [recipient] }).outputs;
      const metadata = { sender: issuer.id, type, tag: 77 };
      const expected = new Note({ metadata, recipient, assets: new NoteAssets([asset]) });
      assert.deepEqual(made.note.id, expected.id);
      const said = readMint(kernel, note.recipient)!;
      assert.ok(said.asset.equals(asset) && said.tag === 77 && said.type === type);
      // Whoever runs the issuer needs nothing else to publish a public note.
      if (said.type === 'private') assert.deepEqual(said.recipient, recipient.digest);
      else assert.deepEqual(mintedRecipient(said, recipient.script).digest, recipient.digest);
    }
  });

  test(`a BURN note has its issuer destroy the ${kind} asset that it carries`, () => {
    const minted = consume(issuer, minting(asset, 'private').note).account;
    const note = burnNote(kernel, { sender: bob, serial, asset });
    assert.ok(readBurn(kernel, note.recipient)!.asset.equals(asset));
    const { account, outputs } = consume(minted, note);
    assert.equal(outputs.length, 0);
    assert.equal(account.vault.size, 0);
    if (kind === 'fungible') assert.equal(readFaucet(kernel, account)?.token?.supply, 0n);
    refuses(/the account's own procedures/, () =>
      consume(aged(issuer === coinIssuer ? jewelIssuer : coinIssuer), note),
    );
  });
}

test('public notes to be made may store anything that fits', () => {
  const asset = coins(coinIssuer, 1n);
  const { script: code } = p2id(coinIssuer.id, bob, []).recipient;
  for (const length of [0, 1, 3, 4, 5, 12, Limit.NOTE_STORAGE_ITEMS - 20]) {
    const storage = Array.from({ length }, (_, i) => BigInt(i + 1));
    const recipient = new NoteRecipient(serial, code, storage);
    const note = mintNote(kernel, { sender: alice, serial, asset, recipient, type: 'public', tag: 0 });
    const [made] = consume(coinIssuer, note, { recipients: [recipient] }).outputs;
    assert.equal(made.kind, 'full');
    const said = readMint(kernel, note.recipient);
    assert.ok(said?.type === 'public' && wordsEqual(mintedRecipient(said, code).digest, recipient.digest));
  }
  const recipient = new NoteRecipient(
    serial,
    code,
    Array.from({ length: 1005 }, () => 0n),
  );
  refuses(/stores more/, () =>
    mintNote(kernel, { sender: alice, serial, asset, recipient, type: 'public', tag: 0 }),
  );
});

test('a MINT note whose storage is of no form mints nothing', () => {
  const asset = coins(coinIssuer, 7n);
  const [hidden, open] = (['private', 'public'] as const).map((type) => minting(asset, type).note);
  const { storage } = hidden.recipient;
  const wrong = /is not what its script expects/;
  for (const note of [
    storing(hidden, storage.slice(0, 12)),
    storing(hidden, [...storage, 0n]),
    storing(hidden, [...storage, 0n, 0n, 0n]),
    storing(open, [...open.recipient.storage, 0n]),
    storing(open, open.recipient.storage.slice(0, -1)),
    changed(open, 17, 3n),
  ]) {
    assert.throws(() => consume(coinIssuer, note), wrong);
    assert.equal(readMint(kernel, note.recipient), undefined);
  }
  refuses(/wants more advice/, () => consume(coinIssuer, changed(open, 17, 5n)));
  for (const count of [2n ** 32n, 1005n, 2n ** 63n])
    refuses(/stores fewer elements/, () => consume(coinIssuer, changed(open, 17, count)));
  refuses(/tag is not below/, () => consume(coinIssuer, changed(hidden, 12, 2n ** 32n)));
  assert.equal(readMint(kernel, changed(hidden, 12, 2n ** 32n).recipient), undefined);
  // The asset's id, and its value.
  refuses(/issued by another account/, () => consume(coinIssuer, changed(hidden, 7, 1n)));
  refuses(/of nothing/, () => consume(coinIssuer, changed(hidden, 8, 0n)));
  assert.equal(readMint(kernel, changed(hidden, 8, 0n).recipient), undefined);
  assert.equal(readMint(kernel, p2id(alice, bob, []).recipient), undefined);
});

test('the asset of a MINT note is minted by its issuer alone', () => {
  const foreign = minting(Asset.fungible(alice, 5n), 'private').note;
  refuses(/issued by another account/, () => consume(coinIssuer, foreign));
  refuses(/the account's own procedures/, () => consume(jewelIssuer, foreign));
});

test('nobody adds to a note that was minted for', () => {
  const { note } = minting(coins(coinIssuer, 7n), 'private');
  const more = script('push.0.1.2.3.4.1 exec.output_note::add_attachment', ['kiln::protocol::output_note']);
  refuses(/the note is sealed/, () => consume(coinIssuer, note, { script: more }));
});

test('a BURN note that carries another asset than it names burns nothing', () => {
  const issuer = aged(coinIssuer, { 'kiln::faucet::token': [100n, 1000n, 6n, 1n] });
  const [asset, more, foreign] = [coins(issuer, 5n), coins(issuer, 6n), Asset.fungible(alice, 5n)];
  const note = burnNote(kernel, { sender: bob, serial, asset });
  const carrying = (...list: Asset[]) => new Note({ ...note, assets: new NoteAssets(list) });
  refuses(/another asset than the one to be burned/, () => consume(issuer, carrying(more)));
  refuses(/another asset than the one to be burned/, () => consume(issuer, carrying(foreign)));
  refuses(/carries one asset/, () => consume(issuer, carrying()));
  refuses(/carries one asset/, () => consume(issuer, carrying(asset, foreign)));
  const wrong = /is not what its script expects/;
  const { storage } = note.recipient;
  refuses(wrong, () => consume(issuer, storing(note, storage.slice(0, 7))));
  refuses(wrong, () => consume(issuer, storing(note, [...storage, 0n])));
  const other = burnNote(kernel, { sender: bob, serial, asset: foreign });
  refuses(/issued by another account/, () => consume(issuer, other));
  assert.equal(readBurn(kernel, storing(note, storage.slice(0, 7)).recipient), undefined);
  assert.equal(readBurn(kernel, changed(note, 3, 0n).recipient), undefined);
});

test('what is burned of a note cannot be had as well', () => {
  const issuer = aged(coinIssuer, { 'kiln::faucet::token': [100n, 1000n, 6n, 1n] });
  const [first, second] = [1n, 2n].map((n) =>
    burnNote(kernel, { sender: bob, serial: [n, 2n, 3n, 4n], asset: coins(issuer, 5n) }),
  );
  const done = transact(issuer, { notes: [first, second] });
  assert.equal(readFaucet(kernel, done.account)?.token?.supply, 90n);
  const { id, value } = coins(issuer, 5n);
  const again = script(
    `push.[${value.join()}] push.[${id.word.join()}] call.fungible::receive_and_burn dropw dropw`,
    ['kiln::standards::faucet::fungible'],
  );
  refuses(/not enough of the asset/, () => consume(issuer, first, { script: again }));
});

test('notes for private issuers name nobody to run them', () => {
  for (const { note } of [minting(coins(coinIssuer, 7n), 'private')]) {
    assert.equal(note.attachments.list.length, 0);
    assert.ok(!isNetworkNote(note));
  }
});
