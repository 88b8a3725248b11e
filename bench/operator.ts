import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { transactionKernel } from '../cli/transaction-kernel.ts';
import type { Word } from '../core/hash/word.ts';
import { runAtOnce } from '../core/pace.ts';
import { AccountBuilder } from '../core/protocol/account/builder.ts';
import { ValidatorSet, validatorKey } from '../core/protocol/block/validators.ts';
import { executeTransaction } from '../core/protocol/executor/execute-transaction.ts';
import { kernelIdentity } from '../core/protocol/prover/claim.ts';
import { proveTransaction } from '../core/protocol/prover/prove-transaction.ts';
import { keyAuthComponent, keyOf } from '../core/protocol/standards/auth-key.ts';
import { walletComponent } from '../core/protocol/standards/wallet.ts';
import { transactionWitness } from '../core/protocol/transaction/executed-transaction.ts';
import { CpuBackend } from '../core/stark/cpu/backend.ts';
import { nodeWorkerHost } from '../main/platform/node-workers.ts';
import { genesisSource } from '../operator/genesis/genesis.ts';
import { Operator, type TransactionVerifier } from '../operator/operator.ts';
import { State } from '../operator/state/state.ts';
import { Follower } from '../operator/sync/follower.ts';
import { accountOf, madeUpTransaction } from '../operator/testing/made-up.ts';
import { VerifierPool } from '../operator/verify/pool.ts';

/**
 * What an operator does in a second. Blocks are made of made-up transactions that are past the check of their proofs; how
 * fast proofs are checked is measured with real ones, each of its own account.
 * Usage: npm run bench:operator -- [--proofs 64] [--blocks 100,1000,10000]
 */
const { values } = parseArgs({
  options: {
    proofs: { type: 'string', default: '64' },
    blocks: { type: 'string', default: '100,1000,10000' },
  },
});
const PROOFS = Number(values.proofs);
const BLOCKS = values.blocks.split(',').map(Number);
const NOTES_EACH = 1;

const kernel = transactionKernel();
const validatorSecret = new Uint8Array(32).fill(7);
const source = genesisSource(
  {
    name: 'bench',
    timestamp: 1_700_000_000,
    feeIssuer: accountOf(0),
    validators: new ValidatorSet(1, [validatorKey(validatorSecret)]),
  },
  kernel,
);
/** Lets everything pass: what is measured comes behind it. */
const passing: TransactionVerifier = { verify: async () => [13, 13, 15, 16], close: async () => {} };
const word = (n: number): Word => [BigInt(n), 1n, 2n, (BigInt(n) * 0x9e3779b97f4a7c15n) & (2n ** 63n - 1n)];

const time = async <T>(work: () => T | Promise<T>): Promise<[ms: number, result: T]> => {
  const started = performance.now();
  const result = await work();
  return [performance.now() - started, result];
};
const mib = (): string => `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`;
const opened = (folder: string, verifier: TransactionVerifier): Operator =>
  Operator.open(
    { folder, kernel, validators: [validatorSecret], version: 'bench', verifier, maxWaiting: 20_000 },
    source,
  );

async function benchBlocks(folder: string): Promise<void> {
  console.log(
    '| transactions in a block | accepted, each, ms | block made, ms | second node, ms | memory |\n|---|---|---|---|---|',
  );
  for (const count of BLOCKS) {
    const own = join(folder, `blocks-${count}`);
    const operator = opened(own, passing);
    const bytes = Array.from({ length: count }, (_, i) =>
      madeUpTransaction(operator.state, {
        // Private accounts.
        account: 2 * i,
        from: 0,
        nullifiers: Array.from({ length: NOTES_EACH }, (__, n) => word(NOTES_EACH * i + n)),
      }).toBytes(),
    );
    const [accepting] = await time(() => Promise.all(bytes.map((each) => operator.submit(each))));
    const [making] = await time(() => operator.makeBlock());
    const second = State.create(join(own, 'second'), operator.network.genesis);
    const { network } = operator;
    const follower = new Follower({
      state: second,
      network,
      source: operator,
      verifier: passing,
      standards: kernel,
    });
    const [following] = await time(() => follower.catchUp());
    console.log(
      `| ${count} | ${(accepting / count).toFixed(3)} | ${Math.round(making)} | ${Math.round(following)} | ${mib()} |`,
    );
    second.close();
    await operator.close();
  }
}

/** Real transactions, each the first of an account that does nothing else. */
async function benchProofs(folder: string): Promise<void> {
  const operator = opened(join(folder, 'making'), passing);
  const backend = new CpuBackend({ host: nodeWorkerHost, threads: availableParallelism() });
  const secret: Word = [1n, 2n, 3n, 4n];
  const builder = new AccountBuilder([walletComponent(kernel), keyAuthComponent(kernel, keyOf(secret))]);
  const header = operator.state.tip;
  const transactions: Uint8Array[] = [];
  for (let i = 0; i < PROOFS; i++) {
    const random = new Uint8Array(32).fill(i + 1);
    const account = runAtOnce(builder.building({ type: 'private', random }));
    const executed = executeTransaction(kernel, { account, block: header }, { secret: () => secret });
    transactions.push(
      (await proveTransaction(transactionWitness(executed), { backend })).transaction.toBytes(),
    );
  }
  backend.close();
  await operator.close();

  console.log('\n| threads | checked a second | accepted a second, all of it |\n|---|---|---|');
  for (const threads of new Set([1, availableParallelism()])) {
    const pool = new VerifierPool(kernelIdentity(kernel.program), { threads });
    // Threads become faster for a while: they check everything once before.
    await Promise.all(transactions.map((each) => pool.verify(each, header)));
    const [checking] = await time(() => Promise.all(transactions.map((each) => pool.verify(each, header))));
    const measured = opened(join(folder, `checked-${threads}`), pool);
    const [accepting] = await time(() => Promise.all(transactions.map((each) => measured.submit(each))));
    const rate = (ms: number): string => ((1000 * PROOFS) / ms).toFixed(1);
    console.log(`| ${threads} | ${rate(checking)} | ${rate(accepting)} |`);
    await measured.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'kiln-bench-'));
try {
  await benchBlocks(folder);
  if (PROOFS > 0) await benchProofs(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
