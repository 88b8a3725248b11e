import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { AssemblyError } from './errors.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { parseModule } from './parse.ts';

const folder = new URL('../../test/vectors/masm/', import.meta.url);
const SOURCES = readdirSync(folder)
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .filter((text) => text.length < 4000);

/** Whatever the source, parsing ends with a module or an AssemblyError that can be shown. */
function survives(text: string): void {
  try {
    parseModule({ name: 'fuzz.masm', text }, { path: { absolute: true, segments: ['fuzz'] } });
  } catch (error) {
    if (!(error instanceof AssemblyError)) throw error;
    assert.ok(
      error.span && error.span.start <= error.span.end && error.span.end <= text.length,
      error.message,
    );
    assert.ok(error.details.startsWith('fuzz.masm:'), error.details);
  }
}

const WORDS = [
  ...INSTRUCTIONS.keys(),
  ...[
    'begin',
    'end',
    'proc',
    'pub',
    'pub(package)',
    'if.true',
    'if.false',
    'else',
    'while.true',
    'do',
    'while',
  ],
  ...['repeat.3', 'repeat.N', 'const N = 1', 'use', 'from', 'as', 'mod', 'namespace', 'extern', 'package'],
  ...[
    'type',
    'enum',
    'struct',
    'ptr<',
    'adv_map',
    'self',
    '$kernel',
    '$exec',
    '$main',
    'word("a")',
    'event("a")',
  ],
  ...[
    '::',
    '..',
    '...',
    '.',
    '->',
    '=',
    ',',
    ';',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '<',
    '>',
    '@',
    '+',
    '-',
    '*',
  ],
  ...[
    '/',
    '//',
    '0',
    '1',
    '15',
    '16',
    '0xff',
    '0b1',
    '18446744069414584321',
    'N',
    'x',
    '"a b"',
    '"q"',
    '"',
    '\\',
  ],
  ...[
    '#! doc\n',
    '# comment\n',
    '\n',
    '\r\n',
    ' ',
    '\t',
    'felt',
    'u32',
    '.err="m"',
    '.err=N',
    '\u0000',
    '😀',
  ],
  ...['@locals(4)', '@callconv("C")', '[1,2,3,4]', `0x${'01'.repeat(32)}`],
];
const word = fc.constantFrom(...WORDS);

test('any text', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 200 }),
  );
  fc.assert(fc.property(anyText, survives), { numRuns: 3000 });
});

test('any words of the language', () => {
  const soup = fc.array(fc.tuple(word, fc.constantFrom('', ' ', '\n')), { maxLength: 60 });
  const text = soup.map((parts) => parts.flat().join(''));
  fc.assert(fc.property(text, survives), { numRuns: 3000 });
  fc.assert(
    fc.property(text, (inner) => survives(`proc f ${inner} end`)),
    { numRuns: 2000 },
  );
});

test('real sources with a part cut out, doubled or replaced', () => {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 30 }),
    insert: fc.oneof(word, fc.constant(''), fc.string({ maxLength: 4 })),
  });
  const mutated = fc.tuple(fc.constantFrom(...SOURCES), fc.array(edit, { minLength: 1, maxLength: 3 }));
  const apply = ([source, edits]: readonly [
    string,
    readonly { at: number; length: number; insert: string }[],
  ]) =>
    edits.reduce((text, { at, length, insert }) => {
      const start = Math.floor(at * text.length);
      return text.slice(0, start) + insert + text.slice(start + length);
    }, source);
  fc.assert(fc.property(mutated.map(apply), survives), { numRuns: 3000 });
});
