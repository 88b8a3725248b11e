import type { Word } from '../../core/hash/word.ts';
import { wordKey } from '../../core/hash/word.ts';
import { Operator } from '../../operator/operator.ts';
import { madeUpTransaction } from '../../operator/testing/made-up.ts';
import { secret, source, verifier } from '../operator/operators.ts';
import { kernel } from '../protocol/transactions.ts';

/** An operator that works until it is killed, and tells what it acknowledged. Arguments: folder, first account. */
const [folder, first] = [process.argv[2], Number(process.argv[3])];
const operator = Operator.open(
  { folder, kernel, validators: [secret], version: 'victim', verifier: verifier() },
  source,
);
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
tell('ready');

const nullifier = (n: number): Word => [
  BigInt(n),
  5n,
  5n,
  (BigInt(n) * 0x9e3779b97f4a7c15n) & (2n ** 63n - 1n),
];
async function submit(n: number): Promise<void> {
  const transaction = madeUpTransaction(operator.state, {
    account: 2 * n,
    from: 0,
    nullifiers: [nullifier(n)],
    expirationBlock: operator.state.tip.number + 1_000_000,
  });
  await operator.submit(transaction.toBytes());
  tell(wordKey(transaction.id));
}

setInterval(() => operator.makeBlock(), 15);
for (let n = first; ; n += 5) await Promise.all([0, 1, 2, 3, 4].map((i) => submit(n + i)));
