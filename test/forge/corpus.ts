import { existsSync, readFileSync } from 'node:fs';
import type { TraceMatrix } from '../../core/vm/trace/types.ts';
import { masm, type ProgramCase, type TraceName } from '../masm-vectors.ts';
import { allTraces, run } from '../traces.ts';
import type { Forgery } from './forgery.ts';

const traces = new Map<string, Record<TraceName, TraceMatrix>>();

/** The honest trace of a program of `vectors/masm.json`, made once. */
export function honestTrace(program: string, air: string): TraceMatrix {
  let all = traces.get(program);
  if (!all) {
    const found = masm.programs.find(({ name }) => name === program);
    if (!found) throw new Error(`no program ${program}`);
    all = allTraces(run(found as ProgramCase));
    traces.set(program, all);
  }
  return all[air as TraceName];
}

const fileOf = (air: string): URL => new URL(`${air}.json`, import.meta.url);

/** The forgeries kept for an AIR, none if there is no file; `find.ts` writes it. */
export function readForgeries(air: string): Forgery[] {
  if (!existsSync(fileOf(air))) return [];
  const stored: Stored[] = JSON.parse(readFileSync(fileOf(air), 'utf8'));
  return stored.map(({ edits, ...rest }) => ({
    ...rest,
    edits: edits.map(([row, column, value]) => [row, column, BigInt(value)] as const),
  }));
}
type Stored = Omit<Forgery, 'edits'> & { readonly edits: readonly (readonly [number, number, string])[] };

/** The file's text: one forgery to a line. */
export function formatForgeries(forgeries: readonly Forgery[]): string {
  const lines = forgeries.map(({ edits, ...rest }) =>
    JSON.stringify({ ...rest, edits: edits.map(([row, column, value]) => [row, column, String(value)]) }),
  );
  return `[\n${lines.join(',\n')}\n]\n`;
}
