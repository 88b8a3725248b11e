import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assembleLibrary } from '../../assembly/assemble.ts';
import { ByteReader, ByteWriter, FormatError } from '../../bytes.ts';
import { EMPTY_WORD } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { AccountPatch } from '../account/account-patch.ts';
import { ProtocolError } from '../errors.ts';
import { Note } from '../note/note.ts';
import { NoteRecipient, type NoteScript } from '../note/note-recipient.ts';
import { PartialNote } from '../note/partial-note.ts';
import * as arbitrary from '../testing/arbitrary.ts';
import {
  checkNotes,
  inputCommitment,
  inputNotesCommitment,
  type OutputNote,
  outputNotesCommitment,
  type PublishedNote,
  publish,
  readInputNote,
  readOutputNote,
  readPublishedNote,
  writeInputNote,
  writeOutputNote,
  writePublishedNote,
} from './note-lists.ts';
import { ProvenTransaction } from './proven-transaction.ts';
import { transactionId } from './transaction-id.ts';
import {
  signatureKey,
  summaryCommitment,
  summaryElements,
  summaryOfElements,
} from './transaction-summary.ts';

const refuses = (pattern: RegExp) => (error: unknown) =>
  error instanceof ProtocolError && error.kind === 'transaction' && pattern.test(error.message);
const sample = <T>(generator: fc.Arbitrary<T>, seed = 1): T => fc.sample(generator, { numRuns: 1, seed })[0];

const privateId = arbitrary.accountId.map((id) => new AccountId(id.prefix & ~0x10n, id.suffix));
const publicId = arbitrary.accountId.map((id) => new AccountId(id.prefix | 0x10n, id.suffix));
const notes = fc.uniqueArray(arbitrary.note, { maxLength: 3, selector: (note) => note.id.join() });

type Parts = ConstructorParameters<typeof ProvenTransaction>[0];
const parts: fc.Arbitrary<Parts> = fc
  .tuple(privateId, arbitrary.digest, arbitrary.digest, notes, notes, fc.uint8Array({ minLength: 1 }))
  .map(([id, initial, final, consumed, made, proof]) => ({
    account: { id, initial, final, patchCommitment: initial },
    inputs: consumed.map((note, i) =>
      inputCommitment(i % 2 === 0 ? { note } : { note, inclusion: sample(arbitrary.inclusion) }),
    ),
    outputs: made.map((note) => publish({ kind: 'full', note })),
    referenceBlock: 5,
    referenceCommitment: final,
    expirationBlock: 6,
    proof,
  }));

test('a proven transaction survives its bytes', () => {
  fc.assert(
    fc.property(parts, (of) => {
      const transaction = new ProvenTransaction(of);
      const bytes = transaction.toBytes();
      const again = ProvenTransaction.fromBytes(bytes);
      assert.deepEqual(again.id, transaction.id);
      assert.deepEqual(again.toBytes(), bytes);
      const { initial, final } = transaction.account;
      const { inputNotes, outputNotes } = transaction;
      assert.deepEqual(transaction.id, transactionId({ initial, final, inputNotes, outputNotes }));
      assert.throws(() => ProvenTransaction.fromBytes(bytes.subarray(0, -1)), FormatError);
    }),
    { numRuns: 20 },
  );
});

