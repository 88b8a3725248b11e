import type { Block, BlockItem, Immediate } from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import { MAX_BLOCK_ITEMS, MAX_BLOCK_NESTING } from '../limits.ts';
import { type Cursor, shown } from './cursor.ts';
import { isFormStart } from './form-start.ts';
import { parseInstruction } from './instruction.ts';
import { T, type TokenKind } from './lexer.ts';
import { parseU32 } from './literals.ts';
import { constantNameAt } from './names.ts';

/** What a block belongs to: the token that opened it, and how it is closed. */
interface Owner {
  readonly opener: number;
  readonly name: string;
  readonly terminators: readonly string[];
}

/** Words that never start an instruction. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['adv_map', 'begin', 'const', 'do', 'else', 'end', 'enum', 'extern', 'if', 'mod', 'namespace', 'proc'],
  ...['pub', 'repeat', 'type', 'use', 'while'],
]);

/** Tokens that join what stands before and after them into one instruction, also over a blank. */
const JOINS: ReadonlySet<TokenKind> = new Set([
  ...[T.dot, T.equal, T.comma, T.dotDot, T.dotDotDot, T.colon, T.colonColon, T.arrow],
  ...[T.plus, T.minus, T.star, T.slash, T.slashSlash],
]);

/** Takes the body of a procedure or program and its `end`. `opener` is the token it began with. */
export function parseBody(cursor: Cursor, opener: number, name: string): Block {
  const block = parseBlock(cursor, { opener, name, terminators: ['end'] }, 0);
  cursor.take();
  if (block.items.length === 0) throw empty(cursor, opener, name);
  return { items: block.items, span: cursor.spanFrom(opener) };
}

/** Takes items up to one of the owner's terminators, which stays. */
function parseBlock(cursor: Cursor, owner: Owner, depth: number): Block {
  const items: BlockItem[] = [];
  const first = cursor.index;
  while (!atTerminator(cursor, owner)) {
    parseItem(cursor, owner, depth, items);
    if (items.length > MAX_BLOCK_ITEMS) {
      throw cursor.error(
        'block-too-large',
        'a block has too many instructions',
        cursor.span(owner.opener),
        `at most ${MAX_BLOCK_ITEMS}`,
      );
    }
  }
  return { items, span: cursor.spanFrom(first) };
}

function parseItem(cursor: Cursor, owner: Owner, depth: number, items: BlockItem[]): void {
  if (cursor.at(T.ident)) {
    const parse = STRUCTURES.get(cursor.text());
    if (parse) {
      if (depth === MAX_BLOCK_NESTING) throw tooDeep(cursor);
      items.push(parse(cursor, depth + 1));
      return;
    }
  }
  if (!canStartInstruction(cursor)) throw unclosed(cursor, owner);
  const end = instructionEnd(cursor);
  for (const instruction of parseInstruction(cursor, end)) items.push(instruction);
  cursor.index = end;
}

const STRUCTURES: ReadonlyMap<string, (cursor: Cursor, depth: number) => BlockItem> = new Map([
  ['if', parseIf],
  ['while', parseWhile],
  ['do', parseDoWhile],
  ['repeat', parseRepeat],
]);

function parseIf(cursor: Cursor, depth: number): BlockItem {
  const opener = cursor.take();
  const condition = cursor.skip(T.dot) ? cursor.text() : '';
  if (condition !== 'true' && condition !== 'false') throw cursor.unexpected('`if.true` or `if.false`');
  cursor.take();
  const first = parseBlock(cursor, { opener, name: 'if', terminators: ['else', 'end'] }, depth);
  const hasElse = cursor.textOf(cursor.take()) === 'else';
  let second: Block = { items: [], span: cursor.span(opener) };
  if (hasElse) {
    second = parseBlock(cursor, { opener, name: 'if', terminators: ['end'] }, depth);
    cursor.take();
  } else if (first.items.length === 0) {
    throw empty(cursor, opener, 'if');
  }
  const span = cursor.spanFrom(opener);
  return condition === 'true'
    ? { kind: 'if', onTrue: first, onFalse: second, span }
    : { kind: 'if', onTrue: second, onFalse: first, span };
}

function parseWhile(cursor: Cursor, depth: number): BlockItem {
  const opener = cursor.take();
  if (!cursor.skip(T.dot) || !cursor.skipKeyword('true')) throw cursor.unexpected('`while.true`');
  const body = parseClosed(cursor, { opener, name: 'while', terminators: ['end'] }, depth);
  return { kind: 'while', body, span: cursor.spanFrom(opener) };
}

