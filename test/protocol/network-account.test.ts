import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Word } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteAttachments } from '../../core/protocol/note/note-attachments.ts';
import { accessComponent } from '../../core/protocol/standards/access.ts';
import { burnNote } from '../../core/protocol/standards/burn.ts';
import { expirationScript } from '../../core/protocol/standards/expiration.ts';
import { readFaucet } from '../../core/protocol/standards/faucet.ts';
import { mintNote } from '../../core/protocol/standards/mint.ts';
import {
  isNetworkNote,
  networkAuthComponent,
  networkSettingsComponent,
  networkTarget,
  readNetworkAccount,
  readNetworkNote,
} from '../../core/protocol/standards/network-account.ts';
import { acceptOwnershipNote, settingsCalls, settingsNote } from '../../core/protocol/standards/settings.ts';
import { standardNoteScript } from '../../core/protocol/standards/standards.ts';
import { walletComponent } from '../../core/protocol/standards/wallet.ts';
import { accountOf, coinFaucet, coins, refuses, transact } from './issuers.ts';
import { kernel, newAccount, p2id, script } from './transactions.ts';

const [alice, bob] = [3, 2].map((seed) => newAccount({ seed }).id);
const root = (name: string): Word => standardNoteScript(kernel, name).root;
const [MINT, BURN, SETTINGS, ACCEPT] = [
  'mint::main',
  'burn::main',
  'settings::from_owner',
  'settings::accept_ownership',
].map(root);
const nothing = script('push.0 drop');
const expiring = script('push.9 exec.tx::update_expiration_delta', ['kiln::protocol::tx']);
const lists = { noteScripts: [MINT, BURN, SETTINGS, ACCEPT], txScripts: [nothing.root, expiring.root] };
const auth = networkAuthComponent(kernel, lists);
const components = [...coinFaucet({ owner: alice }), networkSettingsComponent(kernel)];
const fresh = accountOf(components, { auth, type: 'public' });
const calls = settingsCalls(kernel);

const minting = (faucet: Account, amount: bigint, n = 1n): Note => {
  const asset = coins(faucet, amount);
  const { recipient } = p2id(faucet.id, bob, [asset], n);
  const serial: Word = [n, 0n, 0n, 1n];
  return mintNote(kernel, { sender: bob, serial, asset, recipient, type: 'private', tag: 0 });
};
const settings = (sender: typeof alice, n: bigint, ...list: Parameters<typeof settingsNote>[2][number][]) =>
  settingsNote(kernel, { sender, target: fresh.id, serial: [n, 0n, 0n, 2n] }, list);
const supply = (account: Account) => readFaucet(kernel, account)?.token?.supply;
const first = transact(fresh, { notes: [minting(fresh, 5n)] }).account;

test('an issuer that nobody owns alone: everybody mints and burns by notes, and nobody has to be there', () => {
  assert.equal(supply(first), 5n);
  const burn = burnNote(kernel, { sender: bob, serial: [7n, 0n, 0n, 0n], asset: coins(first, 2n) });
  const both = transact(first, { notes: [minting(first, 6n, 2n), burn] });
  assert.equal(supply(both.account), 9n);
  assert.equal(both.account.nonce, 2n);
  // Of a public account everybody can follow the state.
  assert.deepEqual(first.apply(both.patch).commitment, both.account.commitment);
});

test('a note whose script is not listed is not consumed, among others either', () => {
  const stranger = p2id(alice, first.id, [coins(first, 1n)]);
  const wallet = accountOf([walletComponent(kernel), ...components], { auth, type: 'public' });
  const paid = p2id(alice, wallet.id, []);
  refuses(/does not list the script of a note/, () => transact(wallet, { notes: [paid] }));
  refuses(/does not list the script of a note/, () =>
    transact(wallet, { notes: [minting(wallet, 1n), paid] }),
  );
  assert.throws(() => transact(first, { notes: [stranger] }));
});

