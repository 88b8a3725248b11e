import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { round } from '../phase-clock.ts';
import { PROGRAM_OPTIONS, runProgram } from '../program.ts';

export const run: Command = {
  summary: 'Assembles and runs a program, and prints the stack it leaves.',
  usage: 'FILE.masm [options]',
  options: PROGRAM_OPTIONS,
  async run(options, output, signal) {
    const started = performance.now();
    const { program, execution } = await runProgram(options, output, signal);
    const ms = round(performance.now() - started);
    const digest = program.forest.nodes[program.entry].digest;
    output.line(`program  ${digest.join(' ')}`);
    output.line(`stack    ${execution.stack.join(' ')}`);
    output.line(`cycles   ${execution.cycles}`);
    output.result({ digest, stack: execution.stack, cycles: execution.cycles, ms });
    return EXIT.done;
  },
};
