import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { kernelIdentity } from '../../core/protocol/prover/claim.ts';
import { proveTransaction } from '../../core/protocol/prover/prove-transaction.ts';
import { transactionWitness } from '../../core/protocol/transaction/executed-transaction.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { OperatorError } from '../../operator/errors.ts';
import { VerifierPool } from '../../operator/verify/pool.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, wallet } from '../protocol/transactions.ts';

const backend = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
after(() => backend.close());

const bob = wallet([], { seed: 2 });
const coin = Asset.fungible(newAccount({ seed: 9 }).id, 10n);
const { block, notes } = blockWith([p2id(newAccount().id, bob.id, [coin])]);
const executed = executeTransaction(kernel, { account: bob, block, notes }, { secret: () => SECRET });
const { transaction, logHeights } = await proveTransaction(transactionWitness(executed), { backend });
const bytes = transaction.toBytes();
const identity = kernelIdentity(kernel.program);

const refused =
  (kind: string, pattern = /./) =>
  (error: unknown) =>
    error instanceof OperatorError &&
    error.kind === kind &&
    pattern.test(`${error.message} ${error.details}`);
const flipped = (at: number): Uint8Array => bytes.with(at, bytes[at] ^ 1);

test('many at once: each gets its own answer', async () => {
  const pool = new VerifierPool(identity, { threads: 2 });
  const wrong = [flipped(bytes.length >> 1), flipped(40), bytes.subarray(0, -1), Uint8Array.of()];
  const answers = await Promise.allSettled(
    [bytes, ...wrong, bytes, ...wrong].map((each) => pool.verify(each, block)),
  );
  const expected = [true, ...wrong.map(() => false)];
  assert.deepEqual(
    answers.map(({ status }) => status === 'fulfilled'),
    [...expected, ...expected],
  );
  for (const answer of answers)
    if (answer.status === 'fulfilled') assert.deepEqual(answer.value.slice(0, 3), Object.values(logHeights));
    else assert.ok(refused('proof-refused')(answer.reason));
  await assert.rejects(
    pool.verify(bytes, { ...block, number: 4 }),
    refused('proof-refused', /another block/),
  );
  await pool.close();
});

test('of another kernel', async () => {
  const pool = new VerifierPool({ ...identity, root: [1n, 2n, 3n, 4n] }, { threads: 1 });
  await assert.rejects(pool.verify(bytes, block), refused('proof-refused'));
  await pool.close();
});

test('more than may wait are refused at once, and all who wait when it closes', async () => {
  const pool = new VerifierPool(identity, { threads: 1, queue: 1 });
  const [first, second] = [pool.verify(bytes, block), pool.verify(bytes, block)];
  await assert.rejects(pool.verify(bytes, block), refused('busy'));
  const closed = pool.close();
  await assert.rejects(first, refused('busy', /stopping/));
  await assert.rejects(second, refused('busy', /stopping/));
  await closed;
  await assert.rejects(pool.verify(bytes, block), refused('busy'));
});

test('a thread that takes too long, or fails, is replaced: the next transaction is verified', async () => {
  const hasty = new VerifierPool(identity, { threads: 1, deadline: 0 });
  await assert.rejects(hasty.verify(bytes, block), refused('proof-refused', /too long/));
  await hasty.close();
  const pool = new VerifierPool(identity, { threads: 1 });
  // What no caller can send: the thread ends with an error that is no refusal.
  const broken = pool.verify(undefined as unknown as Uint8Array, block);
  const next = pool.verify(bytes, block);
  await assert.rejects(broken, refused('proof-refused', /could not be verified/));
  assert.ok((await next).length > 0);
  await pool.close();
});
