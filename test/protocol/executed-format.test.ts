import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../core/bytes.ts';
import { KilnError } from '../../core/errors.ts';
import { runAtOnce } from '../../core/pace.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { describeTransaction } from '../../core/protocol/describe.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { executedToBytes, readingExecuted } from '../../core/protocol/transaction/executed-format.ts';
import { transactionData } from '../../core/protocol/transaction/executed-transaction.ts';
import { countingPhaseCosts } from '../../core/protocol/transaction/phase-costs.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, sending, wallet } from './transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const alice = wallet([Asset.fungible(faucet, 10n)]);
const bob = newAccount({ seed: 2 });
const note = p2id(alice.id, bob.id, [Asset.fungible(faucet, 4n)]);
const execute = (inputs: TransactionInputs) => executeTransaction(kernel, inputs, { secret: () => SECRET });
const sent = execute({
  account: alice,
  block: blockWith().block,
  script: sending([note]),
  recipients: [note.recipient],
});
const taken = execute({ account: bob, ...blockWith([note]) });
const read = (bytes: Uint8Array) => runAtOnce(readingExecuted(bytes, kernel));

test('an executed transaction is kept and read back whole: its effects, its description and its run', () => {
  for (const executed of [sent, taken]) {
    const bytes = executedToBytes(executed, kernel);
    const again = read(bytes);
    assert.deepEqual(again.id, executed.id);
    assert.deepEqual(again.patch.commitment, executed.patch.commitment);
    assert.deepEqual(transactionData(again).id, transactionData(executed).id);
    assert.deepEqual(again.phases, executed.phases);
    assert.deepEqual(again.execution.stack, executed.execution.stack);
    assert.deepEqual(describeTransaction(again, kernel), describeTransaction(executed, kernel));
    assert.deepEqual(runAtOnce(countingPhaseCosts(again)), runAtOnce(countingPhaseCosts(executed)));
    assert.deepEqual(executed.inputs.account.apply(again.patch).commitment, executed.account.commitment);
    assert.deepEqual(executedToBytes(again, kernel), bytes);
  }
});

test('bytes that are not one transaction are refused', () => {
  const bytes = executedToBytes(sent, kernel);
  const other = { ...kernel, program: kernel.dryRun };
  assert.throws(() => runAtOnce(readingExecuted(bytes, other)), /executed by another kernel/);
  assert.throws(() => read(Uint8Array.from([2, ...bytes.slice(1)])), FormatError);
  assert.throws(() => read(bytes.slice(0, -1)), FormatError);
  const mixed = (change: Partial<typeof sent>) => () => read(executedToBytes({ ...sent, ...change }, kernel));
  for (const wrong of [
    { outputs: [] },
    { patch: taken.patch },
    { final: taken.final },
    { expirationBlock: 9 },
    { phases: sent.phases.slice(1) },
  ])
    assert.throws(
      mixed(wrong),
      (error) => error instanceof ProtocolError && /run is of another/.test(error.message),
    );
});

test('hostile bytes: refused, or the transaction as it was', () => {
  const bytes = executedToBytes(taken, kernel);
  const change = fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
      const hostile = bytes.slice();
      for (const { at, value } of changes) hostile[at] = value;
      try {
        assert.deepEqual(read(hostile).id, taken.id);
      } catch (error) {
        assert.ok(error instanceof KilnError, String(error));
      }
    }),
    { numRuns: 150 },
  );
});
