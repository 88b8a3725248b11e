import type { Command } from './command.ts';
import { airEval } from './commands/air-eval.ts';
import { prove } from './commands/prove.ts';
import { run } from './commands/run.ts';
import { start } from './commands/start.ts';
import { verify } from './commands/verify.ts';
import { vmExec } from './commands/vm-exec.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { type OptionSpecs, Options } from './options.ts';
import { Output } from './output.ts';
import { StagedError } from './staged.ts';
import { UsageError } from './usage.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  run,
  prove,
  verify,
  start,
  'vm exec': vmExec,
  'air eval': airEval,
};
const COMMON: OptionSpecs = {
  json: { help: 'one JSON value on standard output, nothing else' },
  help: { help: 'this text' },
};

function helpOverview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return ['usage: kiln COMMAND [options]', '', ...rows, '', 'kiln COMMAND --help tells more.'].join('\n');
}

function helpCommand(name: string, command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON }).map(([option, { value, help }]) => {
    const left = `  --${option}${value === undefined ? '' : ` ${value}`}`;
    return `${left.padEnd(26)} ${help}`;
  });
  return [`usage: kiln ${name} ${command.usage}`, '', command.summary, '', ...options].join('\n');
}

/** The longest command name that `args` begin with. */
function findCommand(args: readonly string[]): { name: string; command: Command; rest: readonly string[] } {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ');
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command) return { name, command, rest: args.slice(words) };
  }
  throw new UsageError(args.length === 0 ? 'a command is missing' : `there is no command "${args[0]}"`);
}

/** Runs one command line (without `node` and the script). Never throws. */
async function main(args: readonly string[]): Promise<ExitCode> {
  const output = new Output(args.includes('--json'));
  const abort = new AbortController();
  const onSignal = (): void => abort.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    if (args.length === 0 || args[0] === 'help' || args[0] === '--help') {
      output.line(helpOverview());
      return args.length === 0 ? EXIT.usage : EXIT.done;
    }
    const { name, command, rest } = findCommand(args);
    const options = new Options(rest, { ...command.options, ...COMMON });
    if (options.flag('help')) {
      output.line(helpCommand(name, command));
      return EXIT.done;
    }
    return await command.run(options, output, abort.signal);
  } catch (error) {
    const cause = error instanceof StagedError ? error.cause : error;
    output.error(cause, error instanceof StagedError ? error.stage : undefined);
    return cause instanceof UsageError ? EXIT.usage : EXIT.refused;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

process.exitCode = await main(process.argv.slice(2));
