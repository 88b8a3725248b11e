import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { claimOf } from '../../cli/proving.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { commitPair } from '../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import { executeTransaction, publicInputs } from '../../core/protocol/executor/execute-transaction.ts';
import { outputNotesCommitment } from '../../core/protocol/transaction/note-lists.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { fitTraces } from '../../core/stark/miden/heights.ts';
import { proveExecution } from '../../core/stark/miden/prove.ts';
import { verify } from '../../core/stark/miden/verify.ts';
import { privateProfile } from '../../core/stark/profile.ts';
import { buildTraces } from '../../core/vm/execute.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, wallet } from '../protocol/transactions.ts';

const backend = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
after(() => backend.close());

test('a note consumed is proved so that nothing is told, and verified from public data alone', async () => {
  const coin = Asset.fungible(newAccount({ seed: 9 }).id, 10n);
  const bob = wallet([], { seed: 2 });
  const note = p2id(bob.id, bob.id, [coin]);
  const done = executeTransaction(kernel, { account: bob, ...blockWith([note]) }, () => SECRET);

  const profile = privateProfile('eidos');
  const traces = fitTraces(buildTraces(done.execution), profile);
  const proof = await proveExecution(claimOf(done.execution), traces, { profile, backend });

  // What the network knows: the kernel, and commitments of block, account and notes.
  const final = commitPair(ProtocolDomain.ACCOUNT_UPDATE, done.account.commitment, done.patch.commitment);
  const { program } = kernel;
  const claim = {
    program: program.forest.nodes[program.entry].digest,
    kernel: program.kernel,
    stackInputs: [...publicInputs(done.inputs)],
    stackOutputs: [
      ...outputNotesCommitment([]),
      ...final,
      BigInt(done.expirationBlock),
      ...Array(7).fill(0n),
    ],
  };
  assert.equal(verify(claim, proof, { profile: 'private', minSecurityBits: 96 }).hash, 'eidos');
  const other = { ...claim, stackOutputs: claim.stackOutputs.with(4, 1n) };
  assert.throws(() => verify(other, proof, { profile: 'private', minSecurityBits: 96 }));
});
