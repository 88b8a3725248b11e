import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { positionOf, renderSnippet } from '../core/assembly/source.ts';
import {
  assembleTests,
  IDLE_CYCLES,
  TEST_BEGIN,
  TEST_END,
  type UnitTest,
} from '../core/assembly/unit-tests.ts';
import type { Felt } from '../core/field/felt.ts';
import { textCode } from '../core/hash/text.ts';
import { runPaced } from '../core/pace.ts';
import { readAdvice } from '../core/vm/advice/file.ts';
import { ExecutionError } from '../core/vm/errors.ts';
import { executing } from '../core/vm/execute.ts';
import { CORE_LIBRARY_HOST } from '../core/vm/host/core-library.ts';
import type { EventHandler, EventView, Host } from '../core/vm/host.ts';
import type { SourceSpan } from '../core/vm/mast/types.ts';
import { readJson } from './files.ts';
import { libraryAround, sourceFile } from './source-library.ts';
import { dependenciesOf } from './test-libraries.ts';

/** How a unit test ended. */
export interface TestOutcome {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  /** From the test's begin to its end, or to where it stopped. */
  readonly cycles: number;
  /** Where it stopped, if it did: `file:line:column`. */
  readonly stopped?: string;
  readonly failure?: TestFailure;
}

export interface TestFailure {
  readonly kind: 'stopped' | 'ran-on' | 'stack' | 'advice' | 'cycles' | 'events';
  readonly message: string;
  /** Where it happened: `file:line:column`, the line, and carets. */
  readonly place?: string;
  readonly details?: string;
}

const ENDING = '.test.masm';
/** What the tests of a library share, beside its root module. */
const SHARED = `testing${ENDING}`;
const SHARED_PATH = '::testing';
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

/**
 * The tests of a file, each linked with the library in whose folder the file is, and with those of Kiln's libraries that
 * are named there. Throws `AssemblyError`.
 */
export function loadTests(path: string): UnitTest[] {
  const file = sourceFile(path);
  const library = libraryAround(path);
  const shared = library && join(library.folder, SHARED);
  const modules = [
    ...(library?.modules ?? []),
    ...(shared && existsSync(shared) && resolve(path) !== shared
      ? [{ path: SHARED_PATH, file: sourceFile(shared) }]
      : []),
  ];
  const text = [file, ...modules.map((each) => each.file)].map((each) => each.text).join('\n');
  return assembleTests({ file, modules, ...dependenciesOf(text, library?.namespace) });
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
  const run = new TestRun();
  let stop: ExecutionError | undefined;
  try {
    await runPaced(executing(test.program, { stack: test.stack, advice }, { host: run, maxCycles }), {
      signal,
    });
  } catch (error) {
    if (!(error instanceof ExecutionError)) throw error;
    stop = error;
  }
  const { begin, end } = run;
  const cycles = begin === undefined ? 0 : (end?.clk ?? stop?.at?.clk ?? begin) - begin - IDLE_CYCLES;
  const failure = (end ? judgeEnd(test, end, cycles) : judgeStop(test, stop!, run)) ?? judgeEvents(test, run);
  const stopped = stop?.at?.span && placeOf(stop.at.span);
  return { ...about, cycles: Math.max(0, cycles), ...(stopped && { stopped }), ...(failure && { failure }) };
}

/** What a test left when it ended: the whole stack, top first, and advice. */
interface TestEnd {
  readonly clk: number;
  readonly stack: readonly Felt[];
  readonly advice: number;
}

/**
 * The host of a test. It answers the core library's events. Others are heard: what the code asks for there, a test gives by
 * `@advice`.
 */
class TestRun implements Host {
  readonly handlers: ReadonlyMap<Felt, EventHandler>;
  /** Events heard since the test began: id and all elements below it. */
  readonly events: { readonly id: Felt; readonly stack: readonly Felt[] }[] = [];
  begin: number | undefined;
  end: TestEnd | undefined;

