import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KilnError } from '../../core/errors.ts';
import { runAtOnce } from '../../core/pace.ts';
import { Block } from '../../core/protocol/block/block.ts';
import { BlockBody } from '../../core/protocol/block/block-body.ts';
import { signaturesToBytes, signBlock } from '../../core/protocol/block/validators.ts';
import type { OperatorApi, ServedBlock } from '../../operator/api.ts';
import { OperatorError } from '../../operator/errors.ts';
import { networkOf } from '../../operator/genesis/genesis.ts';
import type { Operator } from '../../operator/operator.ts';
import { checkingState } from '../../operator/state/check.ts';
import { State } from '../../operator/state/state.ts';
import { Follower } from '../../operator/sync/follower.ts';
import { madeUpNotes, madeUpTransaction } from '../../operator/testing/made-up.ts';
import { kernel } from '../protocol/transactions.ts';
import { HEIGHTS, inOwnFolder, secret, source, verifier, withOperator } from './operators.ts';

const network = networkOf(source, kernel);
const [a, b, c] = madeUpNotes;

/** Three blocks: notes made, consumed in the same block and in a later one, a chain on one account. */
async function fill(operator: Operator): Promise<void> {
  const submit = (made: Parameters<typeof madeUpTransaction>[1]) =>
    operator.submit(madeUpTransaction(operator.state, made).toBytes());
  await submit({ account: 1, from: 0, makes: [a, b] });
  await submit({ account: 2, from: 0, consumes: [a] });
  operator.makeBlock();
  operator.makeBlock();
  await submit({ account: 2, from: 1, consumes: [b] });
  await submit({ account: 2, from: 2, makes: [c] });
  operator.makeBlock();
}

const withFollower = (
  from: Pick<OperatorApi, 'blocks'>,
  work: (follower: Follower, state: State) => Promise<void>,
  verify = verifier(),
): Promise<void> =>
  inOwnFolder(async (folder) => {
    const state = State.create(folder, network.genesis);
    try {
      await work(new Follower({ state, network, source: from, verifier: verify, standards: kernel }), state);
    } finally {
      state.close();
    }
  });

test('a second node comes to the same state, block by block', async () => {
  await withOperator(async (operator) => {
    await fill(operator);
    await withFollower(operator, async (follower, state) => {
      const seen: number[] = [];
      assert.equal(await follower.catchUp({ onBlock: (number) => seen.push(number) }), 3);
      assert.deepEqual(seen, [1, 2, 3]);
      assert.deepEqual(state.tip, operator.state.tip);
      assert.deepEqual(state.chain.commitment(), operator.state.chain.commitment());
      assert.ok(runAtOnce(checkingState(state)).every(({ ok }) => ok));
      assert.equal(await follower.catchUp(), 0);
      operator.makeBlock();
      assert.equal(await follower.catchUp(), 1);
    });
  });
});

test('proofs are verified again, each against its block', async () => {
  await withOperator(async (operator) => {
    await fill(operator);
    const references: number[] = [];
    const watching = verifier(async (_, header) => {
      references.push(header.number);
      return HEIGHTS;
    });
    await withFollower(operator, async (follower) => void (await follower.catchUp()), watching);
    assert.deepEqual(references, [0, 0, 2, 2]);
    const refusing = verifier(async (_, header) => {
      if (header.number === 0) return HEIGHTS;
      throw new OperatorError('proof-refused', 'no');
    });
    await withFollower(
      operator,
      async (follower, state) => {
        await assert.rejects(follower.catchUp(), { kind: 'proof-refused' });
        assert.equal(state.tip.number, 2);
      },
      refusing,
    );
  });
});

test('an operator that lies about a block is found out, and the blocks before it are kept', async () => {
  await withOperator(async (operator) => {
    await fill(operator);
    const [, , honest] = await operator.blocks({ from: 1, count: 3, transactions: true });
    const block = Block.fromBytes(honest.block);
    const { header, body } = block;
    /** What a validator that lies could sign. */
    const signed = (forged: Block): ServedBlock => ({
      ...honest,
      block: forged.toBytes(),
      signatures: signaturesToBytes([signBlock(forged.commitment, secret)]),
    });
    const headed = (change: object): ServedBlock => signed(new Block({ ...header, ...change }, body));
    const empty = new BlockBody({ updates: [], batches: [], nullifiers: [] });
    const hollow = { noteRoot: empty.noteTree.root, transactions: empty.transactionsCommitment };
    const [first, second] = honest.transactions;
    const fewer = new BlockBody({ ...body, nullifiers: [] });
    const lies: [ServedBlock, string][] = [
      [{ ...honest, signatures: signaturesToBytes([undefined]) }, 'too few signed'],
      [{ ...honest, signatures: signaturesToBytes([]) }, 'nobody signed'],
      [
        {
          ...honest,
          signatures: signaturesToBytes([
            signBlock(
              block.commitment,
              secret.map(() => 8),
            ),
          ]),
        },
        'another signed',
      ],
      [headed({ timestamp: header.timestamp + 1, previous: header.chain }), 'another parent'],
      [headed({ number: 4 }), 'another number'],
      [headed({ timestamp: 1 }), 'earlier than its parent'],
      [headed({ accountRoot: header.chain }), 'another account root'],
      [headed({ nullifierRoot: header.chain }), 'another nullifier root'],
      [headed({ chain: header.previous }), 'another chain'],
      [headed({ baseFee: 1 }), 'another fee'],
      [signed(new Block(header, fewer)), 'a nullifier left out'],
      [signed(new Block({ ...header, ...hollow }, empty)), 'other transactions than it has'],
      [{ ...honest, transactions: [] }, 'no transaction'],
      [{ ...honest, transactions: [first] }, 'one transaction'],
      [{ ...honest, transactions: [second, first] }, 'another order'],
      [{ ...honest, transactions: [first, second, second] }, 'one too many'],
      [{ ...honest, transactions: [first, first] }, 'one twice'],
      [{ ...honest, block: honest.block.subarray(1) }, 'no block'],
    ];
    for (const [lie, what] of lies) {
      const lying = {
        blocks: async (request: Parameters<OperatorApi['blocks']>[0]) => {
          const served = await operator.blocks(request);
          return served.map((each, i) => (request.from + i === 3 ? lie : each));
        },
      };
      await withFollower(lying, async (follower, state) => {
        await assert.rejects(follower.catchUp(), (error) => error instanceof KilnError, what);
        assert.equal(state.tip.number, 2, what);
      });
    }
  });
});

test('stopped, it goes on where it was', async () => {
  await withOperator(async (operator) => {
    await fill(operator);
    await withFollower(operator, async (follower, state) => {
      const controller = new AbortController();
      const onBlock = () => controller.abort();
      await assert.rejects(follower.catchUp({ signal: controller.signal, onBlock }), { name: 'AbortError' });
      assert.equal(state.tip.number, 1);
      assert.equal(await follower.catchUp(), 2);
    });
  });
});
