import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KilnError } from '../../core/errors.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../core/hash/word.ts';
import { runPaced } from '../../core/pace.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { dryRun } from '../../core/protocol/executor/dry-run.ts';
import {
  executeTransaction,
  executingTransaction,
} from '../../core/protocol/executor/execute-transaction.ts';
import { TransactionFailure } from '../../core/protocol/executor/failure.ts';
import { viewCall } from '../../core/protocol/executor/view-call.ts';
import {
  blockWith,
  componentOf,
  kernel,
  newAccount,
  p2id,
  SECRET,
  script,
  sending,
  wallet,
} from './transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const coins = (amount: bigint) => Asset.fungible(faucet, amount);
const alice = wallet([coins(10n)]);
const bob = newAccount({ seed: 2 });
const { block } = blockWith();
const auth = { secret: () => SECRET };

test('a dry run has the effects of the transaction, and asks for no secret', () => {
  const note = p2id(alice.id, bob.id, [coins(4n)]);
  for (const inputs of [
    { account: alice, block, script: sending([note]), recipients: [note.recipient] },
    { account: bob, ...blockWith([note]) },
  ]) {
    const { effects, costs } = dryRun(kernel, inputs);
    const real = executeTransaction(kernel, inputs, auth);
    assert.deepEqual(effects.patch, real.patch);
    assert.deepEqual(effects.outputs, real.outputs);
    assert.deepEqual(effects.account.commitment, real.account.commitment);
    assert.equal(effects.expirationBlock, real.expirationBlock);
    // All parts cost what they cost in the transaction, but for the one that is missing.
    const rest = real.phases.filter(({ name }) => name !== 'auth');
    assert.deepEqual(
      costs.map(({ name }) => name),
      rest.map(({ name }) => name),
    );
    for (const [i, { rows, name }] of rest.entries())
      assert.ok(Math.abs(costs[i].rows - rows) < 40, `${name}: ${costs[i].rows}, ${rows}`);
    assert.ok(costs.every(({ compressions }) => compressions > 0));
  }
});

test('what a dry run would do is refused as the transaction is', () => {
  const much = p2id(alice.id, bob.id, [coins(40n)]);
  assert.throws(
    () => dryRun(kernel, { account: alice, block, script: sending([much]) }),
    (error) => error instanceof TransactionFailure && error.reason.class === 'exec.balance',
  );
});

test('no dry run is a transaction: it has neither a run nor an id, and its program is another', () => {
  const done = dryRun(kernel, { account: alice, block, script: script('nop') });
  assert.deepEqual(Object.keys(done).sort(), ['costs', 'effects']);
  assert.ok(!('execution' in done.effects) && !('id' in done.effects));
  const rootOf = ({ forest, entry }: typeof kernel.program): Word => forest.nodes[entry].digest;
  const roots = [kernel.program, kernel.dryRun, kernel.view].map(rootOf);
  for (const [i, root] of roots.entries())
    assert.equal(
      roots.findIndex((each) => wordsEqual(each, root)),
      i,
    );
  assert.equal(kernel.dryRun, kernel.dryRun, 'assembled once');
});

const SLOT = 'kiln::counter';
const component = componentOf(`
use ::kiln::protocol::account
const SLOT = word("${SLOT}")
pub proc get push.SLOT[0..2] exec.account::get_item swapw dropw end
pub proc bump push.SLOT[0..2] exec.account::get_item add.1 push.SLOT[0..2] exec.account::set_item dropw end`);
const keeper = wallet([], {
  component,
  slots: [{ name: SLOT, kind: 'value', value: [7n, 2n, 3n, 4n] }],
  auth: 'none',
});
const asking = (body: string) => script(body, ['component'], [component]);

test('a view call returns what its script leaves, of any account and with its arguments', () => {
  const ask = (body: string, args: Word = EMPTY_WORD) =>
    viewCall(kernel, { account: keeper, block, script: { ...asking(body), args } });
  assert.deepEqual(ask('call.component::get').slice(0, 4), [7n, 2n, 3n, 4n]);
  assert.deepEqual(ask('push.0 drop', [1n, 2n, 3n, 4n]), [1n, 2n, 3n, 4n, ...Array(12).fill(0n)]);
  // Each word takes the place of one of the zeros that the stack begins with.
  const filled = [9n, 5n, 1n].map(
    (n, i) =>
      `push.[${[n, n + 1n, n + 2n, n + 3n].join(', ')}] ${i === 0 ? 'swapw' : `movupw.${i + 1}`} dropw`,
  );
  const all = Array.from({ length: 16 }, (_, i) => (i < 12 ? BigInt(i + 1) : 0n));
  assert.deepEqual(ask(filled.join(' ')), all);
  const fresh = newAccount();
  const id = script('exec.account::get_id movup.2 drop movup.2 drop', ['kiln::protocol::account']);
  assert.deepEqual(viewCall(kernel, { account: fresh, block, script: id }).slice(0, 2), [
    fresh.id.suffix,
    fresh.id.prefix,
  ]);
});

test('a view call changes nothing and needs nobody to agree; what it may not do, it may not', () => {
  const { commitment } = keeper;
  const changed = asking('call.component::bump call.component::get');
  assert.equal(viewCall(kernel, { account: keeper, block, script: changed })[0], 8n);
  assert.deepEqual(keeper.commitment, commitment);
  assert.throws(
    () => viewCall(kernel, { account: keeper, block, script: asking('push.0 assert.err="no"') }),
    (error) => error instanceof TransactionFailure && error.phase === 'script' && /no/.test(error.message),
  );
  const secret = script('emit.event("kiln::auth::request") padw adv_pushw dropw dropw');
  assert.throws(() => viewCall(kernel, { account: alice, block, script: secret }), TransactionFailure);
});

test('executing gives way to others and can be cancelled', async () => {
  const long = script('push.100000 dup neq.0 while.true sub.1 dup neq.0 end drop');
  const inputs = { account: alice, block, script: long };
  const steps = executingTransaction(kernel, inputs, auth);
  const told: number[] = [];
  const done = await runPaced(
    (function* () {
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
        told.push(step.value);
        yield step.value;
      }
    })(),
    {},
  );
  assert.ok(told.length > 1 && told.every((cycles, i) => i === 0 || cycles > told[i - 1]));
  assert.deepEqual(done.id, executeTransaction(kernel, inputs, auth).id);
  const cancelled = runPaced(executingTransaction(kernel, inputs, auth), { signal: AbortSignal.abort() });
  await assert.rejects(cancelled, (error) => error instanceof KilnError && error.kind === 'cancelled');
});
