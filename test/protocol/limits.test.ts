import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODULUS } from '../../core/field/felt.ts';
import { compareWords, type Word } from '../../core/hash/word.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountCode } from '../../core/protocol/account/account-code.ts';
import { AccountStorage, type StorageSlot } from '../../core/protocol/account/storage.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { Vault } from '../../core/protocol/asset/vault.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { KERNEL_API } from '../../core/protocol/kernel-api.ts';
import { Limit } from '../../core/protocol/limits.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteAssets } from '../../core/protocol/note/note-assets.ts';
import { NoteAttachments } from '../../core/protocol/note/note-attachments.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import type { ExecutedTransaction } from '../../core/protocol/transaction/executed-transaction.ts';
import { checkNotes, inputCommitment } from '../../core/protocol/transaction/note-lists.ts';
import { type Attempt, api, attempt, crooked, doing, open, own } from './hostile.ts';
import { blockWith, componentOf, kernel, newAccount, p2id, script, sending, wallet } from './transactions.ts';

// At each limit a transaction executes. One past it, the object says so, and so does the kernel to whoever goes on without
// the object.

const faucet = newAccount({ seed: 9 }).id;
const coins = (amount: bigint): Asset => Asset.fungible(faucet, amount);
const kind = { auth: 'none', slots: [], component: open } as const;
const owner = wallet([], kind);
const { block } = blockWith();

const run = (inputs: TransactionInputs): ExecutedTransaction => executeTransaction(kernel, inputs);
const says = (why: RegExp) => (error: unknown) =>
  error instanceof ProtocolError && why.test(`${error.message}\n${error.details}`);
const stops = (tried: Attempt, why: RegExp): void => assert.throws(() => attempt(tried), why);
const times = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i));

test('1,024 notes are consumed', () => {
  const idle = script('dropw');
  const notes = times(
    Limit.INPUT_NOTES + 1,
    (i) =>
      new Note({
        ...p2id(faucet, owner.id, []),
        recipient: new NoteRecipient([BigInt(i), 0n, 0n, 0n], idle),
      }),
  );
  const done = run({ account: owner, ...blockWith(notes.slice(1)) });
  assert.equal(done.account.nonce, owner.nonce + 1n);
  const given = blockWith(notes);
  assert.throws(() => checkNotes(given.notes.map(inputCommitment), []), says(/consumes at most 1024 notes/));
  assert.throws(() => run({ account: owner, ...given }), says(/cannot consume so many notes/));
});

test('1,024 notes are made', () => {
  const making = (count: number) =>
    doing(
      `push.0 repeat.${count} add.1 push.3.2.1 dup.3 push.0.7.${KERNEL_API['output_note::create']}
        call.component::run dropw drop drop drop end drop`,
    );
  const { outputs } = run({ account: owner, block, script: making(Limit.OUTPUT_NOTES) });
  assert.equal(outputs.length, Limit.OUTPUT_NOTES);
  const more = [...outputs, ...outputs.slice(0, 1)].map(({ note }) => note.header);
  assert.throws(() => checkNotes([], more), says(/makes at most 1024 notes/));
  const tooMany = { account: owner, block, script: making(Limit.OUTPUT_NOTES + 1) };
  assert.throws(() => run(tooMany), says(/cannot make so many notes/));
});

const jewels = times(Limit.NOTE_ASSETS + 1, (i) => Asset.unique(faucet, Uint8Array.of(i)));

test('a note made carries 16 assets, and one consumed', () => {
  const rich = wallet(jewels, kind);
  const note = p2id(rich.id, owner.id, jewels.slice(1));
  const { outputs } = run({ account: rich, block, script: sending([note]) });
  assert.equal(outputs[0].note.assets.list.length, Limit.NOTE_ASSETS);
  assert.equal(run({ account: owner, ...blockWith([note]) }).account.vault.size, Limit.NOTE_ASSETS);
  assert.throws(() => new NoteAssets(jewels), says(/at most 16 assets/));
  const assets: NoteAssets = Object.assign(Object.create(NoteAssets.prototype), { list: jewels });
  const crowded = new Note({ ...note, assets });
  stops({ account: rich, block, script: sending([crowded]) }, /too many assets/);
  stops({ account: owner, ...blockWith([crowded]) }, /too many assets/);
});

test('an account has 255 slots', () => {
  const slots = times(
    Limit.STORAGE_SLOTS + 1,
    (i): StorageSlot => ({ name: `a::s${i}`, kind: 'value', value: [BigInt(i), 0n, 0n, 0n] }),
  );
  const account = newAccount({ ...kind, slots: slots.slice(1) });
  const { patch } = run({ account, block });
  assert.equal(patch.slots.length, Limit.STORAGE_SLOTS);
  assert.throws(() => new AccountStorage(slots), says(/at most 255 storage slots/));
  const elements = times(slots.length, (i) => [0n, 0n, 0n, BigInt(i + 1), 1n, 2n, 3n, 4n]).flat();
  stops({ account: crooked(account, { elements }), block }, /too many storage slots/);
});

