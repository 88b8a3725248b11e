import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Felt } from '../../core/field/felt.ts';
import { compareWords, EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { PartialMmr } from '../../core/merkle/partial-mmr.ts';
import { runAtOnce } from '../../core/pace.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountCode } from '../../core/protocol/account/account-code.ts';
import { searchingSeed } from '../../core/protocol/account/id-seed.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { Vault } from '../../core/protocol/asset/vault.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import { commitList } from '../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import { transactionAdvice } from '../../core/protocol/executor/advice.ts';
import {
  executeTransaction,
  publicInputs,
  transactionProgram,
} from '../../core/protocol/executor/execute-transaction.ts';
import { TransactionHost } from '../../core/protocol/executor/host.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { API_ROWS } from '../../core/protocol/kernel-api.ts';
import { execute } from '../../core/vm/execute.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, wallet } from './transactions.ts';

const coin = Asset.fungible(newAccount({ seed: 9 }).id, 7n);
const bob = wallet();
const note = p2id(coin.id.faucet, bob.id, [coin]);
const consume: TransactionInputs = { account: bob, ...blockWith([note]) };
const create: TransactionInputs = { account: newAccount(), ...blockWith() };

// Where things stand in the advice of these transactions.
const HEADER = 4 * API_ROWS;
const ACCOUNT = HEADER + 44;
const PROCEDURES = ACCOUNT + 16;
const SLOTS = PROCEDURES + 1 + 4 * bob.code.procedures.length;
const NOTES = SLOTS + 1 + 8;
const NOTE_ARGS = NOTES + 1;
const SERIAL = NOTE_ARGS + 4;
const METADATA = SERIAL + 16;
const ASSETS = SERIAL + 24;
const INCLUSION = ASSETS + 1 + 8;

type Change = readonly [at: number, to: Felt];
/** Runs a transaction with one element of the advice, or one of the public inputs, changed. */
function run(inputs: TransactionInputs, advised: Change[] = [], stated: Change[] = []): void {
  const advice = transactionAdvice(inputs, kernel.procedures);
  const changed = (values: readonly Felt[], changes: Change[]): Felt[] =>
    changes.reduce((all, [at, to]) => all.with(at, to), [...values]);
  execute(
    transactionProgram(kernel, inputs),
    {
      stack: changed(publicInputs(inputs), stated),
      advice: { ...advice, stack: changed(advice.stack ?? [], advised) },
    },
    { host: new TransactionHost(inputs.account, kernel, { secret: () => SECRET }), maxCycles: 2 ** 15 },
  );
}

test('what comes from the advice is what it is committed to', () => {
  const cases: [number, Felt, RegExp][] = [
    [9, 1n, /kernel's procedures are not/],
    [HEADER + 2, 1n, /reference block is not/],
    [HEADER + 40, 1n, /reference block is not/],
    [ACCOUNT, 2n, /account is of no known version/],
    [ACCOUNT + 1, 6n, /not in the state committed to/],
    [ACCOUNT + 2, 0n, /another id/],
    [ACCOUNT + 3, 0n, /another id/],
    [PROCEDURES, 257n, /too many procedures/],
    [PROCEDURES, 1n, /too few procedures/],
    [PROCEDURES, 2n ** 32n, /not below 2\^32/],
    [PROCEDURES + 5, 1n, /code is not/],
    [SLOTS, 256n, /too many storage slots/],
    [SLOTS, 2n ** 32n, /not below 2\^32/],
    [SLOTS, 0n, /storage is not/],
    [SLOTS + 6, 1n, /storage is not/],
    [NOTES, 1025n, /so many notes/],
    [NOTES, 2n ** 32n, /not below 2\^32/],
    [NOTES, 0n, /notes consumed are not/],
    [SERIAL, 99n, /not in its block/],
    [ASSETS, 17n, /too many assets/],
    [ASSETS, 2n ** 32n, /not below 2\^32/],
    [ASSETS, 0n, /assets of a note are not/],
    [ASSETS + 5, 8n, /assets of a note are not/],
    [METADATA, note.metadata.sender.suffix + 2n, /metadata of a note/],
    [METADATA, note.metadata.sender.suffix + 0x81n, /metadata of a note/],
    [INCLUSION, 0n, /notes consumed are not/],
    [INCLUSION + 2, 1n, /not in its block|not know/],
  ];
  for (const [at, to, why] of cases) assert.throws(() => run(consume, [[at, to]]), why, `${at}: ${to}`);
  run(consume, [[NOTE_ARGS, 5n]]);
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
  const seed = SLOTS + 1 + 8;
  assert.throws(() => run(create, [[seed, 1n]]), /another id/);
  assert.throws(() => run(create, [[ACCOUNT + 4, 1n]]), /owns nothing/);
  assert.throws(() => run(create, [[ACCOUNT + 1, 1n]]), /not in the state committed to/);
  // Nobody makes a known account new again.
  assert.throws(() => run(consume, [[ACCOUNT + 1, 0n]]), /not in the state committed to/);
});

/** A new account that breaks a rule: its seed is searched for it as it is. */
function crooked(
  procedures: readonly Word[],
  elements: readonly Felt[],
  callbacks = false,
): TransactionInputs {
  const { code: honest } = create.account;
  const code = Object.assign(Object.create(AccountCode.prototype), { procedures, forests: honest.forests });
  const commitment = commitList(ProtocolDomain.ACCOUNT_STORAGE, elements);
  const storage = { elements, commitment, slots: Array(elements.length / 8).fill({}) };
  const found = runAtOnce(
    searchingSeed({
      code: code.commitment,
      storage: commitment,
      type: 'private',
      callbacks,
      random: new Uint8Array(32),
    }),
  );
  const parts = { ...found, nonce: 0n, code, storage, vault: new Vault() };
  return { ...create, account: Object.assign(Object.create(Account.prototype), parts) };
}

test('the procedures and slots of a new account are in order', () => {
  const { procedures } = create.account.code;
  const [auth, first, second, ...rest] = procedures;
  assert.throws(() => run(crooked([auth, second, first, ...rest], [])), /ascend|order/);
  const twice = [auth, ...[auth, first, second, ...rest].sort(compareWords)];
  assert.throws(() => run(crooked(twice, [])), /procedure twice/);
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
    assert.throws(() => run(crooked(procedures, elements)), why);
  assert.throws(() => run(crooked(procedures, [], true)), /no known version or kind/);
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
  assert.throws(() => run(inputs, [[INCLUSION + 1, 0n]]), /block is not in the chain/);
  assert.throws(() => run(inputs, [[INCLUSION + 1, 3n]]), /has no node/);
  assert.throws(() => run(inputs, [[INCLUSION + 1, 4n]]), /no leaf/);
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
