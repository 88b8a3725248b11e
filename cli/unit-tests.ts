import { readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { positionOf, renderSnippet } from '../core/assembly/source.ts';
import { assembleTests, TEST_END, type UnitTest } from '../core/assembly/unit-tests.ts';
import type { Felt } from '../core/field/felt.ts';
import { textCode } from '../core/hash/text.ts';
import { runPaced } from '../core/pace.ts';
import { readAdvice } from '../core/vm/advice/file.ts';
import { ExecutionError } from '../core/vm/errors.ts';
import { executing } from '../core/vm/execute.ts';
import { CORE_LIBRARY_HOST } from '../core/vm/host/core-library.ts';
import type { EventHandler, EventView, Host } from '../core/vm/host.ts';
import type { SourceSpan } from '../core/vm/mast/types.ts';
import { assembleCoreLibrary } from './core-library.ts';
import { readJson } from './files.ts';
import { libraryAround, sourceFile } from './source-library.ts';

/** How a unit test ended. */
export interface TestOutcome {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  /** From the start of the program that runs the test to the test's end, or to where it stopped. */
  readonly cycles: number;
  readonly failure?: TestFailure;
}

export interface TestFailure {
  readonly kind: 'stopped' | 'ran-on' | 'stack' | 'cycles';
  readonly message: string;
  /** Where it happened: `file:line:column`, the line, and carets. */
  readonly place?: string;
  readonly details?: string;
}

const ENDING = '.test.masm';
/** What no test needs; one that runs on is stopped there. */
const MAX_CYCLES = 2 ** 20;

/** Files of tests: those given, and those in folders given, sorted. Dependencies and what is hidden are left out. */
export function testFiles(paths: readonly string[]): string[] {
  const below = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return /^\.|^node_modules$/.test(entry.name) ? [] : below(path);
      return entry.name.endsWith(ENDING) && !entry.name.startsWith('.') ? [path] : [];
    });
  const isFolder = (path: string): boolean =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const found = paths.flatMap((path) => (isFolder(path) ? below(path) : [path]));
  return [...new Map(found.map((path) => [resolve(path), path])).values()].sort();
}

/** The tests of a file, each linked with the library in whose folder the file is. Throws `AssemblyError`. */
export function loadTests(path: string): UnitTest[] {
  const file = sourceFile(path);
  const library = libraryAround(path);
  const modules = library?.modules ?? [];
  const usesCore = [file, ...modules.map((each) => each.file)].some(({ text }) =>
    text.includes('kiln::core'),
  );
  // From its sources, not from the kept package: errors inside of it then show a place.
  const libraries = usesCore && library?.namespace !== 'kiln::core' ? [{ package: coreOnce() }] : [];
  return assembleTests({ file, modules, libraries });
}

let core: ReturnType<typeof assembleCoreLibrary> | undefined;
function coreOnce(): ReturnType<typeof assembleCoreLibrary> {
  core ??= assembleCoreLibrary();
  return core;
}

/** Runs a test. What the test itself does wrong is in the outcome; throws where `@advice` names a file that is none. */
export async function runTest(test: UnitTest, signal: AbortSignal): Promise<TestOutcome> {
  const { file, start } = test.span;
  const advice =
    typeof test.advice === 'string'
      ? readAdvice(readJson(join(dirname(file.name), test.advice)))
      : { stack: test.advice };
  const about = { file: file.name, name: test.name, line: positionOf(file, start).line };
  const maxCycles = Math.max(MAX_CYCLES, test.maxCycles ?? 0);
  let end: TestEnd | undefined;
  const onEnd = (view: EventView): [] => {
    const stack = Array.from({ length: view.depth - 1 }, (_, i) => view.element(i + 1));
    end = { cycles: view.clk, stack };
    return [];
  };
  const host = hostFor(onEnd);
  let stop: ExecutionError | undefined;
  try {
    await runPaced(executing(test.program, { stack: test.stack, advice }, { host, maxCycles }), { signal });
  } catch (error) {
    if (!(error instanceof ExecutionError)) throw error;
    stop = error;
  }
  const cycles = end?.cycles ?? stop?.at?.clk ?? 0;
  const failure = end ? judgeEnd(test, end) : judgeStop(test, stop!);
  return { ...about, cycles, ...(failure && { failure }) };
}

/** Where a test was when it ended, and the whole stack it left, top first. */
interface TestEnd {
  readonly cycles: number;
  readonly stack: readonly Felt[];
}

/** Answers the core library's events. Others are heard: what the code asks for there, a test gives by `@advice`. */
const hostFor = (onEnd: EventHandler): Host => ({
  handlers: new (class extends Map<Felt, EventHandler> {
    override get(id: Felt): EventHandler {
      return id === END_ID ? onEnd : (CORE_LIBRARY_HOST.handlers.get(id) ?? (() => []));
    }
  })(),
});
const END_ID = textCode(TEST_END);

function judgeEnd(
  { traps, leaves, maxCycles, span }: UnitTest,
  { cycles, stack }: TestEnd,
): TestFailure | undefined {
  const place = renderSnippet(headOf(span));
  if (traps !== undefined)
    return { kind: 'ran-on', message: `It ran to its end, and should have stopped: "${traps}".`, place };
  if (stack.length < leaves.length || stack.some((value, i) => value !== (leaves[i] ?? 0n))) {
    const text = (values: readonly Felt[]): string => `[${values.join(', ').replace(/(?:(?:^|, )0)+$/, '')}]`;
    const message = `It left ${text(stack)} on the stack, and should have left ${text(leaves)}.`;
    return { kind: 'stack', message, place };
  }
  if (maxCycles !== undefined && cycles > maxCycles) {
    const message = `It took ${cycles} cycles, and should take ${maxCycles} at most.`;
    return { kind: 'cycles', message, place };
  }
  return undefined;
}

function judgeStop({ traps }: UnitTest, { message, details, at }: ExecutionError): TestFailure | undefined {
  if (traps !== undefined && message.includes(traps)) return undefined;
  return {
    kind: 'stopped',
    message: traps === undefined ? message : `${message} It should have been: "${traps}".`,
    ...(at?.span && { place: renderSnippet(at.span) }),
    ...(details && { details }),
  };
}

/** The beginning of a procedure, of which only a line is to be shown. */
const headOf = (span: SourceSpan): SourceSpan => {
  const newline = span.file.text.indexOf('\n', span.start);
  return { ...span, end: newline < 0 ? span.end : newline };
};
