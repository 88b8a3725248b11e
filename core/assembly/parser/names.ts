import type { SourceSpan } from '../../vm/mast/types.ts';
import type { Name, Path, PathAt } from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import { MAX_PATH_SEGMENTS, MAX_TEXT_BYTES } from '../limits.ts';
import { type Cursor, shown } from './cursor.ts';
import { T } from './lexer.ts';
import { unquote } from './literals.ts';

/** Takes a name, quoted or not. `what` says what it names: "a procedure name". */
export function parseName(cursor: Cursor, what: string): Name {
  if (!cursor.atNameLike()) throw cursor.unexpected(what);
  return nameAt(cursor, cursor.take());
}

/** Takes a name without quotes. */
export function parsePlainName(cursor: Cursor, what: string): Name {
  return nameAt(cursor, cursor.expect(T.ident, what));
}

/** Takes a name in capitals. */
export function parseConstantName(cursor: Cursor, what: string): Name {
  if (!cursor.atNameLike()) throw cursor.unexpected(what);
  return constantNameAt(cursor, cursor.take());
}

/** The constant name that token `index` must be. */
export function constantNameAt(cursor: Cursor, index: number): Name {
  const text = cursor.textOf(index);
  const span = cursor.span(index);
  if (cursor.kindOf(index) !== T.ident || !/^[A-Z0-9_]+$/.test(text)) {
    throw new AssemblyError('invalid-name', `${shown(text)} cannot name a constant`, {
      span,
      expected: 'capital letters, digits and `_`',
    });
  }
  return { text, span };
}

/** Takes a path such as `a::b`, `::a::b` or `"x y"::c`; line breaks may stand around `::`. */
export function parsePath(cursor: Cursor, what: string): PathAt {
  const first = cursor.index;
  let absolute = cursor.skip(T.colonColon);
  const segments = [parseName(cursor, what).text];
  while (cursor.skip(T.colonColon)) segments.push(parseName(cursor, 'a name after `::`').text);
  // The kernel and the executable are always named from the root.
  if (segments[0] === '$kernel' || segments[0] === '$exec') absolute = true;
  const span = cursor.spanFrom(first);
  if (span.end - span.start > MAX_TEXT_BYTES || segments.length > MAX_PATH_SEGMENTS) {
    throw new AssemblyError('invalid-name', 'a path is too long', {
      span,
      expected: `at most ${MAX_PATH_SEGMENTS} names and ${MAX_TEXT_BYTES} characters`,
    });
  }
  return { path: { absolute, segments }, span };
}

/** Takes a path whose last segment names a constant. */
export function parseConstantPath(cursor: Cursor): PathAt {
  const parsed = parseQualifiedPath(cursor, 'a number, a constant or `(`');
  constantNameAt(cursor, cursor.index - 1);
  return parsed;
}

/** Takes a path that, if absolute, says in which module its item is. */
export function parseQualifiedPath(cursor: Cursor, what: string): PathAt {
  const parsed = parsePath(cursor, what);
  if (parsed.path.absolute && parsed.path.segments.length === 1) throw unqualified(parsed.path, parsed.span);
  return parsed;
}

function nameAt(cursor: Cursor, index: number): Name {
  const raw = cursor.textOf(index);
  const text = cursor.kindOf(index) === T.quotedIdent ? unquote(raw) : raw;
  const span = cursor.span(index);
  if (text === '' || text.length > MAX_TEXT_BYTES || text.includes('#')) {
    throw new AssemblyError('invalid-name', `${shown(raw)} is not a name`, {
      span,
      expected: `1 to ${MAX_TEXT_BYTES} visible characters other than \`#\` and \`"\``,
    });
  }
  return { text, span };
}

const unqualified = (path: Path, span: SourceSpan): AssemblyError =>
  new AssemblyError('invalid-name', `\`::${path.segments[0]}\` names no module`, {
    span,
    expected: 'a module and a name, as in `::a::b`',
  });
