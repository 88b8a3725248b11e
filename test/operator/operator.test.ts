import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FormatError } from '../../core/bytes.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../core/hash/word.ts';
import { PartialMmr } from '../../core/merkle/partial-mmr.ts';
import { runAtOnce } from '../../core/pace.ts';
import { Block } from '../../core/protocol/block/block.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import { checkSignatures, signaturesFromBytes } from '../../core/protocol/block/validators.ts';
import { noteId } from '../../core/protocol/note/note.ts';
import { verifyInclusion } from '../../core/protocol/note/note-inclusion.ts';
import { publishedHeader } from '../../core/protocol/transaction/note-lists.ts';
import { answerSync, nullifierPrefix } from '../../operator/answers.ts';
import type { SyncAnswer } from '../../operator/api.ts';
import { OperatorError } from '../../operator/errors.ts';
import { genesisSource } from '../../operator/genesis/genesis.ts';
import { MailboxLimit } from '../../operator/mailbox.ts';
import { Operator } from '../../operator/operator.ts';
import { checkingState } from '../../operator/state/check.ts';
import { accountOf, madeUpNotes, madeUpTransaction } from '../../operator/testing/made-up.ts';
import { kernel, newAccount } from '../protocol/transactions.ts';
import { HEIGHTS, inOwnFolder, secret, source, validators, verifier, withOperator } from './operators.ts';

const nullifier = (n: number): Word => [BigInt(n), 1n, 2n, BigInt(n) << 50n];
const kind = (expected: string) => (error: unknown) =>
  error instanceof OperatorError && error.kind === expected;

const made = (operator: Operator, ...args: [Parameters<typeof madeUpTransaction>[1]]) =>
  madeUpTransaction(operator.state, ...args);
const [a] = madeUpNotes;

test('accepted is durable: waiting after a restart, committed in a block, the same answer each time', async () => {
  await withOperator(async (first, reopen) => {
    const transaction = made(first, { account: 2, from: 0, makes: [a] });
    const bytes = transaction.toBytes();
    assert.deepEqual(await first.transaction(transaction.id), { stage: 'unknown' });
    const receipts = await Promise.all([first.submit(bytes), first.submit(bytes)]);
    assert.deepEqual(receipts[0], receipts[1]);
    assert.deepEqual(await first.submit(bytes), receipts[0]);
    const again = await reopen();
    assert.equal(again.waiting, 1);
    assert.deepEqual(await again.transaction(transaction.id), { stage: 'waiting' });
    assert.deepEqual(await again.submit(bytes), receipts[0]);
    const headers: number[] = [];
    const stop = again.onBlock(({ number }) => headers.push(number));
    again.makeBlock();
    stop();
    again.makeBlock();
    assert.deepEqual(headers, [1]);
    assert.deepEqual(await again.transaction(transaction.id), { stage: 'committed', block: 1 });
    assert.deepEqual((await again.submit(bytes)).id, transaction.id);
    assert.equal((await again.status()).tip.number, 2);
    assert.equal((await again.epoch(0))?.blockCount, 2);
    assert.equal(await again.epoch(9), undefined);
    assert.deepEqual(Buffer.from(await again.genesis()), Buffer.from(source));
    assert.ok(runAtOnce(checkingState(again.state)).every(({ ok }) => ok));
  });
});

test('a block that is made before an answer leaves has the transaction once', async () => {
  await withOperator(async (operator) => {
    const transaction = made(operator, { account: 2, from: 0 });
    const answer = operator.submit(transaction.toBytes());
    while (operator.waiting === 0) await Promise.resolve();
    operator.makeBlock();
    assert.deepEqual((await answer).id, transaction.id);
    assert.equal(operator.state.database.prepare('SELECT count(*) FROM waiting').pluck().get(), 0);
    assert.deepEqual(await operator.transaction(transaction.id), { stage: 'committed', block: 1 });
  });
});

