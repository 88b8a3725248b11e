import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCH_PROGRAMS, type BenchProgramName } from '../cli/bench-programs.ts';
import type { ProofHash } from '../core/stark/profile.ts';
import { buildJudge } from '../scripts/build-judge.js';
import { Judge } from '../test/interop/judge.ts';
import { ms } from './markdown.ts';
import { type CaseResult, type Round, tables } from './native/tables.ts';
import { KilnProcess } from './prover/client.ts';
import type { KilnRequest } from './prover/process.ts';

const USAGE = `Usage: npm run bench:native -- [PROGRAM:LOG ...] [options]

Proves the same programs with Kiln's cpu backend and with the official prover, in turn, each in a process of its own
per case, and prints the tables of docs/performance.md. PROGRAM is ${Object.keys(BENCH_PROGRAMS).join(' or ')}, LOG the
logarithm of the Core trace's height.

  --hash NAME    eidos or blake3 (both if not given)
  --threads N    for either prover (2 if not given)
  --runs N       measured proofs per case, after a first one that is shown apart (3 if not given; 1 from 2^18 on)
  --json         print everything measured as JSON instead`;
const CASES = 'fibonacci:14 fibonacci:16 fibonacci:18 hashing:12 hashing:14 hashing:16'.split(' ');
const HASHES: readonly ProofHash[] = ['eidos', 'blake3'];
/** Proofs of programs this large are measured once if not asked otherwise. */
const LARGE_LOG = 18;
const VERIFICATIONS = 15;
interface Options {
  readonly cases: readonly { readonly program: BenchProgramName; readonly log: number }[];
  readonly hashes: readonly ProofHash[];
  readonly threads: number;
  readonly runs: number | undefined;
  readonly json: boolean;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d{1,3}$/.test(text) || value < 1) throw new RangeError(`${name}: "${text}" is not a count`);
  return value;
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      hash: { type: 'string', multiple: true },
      threads: { type: 'string', default: '2' },
      runs: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit();
  }
  const cases = (positionals.length > 0 ? positionals : CASES).map((text) => {
    const [program, log] = text.split(':');
    const known = Object.keys(BENCH_PROGRAMS).includes(program) && log !== undefined;
    if (!known) throw new RangeError(`"${text}" is not PROGRAM:LOG`);
    return { program: program as BenchProgramName, log: whole(text, log) };
  });
  const hashes = HASHES.filter((hash) => values.hash?.includes(hash) ?? true);
  if (hashes.length < (values.hash?.length ?? 0)) throw new RangeError(`--hash: eidos or blake3`);
  return {
    cases,
    hashes,
    threads: whole('--threads', values.threads),
    runs: values.runs === undefined ? undefined : whole('--runs', values.runs),
    json: values.json,
  };
}

async function askJudge(judge: Judge, request: Record<string, unknown>): Promise<Record<string, unknown>> {
  const answer = await judge.ask(request);
  if (answer.error !== undefined) throw new Error(`the judge: ${JSON.stringify(answer.error)}`);
  return answer;
}

/** Proves one program with one hash, the two provers in turn, in two fresh processes. */
async function measure(
  program: BenchProgramName,
  log: number,
  hash: ProofHash,
  threads: number,
  runs: number,
): Promise<CaseResult> {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-bench-'));
  const judge = new Judge(threads);
  const kiln = new KilnProcess();
  try {
    const file = join(folder, 'program.masm');
    writeFileSync(file, BENCH_PROGRAMS[program].source(log));
    const ours: KilnRequest = {
      file,
      profile: 'miden',
      hash,
      backend: { name: 'cpu', threads },
      out: join(folder, 'kiln.bin'),
    };
    const theirs = { op: 'prove', file, hash, stackInputs: [], out: join(folder, 'official.bin') };
    const rounds: Round[] = [];
    for (let i = 0; i <= runs; i++) {
      const before = judge.cpuMs();
      const official = await askJudge(judge, theirs);
      const after = judge.cpuMs();
      const own = await kiln.ask(ours);
      const times: number[] = [];
      for (let v = 0; v < VERIFICATIONS; v++) {
        const verdict = await askJudge(judge, { op: 'verify', proof: ours.out, claim: official['claim'] });
        // Not the same bytes: on several threads the official prover takes whatever nonce is found first.
        if (verdict['ok'] !== true) throw new Error(`${program} 2^${log}, ${hash}: the proof is refused`);
        times.push(verdict['ms'] as number);
      }
      rounds.push({
        official: {
          prove: (official['ms'] as { prove: number }).prove,
          cpu: before === undefined || after === undefined ? undefined : after - before,
          verify: times.sort((a, b) => a - b)[VERIFICATIONS >> 1],
          peakBytes: judge.peakBytes(),
        },
        kiln: own,
      });
    }
    return { program, log, hash, rounds };
  } finally {
    judge.close();
    kiln.close();
    rmSync(folder, { recursive: true });
  }
}

const { cases, hashes, threads, runs, json } = readOptions();
process.env['KILN_JUDGE'] ??= buildJudge();
const results: CaseResult[] = [];
for (const { program, log } of cases) {
  for (const hash of hashes) {
    const count = runs ?? (log >= LARGE_LOG ? 1 : 3);
    const result = await measure(program, log, hash, threads, count);
    results.push(result);
    const times = result.rounds.map(({ kiln, official }) => `${ms(kiln.prove)} / ${ms(official.prove)} ms`);
    process.stderr.write(`${program} 2^${log}, ${hash}: Kiln / official ${times.join(', ')}\n`);
  }
}
const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.versions.node}, ${threads} threads`;
console.log(json ? JSON.stringify({ machine, threads, results }, null, 2) : tables(machine, results));
