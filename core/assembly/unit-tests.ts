import type { Felt } from '../field/felt.ts';
import type { Program, SourceFile, SourceSpan } from '../vm/mast/types.ts';
import { type AssemblyOptions, assemble, assembleLibrary } from './assemble.ts';
import { type Attribute, type AttributeValue, type Procedure, pathText } from './ast.ts';
import { AssemblyError } from './errors.ts';
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
  /** What the error must say, where `@traps` expects one. */
  readonly traps?: string;
  /** The limit that `@cycles` sets. */
  readonly maxCycles?: number;
  readonly program: Program;
}

/** The event by which a program tells that its test is over; what follows only empties the stack. */
export const TEST_END = 'kiln::unit_test::end';

export interface UnitTestInput extends Pick<AssemblyOptions, 'libraries'> {
  readonly file: SourceFile;
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
export function assembleTests({ file, modules, libraries = [] }: UnitTestInput): UnitTest[] {
  const { procedures } = parseModule(file, { kind: 'library', path: TESTS });
  const tests = procedures.flatMap((procedure) => expectationsOf(procedure) ?? []);
  if (tests.length === 0) return [];
  const own = assembleLibrary({
    name: 'unit-tests',
    root: { file, path: pathText(TESTS) },
    modules,
    libraries,
    opened: true,
  });
  return tests.map((test) => {
    const path = pathText({ absolute: true, segments: [...TESTS.segments, test.name] });
    const text = `begin
      exec.${path} emit.event("${TEST_END}")
      sdepth neq.16 while.true drop sdepth neq.16 end
    end`;
    const program = { name: `${file.name} (${test.name})`, text };
    return { ...test, program: assemble({ program, libraries: [{ package: own }, ...libraries] }) };
  });
}

/** What the attributes of a procedure ask for; `undefined` if it is no test. */
function expectationsOf({ name, span, attributes }: Procedure): Omit<UnitTest, 'program'> | undefined {
  const known = new Map(attributes.map((attribute) => [attribute.name.text, attribute]));
  const mark = known.get('test');
  if (!mark && !attributes.some((each) => TEST_ATTRIBUTES.includes(each.name.text))) return undefined;
  if (!mark) throw wrong(attributes[0], 'a procedure without `@test` has none of its other attributes');
  const stranger = attributes.find((each) => !TEST_ATTRIBUTES.includes(each.name.text));
  if (stranger)
    throw wrong(stranger, `a test has only ${TEST_ATTRIBUTES.map((each) => `\`@${each}\``).join(', ')}`);
  if (mark.values.length > 0) throw wrong(mark, '`@test` without values');
  const traps = trapOf(known.get('traps'));
  const maxCycles = cyclesOf(known.get('cycles'));
  const pointless = traps !== undefined && (known.get('leaves') ?? known.get('cycles'));
  if (pointless) throw wrong(pointless, 'nothing about the end of a run that `@traps` says has none');
  return {
    name: name.text,
    span,
    stack: elementsOf(known.get('stack'), MAX_STACK),
    advice: adviceOf(known.get('advice')),
    leaves: elementsOf(known.get('leaves')),
    ...(traps !== undefined && { traps }),
    ...(maxCycles !== undefined && { maxCycles }),
  };
}

const TEST_ATTRIBUTES = ['test', 'stack', 'advice', 'leaves', 'traps', 'cycles'];

const positional = ({ values }: Attribute): readonly AttributeValue[] | undefined =>
  values.length > 0 && values.every(({ key }) => key === undefined)
    ? values.map(({ value }) => value)
    : undefined;

/** Elements and words, the elements of words in their order. */
function elementsOf(attribute: Attribute | undefined, most = Number.POSITIVE_INFINITY): Felt[] {
  if (!attribute) return [];
  const expected = `field elements or words${Number.isFinite(most) ? `, at most ${most} elements` : ''}`;
  const values = positional(attribute);
  const elements = values?.flatMap((each): readonly Felt[] => {
    if (each.kind === 'word') return each.value;
    if (each.kind === 'int') return [each.value];
    throw wrong(attribute, expected);
  });
  if (!elements || elements.length > most) throw wrong(attribute, expected);
  return elements;
}

function adviceOf(attribute: Attribute | undefined): UnitTest['advice'] {
  const file = attribute && textOf(attribute);
  return file ?? elementsOf(attribute);
}

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
