import type { Felt } from '../field/felt.ts';
import type { Program, SourceFile, SourceSpan } from '../vm/mast/types.ts';
import { type AssemblyOptions, assemble, assembleLibrary } from './assemble.ts';
import { type Attribute, type AttributeValue, type Procedure, pathText } from './ast.ts';
import { AssemblyError } from './errors.ts';
import type { Package, PackageConstant } from './package/package.ts';
import { parseModule } from './parse.ts';

/** A procedure with the attribute `@test`: what it is given, and what must come of it. */
export interface UnitTest {
  readonly name: string;
  readonly span: SourceSpan;
  /** What `@stack` puts on the operand stack, top first. */
  readonly stack: readonly Felt[];
  /** What `@advice` puts on the advice stack, next element first; or the advice file that it names. */
  readonly advice: readonly Felt[] | string;
  /** What `@leaves` expects on the stack, top first; the rest is zero. */
  readonly leaves: readonly Felt[];
  /** Where `@events` stands: the events that the test emits, all but those of the core library, in order. */
  readonly events?: readonly ExpectedEvent[];
  /** What the error must say, where `@traps` expects one. */
  readonly traps?: string;
  /** The limit that `@cycles` sets. */
  readonly maxCycles?: number;
  readonly program: Program;
}

/** An event, and the elements that lie below its id. */
export interface ExpectedEvent {
  readonly name: string;
  readonly stack: readonly Felt[];
}

/**
 * Events by which a program tells that what `@given` names is done and its test begins, and that the test is over; what
 * follows only empties the stack.
 */
export const TEST_BEGIN = 'kiln::unit_test::begin';
export const TEST_END = 'kiln::unit_test::end';
/** Between the two in a test that does nothing. */
export const IDLE_CYCLES = 3;

export interface UnitTestInput extends Pick<AssemblyOptions, 'libraries'> {
  readonly file: SourceFile;
  /** Where the syscalls of tests and sources go. */
  readonly kernel?: Package;
  /** The sources under test. Their private items are seen by the tests. */
  readonly modules: NonNullable<AssemblyOptions['modules']>;
}

const TESTS = { absolute: true, segments: ['unit_tests'] };
const MAX_STACK = 16;
const MAX_CYCLES = 2 ** 29;

/**
 * Assembles a file of unit tests, in the order they stand there: for each procedure with `@test` a program that runs it.
 * @throws AssemblyError at the first mistake, also in attributes
 */
export function assembleTests({ file, modules, kernel, libraries = [] }: UnitTestInput): UnitTest[] {
  const { procedures } = parseModule(file, { kind: 'library', path: TESTS });
  const tests = procedures.filter(isTest);
  if (tests.length === 0) return [];
  const own = assembleLibrary({
    name: 'unit-tests',
    root: { file, path: pathText(TESTS) },
    modules,
    libraries,
    ...(kernel && { kernel }),
    opened: true,
  });
  const values = new Values(own);
  // Also of what is linked statically: only procedures that are called are copied, not those that `procref` names.
  const linked = [own, ...libraries.map((library) => library.package)].map((each) => ({ package: each }));
  return tests.map((procedure) => {
    const { given, ...test } = expectationsOf(procedure, values);
    const text = `begin
      ${given.map((each) => `exec.${pathOf(each)}`).join(' ')} emit.event("${TEST_BEGIN}")
      exec.${pathOf(test.name)} emit.event("${TEST_END}")
      sdepth neq.16 while.true drop sdepth neq.16 end
    end`;
    const program = { name: `${file.name} (${test.name})`, text };
    return { ...test, program: assemble({ program, libraries: linked, ...(kernel && { kernel }) }) };
  });
}

const pathOf = (name: string): string => pathText({ absolute: true, segments: [...TESTS.segments, name] });

/** The names that the tests' file knows, its own and those it imports. */
class Values {
  readonly #exports: Package['manifest']['exports'];

  constructor({ manifest }: Package) {
    this.#exports = manifest.exports;
  }

  constant(name: string): PackageConstant | undefined {
    const found = this.#find(name);
    return found?.kind === 'constant' ? found.value : undefined;
  }

  isProcedure(name: string): boolean {
    return this.#find(name)?.kind === 'procedure';
  }

  #find(name: string): Package['manifest']['exports'][number] | undefined {
    const path = pathOf(name);
    return this.#exports.find((each) => each.path === path);
  }
}

/** @throws AssemblyError where other attributes of a test stand without `@test`, or it with values */
function isTest({ attributes }: Procedure): boolean {
  const mark = attributes.find(({ name }) => name.text === 'test');
  const other = attributes.find(({ name }) => TEST_ATTRIBUTES.includes(name.text));
  if (!mark && other) throw wrong(other, 'a procedure without `@test` has none of its other attributes');
  if (mark && mark.values.length > 0) throw wrong(mark, '`@test` without values');
  return mark !== undefined;
}

