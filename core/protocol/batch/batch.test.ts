import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../bytes.ts';
import { compareWords, type Word, wordKey } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { AccountPatch } from '../account/account-patch.ts';
import { upTo } from '../block/chain-view.ts';
import { batchNoteTree } from '../block/note-tree.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import {
  accounts,
  chain,
  history,
  NOTES_BLOCK,
  notes,
  old,
  shownNote,
  state,
  transaction,
} from '../testing/made-up.ts';
import { inputCommitment } from '../transaction/note-lists.ts';
import type { ProvenTransaction } from '../transaction/proven-transaction.ts';
import { Batch } from './batch.ts';
import { NoteTracker } from './note-tracker.ts';

const reference = { referenceBlock: 8, referenceCommitment: chain(8)! };
type Parts = ConstructorParameters<typeof Batch>[0];
const batch = (transactions: ProvenTransaction[], change: Partial<Parts> = {}) =>
  new Batch({ ...reference, transactions, ...change }, chain);
const refuses = (pattern: RegExp) => (error: unknown) =>
  error instanceof ProtocolError && error.kind === 'batch' && pattern.test(error.message);
const keys = (words: readonly Word[]): string[] => words.map(wordKey);
const [a, b, c] = notes;

test('a batch is what its transactions do together', () => {
  fc.assert(
    fc.property(history, ({ transactions, shown, left, nullifiers, changes, touched }) => {
      const made = new Batch({ ...reference, transactions, shown }, chain);
      assert.deepEqual(
        keys(made.outputs.map(({ id }) => id)),
        keys(left.map(({ id }) => id).sort(compareWords)),
      );
      assert.deepEqual(keys(made.inputs.map((i) => i.nullifier)), keys([...nullifiers].sort(compareWords)));
      assert.ok(made.inputs.every(({ header }) => !header));
      assert.deepEqual(
        made.changes.map(({ id, initial, final, patch }) => [id, initial, final, patch?.nonce]),
        accounts.flatMap((id, i) => {
          const nonce = id.type === 'public' ? BigInt(changes[i]) : undefined;
          return touched.has(i) ? [[id, state(id, 0), state(id, changes[i]), nonce]] : [];
        }),
      );
      assert.deepEqual(
        made.id,
        commit(
          ProtocolDomain.BATCH_ID,
          transactions.flatMap(({ id, account }) => [...id, account.id.suffix, account.id.prefix, 0n, 0n]),
        ),
      );
      const bytes = made.toBytes();
      const again = Batch.fromBytes(bytes, chain);
      assert.deepEqual(again.toBytes(), bytes);
      assert.deepEqual([again.id, again.noteRoot], [made.id, made.noteRoot]);
    }),
    { numRuns: 25 },
  );
});

test('a batch lasts as long as its shortest transaction; its notes are the leaves of its tree', () => {
  const made = batch([
    transaction({ makes: [a, b] }, { expirationBlock: 20 }),
    transaction({ from: 2, makes: [c] }, { expirationBlock: 9 }),
  ]);
  assert.equal(made.expirationBlock, 9);
  const ids = [a.id, b.id, c.id].sort(compareWords);
  assert.deepEqual(made.noteRoot, batchNoteTree(ids.map((id, i) => [i, id] as const)).root);
});

