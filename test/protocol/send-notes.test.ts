import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { commit } from '../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { Limit } from '../../core/protocol/limits.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteAssets } from '../../core/protocol/note/note-assets.ts';
import { NoteAttachments } from '../../core/protocol/note/note-attachments.ts';
import { expirationScript } from '../../core/protocol/standards/expiration.ts';
import { sendingNotes } from '../../core/protocol/standards/send-notes.ts';
import { doing, open, own } from './hostile.ts';
import { blockWith, foreignIn, kernel, newAccount, p2id, SECRET, wallet } from './transactions.ts';

const [faucet, other, target] = [9, 8, 2].map((seed) => newAccount({ seed }).id);
const MOST = Limit.FUNGIBLE_AMOUNT;
const jewels = Array.from({ length: 20 }, (_, i) => Asset.unique(faucet, Uint8Array.of(i)));
const coins = (amount: bigint, of = faucet): Asset => Asset.fungible(of, amount);
const owner = wallet([coins(MOST), coins(MOST, other), ...jewels]);
const { block } = blockWith();

const send = (notes: readonly Note[], expiration?: number) =>
  executeTransaction(
    kernel,
    { account: owner, block, ...sendingNotes(kernel, notes, expiration) },
    { secret: () => SECRET },
  );

const amount = fc.bigInt({ min: 1n, max: MOST / 64n });
const fungible = fc.record({ amount, of: fc.constantFrom(faucet, other) });
const word = fc.tuple(amount, amount, amount, amount);
const attachment = fc.record({
  scheme: fc.integer({ min: 1, max: 65_534 }),
  words: fc.array(word, { minLength: 1, maxLength: 3 }),
});
const made = fc.record({
  funds: fc.uniqueArray(fungible, { maxLength: 2, selector: ({ of }) => of.prefix }),
  unique: fc.integer({ min: 0, max: 2 }),
  uniqueFirst: fc.boolean(),
  type: fc.constantFrom('private' as const, 'public' as const),
  tag: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  attachments: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(attachment, { maxLength: 4 }) },
  ),
});

test('any notes are made as they were asked for, and what they carry leaves the vault', () => {
  fc.assert(
    fc.property(fc.array(made, { minLength: 1, maxLength: 10 }), (wanted) => {
      const left = [...jewels];
      const notes = wanted.map(({ funds, unique, uniqueFirst, type, tag, attachments }, i) => {
        const list = [funds.map((each) => coins(each.amount, each.of)), left.splice(0, unique)];
        return new Note({
          ...p2id(owner.id, target, [], BigInt(i)),
          metadata: { sender: owner.id, type, tag },
          assets: new NoteAssets((uniqueFirst ? list.reverse() : list).flat()),
          attachments: new NoteAttachments(attachments),
        });
      });
      const { outputs, account } = send(notes);
      assert.deepEqual(
        outputs.map(({ note }) => note.id),
        notes.map(({ id }) => id),
      );
      const spent = wanted
        .flatMap(({ funds }) => funds)
        .reduce((sum, each) => (each.of === faucet ? sum + each.amount : sum), 0n);
      assert.equal(account.vault.amountOf(coins(1n).id), MOST - spent);
      for (const jewel of jewels)
        assert.equal(account.vault.get(jewel.id) !== undefined, left.includes(jewel));
    }),
    { numRuns: 40 },
  );
});

test('the script is the same whatever is sent, and says when it is too late', () => {
  const note = p2id(owner.id, target, [coins(1n)]);
  const [short, long] = [sendingNotes(kernel, [note]), sendingNotes(kernel, [note, note], 9)];
  assert.deepEqual(short.script.root, long.script.root);
  assert.notDeepEqual(short.script.args, long.script.args);
  assert.equal(send([note]).expirationBlock, 2 ** 32 - 1);
  assert.equal(send([note], 9).expirationBlock, block.number + 9);
});

