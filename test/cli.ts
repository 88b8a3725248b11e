import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { main } from '../cli/main.ts';
import { Output } from '../cli/output.ts';

export interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, which takes a fraction of the time of {@link spawnKiln}. */
export async function kiln(
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
  onText: (text: string) => void = () => {},
): Promise<Answer> {
  const said = { out: '', err: '' };
  const ear = (name: 'out' | 'err') => ({
    write: (text: string) => {
      said[name] += text;
      onText(text);
    },
  });
  const code = await main(args, new Output(args.includes('--json'), ear('out'), ear('err')), signal);
  return { code, ...said };
}

const SCRIPT = fileURLToPath(new URL('../cli/bin.js', import.meta.url));

/** Runs a command line as a user does. */
export function spawnKiln(
  args: readonly string[],
  stdio?: 'pipe' | ['ignore', number, 'pipe'],
  timeout = 60_000,
): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], {
    encoding: 'utf8',
    timeout,
    ...(stdio && { stdio }),
  });
  return { code: status, out: stdout, err: stderr };
}

/** The one JSON value a command printed: a second line would not parse. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into values of many shapes
export const json = ({ out }: Answer): any => JSON.parse(out);

/** An empty folder for a test file, removed when its tests are done. */
export function scratchFolder(): { path: string; write(name: string, content: string | Uint8Array): string } {
  const path = mkdtempSync(join(tmpdir(), 'kiln-test-'));
  after(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
  };
}

/** Path of a file of test/vectors. */
export const vectorPath = (name: string): string =>
  fileURLToPath(new URL(`vectors/${name}`, import.meta.url));
