import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Felt, MODULUS } from '../../core/field/felt.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { transactionAdvice } from '../../core/protocol/executor/advice.ts';
import { publicInputs, transactionProgram } from '../../core/protocol/executor/execute-transaction.ts';
import { TransactionHost } from '../../core/protocol/executor/host.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { KERNEL_EVENT_IDS } from '../../core/protocol/kernel/kernel-events.ts';
import type { AdviceMutation } from '../../core/vm/advice/inputs.ts';
import { ExecutionError } from '../../core/vm/errors.ts';
import { execute } from '../../core/vm/execute.ts';
import type { EventHandler, Host } from '../../core/vm/host.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, sending, wallet } from './transactions.ts';

// Whatever host and advice say, a transaction ends as it would have, or not at all.

/** Lies of each kind; LIES=10000 for as many as one likes. */
const LIES = Number(process.env['LIES'] ?? 250);

const faucet = newAccount({ seed: 9 }).id;
const other = newAccount({ seed: 8 }).id;
const coins = [Asset.fungible(faucet, 40n), Asset.fungible(other, 3n)];
const jewel = Asset.unique(faucet, new TextEncoder().encode('a jewel'));
const alice = wallet([...coins, jewel]);
const bob = wallet([Asset.fungible(other, 1n)], { seed: 2 });
const note = p2id(alice.id, bob.id, [coins[0], jewel, coins[1]]);

const TRANSACTIONS: readonly TransactionInputs[] = [
  { account: bob, ...blockWith([note]) },
  { account: newAccount({ seed: 3 }), ...blockWith() },
  { account: alice, block: blockWith().block, script: sending([note]) },
];

interface Run {
  readonly stack: readonly Felt[];
  readonly events: number;
}
type Lie = (mutation: AdviceMutation) => AdviceMutation;

/** Runs a transaction with changed advice, or with a lie at one event. */
function run(
  inputs: TransactionInputs,
  change: (stack: Felt[]) => void = () => {},
  lie?: { readonly at: number; readonly tell: Lie },
): Run {
  const advice = transactionAdvice(inputs, kernel.procedures);
  const stack = [...(advice.stack ?? [])];
  change(stack);
  const honest = new TransactionHost(inputs.account, kernel, { secret: () => SECRET });
  let events = 0;
  const lying =
    (handler: EventHandler): EventHandler =>
    (view) => {
      const answers = handler(view);
      return lie?.at === events++ ? answers.map(lie.tell) : answers;
    };
  const host: Host = { handlers: new Map([...honest.handlers].map(([id, handler]) => [id, lying(handler)])) };
  const done = execute(
    transactionProgram(kernel, inputs),
    { stack: publicInputs(inputs), advice: { ...advice, stack } },
    { host, maxCycles: 2 ** 15 },
  );
  return { stack: done.stack, events };
}
const honest = TRANSACTIONS.map((inputs) => run(inputs));

function harmless(inputs: TransactionInputs, lied: () => Run): void {
  try {
    assert.deepEqual(lied().stack, honest[TRANSACTIONS.indexOf(inputs)].stack);
  } catch (error) {
    assert.ok(error instanceof ExecutionError, String(error));
  }
}

const transaction = fc.constantFrom(...TRANSACTIONS);
const felt = fc.oneof(
  fc.bigInt({ min: 0n, max: 8n }),
  fc.bigInt({ min: 0n, max: MODULUS - 1n }),
  fc.constantFrom(MODULUS - 1n, 2n ** 32n, 2n ** 63n),
);
const replacing =
  (at: number, value: Felt): Lie =>
  (mutation) => {
    if (mutation.kind === 'nodes') return { ...mutation, nodes: [] };
    if (mutation.kind === 'map')
      return {
        kind: 'map',
        entries: [...mutation.entries].map(([key, values]) => [key, [...values, value]]),
      };
    const { values } = mutation;
    return { kind: 'stack', values: values.map((old, i) => (i === at % values.length ? value : old)) };
  };

test('a changed element of the advice', () => {
  fc.assert(
    fc.property(transaction, fc.nat(), felt, (inputs, at, value) => {
      harmless(inputs, () =>
        run(inputs, (stack) => {
          stack[at % stack.length] = value;
        }),
      );
    }),
    { numRuns: LIES },
  );
});

test('a lie at an event', () => {
  fc.assert(
    fc.property(transaction, fc.nat(), fc.nat(7), felt, (inputs, event, at, value) => {
      const { events } = honest[TRANSACTIONS.indexOf(inputs)];
      harmless(inputs, () => run(inputs, undefined, { at: event % events, tell: replacing(at, value) }));
    }),
    { numRuns: LIES },
  );
});

test('all there is of an asset cannot be spent twice through two entries of the ledger', () => {
  // Between the two, another asset: the ledger remembers the last entry.
  const notes = [coins[0], coins[1], coins[0]].map((asset, i) => p2id(alice.id, bob.id, [asset], BigInt(i)));
  const inputs = { account: alice, block: blockWith().block, script: sending(notes) };
  const host = new TransactionHost(alice, kernel, { secret: () => SECRET });
  // Whatever entry the kernel asks for, the host says that there is none.
  let count = 0n;
  const handlers = new Map(host.handlers).set(KERNEL_EVENT_IDS.ledgerIndex, () => [
    { kind: 'stack', values: [count++] },
  ]);
  const [stack, advice] = [publicInputs(inputs), transactionAdvice(inputs, kernel.procedures)];
  assert.throws(
    () => execute(transactionProgram(kernel, inputs), { stack, advice }, { host: { handlers } }),
    /do not ascend/,
  );
  assert.equal(count, 3n);
});
