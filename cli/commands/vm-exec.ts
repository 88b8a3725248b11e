import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { fingerprint } from '../fingerprint.ts';
import { PROGRAM_OPTIONS, runProgram } from '../program.ts';
import { staged } from '../staged.ts';

export const vmExec: Command = {
  summary: 'Runs a program and fingerprints its traces, in the form of test/vectors/masm.json.',
  usage: 'FILE.masm [options] --json',
  options: PROGRAM_OPTIONS,
  async run(options, output) {
    const { execution } = runProgram(options, output);
    const result = staged('execute', () => fingerprint(execution));
    for (const [name, size] of Object.entries(result.heights)) {
      if (typeof size === 'object') output.line(`${name}: ${size.rows} rows of ${size.height}`);
    }
    output.result(result);
    return EXIT.done;
  },
};
