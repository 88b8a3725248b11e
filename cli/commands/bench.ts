import { assemble } from '../../core/assembly/assemble.ts';
import { runPaced } from '../../core/pace.ts';
import { verify } from '../../core/stark/miden/verify.ts';
import { executing } from '../../core/vm/execute.ts';
import { BACKEND_OPTIONS, backendChoice, withBackend } from '../backends.ts';
import { BENCH_PROGRAMS, type BenchProgramName } from '../bench-programs.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { round } from '../phase-clock.ts';
import { SETTINGS_OPTIONS, settingsOf } from '../profile.ts';
import { type Proved, proveOn } from '../proving.ts';
import { UsageError } from '../usage.ts';

const NAMES = Object.keys(BENCH_PROGRAMS) as BenchProgramName[];
const MAX_LOG = 22;
const DEFAULT_LOG = 14;
const DEFAULT_RUNS = 3;

interface Run extends Proved {
  readonly verified: number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Each phase's median over the runs. */
function medians(runs: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  return Object.fromEntries(
    Object.keys(runs[0]).map((phase) => [phase, round(median(runs.map((ms) => ms[phase])))]),
  );
}

export const bench: Command = {
  summary: 'Proves a built-in program a few times and prints how long each phase takes.',
  usage: '[options]',
  options: {
    program: { value: 'NAME', help: `${NAMES.join(' or ')} (fibonacci if not given)` },
    log: { value: 'N', help: `the Core trace has 2^N rows (${DEFAULT_LOG} if not given)` },
    runs: { value: 'R', help: `proofs; medians are printed (${DEFAULT_RUNS} if not given)` },
    ...SETTINGS_OPTIONS,
    ...BACKEND_OPTIONS,
  },
  async run(options, output, signal) {
    options.noOperands();
    const name = options.choice('program', NAMES) ?? 'fibonacci';
    const { minLog, source } = BENCH_PROGRAMS[name];
    const log = options.integer('log', 0, MAX_LOG) ?? DEFAULT_LOG;
    if (log < minLog) throw new UsageError(`--log takes an integer from ${minLog} to ${MAX_LOG} for ${name}`);
    const count = options.integer('runs', 1, 1000) ?? DEFAULT_RUNS;
    const settings = settingsOf(options);
    const { hash } = settings.profile;
    const choice = backendChoice(options);

    const program = assemble({ program: { name, text: source(log) } });
    const started = performance.now();
    const execution = await runPaced(executing(program), { signal });
    const execute = round(performance.now() - started);

    const runs = await withBackend(
      choice,
      (text) => output.note(text),
      async (backend) => {
        const done: Run[] = [];
        for (let i = 0; i < count; i++) {
          const proved = await proveOn(backend, execution, settings, output, signal);
          const verifying = performance.now();
          verify(proved.claim, proved.proof, { profile: settings.profile.name });
          done.push({ ...proved, verified: performance.now() - verifying });
        }
        return done;
      },
    );

    const { backend, description, heights, logHeights, proof } = runs[0];
    const ms: Record<string, number> = {
      execute,
      ...medians(runs.map((run) => ({ ...run.ms, verify: run.verified }))),
    };
    const cyclesPerSecond = Math.round((1000 * execution.cycles) / ms['prove']);
    const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
    output.line(
      `${name}, 2^${log} rows, ${settings.profile.name} at ${logHeights.join()}, ${hash}, ${backend} (${description}), median of ${count}`,
    );
    for (const [phase, time] of Object.entries(ms)) {
      const share =
        phase in { execute, prove: 0, verify: 0 } ? '' : `${((100 * time) / ms['prove']).toFixed(1)}%`;
      output.line(`  ${phase.padEnd(16)}${time.toFixed(1).padStart(10)} ms${share.padStart(8)}`);
    }
    output.line(`  ${cyclesPerSecond} cycles a second, ${proof.length} bytes, peak ${peakMiB} MiB`);
    output.result({
      program: name,
      log,
      profile: settings.profile.name,
      hash,
      backend,
      runs: count,
      cycles: execution.cycles,
      ms,
      cyclesPerSecond,
      bytes: proof.length,
      heights,
      logHeights,
      peakMiB,
    });
    return EXIT.done;
  },
};