test('transactions of a batch: at least one, none twice, none expired, none of another chain', () => {
  const one = transaction({});
  const wrong: [() => unknown, RegExp][] = [
    [() => batch([]), /no transaction/],
    [() => batch([one, one]), /twice/],
    [() => batch([one], { referenceBlock: 10 }), /batch refers to is not in the chain/],
    [() => batch([one], { referenceCommitment: chain(7)! }), /batch refers to is not in the chain/],
    [() => batch([one], { referenceBlock: 4, referenceCommitment: chain(4)! }), /later block/],
    [
      () => batch([transaction({}, { referenceCommitment: chain(6)! })]),
      /transaction refers to is not in the chain/,
    ],
    [() => batch([transaction({}, { expirationBlock: 8 })]), /expired/],
  ];
  for (const [make, message] of wrong) assert.throws(make, refuses(message));
  const gap = (number: number) => (number === 5 ? undefined : chain(number));
  assert.throws(
    () => new Batch({ ...reference, transactions: [one] }, gap),
    refuses(/transaction refers to/),
  );
  assert.doesNotThrow(() => batch([transaction({}, { expirationBlock: 9 })]));
  assert.doesNotThrow(() => batch([one], { referenceBlock: 5, referenceCommitment: chain(5)! }));
});

test('changes of an account follow each other, and fit together', () => {
  const [open, hidden] = accounts;
  const account = open;
  assert.throws(() => batch([transaction({}), transaction({ from: 3 })]), refuses(/follow/));
  assert.throws(() => batch([transaction({ from: 2 }), transaction({})]), refuses(/follow/));
  const next = { account: hidden, from: 2 };
  assert.deepEqual(batch([transaction({ account: hidden }), transaction(next)]).changes, [
    { id: hidden, initial: state(hidden, 1), final: state(hidden, 3) },
  ]);
  const twin = new AccountId(open.prefix, open.suffix + 256n);
  assert.throws(() => batch([transaction({}), transaction({ account: twin })]), refuses(/first half/));
  const patch = new AccountPatch({ id: open, nonce: 2n });
  assert.throws(
    () => batch([transaction({ patch }), transaction({ from: 2, patch })]),
    (error) => refuses(/do not make one/)(error) && /follow/.test((error as ProtocolError).details),
  );
  const filled = (nonce: bigint) =>
    new AccountPatch({
      id: account,
      nonce,
      slots: [
        {
          name: 'kiln::map',
          kind: 'map',
          operation: 'update',
          entries: Array.from({ length: 3000 }, (_, i) => [
            [nonce, 0n, 0n, BigInt(i)],
            [1n, 1n, 1n, 1n],
          ]),
        },
      ],
    });
  const large = [transaction({ patch: filled(2n) }), transaction({ from: 2, patch: filled(3n) })];
  assert.doesNotThrow(() => batch(large.slice(0, 1)));
  assert.throws(() => batch(large), refuses(/262144 bytes/));
});

test('notes: none made or consumed twice, none consumed before it is made', () => {
  const first = transaction({ makes: [a] });
  const other = { account: accounts[1] };
  const wrong: [ProvenTransaction[], RegExp][] = [
    [[first, transaction({ ...other, makes: [a] })], /made twice/],
    [[transaction({ consumes: [a] }), transaction({ ...other, consumes: [a] })], /consumed twice/],
    [[transaction({ consumes: [a] }), transaction({ ...other, authenticated: [a] })], /consumed twice/],
    [[transaction({ consumes: [a] }), transaction({ ...other, makes: [a] })], /before it is made/],
    // Erased ones count too: they cannot come back.
    [
      [first, transaction({ ...other, consumes: [a] }), transaction({ ...other, from: 2, makes: [a] })],
      /made twice/,
    ],
    [
      [
        first,
        transaction({ ...other, consumes: [a] }),
        transaction({ ...other, from: 2, authenticated: [a] }),
      ],
      /consumed twice/,
    ],
  ];
  for (const [transactions, message] of wrong) assert.throws(() => batch(transactions), refuses(message));
  const { header } = inputCommitment({ note: a });
  const renamed = transaction(other, { inputs: [{ nullifier: b.nullifier, header: header! }] });
  assert.throws(() => batch([transaction({ consumes: [a] }), renamed]), refuses(/consumed twice/));
  // What a transaction makes it cannot consume; its own type refuses that too.
  const tracker = new NoteTracker('batch', [], chain);
  const output = { id: a.id, note: { kind: 'private', header: a.header } } as const;
  assert.throws(() => tracker.add([inputCommitment({ note: a })], [output]), refuses(/before/));
});

