import type { Path } from './ast.ts';

/** Whether two absolute paths name the same place. */
export const samePath = (a: Path, b: Path): boolean =>
  a.segments.length === b.segments.length && a.segments.every((segment, i) => segment === b.segments[i]);