test('an account has 256 procedures', () => {
  const least = newAccount({ auth: 'none', slots: [] }).code;
  const component = componentOf(
    times(
      Limit.ACCOUNT_PROCEDURES + 1 - least.procedures.length,
      (i) => `pub proc p${i} push.${i} drop end`,
    ).join('\n'),
  );
  const roots = component.manifest.exports.flatMap((each) =>
    each.kind === 'procedure' ? [each.digest] : [],
  );
  const [auth, ...others] = least.procedures;
  const forests = [...least.forests, component.forest];
  const account = newAccount({ auth: 'none', slots: [] });
  const code = AccountCode.of(auth, [...others, ...roots.slice(1)], forests);
  assert.equal(code.procedures.length, Limit.ACCOUNT_PROCEDURES);
  const { id, storage, vault } = account;
  run({ account: new Account({ id, nonce: 1n, code, storage, vault }), block });
  assert.throws(() => AccountCode.of(auth, [...others, ...roots], forests), says(/2 to 256 procedures/));
  const procedures: Word[] = [auth, ...[...others, ...roots].sort(compareWords)];
  stops({ account: crooked(account, { procedures }), block }, /too many procedures/);
});

test('a note stores 1,024 elements', () => {
  const items = times(Limit.NOTE_STORAGE_ITEMS + 1, BigInt);
  const last = `mem_load.${Limit.NOTE_STORAGE_ITEMS - 1} push.${Limit.NOTE_STORAGE_ITEMS} assert_eq`;
  const loading = (count: number): string => `dropw push.0.${count} exec.active_note::load_storage ${last}`;
  const noted = (body: string, recipient: (made: NoteRecipient) => NoteRecipient = (made) => made): Note =>
    new Note({
      ...p2id(faucet, owner.id, []),
      recipient: recipient(
        new NoteRecipient([1n, 1n, 1n, 1n], script(body, ['kiln::protocol::active_note']), items.slice(1)),
      ),
    });
  run({ account: owner, ...blockWith([noted(loading(Limit.NOTE_STORAGE_ITEMS))]) });
  assert.throws(
    () => new NoteRecipient([1n, 1n, 1n, 1n], script('dropw'), items),
    says(/at most 1024 elements/),
  );
  // The kernel knows storage by its commitment alone: how many elements a script takes is for the script to say.
  const crowded = noted('dropw', (made) =>
    Object.assign(Object.create(NoteRecipient.prototype), { ...made, storage: items }),
  );
  assert.throws(() => Note.fromBytes(crowded.toBytes()), /storage|count|1024/i);
});

test('the greatest amount', () => {
  const most = coins(Limit.FUNGIBLE_AMOUNT);
  const { account } = run({ account: owner, ...blockWith([p2id(faucet, owner.id, [most])]) });
  assert.equal(account.vault.amountOf(most.id), Limit.FUNGIBLE_AMOUNT);
  const note = p2id(account.id, faucet, [most]);
  assert.equal(run({ account, block, script: sending([note]) }).account.vault.size, 0);
  assert.throws(() => coins(Limit.FUNGIBLE_AMOUNT + 1n), says(/amount is out of range/));
  assert.throws(() => new Vault([most]).add(coins(1n)), ProtocolError);
  stops({ account, ...blockWith([p2id(faucet, owner.id, [coins(1n)])]) }, /more of the asset than can be/);
});

test('four attachments, 256 words in one and 512 in all', () => {
  const attach = (...counts: readonly number[]): string =>
    [
      own('output_note::create', 7n, 0n, 1n, 2n, 3n, 4n),
      ...counts.map((count) => `push.0.0.${count}.5 exec.output_note::add_words`),
    ].join('\n');
  const attaching = (...counts: readonly number[]): TransactionInputs => ({
    account: owner,
    block,
    script: script(attach(...counts), ['component', 'kiln::protocol::output_note'], [open]),
  });
  for (const counts of [
    [256, 256],
    [1, 127, 256, 128],
  ]) {
    const [{ note }] = run(attaching(...counts)).outputs;
    assert.deepEqual(
      note.attachments.list.map(({ words }) => words.length),
      counts,
    );
  }
  // The kernel knows attachments by their commitments. Their words are public, and no note with more of them can be written.
  for (const [counts, why] of [
    [[257], /257 words/],
    [[256, 256, 1], /513 words in all/],
    [[1, 1, 1, 1, 1], /too many attachments/],
  ] as const) {
    assert.throws(() => run(attaching(...counts)), says(why));
    const word: Word = [0n, 0n, 0n, 0n];
    const list = counts.map((count) => ({ scheme: 5, words: times(count, () => word) }));
    assert.throws(() => new NoteAttachments(list), ProtocolError);
  }
});

test('the nonce ends at the modulus', () => {
  const at = (nonce: bigint): Account =>
    new Account({
      ...owner,
      id: owner.id,
      nonce,
      code: owner.code,
      storage: owner.storage,
      vault: owner.vault,
    });
  assert.equal(run({ account: at(MODULUS - 2n), block }).account.nonce, MODULUS - 1n);
  assert.throws(() => run({ account: at(MODULUS - 1n), block }), says(/reached its end/));
});

test('a transaction expires after 1 to 65,535 blocks, and not after the last one', () => {
  const expiring = (delta: number, number = 3): TransactionInputs => ({
    account: owner,
    ...blockWith([], { number }),
    script: doing(api('tx::update_expiration_delta', BigInt(delta))),
  });
  const last = 2 ** 32 - 1;
  assert.equal(run(expiring(1)).expirationBlock, 4);
  assert.equal(run(expiring(Limit.EXPIRATION_DELTA)).expirationBlock, 3 + Limit.EXPIRATION_DELTA);
  assert.equal(run(expiring(Limit.EXPIRATION_DELTA, last - Limit.EXPIRATION_DELTA)).expirationBlock, last);
  for (const delta of [0, Limit.EXPIRATION_DELTA + 1])
    assert.throws(() => run(expiring(delta)), says(/1 to 65535/));
  assert.throws(() => run(expiring(2, last - 1)), says(/chain ends/));
});
