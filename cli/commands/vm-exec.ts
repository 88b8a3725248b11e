import { runPaced } from '../../core/pace.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { fingerprinting } from '../fingerprint.ts';
import { PROGRAM_OPTIONS, runProgram } from '../program.ts';
import { staged } from '../staged.ts';

export const vmExec: Command = {
  summary: 'Runs a program and fingerprints its traces, in the form of test/vectors/masm.json.',
  usage: 'FILE.masm [options] --json',
  options: PROGRAM_OPTIONS,
  async run(options, output, signal) {
    const { execution } = await runProgram(options, output, signal);
    output.status('filling and hashing the traces');
    const result = await staged('execute', () => runPaced(fingerprinting(execution), { signal }));
    output.status();
    for (const [name, size] of Object.entries(result.heights)) {
      if (typeof size === 'object') output.line(`${name}: ${size.rows} rows of ${size.height}`);
    }
    output.result(result);
    return EXIT.done;
  },
};
