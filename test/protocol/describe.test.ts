import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordKey } from '../../core/hash/word.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { describeTransaction } from '../../core/protocol/describe.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, script, sending, wallet } from './transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const coins = (amount: bigint) => Asset.fungible(faucet, amount);
const alice = wallet([coins(100n)]);
const bob = newAccount({ seed: 2 });
const describe = (inputs: TransactionInputs) =>
  describeTransaction(executeTransaction(kernel, inputs, { secret: () => SECRET }), kernel, [13, 13, 15]);

test('sending: who sends what to whom, and that only its maker knows', () => {
  const note = p2id(alice.id, bob.id, [coins(40n)]);
  const inputs = { account: alice, block: blockWith().block, script: sending([note]) };
  const [from, to, id] = [alice.id.toString(), bob.id.toString(), wordKey(note.id)];
  const known = describe({ ...inputs, recipients: [note.recipient] });
  const { tag } = note.metadata;
  const asset = { faucet: faucet.toString(), kind: 'fungible' as const };
  assert.deepEqual(known.made, [{ id, from, to, type: 'private', tag, assets: [{ ...asset, amount: 40n }] }]);
  assert.deepEqual(known.changes, [{ ...asset, before: 100n, after: 60n }]);
  assert.deepEqual(known.told, {
    account: from,
    isNew: false,
    state: false,
    consumed: 0,
    consumedOpenly: [],
    made: [{ id, from, tag, type: 'private' }],
    referenceBlock: 3,
    expirationBlock: 2 ** 32 - 1,
    logHeights: [13, 13, 15],
  });
  assert.deepEqual(known.kept, ['note-details', 'account-state', 'scripts']);
  assert.deepEqual(known.script, { root: wordKey(inputs.script.root), name: 'SEND_NOTES' });
  assert.ok(!('name' in describe({ ...inputs, script: script('nop') }).script!));
  // Without the recipient, nobody can say whom it pays.
  assert.ok(!('to' in describe(inputs).made[0]));
});

test('consuming: a note shown to be in a block is not told, one that is not shown is', () => {
  const [shown, unshown] = [1n, 2n].map((serial) => p2id(alice.id, bob.id, [coins(serial)], serial));
  const { block, notes } = blockWith([shown]);
  const both = describe({ account: bob, block, notes: [...notes, { note: unshown }] });
  assert.deepEqual(
    both.consumed.map(({ id }) => id),
    [wordKey(shown.id), wordKey(unshown.id)],
  );
  assert.deepEqual(
    both.consumed.map(({ to }) => to),
    [bob.id.toString(), bob.id.toString()],
  );
  assert.deepEqual(
    both.changes.map(({ before, after }) => [before, after]),
    [[0n, 3n]],
  );
  assert.equal(both.told.consumed, 2);
  assert.equal(both.told.isNew, true);
  assert.deepEqual(both.told.consumedOpenly, [wordKey(unshown.id)]);
  assert.ok(both.kept.includes('notes-consumed'));
  assert.ok(!describe({ account: bob, block, notes: [{ note: unshown }] }).kept.includes('notes-consumed'));
});

test('consuming a public note: everybody can compute its nullifier', () => {
  const { metadata, assets, recipient } = p2id(alice.id, bob.id, [coins(1n)]);
  const note = new Note({ metadata: { ...metadata, type: 'public' }, assets, recipient });
  const { told, kept } = describe({ account: bob, ...blockWith([note]) });
  assert.deepEqual(told.consumedOpenly, [wordKey(note.id)]);
  assert.deepEqual(kept, ['account-state', 'scripts']);
});

test('a note whose script or storage names nobody has no recipient to show', () => {
  const { metadata, assets, recipient } = p2id(alice.id, bob.id, [coins(1n)]);
  for (const storage of [[], [1n, 2n, 3n, 4n]]) {
    const made = new Note({
      metadata,
      assets,
      recipient: new NoteRecipient([9n, 9n, 9n, 9n], recipient.script, storage),
    });
    const inputs = {
      account: alice,
      block: blockWith().block,
      script: sending([made]),
      recipients: [made.recipient],
    };
    assert.ok(!('to' in describe(inputs).made[0]));
  }
});
