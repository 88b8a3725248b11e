import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locationText, positionOf, renderSnippet } from './source.ts';

const file = { name: 'a.masm', text: 'begin\n    add.foo\r\nend\n' };

test('lines and columns start at 1', () => {
  assert.deepEqual(positionOf(file, 0), { line: 1, column: 1 });
  assert.deepEqual(positionOf(file, 5), { line: 1, column: 6 });
  assert.deepEqual(positionOf(file, 6), { line: 2, column: 1 });
  assert.deepEqual(positionOf(file, 10_000), { line: 4, column: 1 });
});

test('a snippet shows the line and carets under the span', () => {
  const span = { file, start: 14, end: 17 };
  assert.equal(locationText(span), 'a.masm:2:9');
  assert.equal(renderSnippet(span), 'a.masm:2:9\n2 |     add.foo\n  |         ^^^');
});

test('carets stay on the first line and within its text', () => {
  const snippet = renderSnippet({ file, start: 0, end: file.text.length });
  assert.equal(snippet, 'a.masm:1:1\n1 | begin\n  | ^^^^^');
});

test('the end of the source has one caret', () => {
  const end = file.text.length;
  assert.equal(renderSnippet({ file, start: end, end }), 'a.masm:4:1\n4 | \n  | ^');
});

test('a long line is shown around the place', () => {
  const text = `${'x'.repeat(1000)}!${'y'.repeat(1000)}`;
  const [, line, caret] = renderSnippet({ file: { name: 'a', text }, start: 1000, end: 1001 }).split('\n');
  assert.equal(line.length, '1 | '.length + 120);
  assert.equal(line[caret.indexOf('^')], '!');
});
