import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssemblyError } from '../errors.ts';
import { MAX_SOURCE_LENGTH } from '../limits.ts';
import { NEWLINE_BEFORE, SPACE_BEFORE, T, tokenize } from './lexer.ts';

const NAMES = new Map<number, string>(Object.entries(T).map(([name, kind]) => [kind, name]));

/** Tokens as "kind text". */
function lex(text: string): string[] {
  const { length, kinds, starts, ends } = tokenize({ name: 't', text });
  return Array.from({ length }, (_, i) => `${NAMES.get(kinds[i])} ${text.slice(starts[i], ends[i])}`);
}

test('names, numbers and punctuation', () => {
  assert.deepEqual(lex('push.0x1F.12 _a9'), [
    'ident push',
    'dot .',
    'number 0x1F',
    'dot .',
    'number 12',
    'ident _a9',
  ]);
  assert.deepEqual(lex('0b102'), ['number 0b10', 'number 2']);
  assert.deepEqual(lex('1x'), ['number 1', 'ident x']);
  assert.deepEqual(lex(':::->.......//-/'), [
    'colonColon ::',
    'colon :',
    'arrow ->',
    'dotDotDot ...',
    'dotDotDot ...',
    'dot .',
    'slashSlash //',
    'minus -',
    'slash /',
  ]);
});

test('only two names may start with a dollar sign', () => {
  assert.deepEqual(lex('$kernel $exec $kernels $'), [
    'special $kernel',
    'special $exec',
    'invalid $kernels',
    'invalid $',
  ]);
});

test('quoted texts', () => {
  assert.deepEqual(lex('"a::b" "a b" "é" "\\"" ""'), [
    'quotedIdent "a::b"',
    'string "a b"',
    'string "é"',
    'string "\\""',
    'quotedIdent ""',
  ]);
  assert.deepEqual(lex('"open\nend'), ['invalid "open', 'ident end']);
  assert.deepEqual(lex('"'), ['invalid "']);
  assert.deepEqual(lex('"\\"'), ['invalid "\\', 'invalid "']);
});

test('comments and blanks are only flags, documentation is a token except in brackets', () => {
  const { length, flags } = tokenize({ name: 't', text: 'a b # c\nd' });
  assert.deepEqual(
    [...flags.subarray(0, length)],
    [NEWLINE_BEFORE, SPACE_BEFORE, SPACE_BEFORE | NEWLINE_BEFORE],
  );
  assert.deepEqual(lex('#! x\r\ny'), ['doc #! x', 'ident y']);
  assert.deepEqual(lex('(#! x\n)'), ['lparen (', 'rparen )']);
});

test('anything else is an invalid token, however wide', () => {
  assert.deepEqual(lex('é😀~'), ['invalid é', 'invalid 😀', 'invalid ~']);
});

test('a source that is too large is refused before it is read', () => {
  tokenize({ name: 't', text: ' '.repeat(MAX_SOURCE_LENGTH) });
  assert.throws(
    () => tokenize({ name: 't', text: ' '.repeat(MAX_SOURCE_LENGTH + 1) }),
    (error) => error instanceof AssemblyError && error.kind === 'source-too-large',
  );
});
