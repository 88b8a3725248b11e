import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { runAtOnce } from '../../core/pace.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { kernelIdentity } from '../../core/protocol/prover/claim.ts';
import { proveTransaction } from '../../core/protocol/prover/prove-transaction.ts';
import { verifyTransaction } from '../../core/protocol/prover/verify-transaction.ts';
import {
  readingWitness,
  transactionWitness,
  witnessToBytes,
} from '../../core/protocol/transaction/executed-transaction.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { CALLING } from './calling.ts';
import { kernel, SECRET } from './transactions.ts';

const backend = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
after(() => backend.close());

test('a transaction that calls other accounts is proved from its bytes alone, and verified', async () => {
  const executed = executeTransaction(kernel, CALLING[0], { secret: () => SECRET });
  const bytes = witnessToBytes(transactionWitness(executed), kernel);
  const { transaction } = await proveTransaction(runAtOnce(readingWitness(bytes, kernel)), { backend });
  verifyTransaction(transaction, { kernel: kernelIdentity(kernel.program), block: CALLING[0].block });
  assert.deepEqual(transaction.id, executed.id);
});
