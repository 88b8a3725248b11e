import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
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
import { countingPhaseCosts, type PhaseCost } from '../../core/protocol/transaction/phase-costs.ts';
import { buildTraces } from '../../core/vm/execute.ts';
import { falconKey, falconOf, multisigOf, signer, walletWith } from './owners.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, sending, wallet } from './transactions.ts';

// What transactions cost, against docs/costs.md: nothing may cost more than is written there, nor much less.
// `COSTS=write` writes the tables anew.

const DOC = new URL('../../docs/costs.md', import.meta.url);
/** What the doc may lag behind, of each number: one part in this many, and ten. */
const SLACK = 50;

const coin = Asset.fungible(newAccount({ seed: 9 }).id, 10n);
const alice = wallet([Asset.fungible(coin.id.faucet, 1000n)]);
const bob = wallet([Asset.fungible(coin.id.faucet, 5n)], { seed: 2 });
const notes = [1n, 2n, 3n].map((serial) => p2id(alice.id, bob.id, [coin], serial));

const PARTS = ['rows', 'compressions', 'chipletRows'] as const;
type Cost = Readonly<Record<(typeof PARTS)[number], number>>;

function phasesOf(
  inputs: TransactionInputs,
  authenticator: Authenticator = { secret: () => SECRET },
): PhaseCost[] {
  const executed = executeTransaction(kernel, inputs, authenticator);
  return runAtOnce(countingPhaseCosts(executed));
}
const sum = (costs: readonly Cost[]): Cost => ({
  rows: costs.reduce((all, { rows }) => all + rows, 0),
  compressions: costs.reduce((all, { compressions }) => all + compressions, 0),
  chipletRows: costs.reduce((all, { chipletRows }) => all + chipletRows, 0),
});
/** A further note costs what two more cost, halved: the second may be the first of its kind in some respect. */
const halfOfMore = (one: Cost, three: Cost): Cost => ({
  rows: (three.rows - one.rows) / 2,
  compressions: (three.compressions - one.compressions) / 2,
  chipletRows: (three.chipletRows - one.chipletRows) / 2,
});

const consuming = (count: number) => phasesOf({ account: bob, ...blockWith(notes.slice(0, count)) });
const making = (count: number) =>
  phasesOf({ account: alice, ...blockWith(), script: sending(notes.slice(0, count)) });
const [consumed, made] = [consuming(1), making(1)];
const further = {
  consumed: halfOfMore(sum(consumed), sum(consuming(3))),
  made: halfOfMore(sum(made), sum(making(3))),
};
const KINDS: Readonly<Record<string, readonly PhaseCost[]>> = {
  'a new wallet': phasesOf({ account: newAccount({ seed: 3 }), ...blockWith() }),
  'consume one P2ID': consumed,
  'send one P2ID': made,
};
/** Consuming one, agreed to in other ways. */
function agreed(auth: AccountComponent, authenticator: Authenticator): Cost {
  const account = walletWith(auth, [coin]);
  return sum(phasesOf({ account, ...blockWith([p2id(alice.id, account.id, [coin])]) }, authenticator));
}
const signers = [1, 2, 3].map(signer);
const secrets = [2n, 3n, 4n].map((x): Word => [x, x, x, x]);

/** Costs by what stands in the first columns of their row. */
const MEASURED = new Map<string, Cost>([
  ...Object.entries(KINDS).flatMap(([kind, phases]): [string, Cost][] => [
    ...phases.map((phase): [string, Cost] => [`${kind} | ${phase.name}`, phase]),
    [`${kind} | all`, sum(phases)],
  ]),
  ['with a signature | all', agreed(falconOf(signers[0]), signingWith(signers[0]))],
  [
    'with two signatures of three | all',
    agreed(multisigOf(2, signers.map(falconKey)), signingWith(...signers)),
  ],
  ['with two secrets of three | all', agreed(multisigOf(2, secrets.map(keyOf)), knowing(...secrets))],
  ['each further P2ID consumed | all', further.consumed],
  ['each further P2ID sent | all', further.made],
]);

const ROW = /^\| ([^|]+ \| [^|]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|/gm;
const number = (text: string): number => Number(text.replaceAll(',', ''));

if (process.env['COSTS'] === 'write') {
  const text = readFileSync(DOC, 'utf8').replace(ROW, (row, name: string) => {
    const cost = MEASURED.get(name);
    return cost
      ? `| ${[name, ...PARTS.map((part) => Math.ceil(cost[part]).toLocaleString('en'))].join(' | ')} |`
      : row;
  });
  writeFileSync(DOC, text);
}

test('docs/costs.md tells what transactions cost', () => {
  const told = new Map(
    [...readFileSync(DOC, 'utf8').matchAll(ROW)].map(([, name, ...numbers]) => [name, numbers.map(number)]),
  );
  for (const [name, cost] of MEASURED) {
    const row = told.get(name);
    assert.ok(row, `no row of ${name}`);
    for (const [i, part] of PARTS.entries()) {
      assert.ok(cost[part] <= row[i], `${name}: ${cost[part]} ${part}, ${row[i]} are written`);
      assert.ok(
        cost[part] * (1 + 1 / SLACK) + 10 >= row[i],
        `${name}: only ${cost[part]} ${part}; COSTS=write`,
      );
    }
  }
});

function within({ rows, compressions }: Cost, maxRows: number, maxCompressions: number): void {
  assert.ok(rows <= maxRows, `${rows} rows, at most ${maxRows}`);
  assert.ok(compressions <= maxCompressions, `${compressions} compressions, at most ${maxCompressions}`);
}

// What the protocol allows stands in the names, what it hopes for is asserted.
test('consuming one P2ID with a key: 2^13 rows and 1,024 compressions at most', () => {
  within(sum(consumed), 4095, 512);
});
test('a further P2ID consumed: 1,500 rows and 150 compressions at most', () => {
  within(further.consumed, 1280, 16);
});
test('a further P2ID made: 300 rows and 16 compressions at most', () => {
  within(further.made, 200, 8);
});

test('costs of the phases are together those of the whole', () => {
  const executed = executeTransaction(
    kernel,
    { account: bob, ...blockWith(notes) },
    { secret: () => SECRET },
  );
  const phases = runAtOnce(countingPhaseCosts(executed));
  const all = sum(phases);
  const traces = buildTraces(executed.execution);
  assert.equal(all.rows, executed.execution.cycles);
  assert.equal(all.compressions, traces.eidos.count);
  // A row for each of the kernel's procedures, and one of padding.
  assert.equal(all.chipletRows + executed.execution.program.kernel.length + 1, traces.chiplets.rows);
  assert.deepEqual(
    phases.map(({ name }) => name),
    ['prologue', 'note', 'note', 'note', 'script', 'auth', 'epilogue'],
  );
  assert.ok(phases.every(({ name, compressions }) => compressions > 0 || name === 'note'));
});
