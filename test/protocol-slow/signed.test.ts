import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { type ProtocolConfig, protocolConfigCommitment } from '../../core/protocol/block/protocol-config.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { feeNoteOf, feeOf, requireFee } from '../../core/protocol/fees.ts';
import { kernelIdentity } from '../../core/protocol/prover/claim.ts';
import { proveTransaction } from '../../core/protocol/prover/prove-transaction.ts';
import { verifyTransaction } from '../../core/protocol/prover/verify-transaction.ts';
import { signingWith } from '../../core/protocol/standards/authenticators.ts';
import { transactionWitness } from '../../core/protocol/transaction/executed-transaction.ts';
import { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { falconOf, signer, walletWith } from '../protocol/owners.ts';
import { blockWith, kernel, newAccount, p2id } from '../protocol/transactions.ts';

const backend = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
after(() => backend.close());

const key = signer(1);
const coins = (amount: bigint): Asset => Asset.fungible(newAccount({ seed: 9 }).id, amount);
const config: ProtocolConfig = {
  feeAsset: coins(1n).id,
  transactionKernel: [1n, 1n, 1n, 1n],
  batchKernel: [2n, 2n, 2n, 2n],
  blockKernel: [3n, 3n, 3n, 3n],
  proofs: [4n, 4n, 4n, 4n],
};

test('a transaction that a Falcon key signs, which pays for its proof and for no more', async () => {
  const account = walletWith(falconOf(key), [coins(100n)]);
  const charging = { baseFee: 3, protocolConfig: protocolConfigCommitment(config) };
  const consumed = blockWith([p2id(newAccount().id, account.id, [coins(10n)])], charging);
  const executed = executeTransaction(kernel, { account, config, ...consumed }, signingWith(key));
  const { transaction } = await proveTransaction(transactionWitness(executed), { backend });
  const received = ProvenTransaction.fromBytes(transaction.toBytes());
  const { block } = consumed;
  const { logHeights } = verifyTransaction(received, { kernel: kernelIdentity(kernel.program), block });
  const rules = { block, config, standards: kernel };
  requireFee(received, logHeights, rules);
  assert.equal(feeNoteOf(received.outputs, rules)?.assets.list[0].amount, feeOf(block, logHeights));
});
