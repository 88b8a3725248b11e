import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { OptionSpecs } from './options.ts';

/** Options of every command. */
export const COMMON_OPTIONS: OptionSpecs = {
  json: { help: 'one JSON value on standard output, nothing else' },
  help: { help: 'this text' },
};

export async function helpOverview(): Promise<string> {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const rows = Object.entries(COMMANDS).map(
    async ([name, load]) => `  ${name.padEnd(width)}  ${(await load()).summary}`,
  );
  return [
    'usage: kiln COMMAND [options]',
    '',
    ...(await Promise.all(rows)),
    '',
    'kiln COMMAND --help tells more.',
  ].join('\n');
}

export function helpCommand(name: string, command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(
    ([option, { value, help }]) => {
      const left = `  --${option}${value === undefined ? '' : ` ${value}`}`;
      return `${left.padEnd(26)} ${help}`;
    },
  );
  const example = command.example === undefined ? [] : ['', `example: ${command.example}`];
  return [`usage: kiln ${name} ${command.usage}`, '', command.summary, '', ...options, ...example].join('\n');
}