test('a script that limits the wait does nothing else', () => {
  const run = (blocks: number) =>
    executeTransaction(
      kernel,
      { account: owner, block, script: expirationScript(kernel, blocks) },
      { secret: () => SECRET },
    );
  const { expirationBlock, patch, outputs } = run(65_535);
  assert.equal(expirationBlock, block.number + 65_535);
  assert.deepEqual([patch.assets, patch.slots, outputs], [[], [], []]);
  for (const blocks of [0, 65_536, 1.5]) assert.throws(() => run(blocks), /1 to 65535 blocks/);
  assert.throws(() => sendingNotes(kernel, [p2id(owner.id, target, [])], 0), /1 to 65535 blocks/);
});

test('sixteen assets in each of several notes', () => {
  const many = (i: number) => new NoteAssets([coins(5n), ...jewels.slice(15 * i, 15 * i + 15)]);
  const notes = [0, 1].map((i) => new Note({ ...p2id(owner.id, target, [], BigInt(i)), assets: many(i) }));
  assert.deepEqual(
    send(notes).outputs.map(({ note }) => note.id),
    notes.map(({ id }) => id),
  );
});

test('1,024 notes in one transaction, and not one more', () => {
  const notes = Array.from({ length: Limit.OUTPUT_NOTES }, (_, i) =>
    p2id(owner.id, target, [coins(BigInt(i + 1))], BigInt(i)),
  );
  const { outputs, execution, account } = send(notes);
  assert.equal(outputs.length, notes.length);
  assert.equal(account.vault.amountOf(coins(1n).id), MOST - (1024n * 1025n) / 2n);
  assert.ok(execution.cycles < 2 ** 18);
  assert.throws(
    () => send([...notes, notes[0]]),
    (error) => error instanceof ProtocolError && /1 to 1024 notes/.test(error.message),
  );
});

test('five hundred notes stay below 2^17 rows', () => {
  const notes = Array.from({ length: 500 }, (_, i) => p2id(owner.id, target, [coins(1n)], BigInt(i)));
  assert.ok(send(notes).execution.cycles < 2 ** 17);
});

test('no notes are not sent, nor is what the vault has not', () => {
  assert.throws(() => sendingNotes(kernel, []), /1 to 1024 notes/);
  const poor = { secret: () => SECRET };
  const note = p2id(owner.id, target, [coins(7n)]);
  assert.throws(
    () =>
      executeTransaction(
        kernel,
        { account: wallet([coins(6n)]), block, ...sendingNotes(kernel, [note]) },
        poor,
      ),
    (error) =>
      error instanceof ProtocolError && /not enough of the asset/.test(`${error.message} ${error.details}`),
  );
});

test('coins of an issuer that wants to be asked are named whole in every note', () => {
  const issuer = wallet([], { auth: 'none', slots: [], callbacks: true, seed: 3 });
  const [first, second] = [3n, 4n].map((count) => coins(count, issuer.id));
  const holder = wallet([coins(10n, issuer.id)], { auth: 'none', slots: [], component: open });
  const { accountRoot, foreign } = foreignIn([issuer]);
  const given = { account: holder, block: blockWith([], { accountRoot }).block, foreign };
  const notes = [first, second].map((asset, i) => p2id(holder.id, target, [asset], BigInt(i)));
  const { outputs, account } = executeTransaction(kernel, { ...given, ...sendingNotes(kernel, notes) });
  assert.deepEqual(
    outputs.map(({ note }) => note.id),
    notes.map(({ id }) => id),
  );
  assert.equal(account.vault.amountOf(first.id), 3n);

  // The kernel takes no amount of them either.
  const { digest } = notes[0].recipient;
  const list = [...[0n, 1n, 7n, 0n, ...digest, ...first.elements], ...[4n, 0n, 7n, 0n, ...digest]];
  const commitment = commit(ProtocolDomain.NOTES_TO_SEND, list);
  const script = doing(own('output_note::send_many', ...commitment, 2n, BigInt(list.length)));
  assert.throws(
    () => executeTransaction(kernel, { ...given, script: { ...script, map: [[commitment, list]] } }),
    /no asset that was in it before/,
  );
});
