import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Word, wordKey } from '../../core/hash/word.ts';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import { makeBatches } from '../block/make-batches.ts';
import { makeBlock } from '../block/make-block.ts';
import { OperatorError } from '../errors.ts';
import { State } from '../state/state.ts';
import {
  addBlock,
  inFolder,
  type MadeUp,
  madeUpGenesis,
  madeUpNotes,
  madeUpTransaction,
} from '../testing/made-up.ts';
import { type Dropped, Mempool, pendingTransaction } from './mempool.ts';

const [a, b, c] = madeUpNotes;
const kind = (expected: string) => (error: unknown) =>
  error instanceof OperatorError && error.kind === expected;
const nullifier = (n: number): Word => [BigInt(n), 1n, 2n, BigInt(n) << 40n];
const pend = (state: State, made: MadeUp) => pendingTransaction(madeUpTransaction(state, made));

/** Makes the next block of all that waits. */
function next(state: State, mempool: Mempool): { included: number; dropped: Dropped[] } {
  const waiting = new Map(
    [...mempool.transactions].map((each) => [wordKey(each.id), each.transaction.toBytes()]),
  );
  const block = makeBlock(state, { batches: makeBatches(state, mempool.transactions) }, 0);
  const ids = makeBatches(state, mempool.transactions).flatMap(({ transactions }) =>
    transactions.map(({ id }) => wordKey(id)),
  );
  state.apply({ block, signatures: Uint8Array.of(), transactions: ids.map((id) => waiting.get(id)!) });
  return { included: ids.length, dropped: mempool.settle(new Set(ids)) };
}

function withState(
  work: (state: State, mempool: Mempool) => void,
  genesis = madeUpGenesis([0, 1], [a]),
): void {
  inFolder((folder) => {
    const state = State.create(folder, genesis);
    work(state, new Mempool(state, 100));
    state.close();
  });
}

test('chains on one account, notes made and consumed by those that wait: one block', () => {
  withState((state, mempool) => {
    mempool.add(pend(state, { account: 0, from: 1, makes: [b] }));
    mempool.add(pend(state, { account: 0, from: 2, makes: [c] }));
    mempool.add(pend(state, { account: 1, from: 1, consumes: [b, a] }));
    assert.equal(mempool.size, 3);
    assert.deepEqual(next(state, mempool), { included: 3, dropped: [] });
    assert.equal(mempool.size, 0);
    // b is erased, c is there, a was in a block and is consumed by its nullifier.
    assert.equal(state.notes.find(b.id), undefined);
    assert.equal(state.notes.find(c.id)?.block, 1);
    assert.equal(state.nullifiers.block(a.nullifier), 1);
    assert.equal(state.nullifiers.block(b.nullifier), undefined);
  });
});

test('conflicts are refused at once, with the reason', () => {
  withState((state, mempool) => {
    addBlock(state, [[madeUpTransaction(state, { account: 2, from: 0, nullifiers: [nullifier(1)] })]]);
    const first = pend(state, { account: 0, from: 1, makes: [b], nullifiers: [nullifier(2)] });
    mempool.add(first);
    const wrong: [MadeUp, string][] = [
      [{ account: 0, from: 1, nullifiers: [nullifier(9)] }, 'transaction-conflict'],
      [{ account: 0, from: 3 }, 'transaction-stale'],
      [{ account: 1, from: 2 }, 'transaction-stale'],
      [{ account: 3, from: 1 }, 'transaction-stale'],
      [{ account: 1, from: 0 }, 'transaction-stale'],
      [{ account: 1, from: 1, nullifiers: [nullifier(1)] }, 'note-consumed'],
      [{ account: 1, from: 1, nullifiers: [nullifier(2)] }, 'transaction-conflict'],
      [{ account: 1, from: 1, consumes: [c] }, 'note-unknown'],
      [{ account: 1, from: 1, makes: [b] }, 'transaction-conflict'],
      [{ account: 1, from: 1, expirationBlock: 2 }, 'transaction-expired'],
    ];
    for (const [made, expected] of wrong)
      assert.throws(
        () => mempool.add(pend(state, made)),
        kind(expected),
        JSON.stringify(made.account) + expected,
      );
    assert.throws(() => mempool.add(first), kind('transaction-known'));
    const foreign = madeUpTransaction(state, { account: 1, from: 1 });
    const other = Object.create(foreign, { referenceCommitment: { value: nullifier(3) } });
    assert.throws(
      () => mempool.add({ ...pendingTransaction(foreign), transaction: other }),
      kind('transaction-stale'),
    );
    assert.equal(mempool.size, 1);
    const full = new Mempool(state, 1);
    full.add(first);
    assert.throws(() => full.add(pend(state, { account: 1, from: 1 })), kind('mempool-full'));
  });
});

