import type { Cursor } from './cursor.ts';
import { T } from './lexer.ts';

const STARTERS: ReadonlySet<string> = new Set([
  ...['adv_map', 'begin', 'const', 'enum', 'mod', 'namespace', 'proc', 'type', 'use'],
]);
const PUBLISHED: ReadonlySet<string> = new Set(['const', 'enum', 'mod', 'proc', 'type', 'use']);

/** Whether the token `ahead` places on starts a top-level form. */
export function isFormStart(cursor: Cursor, ahead = 0): boolean {
  const kind = cursor.kind(ahead);
  if (kind === T.doc || kind === T.at) return true;
  if (kind !== T.ident) return false;
  const text = cursor.text(ahead);
  if (text === 'extern') return cursor.atKeyword('package', ahead + 1);
  if (text !== 'pub') return STARTERS.has(text);
  const next = ahead + (cursor.kind(ahead + 1) === T.lparen ? 4 : 1);
  return cursor.kind(next) === T.ident && PUBLISHED.has(cursor.text(next));
}
