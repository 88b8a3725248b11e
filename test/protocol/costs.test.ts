import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Word } from '../../core/hash/word.ts';
import { runAtOnce } from '../../core/pace.ts';
import type { AccountComponent } from '../../core/protocol/account/component.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import type { Authenticator } from '../../core/protocol/executor/authentication.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { keyOf } from '../../core/protocol/standards/auth-key.ts';
import { knowing, signingWith } from '../../core/protocol/standards/authenticators.ts';
import type { ExecutedTransaction } from '../../core/protocol/transaction/executed-transaction.ts';
import { countingPhaseCosts } from '../../core/protocol/transaction/phase-costs.ts';
import { buildTraces } from '../../core/vm/execute.ts';
import { falconKey, falconOf, multisigOf, signer, walletWith } from './owners.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, sending, wallet } from './transactions.ts';

const coin = Asset.fungible(newAccount({ seed: 9 }).id, 10n);
const alice = wallet([Asset.fungible(coin.id.faucet, 1000n)]);
const bob = wallet([Asset.fungible(coin.id.faucet, 5n)], { seed: 2 });
const notes = [1n, 2n, 3n].map((serial) => p2id(alice.id, bob.id, [coin], serial));

interface Cost {
  readonly rows: number;
  /** Distinct compressions, those of program blocks included. */
  readonly compressions: number;
}
function costOf({ execution, phases }: ExecutedTransaction, name: string): Cost {
  const traces = buildTraces(execution);
  const cost = { rows: execution.cycles + 1, compressions: traces.eidos.count };
  const parts = phases.map((phase) => `${phase.name} ${phase.rows}`).join(', ');
  console.log(
    `${name}: ${cost.rows} core rows (${parts}), ${cost.compressions} compressions, ${traces.chiplets.rows} chiplet rows`,
  );
  return cost;
}
const run = (inputs: TransactionInputs): ExecutedTransaction =>
  executeTransaction(kernel, inputs, { secret: () => SECRET });

/** A further one costs what two more cost, halved: the second may be the first of its kind in some respect. */
const perNote = (one: Cost, three: Cost): Cost => ({
  rows: (three.rows - one.rows) / 2,
  compressions: (three.compressions - one.compressions) / 2,
});

// The bounds are what was reached, so that nothing grows unnoticed; the budget stands in the test's name.
function within({ rows, compressions }: Cost, maxRows: number, maxCompressions: number): void {
  assert.ok(rows <= maxRows, `${rows} rows, at most ${maxRows}`);
  assert.ok(compressions <= maxCompressions, `${compressions} compressions, at most ${maxCompressions}`);
}

test('consuming one P2ID with a key: 2^13 rows and 1,024 compressions at most', () => {
  within(costOf(run({ account: bob, ...blockWith(notes.slice(0, 1)) }), 'consume one'), 4096, 600);
});

test('a further P2ID consumed: 1,500 rows and 150 compressions at most', () => {
  const [one, three] = [1, 3].map((count) =>
    costOf(run({ account: bob, ...blockWith(notes.slice(0, count)) }), `consume ${count}`),
  );
  within(perNote(one, three), 1500, 12);
});

test('a further P2ID made: 300 rows and 16 compressions at most', () => {
  const [one, three] = [1, 3].map((count) =>
    costOf(run({ account: alice, ...blockWith(), script: sending(notes.slice(0, count)) }), `make ${count}`),
  );
  within(perNote(one, three), 184, 5);
});

test('a signature, and two of three: bounds of their own', () => {
  const [first, second] = [signer(1), signer(2)];
  const keys = [first, second, signer(3)].map(falconKey);
  const secrets = [2n, 3n, 4n].map((x): Word => [x, x, x, x]);
  const costs = (auth: AccountComponent, authenticator: Authenticator, name: string): Cost => {
    const account = walletWith(auth, [coin]);
    const consumed = blockWith([p2id(alice.id, account.id, [coin])]);
    return costOf(executeTransaction(kernel, { account, ...consumed }, authenticator), name);
  };
  within(costs(falconOf(first), signingWith(first), 'a signature'), 13_200, 1330);
  within(costs(multisigOf(2, keys), signingWith(first, second), 'two signatures of three'), 24_000, 2010);
  within(costs(multisigOf(2, secrets.map(keyOf)), knowing(...secrets), 'two secrets of three'), 7100, 890);
});

test('costs of the phases are together those of the whole', () => {
  const executed = run({ account: bob, ...blockWith(notes) });
  const phases = runAtOnce(countingPhaseCosts(executed));
  const sum = (part: 'rows' | 'compressions') => phases.reduce((all, each) => all + each[part], 0);
  assert.equal(sum('rows'), executed.execution.cycles);
  assert.equal(sum('compressions'), buildTraces(executed.execution).eidos.count);
  assert.deepEqual(
    phases.map(({ name }) => name),
    ['prologue', 'note', 'note', 'note', 'script', 'auth', 'epilogue'],
  );
  assert.ok(phases.every(({ name, compressions }) => compressions > 0 || name === 'note'));
});
