import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { INSTANCE } from '../../core/air/miden.ts';
import { compress, initWord } from '../../core/hash/eidos.ts';
import type { Word } from '../../core/hash/word.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { fitTraces } from '../../core/stark/miden/heights.ts';
import { proveExecution } from '../../core/stark/miden/prove.ts';
import { PROFILES, type ProfileName } from '../../core/stark/profile.ts';
import type { Claim } from '../../core/stark/proof/claim.ts';
import { buildTraces, execute } from '../../core/vm/execute.ts';
import { blockProgram, type OpText } from '../../core/vm/test-forest.ts';
import { CORE } from '../../core/vm/trace/layout.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { equations, solve, viewOfColumn } from './attack.ts';

/**
 * A proof that somebody knows a key with a given hash, and what it tells about the key. The program is public, and so is
 * all of its trace but the cells that the key was in. The attacker has the claim and the proof.
 */
const CYCLES = 16;
const program = blockProgram(
  'ADVPOPW',
  ...Array<OpText>(CYCLES).fill('NOOP'),
  'COMPRESS',
  // The hash moves up to the place of the key.
  ...Array<OpText>(8).fill('DROP'),
);
const CV = initWord(0);
const KEY: Word = [0x1234_5678_9abc_def0n, 42n, 0xdead_beef_0000_0001n, 7_777_777_777n];
const INPUTS = [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, ...CV];
const cpu = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
after(() => cpu.close());

function run(key: Word) {
  const execution = execute(program, { stack: INPUTS, advice: { stack: [...key] } });
  const claim: Claim = {
    program: program.forest.nodes[program.entry].digest,
    kernel: [],
    stackInputs: [...INPUTS, 0n, 0n, 0n, 0n],
    stackOutputs: execution.stack,
  };
  return { claim, traces: buildTraces(execution) };
}

/** The top of the stack, row by row. */
function topOfStack(key: Word, profile: ProfileName): bigint[] {
  const { core } = fitTraces(run(key).traces, PROFILES[profile]('blake3'));
  return Array.from(core.data.subarray(CORE.stack * core.height, (CORE.stack + 1) * core.height));
}

const proofs: Partial<Record<ProfileName, Uint8Array>> = {};
const { claim, traces } = run(KEY);
before(async () => {
  for (const profile of ['miden', 'private'] as const) {
    proofs[profile] = await proveExecution(claim, traces, {
      profile: PROFILES[profile]('blake3'),
      backend: cpu,
    });
  }
});

/** The rows of the column that depend on the key: found by running the program with two others. */
function unknownRows(profile: ProfileName): { known: bigint[]; unknown: number[] } {
  const [known, other] = [topOfStack([1n, 2n, 3n, 4n], profile), topOfStack([5n, 6n, 7n, 8n], profile)];
  // The hash itself depends on the key, but the claim says it.
  const [first] = claim.stackOutputs;
  const end = known.findLastIndex((cell) => cell !== known.at(-1)) + 1;
  for (let row = end; row < known.length; row++) known[row] = first;
  return {
    known,
    unknown: Array.from({ length: end }, (_, row) => row).filter((row) => known[row] !== other[row]),
  };
}

function attack(profile: ProfileName, masks = 0) {
  const { known, unknown } = unknownRows(profile);
  const view = viewOfColumn(claim, proofs[profile]!, profile, INSTANCE.core, CORE.stack);
  const system = equations(view, known, unknown, masks);
  return { unknown, system, solution: solve(system), truth: topOfStack(KEY, profile) };
}

test('the statement: a key with this hash', () => {
  assert.deepEqual(claim.stackOutputs.slice(0, 4), compress(CV, [...KEY, 0n, 0n, 0n, 0n]));
});

test('an official proof gives the key away', (t) => {
  const { unknown, system, solution, truth } = attack('miden');
  t.diagnostic(`${unknown.length} unknown cells, ${system.length} equations, rank ${solution.rank}`);
  assert.ok(solution.consistent);
  assert.deepEqual(
    solution.values,
    unknown.map((row) => truth[row]),
  );
  // The last rows show the key's elements one after the other, as it leaves the stack.
  const recovered = [...new Set(solution.values)].filter((value) => value !== 0n);
  t.diagnostic(`recovered key: ${recovered.join(', ')}`);
  assert.deepEqual(recovered, KEY);
});

test('a private proof gives the same attack a system without a solution', (t) => {
  const { unknown, system, solution } = attack('private');
  t.diagnostic(`${unknown.length} unknown cells, ${system.length} equations, rank ${solution.rank}`);
  assert.equal(solution.rank, unknown.length);
  assert.ok(!solution.consistent);
});

test('and an attacker who counts the masks in cannot tell one key from another', (t) => {
  const { maskLength } = PROFILES.private('blake3');
  const { unknown, system, solution } = attack('private', maskLength);
  t.diagnostic(
    `${unknown.length} + ${maskLength} unknowns, ${system.length} equations, rank ${solution.rank}`,
  );
  // As many unknowns are left as there were cells, and more: not one of them is determined,
  assert.ok(solution.consistent);
  assert.equal(solution.rank, system.length);
  assert.ok(solution.values.every((value) => value === undefined));
  // nor any combination: whatever the cells are, the masks alone explain what is seen.
  const masksOnly = system.map(({ coefficients, value }) => ({
    coefficients: coefficients.slice(unknown.length),
    value,
  }));
  assert.equal(solve(masksOnly).rank, system.length);
});