test('a transaction that contradicts itself is refused', () => {
  const of = sample(parts);
  const { account } = of;
  const consumed = inputCommitment({ note: sample(arbitrary.note) });
  const wrong: [Partial<Parts>, RegExp][] = [
    [{ inputs: [], account: { ...account, final: account.initial } }, /nothing/],
    [{ expirationBlock: 5 }, /expires/],
    [{ account: { ...account, patchCommitment: EMPTY_WORD } }, /does not fit/],
    [{ inputs: [consumed], account: { ...account, final: account.initial } }, /does not fit/],
    [{ account: { ...account, patch: new AccountPatch({ id: account.id, nonce: 1n }) } }, /publishes/],
    [{ account: { ...account, id: sample(publicId) } }, /publishes/],
  ];
  for (const [change, message] of wrong)
    assert.throws(() => new ProvenTransaction({ ...of, ...change }), refuses(message));

  const id = sample(publicId);
  const patch = new AccountPatch({ id, nonce: 1n });
  const open = {
    id,
    initial: account.initial,
    final: account.final,
    patchCommitment: patch.commitment,
    patch,
  };
  assert.doesNotThrow(() => new ProvenTransaction({ ...of, account: open }));
  const other = new AccountPatch({ id, nonce: 2n });
  const foreign = new AccountPatch({ id: account.id, nonce: 1n });
  for (const [bad, message] of [
    [{ ...open, patch: other }, /committed/],
    [{ ...open, patch: foreign }, /another account/],
    [{ ...open, initial: EMPTY_WORD }, /code/],
  ] as const)
    assert.throws(() => new ProvenTransaction({ ...of, account: bad }), refuses(message));
});

test('notes: none twice, none made and consumed at once without proof of inclusion', () => {
  const note = sample(arbitrary.note);
  const input = inputCommitment({ note });
  assert.throws(() => checkNotes([input, input], []), refuses(/consumed twice/));
  assert.throws(() => checkNotes([], [note.header, note.header]), refuses(/same/));
  assert.throws(() => checkNotes([input], [note.header]), refuses(/makes/));
  const shown = inputCommitment({ note, inclusion: sample(arbitrary.inclusion) });
  assert.doesNotThrow(() => checkNotes([shown], [note.header]));
  const many = Array.from({ length: 1025 }, (_, i) => ({ nullifier: [BigInt(i), 0n, 0n, 0n] as const }));
  assert.throws(() => checkNotes(many, []), refuses(/1024/));
  assert.doesNotThrow(() => checkNotes(many.slice(1), []));
  const headers = many.map(({ nullifier }) => ({ ...note.header, details: nullifier }));
  assert.throws(() => checkNotes([], headers), refuses(/1024/));
});

const scriptOf = (body: string): NoteScript => {
  const text = `pub proc main\n${body}\nend\npub proc other\n  push.77 drop\nend\n`;
  const { forest, manifest } = assembleLibrary({
    name: 'script',
    root: { path: '::script', file: { name: 's.masm', text } },
  });
  const [main] = manifest.exports.flatMap((each) => (each.kind === 'procedure' ? [each.digest] : []));
  return { root: main, forests: [forest] };
};
const publicNote = (script: NoteScript): Note => {
  const { metadata, recipient } = sample(arbitrary.note);
  return new Note({
    metadata: { ...metadata, type: 'public' },
    recipient: new NoteRecipient(recipient.serial, script),
  });
};

test('a public note is published with no code but what its script needs', () => {
  const note = publicNote(scriptOf('  push.1 drop'));
  const published = publish({ kind: 'full', note });
  assert.ok(published.kind === 'public');
  assert.deepEqual(published.note.id, note.id);
  assert.ok(published.note.toBytes().length < note.toBytes().length);
  assert.deepEqual(Note.fromBytes(published.note.toBytes()).nullifier, note.nullifier);
});

test('a note whose script is longer than a note may be is not published', () => {
  const note = publicNote(scriptOf(`  repeat.30000 push.${2n ** 60n} drop end`));
  assert.throws(() => publish({ kind: 'full', note }), refuses(/too long/));
});

