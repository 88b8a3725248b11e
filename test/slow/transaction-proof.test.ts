import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { KilnError } from '../../core/errors.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import { proveTransaction, verifyTransaction } from '../../core/protocol/transaction/transaction-proof.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { privateProfile } from '../../core/stark/profile.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, wallet } from '../protocol/transactions.ts';

const backend = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
after(() => backend.close());

test('a note consumed is proved so that nothing is told, and verified from public data alone', async () => {
  const bob = wallet([], { seed: 2 });
  const note = p2id(bob.id, bob.id, [Asset.fungible(newAccount({ seed: 9 }).id, 10n)]);
  const done = executeTransaction(kernel, { account: bob, ...blockWith([note]) }, () => SECRET);
  const proven = await proveTransaction(kernel, done, { profile: privateProfile('eidos'), backend });
  const received = ProvenTransaction.fromBytes(proven.toBytes());
  assert.deepEqual(received.id, done.id);
  verifyTransaction(kernel, received);

  const { account } = received;
  const flip = ([first, ...rest]: readonly bigint[]) =>
    [first ^ 1n, ...rest] as unknown as typeof account.final;
  const other = newAccount({ seed: 4 }).id;
  for (const change of [
    { account: { ...account, final: flip(account.final) } },
    { account: { ...account, initial: flip(account.initial) } },
    { account: { ...account, patchCommitment: flip(account.patchCommitment) } },
    { account: { ...account, id: other } },
    { inputs: [{ nullifier: flip(note.nullifier) }] },
    { inputs: [] },
    { outputs: [{ kind: 'private', header: note.header }] as const },
    { referenceBlock: received.referenceBlock + 1 },
    { referenceCommitment: flip(received.referenceCommitment) },
    { expirationBlock: received.expirationBlock - 1 },
  ])
    assert.throws(
      () => verifyTransaction(kernel, new ProvenTransaction({ ...received, ...change })),
      KilnError,
      Object.keys(change)[0],
    );
});
