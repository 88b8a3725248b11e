import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordKey, wordsEqual } from '../../core/hash/word.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import { accountTag } from '../../core/protocol/note/note-tag.ts';
import { KEY_SLOT, keyAuthComponent } from '../../core/protocol/standards/auth-key.ts';
import { noAuthComponent } from '../../core/protocol/standards/auth-none.ts';
import { knownNote } from '../../core/protocol/standards/known-scripts.ts';
import { p2idNote, readP2id } from '../../core/protocol/standards/p2id.ts';
import { p2ideNote, readP2ide } from '../../core/protocol/standards/p2ide.ts';
import { standardProcedure } from '../../core/protocol/standards/standards.ts';
import { walletComponent } from '../../core/protocol/standards/wallet.ts';
import { kernel, newAccount } from './transactions.ts';

const [sender, target, faucet] = [1, 2, 3].map((seed) => newAccount({ seed }).id);
const common = {
  sender,
  target,
  serial: [1n, 2n, 3n, 4n],
  salt: [5n, 6n],
  assets: [Asset.fungible(faucet, 7n)],
} as const;

test('components have their procedures, their slots and no code but their own', () => {
  const wallet = walletComponent(kernel);
  assert.equal(wallet.procedures.length, 4);
  assert.equal(wallet.auth, undefined);
  const key = keyAuthComponent(kernel, [1n, 2n, 3n, 4n]);
  assert.deepEqual(key.auth, standardProcedure(kernel, 'auth::key::authenticate'));
  assert.deepEqual(key.slots, [{ name: KEY_SLOT, kind: 'value', value: [1n, 2n, 3n, 4n] }]);
  const whole = kernel.standards.forest.nodes.length;
  for (const { forests, name } of [wallet, key, noAuthComponent(kernel)])
    assert.ok(forests.length === 1 && forests[0].nodes.length < whole / 2, name);
  assert.equal(walletComponent(kernel).forests[0], wallet.forests[0], 'made once');
  assert.throws(() => standardProcedure(kernel, 'wallet::nothing'), RangeError);
});

test('a note for someone says so to whoever knows its script and storage', () => {
  const note = p2idNote(kernel, common);
  assert.equal(note.metadata.tag, accountTag(target));
  assert.equal(note.metadata.type, 'private');
  assert.ok(readP2id(kernel, note.recipient)!.target.equals(target));
  assert.equal(readP2ide(kernel, note.recipient), undefined);
  assert.equal(knownNote(kernel, note.recipient.script.root), 'P2ID');
  assert.equal(knownNote(kernel, [1n, 2n, 3n, 4n]), undefined);
  // It is read back whole from few bytes.
  const bytes = note.toBytes();
  assert.ok(bytes.length < 4000);
  assert.ok(wordsEqual(Note.fromBytes(bytes).id, note.id));
});

test('heights of a note that is locked or can be taken back', () => {
  const read = (heights: { reclaim?: number; unlock?: number }) =>
    readP2ide(kernel, p2ideNote(kernel, { ...common, ...heights }).recipient);
  assert.deepEqual(read({}), { target });
  assert.deepEqual(read({ reclaim: 5, unlock: 2 ** 32 - 1 }), { target, reclaim: 5, unlock: 2 ** 32 - 1 });
  assert.equal(knownNote(kernel, p2ideNote(kernel, common).recipient.script.root), 'P2IDE');
  for (const bad of [-1, 0.5, 2 ** 32])
    assert.throws(() => p2ideNote(kernel, { ...common, unlock: bad }), ProtocolError);
});

test('storage that says nothing is no note for anybody', () => {
  const of = ({ recipient }: Note, storage: readonly bigint[]) =>
    new NoteRecipient(recipient.serial, recipient.script, storage);
  const { suffix, prefix } = target;
  const p2id = p2idNote(kernel, common);
  for (const storage of [[], [suffix, prefix], [1n, 2n, 3n, 4n], [suffix, prefix, 0n, 0n, 0n]])
    assert.equal(readP2id(kernel, of(p2id, storage)), undefined);
  const p2ide = p2ideNote(kernel, common);
  for (const storage of [[], [1n, 2n, 0n, 0n, 0n, 0n], [suffix, prefix, 2n ** 32n, 0n, 0n, 0n]])
    assert.equal(readP2ide(kernel, of(p2ide, storage)), undefined);
});

test('the same script however its code came', () => {
  const { root, forests } = p2idNote(kernel, common).recipient.script;
  assert.equal(wordKey(root), wordKey(standardProcedure(kernel, 'p2id::main')));
  assert.equal(p2idNote(kernel, common).recipient.script.forests, forests);
});
