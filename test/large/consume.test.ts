import { test } from 'node:test';
import { PartialMmr } from '../../core/merkle/partial-mmr.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { blockWith, p2id, wallet } from '../protocol/transactions.ts';
import { coins, faucet, proves, serial } from './prove.ts';

/** P2ID notes to one account, of four blocks: the last one is the reference block. */
function consuming(count: number): TransactionInputs {
  const account = wallet([coins(5n)], { seed: 2 });
  const notes = Array.from({ length: count }, (_, i) =>
    p2id(faucet, account.id, [coins(BigInt(i + 1))], serial(i)),
  );
  const quarter = count / 4;
  const chain = new PartialMmr();
  const earlier = [0, 1, 2].map((number) => {
    const made = blockWith(notes.slice(quarter * number, quarter * (number + 1)), { number });
    chain.add(blockCommitment(made.block), true);
    return made.notes;
  });
  const last = blockWith(notes.slice(3 * quarter), { number: 3, chain: chain.commitment });
  return { account, block: last.block, notes: [...earlier.flat(), ...last.notes], chain };
}

test('a transaction that consumes 200 P2ID notes', () => proves(consuming(200)));
