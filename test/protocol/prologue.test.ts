import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Felt } from '../../core/field/felt.ts';
import { compareWords, EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { PartialMmr } from '../../core/merkle/partial-mmr.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { attempt, crooked, layout, putting } from './hostile.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, wallet } from './transactions.ts';

const coin = Asset.fungible(newAccount({ seed: 9 }).id, 7n);
const bob = wallet();
const note = p2id(coin.id.faucet, bob.id, [coin]);
const consume: TransactionInputs = { account: bob, ...blockWith([note]) };
const create: TransactionInputs = { account: newAccount(), ...blockWith() };

const at = layout(consume);

type Change = readonly [at: number, to: Felt];
/** Runs a transaction with one element of the advice, or one of the public inputs, changed. */
const run = (inputs: TransactionInputs, advised: Change[] = [], stated: Change[] = []): void =>
  void attempt({ ...inputs, advice: putting(...advised), stated: putting(...stated) });

test('what comes from the advice is what it is committed to', () => {
  const cases: [number, Felt, RegExp][] = [
    [9, 1n, /kernel's procedures are not/],
    [at.header + 2, 1n, /reference block is not/],
    [at.header + 40, 1n, /reference block is not/],
    [at.account, 2n, /account is of no known version/],
    [at.account + 1, 6n, /not in the state committed to/],
    [at.account + 2, 0n, /another id/],
    [at.account + 3, 0n, /another id/],
    [at.procedures, 257n, /too few or too many procedures/],
    [at.procedures, 1n, /too few or too many procedures/],
    [at.procedures, 2n ** 32n, /too few or too many procedures/],
    [at.procedures + 5, 1n, /code is not/],
    [at.slots, 256n, /too many storage slots/],
    [at.slots, 2n ** 32n, /too many storage slots/],
    [at.slots, 0n, /storage is not/],
    [at.slots + 6, 1n, /storage is not/],
    [at.blocks, 1025n, /so many blocks/],
    [at.blocks, 2n ** 32n, /not below 2\^32/],
    [at.notes, 1025n, /so many notes/],
    [at.notes, 2n ** 32n, /not below 2\^32/],
    [at.notes, 0n, /notes consumed are not/],
    [at.serial, 99n, /not in its block/],
    [at.assets, 17n, /too many assets/],
    [at.assets, 2n ** 32n, /not below 2\^32/],
    [at.assets, 0n, /assets of a note are not/],
    [at.assets + 5, 8n, /assets of a note are not/],
    [at.metadata, note.metadata.sender.suffix + 2n, /metadata of a note/],
    [at.metadata, note.metadata.sender.suffix + 0x81n, /metadata of a note/],
    [at.shown, 0n, /assets of a note are not/],
    [at.shown + 2, 1n, /not in its block|not know/],
  ];
  for (const [at, to, why] of cases) assert.throws(() => run(consume, [[at, to]]), why, `${at}: ${to}`);
  run(consume, [[at.args, 5n]]);
  const unshown = (values: readonly Felt[]) => values.toSpliced(at.shown, 3, 0n);
  assert.throws(() => attempt({ ...consume, advice: unshown }), /notes consumed are not/);
});

test('the public inputs are what the transaction is about', () => {
  for (const [at, to, why] of [
    [0, 1n, /reference block is not/],
    [4, 1n, /not in the state committed to/],
    [8, 1n, /notes consumed are not/],
    [12, 256n, /another id/],
    [13, 1n, /another id/],
    [14, 4n, /another number/],
  ] as [number, Felt, RegExp][])
    assert.throws(() => run(consume, [], [[at, to]]), why, `${at}`);
});

test('a new account is where its seed leads, and owns nothing', () => {
  run(create);
  const seed = at.slots + 1 + 8;
  assert.throws(() => run(create, [[seed, 1n]]), /another id/);
  assert.throws(() => run(create, [[at.account + 4, 1n]]), /owns nothing/);
  assert.throws(() => run(create, [[at.account + 1, 1n]]), /not in the state committed to/);
  // Nobody makes a known account new again.
  assert.throws(() => run(consume, [[at.account + 1, 0n]]), /not in the state committed to/);
});

const born = (procedures: readonly Word[], elements: readonly Felt[]): TransactionInputs => ({
  ...create,
  account: crooked(create.account, { procedures, elements }),
});

test('the procedures and slots of a new account are in order', () => {
  const { procedures } = create.account.code;
  const [auth, first, second, ...rest] = procedures;
  assert.throws(() => run(born([auth, second, first, ...rest], [])), /ascend|order/);
  const twice = [auth, ...[auth, first, second, ...rest].sort(compareWords)];
  assert.throws(() => run(born(twice, [])), /procedure twice/);
  const slot = (suffix: bigint, prefix: bigint, type = 0n, first = 0n): Felt[] => [
    ...[first, type, suffix, prefix],
    ...[1n, 2n, 3n, 4n],
  ];
  for (const [elements, why] of [
    [[...slot(5n, 5n), ...slot(5n, 5n)], /slots do not ascend/],
    [[...slot(5n, 5n), ...slot(4n, 5n)], /slots do not ascend/],
    [[...slot(1n, 5n), ...slot(9n, 4n)], /slots do not ascend/],
    [slot(1n, 1n, 0n, 1n), /begins with zero/],
    [slot(1n, 1n, 1n), /not made of the entries given/],
    [slot(1n, 1n, 2n), /binary|0 or 1/i],
  ] as [Felt[], RegExp][])
    assert.throws(() => run(born(procedures, elements)), why);
});

test('a note of an older block is shown to be in the chain; one of no block is named', () => {
  const old = blockWith([note], { number: 1 });
  const chain = new PartialMmr();
  chain.add(EMPTY_WORD);
  chain.add(blockCommitment(old.block), true);
  chain.add([1n, 1n, 1n, 1n]);
  const { block } = blockWith([], { number: 3, chain: chain.commitment });
  const inputs = { account: bob, block, notes: old.notes, chain };
  assert.equal(
    executeTransaction(kernel, inputs, { secret: () => SECRET }).account.vault.amountOf(coin.id),
    7n,
  );
  assert.throws(() => run(inputs, [[at.blocks + 1, 0n]]), /block is not in the chain/);
  assert.throws(() => run(inputs, [[at.blocks + 1, 3n]]), /no leaf/);
  assert.throws(() => run(inputs, [[at.blocks + 1, 4n]]), /no leaf/);
  assert.throws(
    () => executeTransaction(kernel, { account: bob, block, notes: old.notes }),
    /not in the chain/,
  );

  const unseen = { account: bob, block, notes: [{ note }] };
  assert.equal(
    executeTransaction(kernel, unseen, { secret: () => SECRET }).account.vault.amountOf(coin.id),
    7n,
  );
});