test('a note that is in a block by now is shown to be', () => {
  const [note, another] = old;
  const consumer = transaction({ consumes: [note] });
  const open = batch([consumer]);
  assert.deepEqual(open.inputs, [inputCommitment({ note })]);
  const shown = shownNote(note);
  assert.deepEqual(batch([consumer], { shown: [shown] }).inputs, [{ nullifier: note.nullifier }]);
  const { inclusion } = shown;
  const wrong: [Partial<Parts>, RegExp][] = [
    [{ shown: [shown, shown] }, /twice/],
    [{ shown: [shownNote(another)] }, /nobody/],
    [{ shown: [{ ...shown, id: another.id }] }, /said to be/],
    [{ shown: [{ ...shown, inclusion: { ...inclusion, index: inclusion.index + 1 } }] }, /said to be/],
    [{ shown: [{ ...shown, inclusion: { ...inclusion, blockNumber: NOTES_BLOCK + 1 } }] }, /said to be/],
    [{ shown: [{ ...shown, inclusion: { ...inclusion, blockNumber: 100 } }] }, /said to be/],
  ];
  for (const [change, message] of wrong) assert.throws(() => batch([consumer], change), refuses(message));
  // The block it is in must not be later than the batch's.
  const early = { referenceBlock: 2, referenceCommitment: chain(2)! };
  const before = transaction({ consumes: [note] }, early);
  assert.throws(() => batch([before], { ...early, shown: [shown] }), refuses(/said to be/));
  assert.equal(upTo(chain, 2)(NOTES_BLOCK), undefined);
});

test('1,024 accounts, notes consumed and made, and not one more', () => {
  const words = Array.from({ length: 1025 }, (_, i): Word => [BigInt(i), 0n, 0n, 0n]);
  const halves = <T>(list: T[]) => [list.slice(0, 512), list.slice(512)] as const;
  const ids = words.map(([i]) => new AccountId(((i + 1n) << 8n) | 1n, 0n));
  const many = ids.map((account) => transaction({ account }));
  assert.equal(batch(many.slice(1)).changes.length, 1024);
  assert.throws(() => batch(many), refuses(/1024 accounts/));

  const hidden = { account: accounts[1] };
  const both = (change: (half: 0 | 1) => Parameters<typeof transaction>[1]) =>
    batch([transaction(hidden, change(0)), transaction({ ...hidden, from: 2 }, change(1))]);
  const consuming = (list: Word[]) =>
    both((half) => ({ inputs: halves(list)[half].map((nullifier) => ({ nullifier })) }));
  assert.equal(consuming(words.slice(1)).inputs.length, 1024);
  assert.throws(() => consuming(words), refuses(/1024 notes are consumed/));
  const header = { ...a.header, metadata: { ...a.metadata, type: 'private' as const } };
  const making = (list: Word[]) =>
    both((half) => ({
      outputs: halves(list)[half].map((details) => ({ kind: 'private', header: { ...header, details } })),
    }));
  assert.equal(making(words.slice(1)).outputs.length, 1024);
  assert.throws(() => making(words), refuses(/1024 notes are made/));
});

test('bytes that are no batch, and those of a batch that breaks a rule', () => {
  const bytes = batch([transaction({ consumes: [old[0]] })], { shown: [shownNote(old[0])] }).toBytes();
  const read =
    (list: Uint8Array, view = chain) =>
    () =>
      Batch.fromBytes(list, view);
  assert.throws(read(bytes.subarray(0, -1)), FormatError);
  assert.throws(read(Uint8Array.of(...bytes, 0)), FormatError);
  assert.throws(read(Uint8Array.of(2, ...bytes.subarray(1))), FormatError);
  assert.throws(
    read(bytes, () => undefined),
    refuses(/not in the chain/),
  );
});
