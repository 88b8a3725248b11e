import { hashText, textCode } from '../../hash/text.ts';
import type { SourceSpan } from '../../vm/mast/types.ts';
import type { ConstantExpr, ConstantOperator, ConstantValue } from '../ast.ts';
import { AssemblyError } from '../errors.ts';

import { MAX_EXPRESSION_NESTING } from '../limits.ts';
import type { Cursor } from './cursor.ts';
import { T, type TokenKind } from './lexer.ts';
import { isQuoted, parseNumber, parseWordLiteral, unquote } from './literals.ts';
import { parseConstantPath } from './names.ts';

const OPERATORS: ReadonlyMap<
  TokenKind,
  { readonly operator: ConstantOperator; readonly precedence: number }
> = new Map([
  [T.plus, { operator: '+', precedence: 1 }],
  [T.minus, { operator: '-', precedence: 1 }],
  [T.star, { operator: '*', precedence: 2 }],
  [T.slash, { operator: '/', precedence: 2 }],
  [T.slashSlash, { operator: '//', precedence: 2 }],
]);

/**
 * Takes a constant expression: numbers, words, texts, `word("…")`, `event("…")`, other constants, parentheses and
 * the left-associative operators + - * / //.
 */
export const parseConstantExpr = (cursor: Cursor): ConstantExpr => new ExpressionParser(cursor, true).parse();

/** The same with integers and constants only, as an enum's variants have it. */
export const parseIntegerExpr = (cursor: Cursor): ConstantExpr => new ExpressionParser(cursor, false).parse();

interface Nested {
  readonly expr: ConstantExpr;
  /** Operators on the longest path down. */
  readonly depth: number;
}

class ExpressionParser {
  private readonly cursor: Cursor;
  private readonly anyValue: boolean;
  private parentheses = 0;

  constructor(cursor: Cursor, anyValue: boolean) {
    this.cursor = cursor;
    this.anyValue = anyValue;
  }

  parse(): ConstantExpr {
    return this.operators(0).expr;
  }

  /** Terms joined by operators of at least this precedence. */
  private operators(minPrecedence: number): Nested {
    let left = this.term();
    for (;;) {
      const found = OPERATORS.get(this.cursor.kind());
      if (!found || found.precedence < minPrecedence) return left;
      const at = this.cursor.take();
      const right = this.operators(found.precedence + 1);
      const depth = Math.max(left.depth, right.depth) + 1;
      if (depth > MAX_EXPRESSION_NESTING) throw tooDeep(this.cursor.span(at));
      const span = { file: this.cursor.file, start: left.expr.span.start, end: right.expr.span.end };
      const expr: ConstantExpr = {
        kind: 'binary',
        operator: found.operator,
        left: left.expr,
        right: right.expr,
        span,
      };
      left = { expr, depth };
    }
  }

  private term(): Nested {
    const { cursor } = this;
    if (!cursor.at(T.lparen)) return { expr: this.leaf(), depth: 0 };
    const open = cursor.take();
    if (++this.parentheses > MAX_EXPRESSION_NESTING) throw tooDeep(cursor.span(open));
    const { expr, depth } = this.operators(0);
    this.parentheses--;
    cursor.expect(T.rparen, '`)`');
    return { expr: { ...expr, span: cursor.spanFrom(open) }, depth };
  }

  private leaf(): ConstantExpr {
    const { cursor } = this;
    const first = cursor.index;
    const value = this.value();
    if (value) return { kind: 'value', value, span: cursor.spanFrom(first) };
    const { path, span } = parseConstantPath(cursor);
    return { kind: 'reference', path, span };
  }

  private value(): ConstantValue | undefined {
    const { cursor } = this;
    if (cursor.at(T.number)) {
      const number = parseNumber(cursor.text(), cursor.here());
      if (number.kind === 'word' && !this.anyValue) throw cursor.unexpected('an integer or a constant');
      cursor.take();
      return number;
    }
    const isHash = (cursor.atKeyword('word') || cursor.atKeyword('event')) && cursor.kind(1) === T.lparen;
    if (!isHash && !cursor.at(T.lbracket) && !isQuoted(cursor.kind())) return undefined;
    if (!this.anyValue) throw cursor.unexpected('an integer or a constant');
    if (isHash) return this.hash();
    if (cursor.at(T.lbracket)) return { kind: 'word', value: parseWordLiteral(cursor) };
    return { kind: 'string', value: unquote(cursor.textOf(cursor.take())) };
  }

  private hash(): ConstantValue {
    const { cursor } = this;
    const kind = cursor.textOf(cursor.take());
    cursor.take();
    if (!isQuoted(cursor.kind())) throw cursor.unexpected('a quoted text');
    const text = unquote(cursor.textOf(cursor.take()));
    cursor.expect(T.rparen, '`)`');
    return kind === 'word'
      ? { kind: 'word', value: hashText(text) }
      : { kind: 'event', name: text, value: textCode(text) };
  }
}

const tooDeep = (span: SourceSpan): AssemblyError =>
  new AssemblyError('nesting-too-deep', 'a constant expression is nested too deep', {
    span,
    expected: `at most ${MAX_EXPRESSION_NESTING} levels`,
    advice: 'name a part of it as a constant of its own',
  });
