import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BackendChoice } from '../cli/backends.ts';
import { BENCH_PROGRAMS } from '../cli/bench-programs.ts';
import type { BackendName } from '../core/stark/backend.ts';
import type { ProofHash } from '../core/stark/profile.ts';
import type { LogHeights } from '../core/vm/trace/padding.ts';
import { type Case, PROFILES_IN_TURN, type Round, tables } from './profiles/tables.ts';
import { KilnProcess } from './prover/client.ts';

const USAGE = `Usage: npm run bench:profiles -- [C,H,E ...] [options]

Proves the same run with the profile private and with the profile miden, in turn, at equal heights, and prints both
with their ratio. C,H,E are the logarithms of the heights of core, chiplets and eidos: a class that private has.

  --hash NAME     eidos or blake3 (both if not given)
  --backend NAME  cpu or webgpu (cpu if not given)
  --threads N     of the cpu backend (all cores if not given)
  --runs N        proofs of each profile, after a first one in a fresh process, which tells the memory (3 if not given)
  --json          print everything measured as JSON instead`;
const HEIGHTS = ['13,13,15', '14,14,16', '16,16,17'];
const HASHES: readonly ProofHash[] = ['eidos', 'blake3'];
const BACKENDS: readonly BackendName[] = ['cpu', 'webgpu'];

interface Options {
  readonly heights: readonly LogHeights[];
  readonly hashes: readonly ProofHash[];
  readonly backend: BackendChoice;
  readonly runs: number;
  readonly json: boolean;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d{1,3}$/.test(text) || value < 1) throw new RangeError(`${name}: "${text}" is not a count`);
  return value;
}

function oneOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === text);
  if (choice === undefined) throw new RangeError(`${name}: "${text}" is none of ${choices.join(', ')}`);
  return choice;
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      hash: { type: 'string', multiple: true, default: HASHES.map(String) },
      backend: { type: 'string', default: 'cpu' },
      threads: { type: 'string', default: String(availableParallelism()) },
      runs: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit();
  }
  return {
    heights: (positionals.length > 0 ? positionals : HEIGHTS).map((text) => {
      const [core, chiplets, eidos, ...more] = text.split(',').map((part) => whole(text, part));
      if (eidos === undefined || more.length > 0) throw new RangeError(`"${text}" is not C,H,E`);
      return [core, chiplets, eidos];
    }),
    hashes: values.hash.map((text) => oneOf('--hash', text, HASHES)),
    backend: {
      name: oneOf('--backend', values.backend, BACKENDS),
      threads: whole('--threads', values.threads),
    },
    runs: whole('--runs', values.runs),
    json: values.json,
  };
}

/** Proves one run in two fresh processes, one for each profile, whose turns alternate in order too. */
async function measure(
  heights: LogHeights,
  hash: ProofHash,
  backend: BackendChoice,
  runs: number,
): Promise<Case> {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-bench-'));
  const processes = { private: new KilnProcess(), miden: new KilnProcess() };
  try {
    const file = join(folder, 'program.masm');
    // As many rows as fit; its hashes fill the other traces too, as far as time per proof depends on that at all.
    writeFileSync(file, BENCH_PROGRAMS.hashing.source(heights[0]));
    const rounds: Round[] = [];
    for (let i = 0; i <= runs; i++) {
      const round: Partial<Round> = {};
      for (const profile of i % 2 === 0 ? PROFILES_IN_TURN : PROFILES_IN_TURN.toReversed()) {
        const out = join(folder, `${profile}.bin`);
        round[profile] = await processes[profile].ask({ file, profile, hash, heights, backend, out });
      }
      rounds.push(round as Round);
    }
    return { heights, hash, rounds };
  } finally {
    for (const each of Object.values(processes)) each.close();
    rmSync(folder, { recursive: true });
  }
}

const { heights, hashes, backend, runs, json } = readOptions();
const cases: Case[] = [];
for (const each of heights) {
  for (const hash of hashes) {
    const result = await measure(each, hash, backend, runs);
    cases.push(result);
    const times = result.rounds.map(
      (round) => `${round.private.prove.toFixed(0)} / ${round.miden.prove.toFixed(0)} ms`,
    );
    process.stderr.write(`${each.join()}, ${hash}: private / miden ${times.join(', ')}\n`);
  }
}
const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.versions.node}, ${backend.name}: ${cases[0].rounds[0].private.description}`;
console.log(json ? JSON.stringify({ machine, cases }, null, 2) : tables(machine, cases));
