import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter, FormatError } from '../../core/bytes.ts';
import { KilnError } from '../../core/errors.ts';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { PartialMmr } from '../../core/merkle/partial-mmr.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { accountCommitment } from '../../core/protocol/account/account-header.ts';
import type { AccountSource } from '../../core/protocol/account/account-source.ts';
import { PartialAccount } from '../../core/protocol/account/partial-account.ts';
import { slotId } from '../../core/protocol/account/slot-name.ts';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { TransactionFailure } from '../../core/protocol/executor/failure.ts';
import {
  inputsFromBytes,
  inputsToBytes,
  type PortableInputs,
} from '../../core/protocol/executor/inputs-format.ts';
import {
  blockWith,
  componentOf,
  foreignIn,
  kernel,
  newAccount,
  p2id,
  SECRET,
  script,
  sending,
  wallet,
} from './transactions.ts';

const MAP = 'kiln::large';
const component = componentOf(`
use ::kiln::protocol::account
pub proc get exec.account::get_map_item end
pub proc set exec.account::set_map_item end`);
const key = (n: bigint): Word => [n, 0n, 0n, 7n];
const push = (values: readonly bigint[]) => `push.[${values.join(', ')}]`;
const { suffix, prefix } = slotId(MAP);
const reading = (n: bigint) =>
  `${push(key(n))} push.${prefix} push.${suffix} call.component::get dropw dropw`;
const writing = (n: bigint, value: Word) =>
  `${push(value)} ${push(key(n))} push.${prefix} push.${suffix} call.component::set dropw dropw dropw`;
const touching = script(
  `${reading(5n)} ${writing(6n, [1n, 1n, 1n, 1n])} ${writing(200_000n, [2n, 2n, 2n, 2n])}`,
  ['component'],
  [component],
);
const auth = { secret: () => SECRET };
const { block } = blockWith();
const holding = (entries: number): Account =>
  wallet([Asset.fungible(newAccount({ seed: 9 }).id, 5n)], {
    auth: 'none',
    component,
    slots: [
      {
        name: MAP,
        kind: 'map',
        map: new StorageMap(
          Array.from({ length: entries }, (_, i) => [key(BigInt(i)), [BigInt(i) + 1n, 0n, 0n, 0n]]),
        ),
      },
    ],
  });

/** An account somewhere else, of which only answers come. */
const stored = (account: Account): AccountSource => ({
  header: account.header,
  code: account.code,
  slotHeaders: account.slotHeaders,
  slotElements: account.slotElements,
  vaultWitness: (id) => account.vaultWitness(id),
  mapWitness: (slot, at) => account.mapWitness(slot, at),
  mapEntries: (): never => assert.fail('all of a map was asked for'),
});

test('of a map of 100,000 entries a transaction asks for the three that it touches, and carries their paths', () => {
  const account = holding(100_000);
  const inputs = { account: stored(account), block, script: touching };
  const started = performance.now();
  const done = executeTransaction(kernel, inputs);
  assert.ok(performance.now() - started < 5000);
  assert.equal(done.account, undefined);
  assert.equal(done.touched.proofs, 3);
  const writer = new ByteWriter();
  done.touched.write(writer);
  assert.ok(writer.length < 16_384, `${writer.length} bytes`);
  // What is kept elsewhere becomes what the kernel committed to.
  const after = account.apply(done.patch);
  assert.deepEqual(accountCommitment(done.final), after.commitment);
  assert.deepEqual(after.storage.map(MAP).get(key(200_000n)), [2n, 2n, 2n, 2n]);
  assert.deepEqual(account.storage.map(MAP).get(key(6n)), [7n, 0n, 0n, 0n], 'the state before is as it was');
  assert.deepEqual(executeTransaction(kernel, { ...inputs, account }).account.commitment, after.commitment);
});

test('a store that answers with what is not so: the kernel stops', () => {
  const account = holding(20);
  const honest = stored(account);
  const other = holding(19);
  const swapped = (at: Word): Word => (at[0] === 6n ? key(7n) : at);
  for (const lying of [
    { ...honest, mapWitness: (slot: string, at: Word) => other.mapWitness(slot, at) },
    { ...honest, mapWitness: (slot: string, at: Word) => honest.mapWitness(slot, swapped(at)) },
    { ...honest, slotHeaders: other.slotHeaders, slotElements: other.slotElements },
    { ...honest, code: wallet().code },
  ])
    assert.throws(
      () => executeTransaction(kernel, { account: lying, block, script: touching }),
      TransactionFailure,
    );
});

const small = holding(20);
const executed = executeTransaction(kernel, { account: small, block, script: touching });

