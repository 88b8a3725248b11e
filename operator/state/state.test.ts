import assert from 'node:assert/strict';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { Mmr } from '../../core/merkle/mmr.ts';
import { Smt } from '../../core/merkle/smt.ts';
import { runAtOnce } from '../../core/pace.ts';
import { Batch } from '../../core/protocol/batch/batch.ts';
import { Block } from '../../core/protocol/block/block.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import { verifyInclusion } from '../../core/protocol/note/note-inclusion.ts';
import { makeBlock } from '../block/make-block.ts';
import { OperatorError } from '../errors.ts';
import {
  accountOf,
  addBlock,
  inFolder,
  madeUpGenesis,
  madeUpNotes,
  madeUpTransaction,
  reopened,
} from '../testing/made-up.ts';
import { checkingState } from './check.ts';
import { State } from './state.ts';

const [a, b, c, d] = madeUpNotes;
const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof OperatorError && error.kind === 'block-refused' && pattern.test(error.message);
const kind = (expected: string) => (error: unknown) =>
  error instanceof OperatorError && error.kind === expected;
const nullifier = (n: number): Word => [BigInt(n), 1n, 2n, BigInt(n) << 40n];
const facts = (state: State) => ({
  tip: state.tip,
  chain: state.chain.commitment(),
  roots: state.preview({ updates: [], nullifiers: [] }),
});

test('a chain of blocks: roots, proofs, epochs, and all of it again after opening', () => {
  inFolder((folder) => {
    const state = State.create(folder, madeUpGenesis([0, 1], [a]));
    assert.equal(state.notes.find(a.id)?.block, 0);
    const first = madeUpTransaction(state, { account: 2, from: 0, makes: [b], nullifiers: [nullifier(1)] });
    addBlock(state, [[first]]);
    addBlock(state, [
      [madeUpTransaction(state, { account: 1, from: 1, makes: [c] })],
      [
        madeUpTransaction(state, { account: 0, from: 1, nullifiers: [nullifier(2), nullifier(3)] }),
        madeUpTransaction(state, { account: 3, from: 0, makes: [d] }),
      ],
    ]);
    addBlock(state, []);
    assert.equal(state.tip.number, 3);
    const known = facts(state);

    const expected = new Smt([
      [nullifier(1), [1n, 0n, 0n, 0n]],
      [nullifier(2), [2n, 0n, 0n, 0n]],
      [nullifier(3), [2n, 0n, 0n, 0n]],
    ]);
    assert.deepEqual(state.tip.nullifierRoot, expected.root);
    assert.ok(
      state.nullifierProof(nullifier(2)).verify(state.tip.nullifierRoot, nullifier(2), [2n, 0n, 0n, 0n]),
    );
    assert.ok(state.nullifierProof(nullifier(9)).verify(state.tip.nullifierRoot, nullifier(9), EMPTY_WORD));
    for (const n of [0, 1, 2, 3]) {
      const id = accountOf(n);
      assert.ok(state.accountProof(id).verify(state.tip.accountRoot, id.key, state.accounts.commitment(id)));
    }
    assert.deepEqual(state.accounts.publicAccount(accountOf(1))?.nonce, 2n);
    assert.deepEqual(state.accounts.publicAccount(accountOf(0)), undefined);
    assert.deepEqual(
      state.accounts.changes(accountOf(0), 0, 9).map(({ block }) => block),
      [0, 2],
    );
    const own = state.notes.find(d.id)!;
    assert.equal(own.block, 2);
    assert.ok(verifyInclusion(state.inclusion(own), d.id, state.view(2)!));
    assert.deepEqual(
      state.notes.tagged({ value: d.metadata.tag, bits: 32 }, 1, 3).map(({ id }) => id),
      [d.id],
    );
    assert.equal(state.notes.tagged({ value: 0, bits: 0 }, 0, 3).length, 4);
    assert.deepEqual(
      [...state.nullifiers.between(2, 3)].map(({ block }) => block),
      [2, 2],
    );
    const record = state.blocks.epoch(0)!;
    assert.deepEqual([record.firstBlock, record.blockCount], [0, 4]);
    assert.deepEqual(record.accountRoot, state.tip.accountRoot);
    const range = Mmr.of([0, 1, 2, 3].map((n) => state.view(n)!));
    assert.deepEqual(record.chain, range.commitment());
    assert.deepEqual(state.chain.open(1), range.open(1));
    assert.deepEqual(state.blocks.transaction(first.id)?.block, 1);
    assert.ok(runAtOnce(checkingState(state)).every(({ ok, count }) => ok && count > 0));
    state.close();

    const again = reopened(folder);
    assert.deepEqual(facts(again), known);
    addBlock(again, [[madeUpTransaction(again, { account: 2, from: 1, to: 2 })]]);
    again.close();
  });
});

