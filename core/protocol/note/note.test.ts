import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter, FormatError } from '../../bytes.ts';
import { merge } from '../../hash/eidos.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../hash/word.ts';
import { MerkleTree } from '../../merkle/tree.ts';
import { AccountId } from '../account/account-id.ts';
import { Asset } from '../asset/asset.ts';
import { commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import * as arbitrary from '../testing/arbitrary.ts';
import { Note, nullifierPrefix } from './note.ts';
import { NoteAssets } from './note-assets.ts';
import { NoteAttachments } from './note-attachments.ts';
import { readInclusion, verifyInclusion, writeInclusion } from './note-inclusion.ts';
import { metadataFromWord, metadataWord } from './note-metadata.ts';
import { NoteRecipient } from './note-recipient.ts';
import { accountTag } from './note-tag.ts';
import { PartialNote, readNoteHeader, writeNoteHeader } from './partial-note.ts';

const isNoteError = (error: unknown) => error instanceof ProtocolError && error.kind === 'note';
const sample = <T>(generator: fc.Arbitrary<T>, seed = 1): T => fc.sample(generator, { numRuns: 1, seed })[0];

test('a note survives its bytes; its partial form has the same id', () => {
  fc.assert(
    fc.property(arbitrary.note, (note) => {
      const again = Note.fromBytes(note.toBytes());
      assert.deepEqual(again.id, note.id);
      assert.deepEqual(again.nullifier, note.nullifier);
      const partial = new PartialNote(note.metadata, note.recipient.digest, note.assets, note.attachments);
      assert.deepEqual(partial.id, note.id);
      const writer = new ByteWriter();
      partial.write(writer);
      writeNoteHeader(note.header, writer);
      const reader = new ByteReader(writer.finish(), 'note');
      assert.deepEqual(PartialNote.read(reader).id, note.id);
      assert.deepEqual(readNoteHeader(reader).details, note.header.details);
      reader.end();
    }),
    { numRuns: 30 },
  );
});

test('every part of a note is in its id and its nullifier', () => {
  fc.assert(
    fc.property(arbitrary.note, arbitrary.note, arbitrary.word, (a, b, serial) => {
      fc.pre(!a.metadata.sender.equals(b.metadata.sender) && !wordsEqual(a.recipient.serial, serial));
      const parts = {
        metadata: a.metadata,
        recipient: a.recipient,
        assets: a.assets,
        attachments: a.attachments,
      };
      const changed = [
        new Note({ ...parts, metadata: { ...a.metadata, tag: (a.metadata.tag + 1) % 2 ** 32 } }),
        new Note({ ...parts, metadata: { ...a.metadata, sender: b.metadata.sender } }),
        new Note({
          ...parts,
          metadata: { ...a.metadata, type: a.metadata.type === 'public' ? 'private' : 'public' },
        }),
        new Note({ ...parts, recipient: new NoteRecipient(serial, a.recipient.script, a.recipient.storage) }),
        new Note({
          ...parts,
          recipient: new NoteRecipient(a.recipient.serial, a.recipient.script, [...a.recipient.storage, 0n]),
        }),
        new Note({
          ...parts,
          attachments: new NoteAttachments([
            ...a.attachments.list.slice(0, 3),
            { scheme: 9, words: [serial] },
          ]),
        }),
      ];
      for (const other of changed) {
        assert.ok(!wordsEqual(other.id, a.id));
        assert.ok(!wordsEqual(other.nullifier, a.nullifier));
      }
    }),
    { numRuns: 20 },
  );
});

test('an id is no Merkle node over the same words', () => {
  const { header } = sample(arbitrary.note);
  const pair = commitPair(ProtocolDomain.NOTE_ID, header.details, EMPTY_WORD);
  assert.ok(!wordsEqual(pair, merge(header.details, EMPTY_WORD)));
});

test('metadata: the word and back; what it cannot be', () => {
  fc.assert(
    fc.property(arbitrary.metadata, arbitrary.attachments, (metadata, attachments) => {
      const word = metadataWord(metadata, attachments);
      const again = metadataFromWord(word);
      assert.ok(again.sender.equals(metadata.sender));
      assert.deepEqual({ ...again, sender: 0 }, { ...metadata, sender: 0 });
    }),
  );
  const none = new NoteAttachments();
  const metadata = sample(arbitrary.metadata);
  const [a, b, c, d] = metadataWord(metadata, none);
  const bad: Word[] = [
    [a | 0x80n, b, c, d],
    [a + 1n, b, c, d],
    [a, b, 1n << 32n, d],
  ];
  for (const word of bad) assert.throws(() => metadataFromWord(word), isNoteError);
  for (const tag of [-1, 2 ** 32, 0.5])
    assert.throws(() => metadataWord({ ...metadata, tag }, none), isNoteError);
});

test('limits of a note', () => {
  const faucet = new AccountId(0x11n, 0n);
  const many = (n: number) => Array.from({ length: n }, (_, i) => Asset.unique(faucet, Uint8Array.of(i)));
  assert.equal(new NoteAssets(many(16)).list.length, 16);
  assert.throws(() => new NoteAssets(many(17)), isNoteError);
  assert.throws(() => new NoteAssets([...many(1), ...many(1)]), isNoteError);
  const items = (n: number) => Array.from({ length: n }, () => 1n);
  const script = arbitrary.firstScript;
  assert.equal(new NoteRecipient(EMPTY_WORD, script, items(1024)).storage.length, 1024);
  assert.throws(() => new NoteRecipient(EMPTY_WORD, script, items(1025)), isNoteError);
  const words = (n: number) => Array.from({ length: n }, () => EMPTY_WORD);
  const attached = (...counts: number[]) =>
    new NoteAttachments(counts.map((n) => ({ scheme: 1, words: words(n) })));
  assert.equal(attached(256, 254, 1, 1).list.length, 4);
  assert.throws(() => attached(1, 1, 1, 1, 1), isNoteError);
  assert.throws(() => attached(257), isNoteError);
  assert.throws(() => attached(0), isNoteError);
  assert.throws(() => attached(256, 256, 1), isNoteError);
  for (const scheme of [0, 65_535, 1.5])
    assert.throws(() => new NoteAttachments([{ scheme, words: words(1) }]), isNoteError);
});

test('damaged bytes are refused, wherever the damage is', () => {
  const bytes = sample(arbitrary.note, 5).toBytes();
  for (let length = 0; length < bytes.length; length += 7)
    assert.throws(() => Note.fromBytes(bytes.subarray(0, length)), FormatError);
  assert.throws(() => Note.fromBytes(Uint8Array.of(...bytes, 0)), FormatError);
  assert.throws(() => Note.fromBytes(bytes.map((b, i) => (i === 0 ? 9 : b))), FormatError);
});

test('a note is shown to be in a block', () => {
  const id = sample(arbitrary.digest);
  const leaves = Array.from({ length: 2 ** 16 }, (): Word => EMPTY_WORD);
  leaves[1027] = id;
  const tree = new MerkleTree(leaves);
  const subCommitment = sample(arbitrary.digest, 2);
  const inclusion = {
    blockNumber: 7,
    subCommitment,
    noteRoot: tree.root,
    index: 1027,
    path: tree.path(1027),
  };
  const block = commitPair(ProtocolDomain.BLOCK, subCommitment, tree.root);
  assert.ok(verifyInclusion(inclusion, id, block));
  assert.ok(!verifyInclusion({ ...inclusion, index: 1026 }, id, block));
  assert.ok(!verifyInclusion({ ...inclusion, path: inclusion.path.slice(1) }, id, block));
  assert.ok(!verifyInclusion({ ...inclusion, noteRoot: subCommitment }, id, block));
  assert.ok(!verifyInclusion(inclusion, subCommitment, block));
  const writer = new ByteWriter();
  writeInclusion(inclusion, writer);
  assert.deepEqual(readInclusion(new ByteReader(writer.finish(), 'inclusion')), inclusion);
});

test('tags show the top bits of the target, nullifier prefixes those of element 3', () => {
  const id = new AccountId(0x7abc_def0_1234_5671n, 0n);
  assert.equal(accountTag(id), 0x7abc0000);
  assert.equal(accountTag(id, 0), 0);
  assert.equal(accountTag(id, 32), 0x7abcdef0);
  assert.throws(() => accountTag(id, 33), RangeError);
  assert.equal(nullifierPrefix([0n, 0n, 0n, 0x7abc_def0_1234_5671n]), 0x7abc);
});
