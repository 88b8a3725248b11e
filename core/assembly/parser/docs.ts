import type { SourceSpan } from '../../vm/mast/types.ts';
import { AssemblyError } from '../errors.ts';
import { MAX_TEXT_BYTES } from '../limits.ts';
import type { Cursor } from './cursor.ts';
import { T } from './lexer.ts';

/** A run of documentation comments with no empty line in it. */
export interface Docs {
  /** One trimmed line per comment, each with its line break. */
  readonly text: string;
  /** It starts on the first line of the file, so it is about the module. */
  readonly isModule: boolean;
  readonly span: SourceSpan;
}

/** Takes a run of documentation comments. */
export function parseDocs(cursor: Cursor): Docs {
  const first = cursor.index;
  const { text } = cursor.file;
  const isModule = first === 0 && lineBreaks(text.slice(0, cursor.here().start)) === 0;
  const lines: string[] = [];
  let end = cursor.here().start;
  while (cursor.at(T.doc) && lineBreaks(text.slice(end, cursor.here().start)) <= 1) {
    end = cursor.here().end;
    lines.push(`${cursor.textOf(cursor.take()).slice(2).trim()}\n`);
  }
  const span = cursor.spanFrom(first);
  const joined = lines.join('');
  if (new TextEncoder().encode(joined).length > MAX_TEXT_BYTES) {
    throw new AssemblyError('block-too-large', 'a documentation comment is too long', {
      span,
      expected: `at most ${MAX_TEXT_BYTES} bytes`,
    });
  }
  return { text: joined, isModule, span };
}

const lineBreaks = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;