test('what does not continue the chain changes nothing', () => {
  inFolder((folder) => {
    const state = State.create(folder, madeUpGenesis([0, 1]));
    addBlock(state, [[madeUpTransaction(state, { account: 2, from: 0, nullifiers: [nullifier(1)] })]]);
    const reference = { referenceBlock: state.tip.number, referenceCommitment: blockCommitment(state.tip) };
    const contents = (...made: Parameters<typeof madeUpTransaction>[1][]) => {
      const transactions = made.map((each) => madeUpTransaction(state, each));
      return {
        batches: [new Batch({ ...reference, transactions }, state.view)],
        bytes: transactions.map((each) => each.toBytes()),
      };
    };
    const apply = (block: Block, transactions: Uint8Array[]) => () =>
      state.apply({ block, signatures: Uint8Array.of(), transactions });
    const good = contents({ account: 0, from: 1 });
    const block = makeBlock(state, good, 0);
    const header = (change: object) => new Block({ ...block.header, ...change }, block.body);
    const before = facts(state);
    const wrong: [() => void, RegExp][] = [
      [apply(block, []), /without its transactions/],
      [apply(header({ chain: [1n, 1n, 1n, 1n] }), good.bytes), /another chain/],
      [apply(header({ accountRoot: [1n, 1n, 1n, 1n] }), good.bytes), /account root/],
      [apply(header({ nullifierRoot: [1n, 1n, 1n, 1n] }), good.bytes), /nullifier root/],
      [apply(header({ protocolConfig: [1n, 1n, 1n, 1n] }), good.bytes), /the rules/],
      [apply(header({ nextConfig: [1n, 1n, 1n, 1n] }), good.bytes), /the rules/],
      [apply(header({ validatorConfig: [1n, 1n, 1n, 1n] }), good.bytes), /validators/],
      [apply(header({ baseFee: 1 }), good.bytes), /base fee/],
    ];
    for (const [attempt, message] of wrong) {
      assert.throws(attempt, refused(message));
      assert.deepEqual(facts(state), before);
    }
    const stale = contents({ account: 0, from: 2 });
    assert.throws(apply(makeBlock(state, stale, 0), stale.bytes), refused(/not in the state/));
    const twice = contents({ account: 0, from: 1, nullifiers: [nullifier(1)] });
    assert.throws(apply(makeBlock(state, twice, 0), twice.bytes), refused(/second time/));
    // A failure while the database is written: the same transaction bytes under an id that is there.
    state.database.exec(
      'CREATE TEMP TRIGGER fails BEFORE INSERT ON notes BEGIN SELECT RAISE(ABORT, "no"); END',
    );
    const failing = contents({ account: 0, from: 1, makes: [a], nullifiers: [nullifier(5)] });
    assert.throws(apply(makeBlock(state, failing, 0), failing.bytes));
    assert.deepEqual(facts(state), before);
    state.database.exec('DROP TRIGGER fails');
    apply(makeBlock(state, failing, 0), failing.bytes)();
    assert.equal(state.tip.number, 2);
    assert.ok(runAtOnce(checkingState(state)).every(({ ok }) => ok));
    state.close();
  });
});

test('random chains, opened anew at random: the same roots as trees made at once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ reopen: fc.boolean(), moves: fc.array(fc.nat({ max: 5 }), { maxLength: 4 }) }), {
        maxLength: 6,
      }),
      (steps) => {
        inFolder((folder) => {
          let state = State.create(folder, madeUpGenesis([0]));
          const changes = [1, 0, 0, 0, 0, 0];
          const nullifiers: [Word, Word][] = [];
          for (const [i, { reopen, moves }] of steps.entries()) {
            if (reopen) {
              state.close();
              state = reopened(folder);
            }
            const own = moves.map((n) => {
              const key = nullifier(1000 * (i + 1) + nullifiers.length);
              nullifiers.push([key, [BigInt(i + 1), 0n, 0n, 0n]]);
              return madeUpTransaction(state, { account: n, from: changes[n]++, nullifiers: [key] });
            });
            addBlock(state, own.length > 0 ? [own] : []);
          }
          assert.deepEqual(state.tip.nullifierRoot, new Smt(nullifiers).root);
          const accounts = changes.flatMap((count, n) =>
            count > 0 ? [[accountOf(n).key, state.accounts.commitment(accountOf(n))] as const] : [],
          );
          assert.deepEqual(state.tip.accountRoot, new Smt(accounts).root);
          assert.ok(runAtOnce(checkingState(state)).every(({ ok }) => ok));
          state.close();
        });
      },
    ),
    { numRuns: 10 },
  );
});