function parseDoWhile(cursor: Cursor, depth: number): BlockItem {
  const opener = cursor.take();
  const body = parseClosed(cursor, { opener, name: 'do', terminators: ['while'] }, depth);
  const condition = parseClosed(cursor, { opener, name: 'do … while', terminators: ['end'] }, depth);
  return { kind: 'do-while', body, condition, span: cursor.spanFrom(opener) };
}

function parseRepeat(cursor: Cursor, depth: number): BlockItem {
  const opener = cursor.take();
  if (!cursor.skip(T.dot)) throw cursor.unexpected('`repeat.<count>`');
  const count = parseCount(cursor);
  const body = parseClosed(cursor, { opener, name: 'repeat', terminators: ['end'] }, depth);
  return { kind: 'repeat', count, body, span: cursor.spanFrom(opener) };
}

function parseCount(cursor: Cursor): Immediate<number> {
  if (cursor.at(T.number)) {
    const index = cursor.take();
    return parseU32(cursor.textOf(index), cursor.span(index));
  }
  const { text, span } = constantNameAt(cursor, cursor.expect(T.ident, 'a number or a constant'));
  return { kind: 'constant', name: text, span };
}

/** Takes a block that must have items, and its terminator. */
function parseClosed(cursor: Cursor, owner: Owner, depth: number): Block {
  const block = parseBlock(cursor, owner, depth);
  if (block.items.length === 0) throw empty(cursor, owner.opener, owner.name);
  cursor.take();
  return block;
}

/** The `while` of a `do` stands alone; `while.true` opens a loop of its own. */
function atTerminator(cursor: Cursor, { terminators }: Owner): boolean {
  if (!cursor.at(T.ident)) return false;
  const text = cursor.text();
  if (!terminators.includes(text)) return false;
  return text !== 'while' || cursor.kind(1) !== T.dot || cursor.isSpaced(1);
}

function canStartInstruction(cursor: Cursor): boolean {
  return cursor.atNameLike() && !(cursor.at(T.ident) && RESERVED.has(cursor.text()));
}

/** Index after the last token of the instruction at the cursor (miden-assembly-syntax-cst, parse_instruction). */
function instructionEnd(cursor: Cursor): number {
  const first = cursor.index;
  let nesting = 0;
  let previous: TokenKind = T.eof;
  for (; !cursor.at(T.eof); cursor.take()) {
    const kind = cursor.kind();
    if (cursor.index > first && nesting === 0 && endsBefore(cursor, previous, kind)) break;
    if (kind === T.invalid) throw cursor.unexpected('an instruction');
    if (kind === T.lparen || kind === T.lbracket || kind === T.lbrace) nesting++;
    if (kind === T.rparen || kind === T.rbracket || kind === T.rbrace) {
      if (nesting === 0) throw cursor.unexpected('the opening bracket before it');
      nesting--;
    }
    previous = kind;
  }
  const end = cursor.index;
  cursor.index = first;
  return end;
}

function endsBefore(cursor: Cursor, previous: TokenKind, kind: TokenKind): boolean {
  if (cursor.atLineEnd()) return true;
  if (JOINS.has(previous) || JOINS.has(kind)) return false;
  return cursor.isSpaced() || cursor.atNameLike() || isFormStart(cursor);
}

function unclosed(cursor: Cursor, { opener, name, terminators }: Owner): AssemblyError {
  const closers = terminators.map((t) => `\`${t}\``).join(' or ');
  const related = [{ label: `\`${name}\` begins here`, span: cursor.span(opener) }];
  if (cursor.at(T.doc) && !isFormStart(cursor, 1)) {
    return cursor.unexpected('an instruction', { advice: 'use `#` for a comment inside a procedure' });
  }
  return cursor.unexpected(`an instruction, or ${closers} to close \`${name}\``, { related });
}

const empty = (cursor: Cursor, opener: number, name: string): AssemblyError =>
  new AssemblyError('syntax', `${shown(name)} has an empty block`, {
    span: cursor.span(opener),
    expected: 'at least one instruction',
    advice: 'write `nop` where nothing is to be done',
  });

const tooDeep = (cursor: Cursor): AssemblyError =>
  new AssemblyError('nesting-too-deep', 'blocks are nested too deep', {
    span: cursor.here(),
    expected: `at most ${MAX_BLOCK_NESTING} levels`,
    advice: 'move the inner blocks into a procedure',
  });
