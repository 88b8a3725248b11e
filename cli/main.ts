import { KilnError } from '../core/errors.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { COMMON_OPTIONS, helpCommand, helpOverview } from './help.ts';
import { Options } from './options.ts';
import type { Output } from './output.ts';
import { StagedError } from './staged.ts';
import { UsageError } from './usage.ts';

interface Call {
  readonly name: string;
  readonly load: () => Promise<Command>;
  readonly rest: readonly string[];
}

/** The longest command name that `args` begin with. */
function findCommand(args: readonly string[]): Call {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ');
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (load) return { name, load, rest: args.slice(words) };
  }
  const [word] = args;
  throw new UsageError(
    word === undefined || word.startsWith('-') ? 'a command is missing' : `there is no command "${word}"`,
  );
}

async function dispatch(args: readonly string[], output: Output, signal: AbortSignal): Promise<ExitCode> {
  if (args[0] === 'help' || args[0] === '--help') {
    const help = await helpOverview();
    output.line(help);
    output.result({ help });
    return EXIT.done;
  }
  const { name, load, rest } = findCommand(args);
  const command = await load();
  const options = new Options(rest, { ...command.options, ...COMMON_OPTIONS });
  if (options.flag('help')) {
    const help = helpCommand(name, command);
    output.line(help);
    output.result({ help });
    return EXIT.done;
  }
  return command.run(options, output, signal);
}

/** An allocation that the engine refused, as the error that it is; anything else as it was. */
function typed(error: unknown): unknown {
  return error instanceof RangeError && /allocation failed|Invalid (typed )?array length/.test(error.message)
    ? new KilnError('out-of-memory', 'There is not enough memory for this.', {
        details: error.stack ?? error.message,
        advice: 'Close other programs, or run a shorter one.',
        cause: error,
      })
    : error;
}

/** Reports what a command threw. Returns the exit code. */
export function report(error: unknown, output: Output): ExitCode {
  const cause = typed(error instanceof StagedError ? error.cause : error);
  output.error(cause, error instanceof StagedError ? error.stage : undefined);
  return cause instanceof UsageError ? EXIT.usage : EXIT.refused;
}

/** Runs one command line (without `node` and the script) until `signal` aborts. Never rejects. */
export async function main(args: readonly string[], output: Output, signal: AbortSignal): Promise<ExitCode> {
  try {
    return await dispatch(args, output, signal);
  } catch (error) {
    return report(error, output);
  }
}
