import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../bytes.ts';
import { compareWords, EMPTY_WORD, type Word, wordKey } from '../../hash/word.ts';
import { EMPTY_ROOTS } from '../../merkle/empty.ts';
import { AccountId } from '../account/account-id.ts';
import { AccountPatch } from '../account/account-patch.ts';
import type { AccountChange } from '../batch/account-change.ts';
import { Batch } from '../batch/batch.ts';
import { commit, commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { verifyInclusion } from '../note/note-inclusion.ts';
import { accounts, chain, history, notes, old, shownNote, state, transaction } from '../testing/made-up.ts';
import type { ProvenTransaction } from '../transaction/proven-transaction.ts';
import { transactionHeader } from '../transaction/transaction-header.ts';
import { type BatchRecord, BlockBody } from './block-body.ts';

const NUMBER = 10;
const reference = { referenceBlock: 8, referenceCommitment: chain(8)! };
const batch = (...transactions: ProvenTransaction[]) => new Batch({ ...reference, transactions }, chain);
const body = (...batches: Batch[]) => BlockBody.of(NUMBER, { batches }, chain);
const refuses = (pattern: RegExp) => (error: unknown) =>
  error instanceof ProtocolError && error.kind === 'block' && pattern.test(error.message);
const keys = (words: readonly Word[]): string[] => words.map(wordKey);
const [a, b, c] = notes;
const [open, hidden] = accounts;

test('a block is what its transactions do together, however they are batched', () => {
  const cut = fc.tuple(
    history,
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(cut, ([{ transactions, shown, left, nullifiers, changes, touched }, sizes, late]) => {
      const batches: Batch[] = [];
      for (let at = 0, i = 0; at < transactions.length; at += sizes[i++]) {
        const some = transactions.slice(at, at + sizes[i]);
        const consumed = new Set(
          some.flatMap((t) => t.inputs).flatMap((input) => (input.header ? [wordKey(input.nullifier)] : [])),
        );
        const its = shown.filter(({ id }) =>
          consumed.has(wordKey(old.find((note) => wordKey(note.id) === wordKey(id))!.nullifier)),
        );
        // Notes are shown to be in a block by the batch, or only by the block.
        batches.push(new Batch({ ...reference, transactions: some, shown: late ? [] : its }, chain));
      }
      const made = BlockBody.of(NUMBER, { batches, shown: late ? shown : [] }, chain);
      const ids = made.batches.flatMap((record) => record.notes.map(({ id }) => id));
      assert.deepEqual(keys(ids.sort(compareWords)), keys(left.map(({ id }) => id).sort(compareWords)));
      assert.deepEqual(keys(made.nullifiers), keys([...nullifiers].sort(compareWords)));
      assert.deepEqual(
        made.updates.map(({ id, initial, final, patch }) => [id, initial, final, patch?.nonce]),
        accounts.flatMap((id, i) => {
          const nonce = id.type === 'public' ? BigInt(changes[i]) : undefined;
          return touched.has(i) ? [[id, state(id, 0), state(id, changes[i]), nonce]] : [];
        }),
      );
      assert.deepEqual(
        made.transactionUpdates,
        made.updates.map(({ id, initial, final }) => ({ id, initial, final })),
      );
      assert.deepEqual(
        made.transactionsCommitment,
        commit(
          ProtocolDomain.BLOCK_TRANSACTIONS,
          transactions.flatMap(({ id, account }) => [...id, account.id.suffix, account.id.prefix, 0n, 0n]),
        ),
      );
      // Every note can be shown to be in the block, by its index in the batch as it was before the block erased others.
      const sub = EMPTY_WORD;
      const { root } = made.noteTree;
      for (const [i, record] of made.batches.entries()) {
        for (const { id, index } of record.notes) {
          assert.deepEqual(batches[i].outputs[index].id, id);
          const place = made.noteTree.open(i, index);
          assert.equal(place.index, 1024 * i + index);
          const inclusion = { blockNumber: NUMBER, subCommitment: sub, noteRoot: root, ...place };
          assert.ok(verifyInclusion(inclusion, id, commitPair(ProtocolDomain.BLOCK, sub, root)));
        }
      }
      const bytes = made.toBytes();
      const again = BlockBody.fromBytes(bytes);
      assert.deepEqual(again.toBytes(), bytes);
      assert.deepEqual(again.noteTree.root, root);
    }),
    { numRuns: 25 },
  );
});

test('a note that another batch of the block consumes leaves a hole', () => {
  const maker = batch(transaction({ makes: [a, b, c] }));
  const places = maker.outputs.map(({ id }) => wordKey(id));
  const made = body(maker, batch(transaction({ account: hidden, consumes: [a, b] })));
  assert.deepEqual(
    made.batches[0].notes.map(({ index }) => index),
    [places.indexOf(wordKey(c.id))],
  );
  assert.deepEqual([made.batches[1].notes, made.nullifiers], [[], []]);
  assert.deepEqual(made.nullifiersCommitment, EMPTY_WORD);
  assert.notDeepEqual(made.noteTree.root, body(maker).noteTree.root);
});

test('a block may be empty', () => {
  const empty = body();
  assert.deepEqual(empty.noteTree.root, EMPTY_ROOTS[16]);
  assert.deepEqual([empty.transactionsCommitment, empty.nullifiersCommitment], [EMPTY_WORD, EMPTY_WORD]);
  assert.deepEqual(BlockBody.fromBytes(empty.toBytes()).toBytes(), empty.toBytes());
  const one = body(batch(transaction({ authenticated: [old[0]] })));
  assert.deepEqual(one.nullifiersCommitment, commit(ProtocolDomain.BLOCK_NULLIFIERS, old[0].nullifier));
});

test('batches of a block: none expired, none of another chain, no transaction twice', () => {
  const until = (expirationBlock: number) => batch(transaction({}, { expirationBlock }));
  const at = (number: number, ...batches: Batch[]) => BlockBody.of(number, { batches }, chain);
  assert.doesNotThrow(() => at(12, until(12)));
  assert.throws(() => at(13, until(12)), refuses(/batch has expired/));
  assert.doesNotThrow(() => at(9, until(12)));
  assert.throws(() => at(8, until(12)), refuses(/not in the chain/));
  const forked = (number: number) => (number === 8 ? chain(7) : chain(number));
  assert.throws(() => BlockBody.of(NUMBER, { batches: [until(12)] }, forked), refuses(/not in the chain/));
  const idle = transaction({ from: 1, to: 1, authenticated: [old[0]] });
  const twice = body(batch(idle)).batches[0];
  assert.throws(
    () => new BlockBody({ updates: [], batches: [twice, twice], nullifiers: [] }),
    refuses(/transaction is in a block twice/),
  );
});

test('notes across batches: none made or consumed twice, all consumed ones made, and before', () => {
  const maker = batch(transaction({ makes: [a] }));
  const consumer = batch(transaction({ account: hidden, consumes: [a] }));
  const again = batch(transaction({ account: hidden, makes: [a] }));
  const shown = batch(transaction({ account: open, authenticated: [a] }));
  const wrong: [Batch[], RegExp][] = [
    [[maker, again], /made twice/],
    [[consumer, shown], /consumed twice/],
    [[consumer, maker], /before it is made/],
    [[consumer], /never made/],
  ];
  for (const [batches, message] of wrong) assert.throws(() => body(...batches), refuses(message));

  const late = batch(transaction({ consumes: [old[0]] }));
  const given = (...list: number[]) => ({ batches: [late], shown: list.map((i) => shownNote(old[i])) });
  assert.deepEqual(BlockBody.of(NUMBER, given(0), chain).nullifiers, [old[0].nullifier]);
  assert.throws(() => BlockBody.of(NUMBER, given(), chain), refuses(/never made/));
  assert.throws(() => BlockBody.of(NUMBER, given(0, 1), chain), refuses(/nobody consumes/));
  assert.throws(() => BlockBody.of(NUMBER, given(1, 1), chain), refuses(/twice/));
  const other = { ...shownNote(old[0]), id: old[1].id };
  assert.throws(
    () => BlockBody.of(NUMBER, { batches: [late], shown: [other] }, chain),
    refuses(/said to be in/),
  );
});

test('changes of an account in several batches are linked by its states, in any order', () => {
  const step = (from: number, to = from + 1) => batch(transaction({ account: hidden, from, to }));
  const idle = (at: number, note = old[0]) =>
    batch(transaction({ account: hidden, from: at, to: at, authenticated: [note] }));
  const whole = [{ id: hidden, initial: state(hidden, 1), final: state(hidden, 4) }];
  assert.deepEqual(body(step(3), step(1), step(2)).updates, whole);
  for (const at of [1, 2, 3, 4]) assert.deepEqual(body(idle(at), step(3), step(1), step(2)).updates, whole);
  assert.deepEqual(body(idle(2), idle(2, old[1])).updates, [
    { id: hidden, initial: state(hidden, 2), final: state(hidden, 2) },
  ]);
  const twin = new AccountId(hidden.prefix, hidden.suffix + 256n);
  const jump = (patch: AccountPatch, from: number) => batch(transaction({ account: open, from, patch }));
  const patch = new AccountPatch({ id: open, nonce: 2n });
  const wrong: [Batch[], RegExp][] = [
    [[step(1), step(1, 3)], /same state/],
    [[step(1), step(3)], /follow/],
    [[step(1), step(2, 1)], /circle/],
    [[step(1), idle(3)], /follow/],
    [[idle(1), idle(3, old[1])], /follow/],
    [[idle(1), step(1), step(2, 1)], /circle/],
    [[step(1), batch(transaction({ account: twin }))], /first half/],
    [[jump(patch, 1), jump(patch, 2)], /do not make one/],
  ];
  for (const [batches, message] of wrong) assert.throws(() => body(...batches), refuses(message));
});

test('a body that contradicts itself is refused', () => {
  const word = (i: number): Word => [BigInt(i), 0n, 0n, 0n];
  const header = transactionHeader(transaction({}));
  const numbered = (i: number) => ({ ...header, inputNotes: word(i) });
  const private_ = (i: number): AccountId => new AccountId((BigInt(i + 1) << 8n) | 1n, 0n);
  const record = (i: number): BatchRecord => ({ transactions: [numbered(i)], notes: [] });
  const made = body(batch(transaction({ makes: [a, b] })));
  const [first, second] = made.batches[0].notes;
  const withNotes = (...list: (typeof made.batches)[0]['notes']) => ({
    batches: [{ ...made.batches[0], notes: list }],
  });
  const update = (change: Partial<AccountChange>) => ({
    updates: [{ id: open, initial: word(1), final: word(2), ...change }],
  });
  const loud = notes.find(({ metadata }) => metadata.type === 'public')!;
  const patch = new AccountPatch({ id: open, nonce: 2n });
  const many = Array.from({ length: 65_537 }, (_, i) => i);
  const lined = many.map((i) => ({ id: private_(i), initial: word(1), final: word(2) }));
  const wrong: [Partial<ConstructorParameters<typeof BlockBody>[0]>, RegExp][] = [
    [{ batches: many.slice(0, 65).map(record) }, /64 batches/],
    [
      {
        batches: [
          {
            transactions: many.slice(0, 1025).map((i) => ({ ...numbered(i), account: private_(i) })),
            notes: [],
          },
        ],
      },
      /1024 accounts/,
    ],
    [withNotes(first, { ...second, index: first.index }), /places/],
    [withNotes(first, { ...second, index: 1024 }), /places/],
    [withNotes({ id: loud.id, index: 0, note: { kind: 'private', header: loud.header } }), /as its type/],
    [
      withNotes({ ...first, id: second.id }, { ...second, id: first.id }),
      /notes of a batch are not in order/,
    ],
    [{ batches: [made.batches[0], { ...record(9), notes: [first] }] }, /made twice/],
    [{ nullifiers: [word(2), word(1)] }, /not in order/],
    [{ nullifiers: [word(1), word(1)] }, /not in order/],
    [{ nullifiers: many.map(word) }, /65536 notes/],
    [{ updates: lined }, /65536 accounts/],
    [{ updates: [lined[1], lined[0]] }, /accounts of a block are not in order/],
    [{ updates: [lined[0], lined[0]] }, /accounts of a block are not in order/],
    [update({}), /does not publish/],
    [update({ patch: new AccountPatch({ id: hidden, nonce: 2n }) }), /another account/],
    [update({ initial: EMPTY_WORD, patch }), /code/],
    [update({ id: hidden, patch: new AccountPatch({ id: hidden, nonce: 2n }) }), /private account publishes/],
  ];
  const of = { updates: [], batches: [], nullifiers: [] };
  for (const [change, message] of wrong)
    assert.throws(() => new BlockBody({ ...of, ...change }), refuses(message));
  assert.doesNotThrow(() => new BlockBody({ ...of, batches: many.slice(1, 65).map(record) }));
  assert.doesNotThrow(() => new BlockBody({ ...of, ...update({ patch }) }));
  assert.doesNotThrow(() => new BlockBody({ ...of, ...update({ final: word(1) }) }));
});

test('bytes that are no body', () => {
  const made = body(batch(transaction({ makes: [a], authenticated: [old[0], old[1]] })));
  const bytes = made.toBytes();
  assert.throws(() => BlockBody.fromBytes(bytes.subarray(0, -1)), FormatError);
  assert.throws(() => BlockBody.fromBytes(Uint8Array.of(...bytes, 0)), FormatError);
  assert.throws(() => BlockBody.fromBytes(Uint8Array.of(2, ...bytes.subarray(1))), FormatError);
  const swapped = bytes.slice();
  swapped.set(bytes.subarray(-32), bytes.length - 64);
  swapped.set(bytes.subarray(-64, -32), bytes.length - 32);
  assert.throws(
    () => BlockBody.fromBytes(swapped),
    (error) => error instanceof FormatError && /nullifiers/.test(error.message),
  );
});