test('what is refused leaves nothing behind', async () => {
  const refusing = verifier(async () => {
    throw new OperatorError('proof-refused', 'no');
  });
  await withOperator(
    async (operator, reopen) => {
      const transaction = made(operator, { account: 2, from: 0 });
      await assert.rejects(operator.submit(transaction.toBytes()), kind('proof-refused'));
      await assert.rejects(operator.submit(transaction.toBytes().subarray(1)), FormatError);
      await assert.rejects(
        operator.submit(made(operator, { account: 2, from: 1 }).toBytes()),
        kind('transaction-stale'),
      );
      assert.equal(operator.waiting, 0);
      const again = await reopen();
      assert.deepEqual(await again.transaction(transaction.id), { stage: 'unknown' });
      await again.submit(transaction.toBytes());
      assert.equal(again.waiting, 1);
    },
    { verifier: refusing },
  );
});

test('where a fee is asked for, a transaction without its note is refused, whatever its proof', async () => {
  const parts = { name: 'paid', timestamp: 1, feeIssuer: newAccount().id, validators, baseFee: 3 };
  await inOwnFolder(async (folder) => {
    const options = { folder, kernel, validators: [secret], version: '1', verifier: verifier() };
    const operator = Operator.open(options, genesisSource(parts, kernel));
    const transaction = made(operator, { account: 2, from: 0 });
    await assert.rejects(operator.submit(transaction.toBytes()), (error) =>
      /owes 36/.test((error as OperatorError).details),
    );
    assert.equal(operator.waiting, 0);
    await operator.close();
  });
});

test('two from the same state whose proofs are verified at the same time: one is accepted', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = verifier(async () => {
    await gate;
    return HEIGHTS;
  });
  await withOperator(
    async (operator) => {
      const both = [1, 2].map((n) =>
        made(operator, { account: 2, from: 0, nullifiers: [nullifier(n)] }).toBytes(),
      );
      const answers = Promise.allSettled(both.map((each) => operator.submit(each)));
      release();
      const [first, second] = await answers;
      assert.equal(first.status, 'fulfilled');
      assert.ok(second.status === 'rejected' && kind('transaction-conflict')(second.reason));
      assert.equal(operator.makeBlock().number, 1);
    },
    { verifier: slow },
  );
});

test('a transaction that expires while it waits is dropped, with those that follow it, and the reason is kept', async () => {
  await withOperator(async (operator, reopen) => {
    // A full block has no room for the last of them.
    const many = made(operator, { account: 2, from: 0, makes: [a], expirationBlock: 2 });
    const next = made(operator, { account: 4, from: 0, consumes: [a] });
    await operator.submit(many.toBytes());
    await operator.submit(next.toBytes());
    operator.state.database.exec('DELETE FROM waiting WHERE position = 1');
    const again = await reopen();
    assert.equal(again.waiting, 0);
    const status = await again.transaction(next.id);
    assert.ok(status.stage === 'dropped' && status.kind === 'note-unknown');
  });
});

/** What a client does with an answer, from the blocks before the one it knows. */
function verified(range: PartialMmr, answer: SyncAnswer, known?: Word): void {
  const { header, signatures } = answer;
  if (header.number > 0)
    checkSignatures(validators, blockCommitment(header), signaturesFromBytes(signatures));
  range.apply(answer.chain);
  assert.deepEqual(range.commitment, header.chain);
  if (answer.known) {
    range.track(answer.known);
    assert.deepEqual(answer.known.leaf, known);
  }
  for (const { note, inclusion, block } of answer.notes) {
    if (block) range.track(block);
    const commitment = block ? block.leaf : blockCommitment(header);
    assert.ok(verifyInclusion(inclusion, noteId(publishedHeader(note)), commitment));
  }
  for (const { id, commitment, proof } of answer.accounts)
    assert.ok(proof.verify(header.accountRoot, id.key, commitment));
}