test('a tree file is a shortcut: missing, damaged, older or of another chain, the state is the same', () => {
  inFolder((folder) => {
    const file = join(folder, 'nullifiers.tree');
    let state = State.create(folder, madeUpGenesis([0]));
    addBlock(state, [[madeUpTransaction(state, { account: 0, from: 1, nullifiers: [nullifier(1)] })]]);
    state.close();
    assert.ok(existsSync(file));
    const older = readFileSync(file);
    state = reopened(folder);
    addBlock(state, [[madeUpTransaction(state, { account: 0, from: 2, nullifiers: [nullifier(2)] })]]);
    const known = facts(state);
    state.close();
    const newest = readFileSync(file);
    const flipped = Uint8Array.from(newest);
    flipped[40] ^= 1;
    const ahead = Uint8Array.from(newest);
    ahead[12] = 99;
    for (const bytes of [older, newest, flipped, ahead, newest.subarray(0, 30), Uint8Array.of()]) {
      writeFileSync(file, bytes);
      state = reopened(folder);
      assert.deepEqual(facts(state), known);
      state.close();
    }
  });
});

test('what is stored otherwise than it was written is found', () => {
  inFolder((folder) => {
    const state = State.create(folder, madeUpGenesis([0, 1], [a]));
    addBlock(state, [
      [madeUpTransaction(state, { account: 1, from: 1, makes: [b], nullifiers: [nullifier(1)] })],
    ]);
    const { database } = state;
    const damages: [name: string, damage: string][] = [
      ['nullifiers', 'UPDATE nullifiers SET block = 7'],
      ['accounts', 'DELETE FROM accounts WHERE account IS NULL'],
      ['public accounts', 'UPDATE accounts SET account = zeroblob(3) WHERE account IS NOT NULL'],
      ['public accounts', 'UPDATE accounts SET account = NULL'],
      ['notes', 'DELETE FROM notes WHERE block = 1'],
      ['transactions', 'DELETE FROM transactions'],
      ['transactions', 'UPDATE transactions SET bytes = zeroblob(9)'],
      ['blocks', 'UPDATE blocks SET block = zeroblob(9) WHERE number = 1'],
      ['blocks', 'UPDATE blocks SET header = (SELECT header FROM blocks WHERE number = 1) WHERE number = 0'],
    ];
    for (const [name, damage] of damages) {
      database.exec(`SAVEPOINT damage; ${damage}`);
      const found = runAtOnce(checkingState(state)).filter(({ ok }) => !ok);
      assert.ok(
        found.some((each) => each.name === name),
        damage,
      );
      assert.ok(found.every(({ problems }) => problems.length > 0));
      database.exec('ROLLBACK TO damage; RELEASE damage');
    }
    state.close();
  });
});

test('folders: one process each, one network each, and files that are none', () => {
  inFolder((folder) => {
    const state = State.create(folder, madeUpGenesis([0]));
    assert.throws(() => State.open(folder), kind('database-busy'));
    state.close();
    assert.throws(() => State.create(folder, madeUpGenesis([1])), kind('database-busy'));
    reopened(folder).close();
    const file = join(folder, 'state.sqlite');
    const other = new Sqlite(file);
    other.pragma('user_version = 99');
    other.close();
    assert.throws(() => State.open(folder), kind('database-unknown'));
    const foreign = new Sqlite(file);
    foreign.pragma('user_version = 1');
    foreign.pragma('application_id = 5');
    foreign.close();
    assert.throws(() => State.open(folder), kind('database-unknown'));
    truncateSync(file, 1000);
    assert.throws(() => State.open(folder), kind('database-damaged'));
  });
  inFolder((folder) => assert.equal(State.open(folder), undefined));
});

test('leaves that make another root than the latest block names are refused', () => {
  inFolder((folder) => {
    const state = State.create(folder, madeUpGenesis([0]));
    addBlock(state, [[madeUpTransaction(state, { account: 0, from: 1, nullifiers: [nullifier(1)] })]]);
    state.close();
    const file = join(folder, 'state.sqlite');
    const database = new Sqlite(file);
    database.exec('DELETE FROM nullifiers');
    database.close();
    writeFileSync(join(folder, 'nullifiers.tree'), '');
    assert.throws(() => State.open(folder), kind('database-damaged'));
  });
});

test('a first block that contradicts itself makes no network', () => {
  inFolder((folder) => {
    const genesis = madeUpGenesis([0]);
    const { block } = genesis;
    const changed = (change: object) => ({
      ...genesis,
      block: new Block({ ...block.header, ...change }, block.body),
    });
    for (const change of [{ accountRoot: EMPTY_WORD }, { nullifierRoot: EMPTY_WORD }, { chain: EMPTY_WORD }])
      assert.throws(() => State.create(folder, changed(change)), refused(/first block/));
    assert.equal(State.open(folder), undefined);
    State.create(folder, genesis).close();
  });
});
