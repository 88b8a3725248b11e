import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { kernelIdentity } from '../../core/protocol/prover/claim.ts';
import { proveTransaction } from '../../core/protocol/prover/prove-transaction.ts';
import { verifyTransaction } from '../../core/protocol/prover/verify-transaction.ts';
import { readFaucet } from '../../core/protocol/standards/faucet.ts';
import { transactionWitness } from '../../core/protocol/transaction/executed-transaction.ts';
import { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { ISSUING } from './issuing.ts';
import { kernel, newAccount, p2id } from './transactions.ts';

const backend = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
after(() => backend.close());

test('an issuer that anybody runs mints into a public note: proved, and followed by everybody', async () => {
  const [inputs] = ISSUING;
  const bob = newAccount({ seed: 2 }).id;
  const recipients = [p2id(bob, bob, []).recipient];
  // Nobody is asked for a secret.
  const executed = executeTransaction(kernel, { ...inputs, recipients });
  const { transaction } = await proveTransaction(transactionWitness(executed), { backend });
  const read = ProvenTransaction.fromBytes(transaction.toBytes());
  verifyTransaction(read, { kernel: kernelIdentity(kernel.program), block: inputs.block });
  assert.equal(read.outputs.length, 1);
  assert.ok('note' in read.outputs[0], 'the note is published whole');
  const { patch } = read.account;
  assert.ok(patch);
  const token = readFaucet(kernel, executed.account)?.token;
  assert.deepEqual(token, { supply: 5n, maxSupply: 50n, decimals: 6 });
  // A new account's patch makes it; nobody needs anything else.
  assert.deepEqual(patch.slots.length, inputs.account.storage.slots.length);
});
