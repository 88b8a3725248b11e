import type { SourceSpan } from '../../vm/mast/types.ts';
import type { Attribute, AttributeValue, CallingConvention } from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import { MAX_LOCALS } from '../limits.ts';
import type { Cursor } from './cursor.ts';
import { T } from './lexer.ts';
import { isQuoted, parseNumber, parseWordLiteral, unquote } from './literals.ts';
import { parsePlainName } from './names.ts';

/** Attributes by which the protocol knows a procedure; each implies the component model's calling convention. */
const PROTOCOL_ATTRIBUTES = ['account_procedure', 'auth_script', 'note_script', 'transaction_script'];
const COMPONENT_MODEL = 'component-model';

/** What the attributes of a procedure amount to. */
export interface ProcedureTraits {
  /** Those that have no field of their own here, same names merged. */
  readonly attributes: readonly Attribute[];
  readonly locals: number;
  readonly callingConvention?: CallingConvention;
}

/** Takes `@name`, `@name(value, …)` or `@name(key = value, …)`; the parenthesis stands on the name's line. */
export function parseAttribute(cursor: Cursor): Attribute {
  const first = cursor.expect(T.at, '`@`');
  const name = parsePlainName(cursor, 'the name of an attribute');
  const values: { key?: string; value: AttributeValue }[] = [];
  const keys = new Set<string>();
  if (cursor.at(T.lparen) && !cursor.atLineEnd()) {
    cursor.take();
    const keyed = cursor.kind(1) === T.equal;
    do {
      const key = keyed ? parseKey(cursor, keys) : undefined;
      const value = parseValue(cursor);
      values.push(key === undefined ? { value } : { key, value });
    } while (cursor.skip(T.comma));
    cursor.expect(T.rparen, '`,` or `)`');
  }
  return { name, values, span: cursor.spanFrom(first) };
}

/** Separates `@locals` and `@callconv` from the rest and checks what may stand together. */
export function procedureTraits(attributes: readonly Attribute[]): ProcedureTraits {
  const groups = new Map<string, Attribute[]>();
  for (const attribute of attributes) {
    const group = groups.get(attribute.name.text);
    if (group) group.push(attribute);
    else groups.set(attribute.name.text, [attribute]);
  }
  const byName = new Map([...groups].map(([name, group]) => [name, merge(group)]));
  const locals = byName.get('locals');
  const convention = byName.get('callconv');
  const protocol = PROTOCOL_ATTRIBUTES.flatMap((name) => byName.get(name) ?? []);
  if (protocol.length > 1) throw conflict(protocol[1], protocol[0]);
  let callingConvention = convention && conventionOf(convention);
  if (protocol.length === 1) {
    if (callingConvention !== undefined && callingConvention !== COMPONENT_MODEL) {
      throw conflict(convention!, protocol[0]);
    }
    callingConvention = COMPONENT_MODEL;
  }
  byName.delete('locals');
  byName.delete('callconv');
  return {
    attributes: [...byName.values()],
    locals: locals ? localsOf(locals) : 0,
    ...(callingConvention === undefined ? {} : { callingConvention }),
  };
}

function parseKey(cursor: Cursor, keys: Set<string>): string {
  const { text, span } = parsePlainName(cursor, 'a key');
  if (keys.has(text)) throw duplicateKey(text, span);
  keys.add(text);
  cursor.expect(T.equal, '`=` and a value');
  return text;
}

function parseValue(cursor: Cursor): AttributeValue {
  if (cursor.at(T.lbracket)) return { kind: 'word', value: parseWordLiteral(cursor) };
  if (cursor.at(T.ident)) return { kind: 'name', value: parsePlainName(cursor, 'a value').text };
  if (isQuoted(cursor.kind())) return { kind: 'string', value: unquote(cursor.textOf(cursor.take())) };
  if (!cursor.at(T.number)) throw cursor.unexpected('a name, a text, a number or a word');
  const number = parseNumber(cursor.text(), cursor.here());
  cursor.take();
  return number;
}

/** Attributes of one name: keyed values add up, anything else contradicts. */
function merge(group: readonly Attribute[]): Attribute {
  const [first, ...others] = group;
  if (others.length === 0) return first;
  const values: Attribute['values'][number][] = [];
  const keys = new Set<string>();
  for (const attribute of group) {
    if (attribute.values.length === 0) throw conflict(others[0], first);
    for (const value of attribute.values) {
      if (value.key === undefined) throw conflict(others[0], first);
      if (keys.has(value.key)) throw duplicateKey(value.key, attribute.span);
      keys.add(value.key);
      values.push(value);
    }
  }
  return { ...first, values };
}

function localsOf({ values, span }: Attribute): number {
  const [first] = values;
  const value = first?.value;
  if (values.length !== 1 || first.key !== undefined || value.kind !== 'int' || value.value > MAX_LOCALS) {
    throw new AssemblyError('invalid-attribute', 'not a number of locals', {
      span,
      expected: `\`@locals(n)\` with n from 0 to ${MAX_LOCALS}`,
    });
  }
  return Number(value.value);
}

function conventionOf({ values, span }: Attribute): CallingConvention {
  const [first] = values;
  const value = first?.value;
  if (values.length !== 1 || first.key !== undefined || (value.kind !== 'name' && value.kind !== 'string')) {
    throw new AssemblyError('invalid-attribute', 'not a calling convention', {
      span,
      expected: '`@callconv(name)` or `@callconv("name")`',
    });
  }
  return CONVENTIONS.get(value.value) ?? { extern: value.value };
}

/** How the conventions that have a meaning of their own are written. */
const CONVENTIONS: ReadonlyMap<string, CallingConvention> = new Map([
  ['fast', 'fast'],
  ['C', 'c'],
  ['wasm', 'wasm'],
  ['Wasm', 'wasm'],
  ['canon-lift', COMPONENT_MODEL],
  [COMPONENT_MODEL, COMPONENT_MODEL],
]);

const conflict = (attribute: Attribute, previous: Attribute): AssemblyError =>
  new AssemblyError('invalid-attribute', `\`@${attribute.name.text}\` contradicts another attribute`, {
    span: attribute.span,
    related: [{ label: 'the other attribute', span: previous.span }],
  });

const duplicateKey = (key: string, span: SourceSpan): AssemblyError =>
  new AssemblyError('invalid-attribute', `the key \`${key}\` has two values`, { span });