test("a transaction's script that is not listed is not run", () => {
  const notes = [minting(first, 1n, 3n)];
  transact(first, { notes, script: nothing });
  transact(first, { notes, script: expiring });
  const other = script('push.1 drop push.2 drop');
  refuses(/does not list the transaction's script/, () => transact(first, { notes, script: other }));
});

test('a transaction that changes nothing is refused', () => {
  const none = /has no effect/;
  refuses(none, () => transact(first, {}));
  refuses(none, () => transact(first, { script: nothing }));
  // A new account begins with nothing.
  assert.equal(transact(fresh, {}).account.nonce, 1n);
});

test('a listed script may change, make or move something without a note', () => {
  const text = `push.[1,2,3,4] push.0.0 call.wallet::create_note dropw dropw`;
  const making = script(text, ['kiln::standards::wallet']);
  const wallet = accountOf([walletComponent(kernel)], {
    auth: networkAuthComponent(kernel, { noteScripts: [], txScripts: [making.root] }),
    type: 'public',
  });
  const begun = transact(wallet, {}).account;
  assert.equal(transact(begun, { script: making }).outputs.length, 1);
  // A setting without an owner is for whoever authentication lets.
  const { procedure } = calls.allowNoteScript(MINT);
  const changing = script(`push.[${MINT.join()}] call.network_settings::allow_note_script dropw`, [
    'kiln::standards::auth::network_settings',
  ]);
  const open = accountOf([accessComponent(kernel), networkSettingsComponent(kernel)], {
    auth: networkAuthComponent(kernel, { noteScripts: [], txScripts: [changing.root] }),
    type: 'public',
  });
  assert.ok(open.code.has(procedure));
  const changed = transact(transact(open, {}).account, { script: changing }).account;
  assert.deepEqual(readNetworkAccount(kernel, changed)?.noteScripts, [MINT]);
  refuses(/has no effect/, () => transact(changed, { script: changing }));
});

test('whoever runs an account may let the transaction expire, if nothing else is said', () => {
  const auth = networkAuthComponent(kernel, { noteScripts: [MINT] });
  const account = accountOf(coinFaucet(), { auth, type: 'public' });
  const script = expirationScript(kernel, 7);
  assert.deepEqual(readNetworkAccount(kernel, account)?.txScripts, [script.root]);
  const done = transact(account, { notes: [minting(account, 1n)], script });
  assert.equal(done.expirationBlock, 3 + 7);
});

test('a private account cannot be run by anybody', () => {
  refuses(/that anybody runs is public/, () => transact(accountOf(components, { auth }), {}));
});

test('what a transaction lists does not count for itself', () => {
  // Without an owner, what a script is let to do is for authentication to say.
  const opening = script(`dropw push.[${MINT.join()}] call.network_settings::allow_note_script dropw`, [
    'kiln::standards::auth::network_settings',
  ]);
  const open = accountOf([...coinFaucet(), networkSettingsComponent(kernel)], {
    auth: networkAuthComponent(kernel, { noteScripts: [], txScripts: [opening.root] }),
    type: 'public',
  });
  refuses(/does not list the script of a note/, () =>
    transact(open, { notes: [minting(open, 1n)], script: opening }),
  );
  const listed = transact(open, { script: opening }).account;
  assert.equal(supply(transact(listed, { notes: [minting(open, 1n)] }).account), 1n);
});

test('what a transaction takes off the list counts for itself', () => {
  const after = transact(first, {
    notes: [settings(alice, 1n, calls.forbidNoteScript(MINT)), minting(first, 1n, 4n)],
  }).account;
  refuses(/does not list the script of a note/, () => transact(after, { notes: [minting(after, 1n, 5n)] }));
});

test("the owner's notes change what is listed; those of others do not", () => {
  const other: Word = [1n, 2n, 3n, 4n];
  const note = settings(
    alice,
    2n,
    calls.allowNoteScript(other),
    calls.forbidNoteScript(BURN),
    calls.allowTxScript(other),
    calls.forbidTxScript(nothing.root),
    calls.forbidTxScript(nothing.root),
  );
  const read = readNetworkAccount(kernel, transact(first, { notes: [note] }).account)!;
  const keys = (roots: readonly Word[]) => roots.map((each) => each.join()).sort();
  assert.deepEqual(keys(read.noteScripts), keys([MINT, SETTINGS, ACCEPT, other]));
  assert.deepEqual(keys(read.txScripts), keys([expiring.root, other]));
  for (const call of [
    calls.allowNoteScript(other),
    calls.forbidNoteScript(BURN),
    calls.allowTxScript(other),
    calls.forbidTxScript(nothing.root),
  ])
    refuses(/made by another account/, () => transact(first, { notes: [settings(bob, 3n, call)] }));
});

test('notes say which account is to consume them', () => {
  const note = minting(first, 1n, 6n);
  const said = readNetworkNote(note)!;
  assert.ok(said.target.equals(first.id));
  assert.deepEqual(said.hint, { kind: 'always' });
  assert.ok(isNetworkNote(settings(alice, 4n, calls.renounceOwnership())));
  const accepting = { sender: bob, target: first.id, serial: [1n, 2n, 3n, 4n] } as const;
  assert.ok(isNetworkNote(acceptOwnershipNote(kernel, accepting)));
  const { recipient, metadata, assets } = note;
  const attached = (words: readonly Word[], scheme = 2, type: 'private' | 'public' = 'public') =>
    new Note({
      recipient,
      assets,
      metadata: { ...metadata, type },
      attachments: new NoteAttachments([{ scheme, words }]),
    });
  const { suffix, prefix } = first.id;
  const word: Word = [suffix, prefix, (9n << 8n) | 2n, 0n];
  assert.deepEqual(readNetworkNote(attached([word]))?.hint, { kind: 'from-block', block: 9 });
  for (const other of [
    attached([word], 2, 'private'),
    attached([word], 3),
    attached([word, word]),
    attached([[suffix, prefix, 1n, 1n]]),
    attached([[suffix + 1n, prefix, 1n, 0n]]),
    attached([[bob.suffix, bob.prefix, 1n, 0n]]),
  ])
    assert.ok(!isNetworkNote(other));
  refuses(/Only a public account/, () => networkTarget({ target: bob, hint: { kind: 'none' } }));
  assert.equal(readNetworkAccount(kernel, newAccount()), undefined);
});
