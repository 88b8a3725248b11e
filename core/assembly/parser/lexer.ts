import type { SourceFile } from '../../vm/mast/types.ts';
import { AssemblyError } from '../errors.ts';
import { MAX_SOURCE_LENGTH } from '../limits.ts';

/** Kinds of tokens (miden-assembly-syntax-cst 1.0.0-rc.0, src/lexer.rs). */
export const T = {
  eof: 0,
  /** `[A-Za-z_][A-Za-z0-9_]*`; keywords are identifiers. */
  ident: 1,
  /** `$kernel` or `$exec`. */
  special: 2,
  /** A quoted text of visible ASCII without escapes: a name or a string, as its place asks. */
  quotedIdent: 3,
  /** Any other quoted text. */
  string: 4,
  number: 5,
  /** `#! …` */
  doc: 6,
  invalid: 7,
  at: 8,
  bang: 9,
  colon: 10,
  colonColon: 11,
  comma: 12,
  dot: 13,
  dotDot: 14,
  dotDotDot: 15,
  equal: 16,
  langle: 17,
  rangle: 18,
  lbrace: 19,
  rbrace: 20,
  lbracket: 21,
  rbracket: 22,
  lparen: 23,
  rparen: 24,
  minus: 25,
  arrow: 26,
  plus: 27,
  slash: 28,
  slashSlash: 29,
  star: 30,
  semicolon: 31,
} as const;
export type TokenKind = (typeof T)[keyof typeof T];

/** A blank or tab stands before the token. */
export const SPACE_BEFORE = 1;
/** A line break or comment stands before the token. */
export const NEWLINE_BEFORE = 2;

/** The tokens of a file in four parallel arrays; blanks and comments survive only as flags. */
export interface Tokens {
  readonly length: number;
  readonly kinds: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly flags: Uint8Array;
}

/** Splits a source into tokens. Never fails on content; throws only when the source is too large. */
export function tokenize(file: SourceFile): Tokens {
  const { text } = file;
  if (text.length > MAX_SOURCE_LENGTH) {
    throw new AssemblyError('source-too-large', `the source has ${text.length} characters`, {
      expected: `at most ${MAX_SOURCE_LENGTH} characters`,
      advice: 'split the source into modules',
    });
  }
  const out = new TokenBuffer(Math.max(16, text.length >> 2));
  let flags = NEWLINE_BEFORE;
  let pos = 0;
  /** Open brackets: inside them documentation is an ordinary comment. */
  let nesting = 0;
  while (pos < text.length) {
    const c = text.charCodeAt(pos);
    if (c === SPACE || c === TAB) {
      flags |= SPACE_BEFORE;
      pos++;
    } else if (c === LF || c === CR) {
      flags |= NEWLINE_BEFORE;
      pos++;
    } else if (c === HASH && (nesting > 0 || text.charCodeAt(pos + 1) !== BANG)) {
      flags |= NEWLINE_BEFORE;
      pos = endOfLine(text, pos);
    } else {
      const start = pos;
      const kind = KIND_OF_CHAR[c] ?? T.invalid;
      pos = scan(text, start, c);
      if (kind === T.lparen || kind === T.lbracket || kind === T.lbrace) nesting++;
      else if (kind === T.rparen || kind === T.rbracket || kind === T.rbrace)
        nesting = Math.max(0, nesting - 1);
      out.push(classify(text, start, pos, kind), start, pos, flags);
      flags = 0;
    }
  }
  return out.finish();
}

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const BANG = 33;
const QUOTE = 34;
const HASH = 35;
const DOLLAR = 36;
const DOT = 46;
const ZERO = 48;
const BACKSLASH = 92;

/** Kind that a token starting with an ASCII character has, unless what follows makes it another. */
const KIND_OF_CHAR: readonly (TokenKind | undefined)[] = (() => {
  const kinds = new Array<TokenKind | undefined>(128).fill(undefined);
  const set = (chars: string, kind: TokenKind): void => {
    for (const c of chars) kinds[c.charCodeAt(0)] = kind;
  };
  set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', T.ident);
  set('0123456789', T.number);
  for (const [chars, kind] of [
    ['$', T.special],
    ['"', T.string],
    ['#', T.doc],
    ['@', T.at],
    ['!', T.bang],
    [':', T.colon],
    [',', T.comma],
    ['.', T.dot],
    ['=', T.equal],
    ['<', T.langle],
    ['>', T.rangle],
    ['{', T.lbrace],
    ['}', T.rbrace],
    ['[', T.lbracket],
    [']', T.rbracket],
    ['(', T.lparen],
    [')', T.rparen],
    ['-', T.minus],
    ['+', T.plus],
    ['/', T.slash],
    ['*', T.star],
    [';', T.semicolon],
  ] as const) {
    set(chars, kind);
  }
  return kinds;
})();

