import { type Felt, isCanonical } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import type { SourceSpan } from '../../vm/mast/types.ts';
import { AssemblyError } from '../errors.ts';
import { MAX_PUSH_VALUES } from '../limits.ts';
import type { Cursor } from './cursor.ts';
import { T } from './lexer.ts';

/** Numbers as they stand in a source (miden-assembly-syntax 1.0.0-rc.0, src/parser/cst/fragments.rs). */
export type Numeric =
  | { readonly kind: 'int'; readonly value: Felt }
  | { readonly kind: 'word'; readonly value: Word };

const U64_DIGITS = 20;
const U64_MAX = 0xffff_ffff_ffff_ffffn;
const U32_MAX = 0xffff_ffffn;
const U32_BITS = 32;
const FELT_HEX_DIGITS = 16;
const WORD_HEX_DIGITS = 64;

/**
 * A decimal or `0x` integer below the field modulus, or a word of 64 hex digits: four elements of 8 bytes each,
 * least significant byte first. Throws `invalid-literal`.
 */
export function parseNumber(text: string, span: SourceSpan): Numeric {
  if (/^0[xX]/.test(text)) return parseHex(text.slice(2), span);
  if (/^0[bB]/.test(text)) {
    throw invalid('a binary number cannot stand here', span, 'a decimal or hexadecimal number');
  }
  const value = parseDecimal(text);
  if (value === undefined || !isCanonical(value)) throw tooBigForField(span);
  return { kind: 'int', value };
}

/** A decimal integer below 2^64, else undefined. */
export function parseDecimal(text: string): bigint | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const digits = text.replace(/^0+(?=.)/, '');
  if (digits.length > U64_DIGITS) return undefined;
  const value = BigInt(digits);
  return value > U64_MAX ? undefined : value;
}

/** A decimal, `0x` or `0b` integer below 2^32. */
export function parseU32(text: string, span: SourceSpan): number {
  if (/^0[bB]/.test(text)) {
    const bits = text.slice(2);
    if (bits.length === 0) throw invalid('the number has no digits', span, 'binary digits');
    if (bits.length > U32_BITS) throw tooBigForU32(span);
    return Number.parseInt(bits, 2);
  }
  const number = parseNumber(text, span);
  if (number.kind === 'word' || number.value > U32_MAX) throw tooBigForU32(span);
  return Number(number.value);
}

/** Takes `[a, b, c, d]`. */
export function parseWordLiteral(cursor: Cursor): Word {
  cursor.expect(T.lbracket, '`[` and four numbers');
  const elements: Felt[] = [];
  for (let i = 0; i < 4; i++) {
    if (i > 0) cursor.expect(T.comma, '`,` between the four elements of a word');
    elements.push(parseFelt(cursor));
  }
  cursor.expect(T.rbracket, '`]` after the four elements of a word');
  return elements as [Felt, Felt, Felt, Felt];
}

/** Takes a number that is one field element. */
export function parseFelt(cursor: Cursor): Felt {
  const index = cursor.expect(T.number, 'a number');
  const span = cursor.span(index);
  const number = parseNumber(cursor.textOf(index), span);
  if (number.kind === 'word')
    throw invalid('a word cannot stand here', span, 'a number that is one field element');
  return number.value;
}

/** Text of a quoted token without its quotes. Escapes stay as written. */
export const unquote = (text: string): string => text.slice(1, -1);

export const isQuoted = (kind: number): boolean => kind === T.string || kind === T.quotedIdent;

export const tooManyPushed = (span: SourceSpan): AssemblyError =>
  new AssemblyError('value-out-of-range', '`push` has too many values', {
    span,
    expected: `at most ${MAX_PUSH_VALUES} values`,
  });

function parseHex(digits: string, span: SourceSpan): Numeric {
  if (digits.length === 0) throw invalid('the number has no digits', span, 'hexadecimal digits');
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  if (even.length <= FELT_HEX_DIGITS) {
    const value = BigInt(`0x${even}`);
    if (!isCanonical(value)) throw tooBigForField(span);
    return { kind: 'int', value };
  }
  if (even.length !== WORD_HEX_DIGITS) {
    const expected = `at most ${FELT_HEX_DIGITS} hexadecimal digits, or ${WORD_HEX_DIGITS} for a word`;
    throw invalid(`a hexadecimal number has ${digits.length} digits`, span, expected);
  }
  const element = (i: number): Felt => {
    const bytes = even.slice(i * 16, i * 16 + 16).match(/../g)!;
    const value = BigInt(`0x${bytes.reverse().join('')}`);
    if (!isCanonical(value)) throw tooBigForField(span);
    return value;
  };
  return { kind: 'word', value: [element(0), element(1), element(2), element(3)] };
}

const invalid = (message: string, span: SourceSpan, expected: string): AssemblyError =>
  new AssemblyError('invalid-literal', message, { span, expected });

const tooBigForField = (span: SourceSpan): AssemblyError =>
  invalid('the number is not a field element', span, 'a value below 2^64 - 2^32 + 1');

const tooBigForU32 = (span: SourceSpan): AssemblyError =>
  invalid('the number does not fit in 32 bits', span, 'a value below 2^32');