  constructor() {
    const below = (view: EventView): Felt[] =>
      Array.from({ length: view.depth - 1 }, (_, i) => view.element(i + 1));
    const hear =
      (id: Felt): EventHandler =>
      (view) => {
        if (id === END_ID)
          this.end = { clk: view.clk, stack: below(view), advice: view.advice.stack().length };
        else if (id === BEGIN_ID) this.begin = view.clk;
        else if (this.begin !== undefined && !this.end) this.events.push({ id, stack: below(view) });
        return [];
      };
    this.handlers = new (class extends Map<Felt, EventHandler> {
      override get(id: Felt): EventHandler {
        return CORE_LIBRARY_HOST.handlers.get(id) ?? hear(id);
      }
    })();
  }
}
const BEGIN_ID = textCode(TEST_BEGIN);
const END_ID = textCode(TEST_END);

function judgeEnd(
  { traps, leaves, maxCycles, span }: UnitTest,
  { stack, advice }: TestEnd,
  cycles: number,
): TestFailure | undefined {
  const place = renderSnippet(headOf(span));
  if (traps !== undefined)
    return { kind: 'ran-on', message: `It ran to its end, and should have stopped: "${traps}".`, place };
  const differs = firstDifference(stack, leaves);
  if (differs >= 0) {
    const message = `It left ${listed(stack)} on the stack, and should have left ${listed(leaves)}.`;
    const details = `They differ at place ${differs} from the top: ${stack[differs]}, not ${leaves[differs] ?? 0}.`;
    return { kind: 'stack', message, place, details };
  }
  if (advice > 0) {
    const message = `It left ${advice} elements of the advice that it was given.`;
    return { kind: 'advice', message, place };
  }
  if (maxCycles !== undefined && cycles > maxCycles) {
    const message = `It took ${cycles} cycles, and should take ${maxCycles} at most.`;
    return { kind: 'cycles', message, place };
  }
  return undefined;
}

/** Behind what is expected all is zero. -1 if there is none. */
const firstDifference = (stack: readonly Felt[], expected: readonly Felt[]): number =>
  Array.from({ length: Math.max(stack.length, expected.length) }).findIndex(
    (_, i) => (stack[i] ?? 0n) !== (expected[i] ?? 0n),
  );
const listed = (values: readonly Felt[]): string => `[${values.join(', ').replace(/(?:(?:^|, )0)+$/, '')}]`;

function judgeStop(
  { traps }: UnitTest,
  { message, details, at }: ExecutionError,
  { begin }: TestRun,
): TestFailure | undefined {
  if (traps !== undefined && begin !== undefined && message.includes(traps)) return undefined;
  const early = begin === undefined ? ' It happened in what @given names.' : '';
  return {
    kind: 'stopped',
    message: (traps === undefined ? message : `${message} It should have been: "${traps}".`) + early,
    ...(at?.span && { place: renderSnippet(at.span) }),
    ...(details && { details }),
  };
}

function judgeEvents({ events: expected, span }: UnitTest, { events }: TestRun): TestFailure | undefined {
  if (!expected) return undefined;
  const place = renderSnippet(headOf(span));
  for (const [i, { name, stack }] of expected.entries()) {
    const got = events.at(i);
    if (got?.id !== textCode(name)) {
      const message = `Event ${i} of it should be "${name}", and is ${got ? 'another' : 'not there'}.`;
      return { kind: 'events', message, place };
    }
    const found = got.stack.slice(0, stack.length);
    if (firstDifference(found, stack) >= 0) {
      const message = `Event ${i}, "${name}", found ${listed(found)} on the stack, and should have found ${listed(stack)}.`;
      return { kind: 'events', message, place };
    }
  }
  if (events.length === expected.length) return undefined;
  const message = `It emitted ${events.length} events, and should emit ${expected.length}.`;
  return { kind: 'events', message, place };
}

function placeOf({ file, start }: SourceSpan): string {
  const { line, column } = positionOf(file, start);
  return `${file.name}:${line}:${column}`;
}

/** The beginning of a procedure, of which only a line is to be shown. */
const headOf = (span: SourceSpan): SourceSpan => {
  const newline = span.file.text.indexOf('\n', span.start);
  return { ...span, end: newline < 0 ? span.end : newline };
};
