import type { SourceFile, SourceSpan } from '../vm/mast/types.ts';

/** A place as a reader counts it: both numbers start at 1; a column is one UTF-16 unit. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What a snippet shows of a long line at most, so that a minified source cannot flood a terminal. */
const MAX_SNIPPET_COLUMNS = 120;

/** Line and column of an offset into `file.text`; offsets past the end mean the end. */
export function positionOf(file: SourceFile, offset: number): Position {
  const end = Math.min(offset, file.text.length);
  let line = 1;
  let lineStart = 0;
  for (let i = file.text.indexOf('\n'); i >= 0 && i < end; i = file.text.indexOf('\n', i + 1)) {
    line++;
    lineStart = i + 1;
  }
  return { line, column: end - lineStart + 1 };
}

/** `name:line:column`, as editors and terminals make it clickable. */
export function locationText(span: SourceSpan): string {
  const { line, column } = positionOf(span.file, span.start);
  return `${span.file.name}:${line}:${column}`;
}

/**
 * The location, the source line, and carets under the span (as far as it lies on its first line):
 *
 *     lib.masm:3:5
 *     3 |     add.foo
 *       |         ^^^
 */
export function renderSnippet(span: SourceSpan): string {
  const { text } = span.file;
  const start = Math.min(span.start, text.length);
  const { line, column } = positionOf(span.file, start);
  const lineStart = start - (column - 1);
  const newline = text.indexOf('\n', start);
  const beforeBreak = newline < 0 ? text.length : newline;
  const lineEnd = text[beforeBreak - 1] === '\r' ? Math.max(start, beforeBreak - 1) : beforeBreak;
  // A window of the line that always holds the start of the span.
  const from = Math.max(lineStart, start - (MAX_SNIPPET_COLUMNS >> 1));
  const to = Math.min(lineEnd, from + MAX_SNIPPET_COLUMNS);
  const shown = printable(text.slice(from, to));
  const width = Math.max(1, Math.min(span.end, to) - start);
  const gutter = `${line} | `;
  const blank = `${' '.repeat(gutter.length - 2)}| `;
  return `${locationText(span)}\n${gutter}${shown}\n${blank}${' '.repeat(start - from)}${'^'.repeat(width)}`;
}

/** One visible column per unit: tabs become blanks, other control characters a replacement mark. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  return text.replace(/\t/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}
