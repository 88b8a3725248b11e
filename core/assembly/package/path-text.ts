import type { Path } from '../ast.ts';

const SEGMENT = /"([^"]*)"|((?:[^:"]|:(?!:))+)/y;

/**
 * Reads the text of a path, the reverse of `pathText`: segments between `::`, in quotes where they are no plain
 * names. `undefined` if it is none.
 */
export function parsePath(text: string): Path | undefined {
  const absolute = text.startsWith('::');
  const segments: string[] = [];
  for (let at = absolute ? 2 : 0; ; at += 2) {
    SEGMENT.lastIndex = at;
    const match = SEGMENT.exec(text);
    if (match === null) return undefined;
    segments.push(match[1] ?? match[2]);
    at = SEGMENT.lastIndex;
    if (at === text.length) return { absolute, segments };
    if (!text.startsWith('::', at)) return undefined;
  }
}
