import type { SourceSpan } from '../../vm/mast/types.ts';
import type { Name, PrimitiveType, Signature, StructRepresentation, TypeExpr } from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import { MAX_TYPE_NESTING } from '../limits.ts';
import { type Cursor, shown } from './cursor.ts';
import { T, type TokenKind } from './lexer.ts';
import { parseDecimal, parseNumber, unquote } from './literals.ts';
import { parsePlainName, parseQualifiedPath } from './names.ts';

const PRIMITIVES: ReadonlySet<string> = new Set<PrimitiveType>([
  ...(['i1', 'i8', 'i16', 'i32', 'i64', 'i128', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256'] as const),
  ...(['felt', 'word'] as const),
]);

const MAX_ALIGNMENT = 0xffffn;
const MAX_ARRAY_LENGTH = 0xffff_ffffn;

/** Takes a type: a primitive, a name, `ptr<T>`, `[T; n]` or `struct { … }`. */
export function parseType(cursor: Cursor, depth = 0): TypeExpr {
  if (depth > MAX_TYPE_NESTING) {
    throw cursor.error(
      'nesting-too-deep',
      'a type is nested too deep',
      cursor.here(),
      `at most ${MAX_TYPE_NESTING} levels`,
    );
  }
  if (cursor.atKeyword('ptr') && cursor.kind(1) === T.langle) return parsePointer(cursor, depth);
  if (cursor.at(T.lbracket)) return parseArray(cursor, depth);
  if (cursor.atKeyword('struct')) return parseStruct(cursor, depth);
  const { path, span } = parseQualifiedPath(cursor, 'a type');
  const [name] = path.segments;
  return !path.absolute && path.segments.length === 1 && PRIMITIVES.has(name)
    ? { kind: 'primitive', name: name as PrimitiveType, span }
    : { kind: 'reference', path, span };
}

/** Takes `(name: T, …)` and, if it follows, `-> T` or `-> (T, name: T, …)`. */
export function parseSignature(cursor: Cursor): Signature {
  cursor.expect(T.lparen, '`(`');
  const parameters = commaSeparated(cursor, T.rparen, () => parseParameter(cursor));
  cursor.expect(T.rparen, '`,` or `)` after a parameter');
  const results = cursor.skip(T.arrow) ? parseResults(cursor) : [];
  checkVariadic(
    parameters.map(({ type }) => type),
    'parameter',
  );
  checkVariadic(results, 'result');
  return { callingConvention: 'fast', parameters, results };
}

/** Takes the type an enum is stored as. */
export function parseEnumRepresentation(cursor: Cursor): PrimitiveType {
  const expected = 'an integer type of at most 128 bits or `felt`';
  const name = parsePlainName(cursor, expected);
  if (!PRIMITIVES.has(name.text) || name.text === 'word' || name.text === 'u256') {
    throw cursor.error('invalid-type', `${shown(name.text)} cannot represent an enum`, name.span, expected);
  }
  return name.text as PrimitiveType;
}

/** Takes items up to `end`, separated by commas; one more may stand after the last. */
export function commaSeparated<R>(cursor: Cursor, end: TokenKind, parse: () => R): R[] {
  const items: R[] = [];
  while (!cursor.at(end)) {
    items.push(parse());
    if (!cursor.skip(T.comma)) break;
  }
  return items;
}

function parseParameter(cursor: Cursor): Signature['parameters'][number] {
  if (cursor.at(T.dotDotDot)) return { type: parseVariadic(cursor) };
  const named = cursor.at(T.ident) || cursor.at(T.quotedIdent) || cursor.at(T.string);
  if (!named || cursor.kind(1) !== T.colon) throw cursor.unexpected('a parameter, `name: type`');
  const index = cursor.take();
  cursor.take();
  const name = { text: parameterName(cursor, index), span: cursor.span(index) };
  return { name, type: parseType(cursor) };
}

function parameterName(cursor: Cursor, index: number): string {
  const text = cursor.textOf(index);
  if (cursor.kindOf(index) === T.ident) return text;
  const name = withoutEscapes(unquote(text));
  if (name === undefined || !/^[\x21\x22\x24-\x7e\p{Alphabetic}\p{N}]+$/u.test(name)) {
    const message = `${shown(text)} is not a name`;
    throw cursor.error('invalid-name', message, cursor.span(index), 'visible characters other than `#`');
  }
  return name;
}

/** Undoes `\\`, `\"`, `\'` and `\u{hex}`; undefined where an escape is none of these. */
function withoutEscapes(text: string): string | undefined {
  let valid = true;
  const result = text.replace(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|([\s\S]?))/g,
    (_, hex?: string, plain?: string) => {
      const code = hex === undefined ? undefined : Number.parseInt(hex, 16);
      if (code !== undefined && code <= 0x10ffff) return String.fromCodePoint(code);
      if (plain && '\\"\''.includes(plain)) return plain;
      valid = false;
      return '';
    },
  );
  return valid ? result : undefined;
}

function parseResults(cursor: Cursor): TypeExpr[] {
  if (cursor.at(T.dotDotDot)) return [parseVariadic(cursor)];
  if (!cursor.skip(T.lparen)) {
    const type = parseType(cursor);
    if (!cursor.atLineEnd()) throw cursor.unexpected('the end of the line after the result type');
    return [type];
  }
  const results = commaSeparated(cursor, T.rparen, () => {
    if (cursor.at(T.dotDotDot)) return parseVariadic(cursor);
    if (cursor.at(T.ident) && cursor.kind(1) === T.colon) cursor.index += 2;
    return parseType(cursor);
  });
  cursor.expect(T.rparen, '`,` or `)` after a result');
  return results;
}

function parseVariadic(cursor: Cursor): TypeExpr {
  return { kind: 'variadic', span: cursor.span(cursor.take()) };
}

function checkVariadic(types: readonly TypeExpr[], what: string): void {
  const first = types.findIndex(({ kind }) => kind === 'variadic');
  if (first < 0 || first === types.length - 1) return;
  throw new AssemblyError('invalid-type', `\`...\` is not the last ${what}`, {
    span: types[first].span,
    expected: `\`...\` once and after every other ${what}`,
  });
}

function parsePointer(cursor: Cursor, depth: number): TypeExpr {
  const first = cursor.take();
  cursor.take();
  const pointee = parseType(cursor, depth + 1);
  let addressSpace: 'byte' | 'felt' = 'felt';
  if (cursor.skip(T.comma)) {
    if (!cursor.skipKeyword('addrspace')) throw cursor.unexpected('`addrspace(byte)` or `addrspace(felt)`');
    cursor.expect(T.lparen, '`(`');
    if (cursor.skipKeyword('byte')) addressSpace = 'byte';
    else if (!cursor.skipKeyword('felt')) throw cursor.unexpected('`byte` or `felt`');
    cursor.expect(T.rparen, '`)`');
  }
  cursor.expect(T.rangle, '`>` after a pointer type');
  return { kind: 'pointer', pointee, addressSpace, span: cursor.spanFrom(first) };
}

function parseArray(cursor: Cursor, depth: number): TypeExpr {
  const first = cursor.take();
  const element = parseType(cursor, depth + 1);
  cursor.expect(T.semicolon, '`;` and the length of the array');
  const at = cursor.expect(T.number, 'the length of the array');
  const length = parseDecimal(cursor.textOf(at));
  if (length === undefined || length > MAX_ARRAY_LENGTH) {
    const message = 'not a length of an array';
    throw cursor.error('value-out-of-range', message, cursor.span(at), 'a decimal number below 2^32');
  }
  cursor.expect(T.rbracket, '`]` after an array type');
  return { kind: 'array', element, length: Number(length), span: cursor.spanFrom(first) };
}

function parseStruct(cursor: Cursor, depth: number): TypeExpr {
  const first = cursor.take();
  const representation: StructRepresentation = cursor.at(T.at)
    ? parseRepresentation(cursor)
    : { kind: 'default' };
  cursor.expect(T.lbrace, '`{`');
  const fields = commaSeparated(cursor, T.rbrace, (): { name: Name; type: TypeExpr } => {
    const name = parsePlainName(cursor, 'a field, `name: type`');
    cursor.expect(T.colon, '`:` and the type of the field');
    return { name, type: parseType(cursor, depth + 1) };
  });
  cursor.expect(T.rbrace, '`,` or `}` after a field');
  return { kind: 'struct', representation, fields, span: cursor.spanFrom(first) };
}

function parseRepresentation(cursor: Cursor): StructRepresentation {
  const first = cursor.take();
  const expected = '`@packed`, `@packed(n)`, `@align(n)` or `@transparent`';
  const { text } = parsePlainName(cursor, expected);
  const hasValue = cursor.skip(T.lparen);
  const takesValue = text === 'align' || text === 'packed';
  const needsValue = text === 'align';
  if ((!takesValue && text !== 'transparent') || hasValue !== (takesValue && (hasValue || needsValue))) {
    throw cursor.error('invalid-type', 'not a way to lay out a struct', cursor.spanFrom(first), expected);
  }
  if (text === 'transparent') return { kind: 'transparent' };
  if (!hasValue) return { kind: 'packed', alignment: 1 };
  const at = cursor.expect(T.number, 'an alignment');
  const alignment = parseAlignment(cursor.textOf(at), cursor.span(at));
  cursor.expect(T.rparen, '`)`');
  return { kind: text as 'align' | 'packed', alignment };
}

function parseAlignment(text: string, span: SourceSpan): number {
  const number = parseNumber(text, span);
  const value = number.kind === 'int' ? number.value : 0n;
  if (value < 1n || value > MAX_ALIGNMENT || (value & (value - 1n)) !== 0n) {
    throw new AssemblyError('value-out-of-range', 'not an alignment', {
      span,
      expected: 'a power of two below 65536',
    });
  }
  return Number(value);
}