/** What the attributes of a test ask for. */
function expectationsOf(
  { name, span, attributes }: Procedure,
  values: Values,
): Omit<UnitTest, 'program'> & { readonly given: readonly string[] } {
  const known = new Map(attributes.map((attribute) => [attribute.name.text, attribute]));
  const stranger = attributes.find((each) => !TEST_ATTRIBUTES.includes(each.name.text));
  if (stranger)
    throw wrong(stranger, `a test has only ${TEST_ATTRIBUTES.map((each) => `\`@${each}\``).join(', ')}`);
  const traps = trapOf(known.get('traps'));
  const maxCycles = cyclesOf(known.get('cycles'));
  const events = eventsOf(known.get('events'), values);
  const pointless = traps !== undefined && (known.get('leaves') ?? known.get('cycles'));
  if (pointless) throw wrong(pointless, 'nothing about the end of a run that `@traps` says has none');
  return {
    name: name.text,
    span,
    given: givenOf(known.get('given'), values),
    stack: elementsOf(known.get('stack'), values, MAX_STACK),
    advice: adviceOf(known.get('advice'), values),
    leaves: elementsOf(known.get('leaves'), values),
    ...(events && { events }),
    ...(traps !== undefined && { traps }),
    ...(maxCycles !== undefined && { maxCycles }),
  };
}

const TEST_ATTRIBUTES = ['test', 'given', 'stack', 'advice', 'events', 'leaves', 'traps', 'cycles'];

const positional = ({ values }: Attribute): readonly AttributeValue[] | undefined =>
  values.length > 0 && values.every(({ key }) => key === undefined)
    ? values.map(({ value }) => value)
    : undefined;

/** Names of procedures. */
function givenOf(attribute: Attribute | undefined, values: Values): string[] {
  if (!attribute) return [];
  const names = positional(attribute)?.flatMap((each) => (each.kind === 'name' ? [each.value] : []));
  if (names?.length !== attribute.values.length || !names.every((name) => values.isProcedure(name)))
    throw wrong(attribute, 'names of procedures of this file');
  return names;
}

/** Elements and words, also constants that are, the elements of words in their order. */
function elementsOf(
  attribute: Attribute | undefined,
  values: Values,
  most = Number.POSITIVE_INFINITY,
): Felt[] {
  if (!attribute) return [];
  const expected = `field elements, words or constants${Number.isFinite(most) ? `, at most ${most} elements` : ''}`;
  const elements = positional(attribute)?.flatMap((each): readonly Felt[] => {
    const found = elementsIn(each, values);
    if (found) return found;
    throw wrong(attribute, expected);
  });
  if (!elements || elements.length > most) throw wrong(attribute, expected);
  return elements;
}

function elementsIn(value: AttributeValue, values: Values): readonly Felt[] | undefined {
  const meant = value.kind === 'name' ? values.constant(value.value) : value;
  if (meant?.kind === 'word') return meant.value;
  return meant?.kind === 'int' ? [meant.value] : undefined;
}

function adviceOf(attribute: Attribute | undefined, values: Values): UnitTest['advice'] {
  const file = attribute && textOf(attribute);
  return file ?? elementsOf(attribute, values);
}

/** Events by name or constant, each followed by what it finds on the stack. */
function eventsOf(attribute: Attribute | undefined, values: Values): ExpectedEvent[] | undefined {
  if (!attribute) return undefined;
  const events: { name: string; stack: Felt[] }[] = [];
  for (const { key, value } of attribute.values) {
    const constant = value.kind === 'name' ? values.constant(value.value) : undefined;
    const name = constant?.kind === 'hash' && constant.of === 'event' ? constant.text : undefined;
    const elements = elementsIn(value, values);
    if (key !== undefined) throw wrong(attribute, EVENTS);
    else if (value.kind === 'string') events.push({ name: value.value, stack: [] });
    else if (name !== undefined) events.push({ name, stack: [] });
    else if (elements && events.length > 0) events.at(-1)!.stack.push(...elements);
    else throw wrong(attribute, EVENTS);
  }
  return events;
}
const EVENTS = 'events, by text or constant, each followed by the elements and words that lie below it';

function trapOf(attribute: Attribute | undefined): string | undefined {
  if (!attribute) return undefined;
  const text = textOf(attribute);
  if (!text) throw wrong(attribute, '`@traps("a part of the error\'s text")`');
  return text;
}

function cyclesOf(attribute: Attribute | undefined): number | undefined {
  if (!attribute) return undefined;
  const [value, ...others] = positional(attribute) ?? [];
  if (value?.kind !== 'int' || value.value > MAX_CYCLES || others.length > 0)
    throw wrong(attribute, `\`@cycles(n)\` with n from 0 to ${MAX_CYCLES}`);
  return Number(value.value);
}

/** The text of an attribute that has one, and nothing else. */
function textOf(attribute: Attribute): string | undefined {
  const [value, ...others] = positional(attribute) ?? [];
  return value?.kind === 'string' && others.length === 0 ? value.value : undefined;
}

const wrong = ({ name, span }: Attribute, expected: string): AssemblyError =>
  new AssemblyError('invalid-attribute', `\`@${name.text}\` cannot stand like this on a test`, {
    span,
    expected,
  });