test('a client comes from block to block, and trusts nothing it cannot verify', async () => {
  await withOperator(async (operator) => {
    const range = new PartialMmr();
    const tags = [{ value: 0, bits: 0 }];
    const accounts = [accountOf(1), accountOf(2), accountOf(3)];
    const request = { tags, accounts, nullifiers: 'all' as const };
    const first = await operator.sync(request);
    verified(range, first);
    assert.deepEqual([first.upTo, first.notes, first.nullifiers], [0, [], []]);
    for (let n = 0; n < 5; n++) {
      const change = { account: 1, from: n, makes: [madeUpNotes[n]], nullifiers: [nullifier(n)] };
      await operator.submit(made(operator, change).toBytes());
      operator.makeBlock();
    }
    const second = await operator.sync({ ...request, after: 0 });
    verified(range, second, blockCommitment(first.header));
    assert.deepEqual(
      second.notes.map(({ inclusion }) => inclusion.blockNumber),
      [1, 2, 3, 4, 5],
    );
    assert.deepEqual(
      second.nullifiers.map(({ block }) => block),
      [1, 2, 3, 4, 5],
    );
    assert.deepEqual(second.accounts[0].account?.commitment, second.accounts[0].commitment);
    assert.ok(second.accounts.slice(1).every(({ commitment }) => wordsEqual(commitment, EMPTY_WORD)));
    const same = await operator.sync({ ...request, after: 5 });
    verified(range, same);
    assert.deepEqual([same.notes, same.known], [[], undefined]);

    const [wanted] = madeUpNotes;
    const byTag = await operator.sync({
      tags: [{ value: wanted.metadata.tag, bits: 32 }],
      accounts: [],
      nullifiers: [],
    });
    assert.deepEqual(byTag.notes.length, 1);
    const prefix = nullifierPrefix(nullifier(3));
    const byPrefix = await operator.sync({ tags: [], accounts: [], nullifiers: [prefix] });
    assert.deepEqual(byPrefix.nullifiers, [{ nullifier: nullifier(3), block: 4 }]);

    const shown = await operator.notes([a.id, EMPTY_WORD]);
    assert.equal(shown.notes.length, 1);
    const spent = await operator.nullifiers([nullifier(1), nullifier(9)]);
    assert.ok(spent.proofs[0].verify(spent.header.nullifierRoot, nullifier(1), [2n, 0n, 0n, 0n]));
    assert.ok(spent.proofs[1].verify(spent.header.nullifierRoot, nullifier(9), EMPTY_WORD));
    assert.equal((await operator.accounts([accountOf(1)])).accounts.length, 1);
    const blocks = await operator.blocks({ from: 1, count: 9, transactions: true });
    assert.equal(blocks.length, 5);
    assert.equal(Block.fromBytes(blocks[4].block).header.number, 5);
    assert.equal(blocks[0].transactions.length, 1);
  });
});

test('answers end, and go on where they ended', async () => {
  await withOperator(async (operator) => {
    const many = (n: number, count: number) =>
      Array.from({ length: count }, (_, i) => nullifier(n * 1024 + i));
    for (let n = 0; n < 3; n++) {
      await operator.submit(
        made(operator, { account: 2, from: n, nullifiers: many(n, 900), makes: [madeUpNotes[n]] }).toBytes(),
      );
      operator.makeBlock();
    }
    const small = { SYNC_BLOCKS: 4096, SYNC_NOTES: 1024, SYNC_NULLIFIERS: 1000 };
    for (const limit of [
      small,
      { ...small, SYNC_NULLIFIERS: 9000, SYNC_NOTES: 1 },
      { ...small, SYNC_BLOCKS: 1 },
    ]) {
      const [found, made]: [number[], number[]] = [[], []];
      let pages = 0;
      for (let notesAfter = 0; notesAfter < operator.state.tip.number; pages++) {
        const request = {
          after: 0,
          notesAfter,
          tags: [{ value: 0, bits: 0 }],
          accounts: [],
          nullifiers: 'all',
        } as const;
        const answer = answerSync(operator.state, request, limit);
        found.push(...answer.nullifiers.map(({ block }) => block));
        made.push(...answer.notes.map(({ inclusion }) => inclusion.blockNumber));
        assert.ok(answer.upTo > notesAfter);
        notesAfter = answer.upTo;
      }
      assert.equal(pages, 3);
      assert.deepEqual(made, [1, 2, 3]);
      assert.deepEqual(
        [1, 2, 3].map((block) => found.filter((each) => each === block).length),
        [900, 900, 900],
      );
    }
  });
});

