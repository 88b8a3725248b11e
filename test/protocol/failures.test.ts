import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordKey } from '../../core/hash/word.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { TransactionFailure } from '../../core/protocol/executor/failure.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { p2ideNote } from '../../core/protocol/standards/p2ide.ts';
import {
  blockWith,
  componentOf,
  kernel,
  newAccount,
  p2id,
  procedure,
  SECRET,
  script,
  sending,
  wallet,
} from './transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const coins = (amount: bigint) => Asset.fungible(faucet, amount);
const jewel = Asset.unique(faucet, Uint8Array.of(1));
const alice = wallet([coins(10n)]);
const [bob, carol] = [2, 3].map((seed) => wallet([], { seed }));
const { block } = blockWith();

function failure(inputs: TransactionInputs, secret = SECRET): TransactionFailure {
  let caught: unknown;
  assert.throws(
    () => executeTransaction(kernel, inputs, { secret: () => secret }),
    (error) => {
      caught = error;
      return true;
    },
  );
  assert.ok(caught instanceof TransactionFailure, String(caught));
  return caught;
}

test('a note: which one, in which procedure, at which line of its source', () => {
  const notes = [p2id(alice.id, bob.id, [coins(1n)], 1n), p2id(alice.id, carol.id, [coins(1n)], 2n)];
  const failed = failure({ account: bob, ...blockWith(notes) });
  assert.equal(failed.kind, 'transaction');
  assert.match(failed.message, /the note is for another account/);
  assert.equal(failed.phase, 'note');
  assert.deepEqual(failed.note, { index: 1, id: notes[1].id });
  assert.deepEqual(failed.procedures, ['kiln::standards::p2id::main']);
  assert.equal(failed.place?.file, 'masm/standards/p2id.masm');
  assert.equal(failed.place?.procedure, 'main');
  assert.match(failed.place!.snippet, /assert_eq\.err="the note is for another account"\n +\| +\^+/);
  assert.deepEqual(failed.reason, { class: 'exec.failed' });
  for (const part of [/note 1/, new RegExp(wordKey(notes[1].id)), /p2id\.masm:\d+:\d+/, /at cycle \d+/])
    assert.match(failed.details, part);
});

test('the same of a note that came as bytes, which have no sources', () => {
  const note = Note.fromBytes(p2id(alice.id, carol.id, [coins(1n)]).toBytes());
  const failed = failure({ account: bob, ...blockWith([note]) });
  assert.match(failed.message, /the note is for another account/);
  assert.equal(failed.place?.file, 'masm/standards/p2id.masm');
});

test('the kernel refuses what a script asks for: by whom it was called', () => {
  const failed = failure({ account: alice, block, script: sending([p2id(alice.id, bob.id, [coins(40n)])]) });
  assert.equal(failed.phase, 'script');
  assert.equal(failed.note, undefined);
  assert.deepEqual(failed.procedures, [
    'kiln::standards::wallet::send_notes',
    'kiln::standards::send_notes::main',
  ]);
  assert.equal(failed.place?.file, 'masm/kernel/ledger.masm');
});

test('the vault has too little: of what, how much there is and how much was wanted', () => {
  const send = (asset: Asset) =>
    failure({ account: alice, block, script: sending([p2id(alice.id, bob.id, [asset])]) }).reason;
  assert.deepEqual(send(coins(40n)), { class: 'exec.balance', asset: coins(1n).id, have: 10n, need: 40n });
  assert.deepEqual(send(jewel), { class: 'exec.balance', asset: jewel.id, have: 0n, need: 1n });
  // What is not in hand is nobody's balance.
  const filling = script(
    `push.[1, 2, 3, 4] push.0 push.7 call.wallet::create_note movdn.5 dropw drop
     push.[${coins(4n).value.join(', ')}] push.[${coins(4n).id.word.join(', ')}] exec.output_note::add_asset`,
    ['kiln::standards::wallet', 'kiln::protocol::output_note'],
  );
  assert.deepEqual(failure({ account: alice, block, script: filling }).reason, { class: 'exec.failed' });
});

test('a note that opens later: from which block on', () => {
  const note = (heights: { reclaim?: number; unlock?: number }) =>
    p2ideNote(kernel, {
      ...{ sender: alice.id, target: bob.id, assets: [coins(1n)], ...heights },
      serial: [1n, 2n, 3n, 4n],
      salt: [5n, 6n],
    });
  const reason = (account: typeof alice, heights: { reclaim?: number; unlock?: number }) =>
    failure({ account, ...blockWith([note(heights)], { number: 9 }) }).reason;
  assert.deepEqual(reason(bob, { unlock: 12 }), { class: 'exec.locked', block: 12 });
  assert.deepEqual(reason(alice, { unlock: 12, reclaim: 30 }), { class: 'exec.locked', block: 30 });
  assert.deepEqual(reason(carol, { reclaim: 1 }), { class: 'exec.failed' });
  assert.deepEqual(reason(alice, { unlock: 3 }), { class: 'exec.failed' });
});

test('a script of the user’s own: its name and line', () => {
  const failed = failure({ account: alice, block, script: script('push.1 drop\npush.0 assert.err="never"') });
  assert.deepEqual(failed.procedures, ['main (script.masm)']);
  assert.deepEqual([failed.place?.file, failed.place?.line], ['script.masm', 3]);
});

test('code that nobody here knows the source of is named by its digest', () => {
  const own = script('push.77 drop push.0 assert.err="never"');
  const bare = own.forests.map((forest) => ({
    ...forest,
    nodes: forest.nodes.map(({ span: _, ...node }) =>
      'spans' in node ? { ...node, spans: undefined } : node,
    ),
  })) as unknown as typeof own.forests;
  const failed = failure({ account: alice, block, script: { ...own, forests: bare } });
  assert.deepEqual(failed.procedures, [wordKey(own.root)]);
  assert.equal(failed.place, undefined);
});

test('prologue, authentication and epilogue', () => {
  const shown = blockWith([p2id(alice.id, bob.id, [coins(1n)])]);
  const inclusion = { ...shown.notes[0].inclusion!, index: 1 };
  const prologue = failure({ account: bob, block: shown.block, notes: [{ ...shown.notes[0], inclusion }] });
  assert.equal(prologue.phase, 'prologue');
  assert.match(prologue.place!.file, /masm\/kernel\//);

  const auth = failure({ account: alice, block, script: script('nop') }, [1n, 2n, 3n, 4n]);
  assert.equal(auth.phase, 'auth');
  assert.deepEqual(auth.procedures, ['kiln::standards::auth::key::authenticate']);
  assert.equal(auth.place?.file, 'masm/standards/auth/key.masm');

  const idle = componentOf('pub proc idle push.1 drop end');
  const lost = newAccount({ component: idle, ownAuth: procedure(idle, '::component::idle'), slots: [] });
  const epilogue = failure({ account: lost, block });
  assert.equal(epilogue.phase, 'epilogue');
  assert.match(epilogue.place!.file, /masm\/kernel\//);
});

test('a call that stands in several places is placed in none of them', () => {
  const failed = failure({ account: alice, block, script: script('push.1') });
  assert.match(failed.message, /17 elements on its stack/);
  assert.deepEqual(failed.procedures, ['main (script.masm)']);
  assert.equal(failed.place, undefined);
});
