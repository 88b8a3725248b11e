import type { SourceFile, SourceSpan } from '../../vm/mast/types.ts';
import { AssemblyError, type AssemblyErrorKind, type AssemblyErrorOptions } from '../errors.ts';
import { printable } from '../source.ts';
import { NEWLINE_BEFORE, SPACE_BEFORE, T, type TokenKind, type Tokens, tokenize } from './lexer.ts';

const MAX_SHOWN = 40;

/** A reading position in the tokens of one file. Past `limit` every token is the end. */
export class Cursor {
  readonly file: SourceFile;
  /** Index of the current token. */
  index = 0;
  private readonly tokens: Tokens;
  private limit: number;

  constructor(file: SourceFile) {
    this.file = file;
    this.tokens = tokenize(file);
    this.limit = this.tokens.length;
  }

  /** Kind of the token `ahead` places on. */
  kind(ahead = 0): TokenKind {
    const i = this.index + ahead;
    return i < this.limit ? (this.tokens.kinds[i] as TokenKind) : T.eof;
  }

  /** Source text of the token `ahead` places on; empty at the end. */
  text(ahead = 0): string {
    const i = this.index + ahead;
    return i < this.limit ? this.textOf(i) : '';
  }

  textOf(index: number): string {
    return this.file.text.slice(this.tokens.starts[index], this.tokens.ends[index]);
  }

  kindOf(index: number): TokenKind {
    return this.tokens.kinds[index] as TokenKind;
  }

  at(kind: TokenKind): boolean {
    return this.kind() === kind;
  }

  atKeyword(keyword: string, ahead = 0): boolean {
    return this.kind(ahead) === T.ident && this.text(ahead) === keyword;
  }

  atNameLike(ahead = 0): boolean {
    const kind = this.kind(ahead);
    return kind === T.ident || kind === T.special || kind === T.quotedIdent;
  }

  /** Whether a line break, comment or the end stands before the current token. */
  atLineEnd(): boolean {
    return this.index >= this.limit || (this.tokens.flags[this.index] & NEWLINE_BEFORE) !== 0;
  }

  /** Whether anything but another token stands before the token `ahead` places on. */
  isSpaced(ahead = 0): boolean {
    const i = this.index + ahead;
    return i >= this.limit || (this.tokens.flags[i] & (SPACE_BEFORE | NEWLINE_BEFORE)) !== 0;
  }

  /** Takes the current token and returns its index. */
  take(): number {
    return this.index++;
  }

  /** Takes the current token if it is of this kind. */
  skip(kind: TokenKind): boolean {
    if (!this.at(kind)) return false;
    this.index++;
    return true;
  }

  skipKeyword(keyword: string): boolean {
    if (!this.atKeyword(keyword)) return false;
    this.index++;
    return true;
  }

  expect(kind: TokenKind, expected: string): number {
    if (!this.at(kind)) throw this.unexpected(expected);
    return this.take();
  }

  /** Runs `parse` so that it sees no token from `end` on, and throws `trailing` if it leaves some. */
  within<R>(end: number, parse: () => R, trailing: string): R {
    const outer = this.limit;
    this.limit = end;
    const result = parse();
    if (this.index < end) throw this.unexpected(trailing);
    this.limit = outer;
    return result;
  }

  /** Span of the tokens `first` to `last`, both included. */
  span(first: number, last = first): SourceSpan {
    const { starts, ends } = this.tokens;
    return { file: this.file, start: starts[first], end: ends[last] };
  }

  /** Span from token `first` to the last one taken. */
  spanFrom(first: number): SourceSpan {
    return this.span(first, Math.max(first, this.index - 1));
  }

  /** Span of the current token, or the place after the last one. */
  here(): SourceSpan {
    if (this.index < this.limit) return this.span(this.index);
    const last = this.limit - 1;
    const end = last >= 0 ? this.tokens.ends[last] : 0;
    return { file: this.file, start: end, end };
  }

  /** The error that the current token is not what may stand here. */
  unexpected(expected: string, options: AssemblyErrorOptions = {}): AssemblyError {
    return new AssemblyError('syntax', this.describe(), { span: this.here(), expected, ...options });
  }

  error(kind: AssemblyErrorKind, message: string, span: SourceSpan, expected?: string): AssemblyError {
    return new AssemblyError(kind, message, { span, ...(expected === undefined ? {} : { expected }) });
  }

  private describe(): string {
    switch (this.kind()) {
      case T.eof:
        return this.limit === this.tokens.length
          ? 'unexpected end of the source'
          : 'unexpected end of the line';
      case T.doc:
        return 'unexpected documentation comment';
      case T.invalid:
        return this.text().startsWith('"')
          ? 'a quoted text has no end'
          : `unknown character ${shown(this.text())}`;
      default:
        return `unexpected ${shown(this.text())}`;
    }
  }
}

/** A piece of source for a message: in backticks, shortened. */
export const shown = (text: string): string =>
  `\`${printable(text.slice(0, MAX_SHOWN))}${text.length > MAX_SHOWN ? '…' : ''}\``;
