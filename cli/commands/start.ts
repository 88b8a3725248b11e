import { fileURLToPath } from 'node:url';
import { verify } from '../../core/stark/miden/verify.ts';
import { BACKEND_OPTIONS, backendChoice } from '../backends.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { Options } from '../options.ts';
import { round } from '../phase-clock.ts';
import { SETTINGS_OPTIONS, settingsOf } from '../profile.ts';
import { PROGRAM_OPTIONS, runProgram } from '../program.ts';
import { proveRun } from '../proving.ts';
import { UsageError } from '../usage.ts';
import { demoRollup } from './demo-rollup.ts';

const example = (name: string): string =>
  fileURLToPath(new URL(`../../masm/examples/${name}`, import.meta.url));

/** The public root of the example's tree (membership.advice.json). */
const MEMBERSHIP_ROOT = [
  '4689895651572296189',
  '33198470139977249',
  '7302150616065047112',
  '7463290143019457725',
].join(',');

/** A network of its own, or with `--demo` the prover's job on the example program: assemble, run, prove, verify. */
export const start: Command = {
  summary: 'Shows what Kiln does: accounts, notes, proofs and blocks on a network of its own.',
  usage: '[--demo] [options]',
  options: {
    demo: { help: 'one program instead: assembles it, runs it, proves it, verifies the proof' },
    ...SETTINGS_OPTIONS,
    ...BACKEND_OPTIONS,
  },
  async run(options, output, signal) {
    options.noOperands();
    const settings = settingsOf(options);
    if (!options.flag('demo')) {
      const idle = Object.keys(SETTINGS_OPTIONS).find((name) => options.text(name) !== undefined);
      if (idle) throw new UsageError(`--${idle} goes with --demo`);
      return demoRollup.run(options, output, signal);
    }
    const program = example('membership.masm');
    const inputs = new Options(
      [program, '--advice', example('membership.advice.json'), '--stack', MEMBERSHIP_ROOT],
      PROGRAM_OPTIONS,
    );
    output.line(
      'A program proves that it knows a member of a set, without saying which: masm/examples/membership.masm',
    );
    const started = performance.now();
    const { execution } = await runProgram(inputs, output, signal);
    const executed = round(performance.now() - started);
    output.line(`assembled and run in ${executed} ms: ${execution.cycles} cycles`);

    const proved = await proveRun(execution, settings, backendChoice(options), output, signal);
    output.line(
      `proved in ${(proved.ms['prove'] / 1000).toFixed(2)} s on ${proved.backend} (${proved.description}): ${proved.proof.length} bytes, profile ${settings.profile.name}`,
    );

    const verifying = performance.now();
    const { security } = verify(proved.claim, proved.proof, { profile: settings.profile.name });
    const verified = round(performance.now() - verifying);
    output.line(`verified in ${verified} ms: ${security.bits} bits of conjectured security`);
    output.result({
      ok: true,
      profile: settings.profile.name,
      backend: proved.backend,
      bytes: proved.proof.length,
      heights: proved.heights,
      logHeights: proved.logHeights,
      ms: { execute: executed, ...proved.ms, verify: verified },
    });
    return EXIT.done;
  },
};