test('hostile bytes of a script: a root that is only named, or not there at all', () => {
  const named = assembleLibrary({
    name: 'script',
    root: { path: '::script', file: { name: 's.masm', text: 'pub proc main\n  push.1 drop\nend\n' } },
  }).forest;
  const root = named.nodes[named.roots[0]].digest;
  const onlyNamed = { ...named, nodes: [{ kind: 'external', digest: root }], roots: [0] } as const;
  const bytes = (script: NoteScript) => publicNote(script).toBytes();
  assert.doesNotThrow(() => Note.fromBytes(bytes({ root, forests: [named] })));
  for (const script of [
    { root, forests: [onlyNamed] },
    { root: [1n, 2n, 3n, 4n], forests: [named] },
    { root, forests: [{ ...named, roots: [] }] },
    { root, forests: [] },
  ] as const)
    assert.throws(() => Note.fromBytes(bytes(script)), /code of the script is missing/);
});

test('what is published depends on the type of a note', () => {
  const base = sample(arbitrary.note);
  const typed = (type: 'private' | 'public') => new Note({ ...base, metadata: { ...base.metadata, type } });
  const partial = (note: Note): OutputNote => ({
    kind: 'partial',
    note: new PartialNote(note.metadata, note.recipient.digest, note.assets, note.attachments),
  });
  assert.equal(publish({ kind: 'full', note: typed('public') }).kind, 'public');
  assert.equal(publish({ kind: 'full', note: typed('private') }).kind, 'private');
  assert.equal(publish(partial(typed('private'))).kind, 'private');
  assert.throws(() => publish(partial(typed('public'))), refuses(/not known/));
  for (const output of [partial(base), { kind: 'full', note: base } as const]) {
    const writer = new ByteWriter();
    writeOutputNote(output, writer);
    assert.deepEqual(readOutputNote(new ByteReader(writer.finish(), 'note')).note.id, base.id);
  }
  for (const input of [{ note: base }, { note: base, inclusion: sample(arbitrary.inclusion) }]) {
    const writer = new ByteWriter();
    writeInputNote(input, writer);
    const again = readInputNote(new ByteReader(writer.finish(), 'note'));
    assert.deepEqual(
      inputNotesCommitment([inputCommitment(again)]),
      inputNotesCommitment([inputCommitment(input)]),
    );
  }
});

test('a private note given as public, or the other way, is no transaction', () => {
  const note = sample(arbitrary.note);
  const flipped = new Note({
    ...note,
    metadata: { ...note.metadata, type: note.metadata.type === 'public' ? 'private' : 'public' },
  });
  const published: PublishedNote =
    flipped.metadata.type === 'public'
      ? { kind: 'private', header: flipped.header }
      : { kind: 'public', note: flipped };
  assert.throws(
    () => new ProvenTransaction({ ...sample(parts), outputs: [published] }),
    refuses(/as its type/),
  );
  const writer = new ByteWriter();
  writePublishedNote(published, writer);
  assert.throws(() => readPublishedNote(new ByteReader(writer.finish(), 'note')), FormatError);
});

test('no notes commit to nothing; a summary is twenty-four elements', () => {
  assert.deepEqual(inputNotesCommitment([]), EMPTY_WORD);
  assert.deepEqual(outputNotesCommitment([]), EMPTY_WORD);
  const word = sample(arbitrary.digest);
  const summary = {
    blockNumber: 3,
    blockCommitment: word,
    expirationDelta: 2,
    salt: [1n, 2n, 3n, 4n, 5n, 6n],
    delta: word,
    inputNotes: word,
    outputNotes: word,
  } as const;
  assert.deepEqual(summaryElements(summary).slice(0, 8), [1n, 3n | (2n << 32n), 1n, 2n, 3n, 4n, 5n, 6n]);
  assert.equal(summaryElements(summary).length, 24);
  assert.deepEqual(summaryOfElements(summaryElements(summary)), summary);
  for (const wrong of [[], summaryElements(summary).with(0, 2n)])
    assert.throws(() => summaryOfElements(wrong), /no summary/);
  assert.notDeepEqual(summaryCommitment(summary), summaryCommitment({ ...summary, blockNumber: 4 }));
  assert.notDeepEqual(signatureKey(word, EMPTY_WORD), signatureKey(EMPTY_WORD, word));
});