test('what a transaction touched is enough to execute it again; what it did not touch is not there', () => {
  const again = executeTransaction(kernel, { ...executed.inputs, account: executed.touched });
  assert.deepEqual(again.id, executed.id);
  assert.deepEqual(again.patch, executed.patch);
  const missing = (error: unknown) =>
    error instanceof ProtocolError && /did not come with it/.test(error.message);
  assert.throws(() => executed.touched.mapWitness(MAP, key(7n)), missing);
  assert.throws(() => executed.touched.mapWitness('kiln::other', key(5n)), missing);
  assert.throws(() => executed.touched.mapEntries(MAP), missing);
  assert.throws(() => executed.touched.vaultWitness(small.vault.assets[0].id), missing);
  const other = script(reading(7n), ['component'], [component]);
  assert.throws(
    () => executeTransaction(kernel, { account: executed.touched, block, script: other }),
    missing,
  );
});

const target = newAccount({ seed: 2 });
const note = p2id(small.id, target.id, small.vault.assets);
const old = blockWith([note], { number: 1 });
const chain = new PartialMmr();
chain.add(EMPTY_WORD);
chain.add([1n, 2n, 3n, 4n], true);
const WITNESS = foreignIn([small]).foreign[0].witness;
/** Everything there can be. */
const everything = (account: Account | PartialAccount): PortableInputs => ({
  account,
  block,
  notes: [{ ...old.notes[0], args: [1n, 2n, 3n, 4n] }, { note }],
  script: {
    ...touching,
    args: [5n, 6n, 7n, 8n],
    map: [
      [[9n, 0n, 0n, 0n], [1n]],
      [[1n, 0n, 0n, 0n], []],
    ],
  },
  authArgs: [1n, 0n, 0n, 1n],
  signatures: [
    [
      [3n, 0n, 0n, 0n],
      [1n, 2n],
    ],
  ],
  upgrade: small.code,
  chain,
  config: {
    feeAsset: small.vault.assets[0].id,
    transactionKernel: key(1n),
    batchKernel: key(2n),
    blockKernel: key(3n),
    proofs: key(4n),
  },
  foreign: [{ account: small, witness: WITNESS }],
  recipients: [note.recipient],
});

test('inputs survive their bytes, with a whole account or with what is touched of it', () => {
  for (const account of [small, executed.touched, target]) {
    const bytes = inputsToBytes(everything(account));
    const read = inputsFromBytes(bytes);
    assert.deepEqual(inputsToBytes(read), bytes);
    assert.deepEqual(read.account.header, account.header);
    const bare = inputsToBytes({ account, block });
    assert.deepEqual(inputsToBytes(inputsFromBytes(bare)), bare);
  }
});

test('inputs that were read execute to the same transaction', () => {
  const made = executeTransaction(
    kernel,
    { account: wallet(small.vault.assets), block, script: sending([note]), recipients: [note.recipient] },
    auth,
  );
  const taken = executeTransaction(kernel, { account: target, ...blockWith([note]) }, auth);
  for (const each of [executed, made, taken]) {
    for (const account of [each.inputs.account, each.touched]) {
      const read = inputsFromBytes(inputsToBytes({ ...each.inputs, account, foreign: each.foreign }));
      assert.deepEqual(executeTransaction(kernel, read, auth).id, each.id);
    }
  }
});

test('hostile bytes of inputs are refused or read as what they are', () => {
  const samples = [inputsToBytes(everything(executed.touched)), inputsToBytes(everything(target))];
  const change = fc.record({ at: fc.nat(), value: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(change, { maxLength: 3 }),
      fc.nat(),
      (bytes, changes, cut) => {
        const hostile = bytes.slice(0, cut % 4 === 0 ? cut % bytes.length : undefined);
        for (const { at, value } of changes) if (hostile.length > 0) hostile[at % hostile.length] = value;
        try {
          assert.deepEqual(inputsToBytes(inputsFromBytes(hostile)), hostile);
        } catch (error) {
          assert.ok(error instanceof KilnError, String(error));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a part of an account that belongs to another is refused', () => {
  const sender = wallet(small.vault.assets);
  const { touched } = executeTransaction(kernel, { account: sender, block, script: sending([note]) }, auth);
  const writer = new ByteWriter();
  touched.write(writer);
  const bytes = writer.finish();
  const read = (all: Uint8Array) => PartialAccount.read(new ByteReader(all, 'account'));
  assert.equal(read(bytes).proofs, 1);
  // Behind version, id and nonce stand the roots of vault, storage and code; then comes whether there is a seed.
  for (const [at, why] of [
    [24, /proof does not lead to its tree/],
    [56, /storage is not that of its header/],
    [88, /code is not that of its header/],
    [120, /new account has a seed/],
  ] as const) {
    const hostile = bytes.slice();
    hostile[at] ^= 1;
    assert.throws(
      () => read(hostile),
      (error) => error instanceof FormatError && why.test(error.message),
    );
  }
});
