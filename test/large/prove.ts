import assert from 'node:assert/strict';
import type { Felt } from '../../core/field/felt.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { kernelIdentity } from '../../core/protocol/prover/claim.ts';
import { proveTransaction } from '../../core/protocol/prover/prove-transaction.ts';
import { verifyTransaction } from '../../core/protocol/prover/verify-transaction.ts';
import { transactionWitness } from '../../core/protocol/transaction/executed-transaction.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { buildTraces } from '../../core/vm/execute.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { kernel, newAccount, SECRET } from '../protocol/transactions.ts';

/** Large transactions, proved so that nothing is told, on two threads and without a GPU. */

const GIB = 2 ** 30;
/** What the process may take of memory at its peak. */
const LIMIT = 12 * GIB;

export const faucet = newAccount({ seed: 9 }).id;
export const coins = (amount: bigint): Asset => Asset.fungible(faucet, amount);
/** Serial numbers that differ. */
export const serial = (i: number): Felt => 0x9e37_79b9_7f4a_7c15n ^ BigInt(i);

/** Executes, proves and verifies, and tells what it took. To be called once in a process: memory is that of its peak. */
export async function proves(inputs: TransactionInputs): Promise<void> {
  const started = performance.now();
  const executed = executeTransaction(kernel, inputs, { secret: () => SECRET });
  const ended = performance.now();
  const backend = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
  const { transaction, logHeights } = await proveTransaction(transactionWitness(executed), {
    backend,
  }).finally(() => backend.close());
  const proved = performance.now();
  verifyTransaction(transaction, { kernel: kernelIdentity(kernel.program), block: inputs.block });
  const { chiplets, eidos } = buildTraces(executed.execution);
  const peak = 1024 * process.resourceUsage().maxRSS;
  console.log(
    [
      `${executed.execution.cycles + 1} core rows, ${chiplets.rows} chiplet rows, ${eidos.count} compressions`,
      `heights 2^${logHeights.join(', 2^')}`,
      `executed in ${(ended - started).toFixed()} ms, proved in ${((proved - ended) / 1000).toFixed(1)} s`,
      `${transaction.proof.length} bytes, ${(peak / GIB).toFixed(2)} GiB at the peak of the process`,
    ].join('; '),
  );
  assert.ok(peak < LIMIT, `${peak} bytes`);
}