test('an id whose first half is taken, by an account or by one that waits', () => {
  withState((state, mempool) => {
    const twin = (made: MadeUp) => {
      const { transaction, ...rest } = pend(state, made);
      const { account } = transaction;
      const id = new AccountId(account.id.prefix, account.id.suffix + 256n);
      const other = Object.create(transaction, { account: { value: { ...account, id } } });
      return { ...rest, id: nullifier(8), transaction: other };
    };
    mempool.add(pend(state, { account: 4, from: 0 }));
    addBlock(state, [[madeUpTransaction(state, { account: 6, from: 0 })]]);
    for (const account of [4, 6])
      assert.throws(() => mempool.add(twin({ account, from: 0 })), kind('transaction-conflict'));
  });
});

test('after a block those that cannot follow any more leave, and those behind them', () => {
  withState((state, mempool) => {
    const late = pend(state, { account: 0, from: 1, makes: [b], expirationBlock: 2 });
    mempool.add(late);
    mempool.add(pend(state, { account: 0, from: 2 }));
    mempool.add(pend(state, { account: 2, from: 0, consumes: [b] }));
    mempool.add(pend(state, { account: 1, from: 1 }));
    addBlock(state, []);
    assert.deepEqual(
      mempool.settle(new Set()).map(({ reason }) => reason.kind),
      ['transaction-expired', 'transaction-stale', 'note-unknown'],
    );
    assert.equal(mempool.size, 1);
  });
});

test('any order of arrival: what is admitted makes a block, and nothing is consumed twice', () => {
  const step = fc.record({
    account: fc.nat({ max: 3 }),
    from: fc.nat({ max: 3 }),
    makes: fc.array(fc.nat({ max: 8 }), { maxLength: 2 }),
    consumes: fc.array(fc.nat({ max: 8 }), { maxLength: 2 }),
    spends: fc.array(fc.nat({ max: 5 }), { maxLength: 1 }),
    block: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      withState((state, mempool) => {
        const spent = new Set<string>();
        let total = 0;
        for (const { account, from, makes, consumes, spends, block } of steps) {
          const pick = (list: number[]) => [...new Set(list)].map((n) => madeUpNotes[n]);
          const own = new Set(makes);
          const made = {
            account,
            from,
            makes: pick(makes),
            consumes: pick(consumes.filter((n) => !own.has(n))),
            nullifiers: [...new Set(spends)].map(nullifier),
          };
          try {
            mempool.add(pend(state, made));
          } catch (error) {
            assert.ok(error instanceof OperatorError, String(error));
            continue;
          }
          for (const n of spends) {
            assert.ok(!spent.has(`${n}`));
            spent.add(`${n}`);
          }
          if (block) {
            const { included, dropped } = next(state, mempool);
            total += included;
            assert.deepEqual(dropped, []);
          }
        }
        total += next(state, mempool).included;
        assert.ok(total <= steps.length && mempool.size === 0);
      });
    }),
    { numRuns: 25 },
  );
});