test('requests that ask for too much, or for what cannot be', async () => {
  await withOperator(async (operator) => {
    const empty = { tags: [], accounts: [], nullifiers: [] };
    const tag = { value: 0, bits: 0 };
    const refused = kind('request-refused');
    const list = <T>(each: T, length: number): T[] => Array.from({ length }, () => each);
    await assert.rejects(operator.sync({ ...empty, tags: list(tag, 65) }), refused);
    await assert.rejects(operator.sync({ ...empty, accounts: list(accountOf(1), 257) }), refused);
    await assert.rejects(operator.sync({ ...empty, nullifiers: list(1, 1025) }), refused);
    for (const wrong of [
      { value: -1, bits: 0 },
      { value: 2 ** 32, bits: 0 },
      { value: 0, bits: 33 },
      { value: 0, bits: 0.5 },
    ]) {
      await assert.rejects(operator.sync({ ...empty, tags: [wrong] }), refused);
      await assert.rejects(operator.mailbox({ tags: [wrong], after: 0 }), refused);
    }
    for (const number of [-1, 1, 0.5, Number.NaN])
      await assert.rejects(operator.sync({ ...empty, after: number }), refused);
    await assert.rejects(operator.sync({ ...empty, notesAfter: 1 }), refused);
    await assert.rejects(operator.accounts(list(accountOf(1), 257)), refused);
    await assert.rejects(operator.notes(list(EMPTY_WORD, 257)), refused);
    await assert.rejects(operator.nullifiers(list(EMPTY_WORD, 1025)), refused);
    await assert.rejects(operator.blocks({ from: -1, count: 1, transactions: false }), refused);
    await assert.rejects(operator.blocks({ from: 0, count: 65, transactions: false }), refused);
    await assert.rejects(operator.post({ tag: -1, sealed: Uint8Array.of(1) }), refused);
    await assert.rejects(operator.post({ tag: 1, sealed: Uint8Array.of() }), refused);
    await assert.rejects(
      operator.post({ tag: 1, sealed: new Uint8Array(MailboxLimit.ITEM_BYTES + 1) }),
      refused,
    );
  });
});

test('the mailbox hands sealed notes on by tag, in order and in pages, and forgets old ones', async () => {
  let now = 1_700_000_000;
  await withOperator(
    async (operator) => {
      for (let n = 0; n < 300; n++)
        await operator.post({ tag: n % 2 === 0 ? 0 : 0x80000000, sealed: Uint8Array.of(n & 0xff, 1) });
      const even = [{ value: 0, bits: 1 }];
      const first = await operator.mailbox({ tags: even, after: 0 });
      assert.deepEqual([first.items.length, first.more], [150, false]);
      const both = await operator.mailbox({ tags: [{ value: 0, bits: 0 }, ...even], after: 0 });
      assert.deepEqual([both.items.length, both.more], [256, true]);
      const rest = await operator.mailbox({ tags: [{ value: 0, bits: 0 }], after: both.items[255].number });
      assert.deepEqual([rest.items.length, rest.more], [44, false]);
      now += MailboxLimit.KEPT + 1;
      await operator.post({ tag: 5, sealed: Uint8Array.of(9) });
      assert.equal((await operator.mailbox({ tags: [{ value: 0, bits: 0 }], after: 0 })).items.length, 1);
    },
    { now: () => now },
  );
});

test('folders and keys that do not fit', async () => {
  await withOperator(async (_, reopen) => {
    const operator = await reopen();
    const { folder } = { folder: operator.state.database.name };
    assert.ok(folder.endsWith('state.sqlite'));
    await assert.rejects(reopen({ validators: [] }), kind('validators-missing'));
    await reopen();
  });
  await inOwnFolder(async (folder) => {
    const options = { folder, kernel, validators: [secret], version: '1', verifier: verifier() };
    assert.throws(() => Operator.open(options), kind('network-unknown'));
    await Operator.open(options, source).close();
    const parts = { name: 'other', timestamp: 1, feeIssuer: newAccount().id, validators };
    assert.throws(() => Operator.open(options, genesisSource(parts, kernel)), kind('network-unknown'));
    await Operator.open(options, source).close();
  });
});
