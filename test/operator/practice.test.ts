import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordsEqual } from '../../core/hash/word.ts';
import { runAtOnce } from '../../core/pace.ts';
import { AccountBuilder } from '../../core/protocol/account/builder.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { keyAuthComponent, keyOf } from '../../core/protocol/standards/auth-key.ts';
import { readFaucet } from '../../core/protocol/standards/faucet.ts';
import { p2idNote } from '../../core/protocol/standards/p2id.ts';
import { sendingNotes } from '../../core/protocol/standards/send-notes.ts';
import { walletComponent } from '../../core/protocol/standards/wallet.ts';
import { transactionData } from '../../core/protocol/transaction/executed-transaction.ts';
import { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import { practiceNetwork } from '../../operator/genesis/practice.ts';
import { Operator } from '../../operator/operator.ts';
import { kernel, SECRET } from '../protocol/transactions.ts';
import { inOwnFolder, verifier } from './operators.ts';

test('a newcomer consumes what the first block has for them, and pays a neighbour', async () => {
  const builder = new AccountBuilder([walletComponent(kernel), keyAuthComponent(kernel, keyOf(SECRET))]);
  const newcomer = runAtOnce(builder.building({ type: 'private', random: new Uint8Array(32).fill(3) }));
  const practice = await practiceNetwork(kernel, { newcomer: newcomer.id, timestamp: 1_700_000_000 });
  await inOwnFolder(async (folder) => {
    const operator = Operator.open(
      { folder, kernel, validators: [practice.validatorSecret], version: '1', verifier: verifier() },
      practice.source,
    );
    const { header, notes } = await operator.notes([practice.gift.id]);
    const authenticator = { secret: () => SECRET };
    const inclusion = notes[0].inclusion;
    const first = executeTransaction(
      kernel,
      { account: newcomer, block: header, notes: [{ note: practice.gift, inclusion }] },
      authenticator,
    );
    const after = first.account!;
    assert.deepEqual(
      after.vault.assets.map(({ amount }) => amount),
      [100_000n],
    );

    const { issuer, neighbour } = practice;
    const token = readFaucet(kernel, issuer.account)?.token;
    assert.deepEqual([token?.supply, token?.decimals], [100_000n, 2]);
    const [asset] = after.vault.assets;
    const payment = p2idNote(kernel, {
      sender: newcomer.id,
      target: neighbour.account.id,
      salt: [1n, 2n],
      serial: [1n, 2n, 3n, 4n],
      assets: [asset],
    });
    const second = executeTransaction(
      kernel,
      { account: after, block: header, ...sendingNotes(kernel, [payment]) },
      authenticator,
    );
    // A chain of two, submitted without waiting for a block in between.
    for (const executed of [first, second]) {
      const proven = new ProvenTransaction({ ...transactionData(executed), proof: Uint8Array.of(1) });
      await operator.submit(proven.toBytes());
    }
    operator.makeBlock();
    const [state] = (await operator.accounts([newcomer.id])).accounts;
    assert.ok(wordsEqual(state.commitment, second.account!.commitment));
    assert.equal((await operator.notes([payment.id])).notes.length, 1);
    assert.deepEqual(
      (await operator.accounts([issuer.account.id])).accounts[0].account?.commitment,
      issuer.account.commitment,
    );
    await operator.close();
  });
});

test('every practice network is another', async () => {
  const { id } = runAtOnce(
    new AccountBuilder([walletComponent(kernel), keyAuthComponent(kernel, keyOf(SECRET))]).building({
      type: 'private',
      random: new Uint8Array(32).fill(4),
    }),
  );
  const both = [1, 2].map(() => practiceNetwork(kernel, { newcomer: id, timestamp: 1 }));
  const [first, second] = await Promise.all(both);
  assert.notDeepEqual(first.gift.id, second.gift.id);
  assert.notDeepEqual(first.validatorSecret, second.validatorSecret);
  assert.ok(!first.issuer.account.id.equals(second.issuer.account.id));
});
