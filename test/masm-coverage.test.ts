import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFile, sourcesIn } from '../cli/libraries.ts';
import { testFiles } from '../cli/unit-tests.ts';
import {
  type Block,
  type BlockItem,
  type Instruction,
  KERNEL_PATH,
  type Module,
  type Procedure,
  pathText,
} from '../core/assembly/ast.ts';
import { parseModule } from '../core/assembly/parse.ts';

/**
 * That the protocol's assembly has its unit tests: each public procedure one and a bound of cycles, each assertion one that
 * breaks it, in the file of tests beside it.
 */
const LIBRARIES = ['kernel', 'protocol', 'standards'];
/** The VM's kernel, where syscalls go. */
const DISPATCHER = 'masm/kernel/dispatcher.masm';
/** The programs, which whole transactions test. */
const NO_LIBRARY = ['main', 'dry_run', 'view'].map((name) => `masm/kernel/${name}.masm`);
const TESTING = '::testing';

/** A signature is thousands of elements: transactions that are signed have their bounds (`test/protocol/costs.test.ts`). */
const BOUNDED_ELSEWHERE = ['::kiln::standards::auth::falcon::authenticate'];

const parse = (file: string, name: string): Module =>
  parseModule(sourceFile(file), {
    kind: 'library',
    path: { absolute: true, segments: name.slice('::'.length).split('::') },
  });

function* instructionsOf({ items }: Block): Generator<Instruction> {
  for (const item of items) yield* instructionsIn(item);
}
function* instructionsIn(item: BlockItem): Generator<Instruction> {
  switch (item.kind) {
    case 'instruction':
      yield item;
      break;
    case 'if':
      yield* instructionsOf(item.onTrue);
      yield* instructionsOf(item.onFalse);
      break;
    case 'do-while':
      yield* instructionsOf(item.body);
      yield* instructionsOf(item.condition);
      break;
    default:
      yield* instructionsOf(item.body);
  }
}

/** What a procedure names in other modules, by its helpers too. */
function namedBy(procedure: Procedure, module: Module, shared: Module | undefined): Set<string> {
  const named = new Set<string>();
  const open: [Procedure, Module][] = [[procedure, module]];
  const seen = new Set<Procedure>([procedure]);
  for (const [each, home] of open) {
    const follow = (name: string, into: Module): void => {
      const found = into.procedures.find((other) => other.name.text === name);
      if (!found || seen.has(found)) return;
      seen.add(found);
      open.push([found, into]);
    };
    for (const instruction of instructionsOf(each.body)) {
      if (instruction.form !== 'target') continue;
      const { target } = instruction;
      if (target.kind === 'local') follow(target.name, home);
      if (target.kind !== 'path') continue;
      const text = pathText(target.path);
      named.add(text);
      if (shared && text.startsWith(`${TESTING}::`)) follow(target.path.segments.at(-1)!, shared);
    }
    for (const { name, values } of each.attributes) {
      if (name.text === 'given')
        for (const { value } of values) if (value.kind === 'name') follow(value.value, home);
    }
  }
  return named;
}

interface UnitTest {
  readonly names: ReadonlySet<string>;
  readonly traps: string | undefined;
  readonly isBounded: boolean;
}

function testsIn(file: string, shared: Module | undefined): UnitTest[] {
  const module = parse(file, '::unit_tests');
  return module.procedures.flatMap((procedure) => {
    const attribute = (name: string) => procedure.attributes.find((each) => each.name.text === name);
    const traps = attribute('traps')?.values[0]?.value;
    return attribute('test')
      ? [
          {
            names: namedBy(procedure, module, shared),
            traps: traps?.kind === 'string' ? traps.value : undefined,
            isBounded: attribute('cycles') !== undefined,
          },
        ]
      : [];
  });
}

/** Whether a procedure ends with a failed assertion. */
const neverEnds = (body: readonly Instruction[]): boolean => {
  const [condition, last] = body.slice(-2);
  return condition?.form === 'push' && condition.value === 0n && last?.name === 'assert';
};

/** What procedures call first that are not for everybody: how a test of each must end for whom they are not for. */
const GUARDS: readonly [guard: string, traps: RegExp, who: string][] = [
  ['assert_own', /^only the account's own/, 'a stranger'],
  ['assert_native_own', /^only the account's own/, 'a stranger'],
  ['assert_native_own', /^foreign code/, 'code that only reads'],
  ['assert_native', /^foreign code/, 'code that only reads'],
  ['assert_auth', /^this is only for/, 'a stranger'],
];
const calls = (body: readonly Instruction[], path: string): boolean =>
  body.some(
    (item) => item.form === 'target' && item.target.kind === 'path' && pathText(item.target.path) === path,
  );

/** What the tests of a public procedure lack. */
function* missingOf(
  name: string,
  body: readonly Instruction[],
  tests: readonly UnitTest[],
): Generator<string> {
  const own = tests.filter(({ names }) => names.has(name));
  const isBounded = own.some((each) => each.isBounded) || BOUNDED_ELSEWHERE.includes(name);
  if (own.length === 0) yield `a test of ${name}`;
  else if (!isBounded && !neverEnds(body)) yield `a bound for the cycles of ${name}`;
  for (const [guard, expected, who] of GUARDS) {
    const isGuarded = calls(body, `::kiln::kernel::account::${guard}`);
    if (isGuarded && !own.some(({ traps }) => traps !== undefined && expected.test(traps)))
      yield `${who} who calls ${name}`;
  }
}

/** What the tests of a module lack. */
function missing({ path, procedures }: Module, tests: readonly UnitTest[]): string[] {
  const bodies = procedures.map((procedure) => [...instructionsOf(procedure.body)]);
  const lacks = procedures.flatMap(({ name, visibility }, i) =>
    visibility === 'public'
      ? [...missingOf(pathText({ ...path, segments: [...path.segments, name.text] }), bodies[i], tests)]
      : [],
  );
  const messages = bodies
    .flat()
    .flatMap((item) => (item.form === 'error' && typeof item.message === 'string' ? [item.message] : []));
  for (const message of new Set(messages)) {
    const sites = messages.filter((each) => each === message).length;
    const breaks = tests.filter(({ traps }) => traps !== undefined && message.includes(traps)).length;
    if (breaks < sites) lacks.push(`${sites - breaks} of ${sites} tests that trap with "${message}"`);
  }
  return lacks;
}

for (const library of LIBRARIES) {
  const folder = `masm/${library}`;
  const found = new Set(testFiles([folder]).map((each) => each.slice(each.indexOf(folder))));
  const sharedPath = `${folder}/testing.test.masm`;
  const shared = found.has(sharedPath) ? parse(sharedPath, TESTING) : undefined;
  const { root, modules } = sourcesIn(folder, `::kiln::${library}`);
  for (const { file, path } of [root, ...modules]) {
    const name = file.name === DISPATCHER ? pathText(KERNEL_PATH) : path!;
    if (NO_LIBRARY.includes(file.name)) continue;
    const beside = file.name.replace(/\.masm$/, '.test.masm');
    test(`${file.name} has its unit tests`, () => {
      const tests = found.has(beside) ? testsIn(beside, shared) : [];
      assert.deepEqual(missing(parse(file.name, name), tests), []);
    });
  }
}