const COMPOUND: ReadonlyMap<string, TokenKind> = new Map([
  ['::', T.colonColon],
  ['..', T.dotDot],
  ['...', T.dotDotDot],
  ['->', T.arrow],
  ['//', T.slashSlash],
]);

/** End of the token that starts at `start` with character `c`. */
function scan(text: string, start: number, c: number): number {
  if (c === QUOTE) return scanQuoted(text, start);
  if (c === HASH) return endOfLine(text, start);
  if (c === DOLLAR) return skipWhile(text, start + 1, isWord);
  if (c === ZERO && start + 1 < text.length) {
    const radix = text[start + 1];
    if (radix === 'x' || radix === 'X') return skipWhile(text, start + 2, isHexDigit);
    if (radix === 'b' || radix === 'B') return skipWhile(text, start + 2, isBinaryDigit);
  }
  if (isDigit(c)) return skipWhile(text, start + 1, isDigit);
  if (isWord(c)) return skipWhile(text, start + 1, isWord);
  if (c === DOT) return skipWhile(text, start + 1, (d, i) => d === DOT && i < start + 3);
  if (COMPOUND.has(text.slice(start, start + 2))) return start + 2;
  // A character outside the basic plane is one token, not two halves.
  return start + (text.codePointAt(start)! > 0xffff ? 2 : 1);
}

function classify(text: string, start: number, end: number, kind: TokenKind): TokenKind {
  if (kind === T.special) {
    const name = text.slice(start, end);
    return name === '$kernel' || name === '$exec' ? T.special : T.invalid;
  }
  if (kind === T.string) {
    if (end - start < 2 || text.charCodeAt(end - 1) !== QUOTE) return T.invalid;
    return isNameLike(text, start + 1, end - 1) ? T.quotedIdent : T.string;
  }
  if (kind >= T.at && end - start > 1) return COMPOUND.get(text.slice(start, end)) ?? kind;
  return kind;
}

/** Goes past the closing quote, or to the end of the line where there is none. */
function scanQuoted(text: string, start: number): number {
  let pos = start + 1;
  while (pos < text.length) {
    const c = text.charCodeAt(pos);
    if (c === LF || c === CR) return unclosed(text, start, pos);
    if (c === QUOTE) return pos + 1;
    pos += c === BACKSLASH && pos + 1 < text.length ? 2 : 1;
  }
  return unclosed(text, start, Math.min(pos, text.length));
}

/** An unclosed quote must not end in a quote character, which would make it look closed. */
function unclosed(text: string, start: number, end: number): number {
  return end - start > 1 && text.charCodeAt(end - 1) === QUOTE ? end - 1 : end;
}

/** Visible ASCII without backslash, as in a quoted name. */
function isNameLike(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c <= SPACE || c > 126 || c === BACKSLASH) return false;
  }
  return true;
}

function endOfLine(text: string, start: number): number {
  return skipWhile(text, start, (c) => c !== LF && c !== CR);
}

function skipWhile(text: string, start: number, accept: (c: number, index: number) => boolean): number {
  let pos = start;
  while (pos < text.length && accept(text.charCodeAt(pos), pos)) pos++;
  return pos;
}

const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isBinaryDigit = (c: number): boolean => c === 48 || c === 49;
const isHexDigit = (c: number): boolean => isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102);
const isWord = (c: number): boolean =>
  isDigit(c) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;

class TokenBuffer {
  private length = 0;
  private kinds: Uint8Array;
  private starts: Uint32Array;
  private ends: Uint32Array;
  private flags: Uint8Array;

  constructor(capacity: number) {
    this.kinds = new Uint8Array(capacity);
    this.starts = new Uint32Array(capacity);
    this.ends = new Uint32Array(capacity);
    this.flags = new Uint8Array(capacity);
  }

  push(kind: TokenKind, start: number, end: number, flags: number): void {
    if (this.length === this.kinds.length) this.grow();
    const i = this.length++;
    this.kinds[i] = kind;
    this.starts[i] = start;
    this.ends[i] = end;
    this.flags[i] = flags;
  }

  finish(): Tokens {
    const { length, kinds, starts, ends, flags } = this;
    return { length, kinds, starts, ends, flags };
  }

  private grow(): void {
    const capacity = this.kinds.length * 2;
    const { kinds, starts, ends, flags } = this;
    this.kinds = new Uint8Array(capacity);
    this.starts = new Uint32Array(capacity);
    this.ends = new Uint32Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.kinds.set(kinds);
    this.starts.set(starts);
    this.ends.set(ends);
    this.flags.set(flags);
  }
}
