import { test } from 'node:test';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { sendingNotes } from '../../core/protocol/standards/send-notes.ts';
import { blockWith, kernel, p2id, wallet } from '../protocol/transactions.ts';
import { coins, faucet, proves, serial } from './prove.ts';

/** P2ID notes of one's own, each to another account. */
function making(count: number): TransactionInputs {
  const account = wallet([coins(10n ** 9n)]);
  const notes = Array.from({ length: count }, (_, i) =>
    p2id(account.id, new AccountId(faucet.prefix, BigInt(i + 1) << 8n), [coins(BigInt(i + 1))], serial(i)),
  );
  return { account, block: blockWith().block, ...sendingNotes(kernel, notes) };
}

test('a transaction that makes 500 P2ID notes', () => proves(making(500)));
