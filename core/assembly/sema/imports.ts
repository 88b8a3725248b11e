import type { Import, Path, PathAt } from '../ast.ts';
import { AssemblyError } from '../errors.ts';

/**
 * A module's imports with their paths from the root. Import paths start there, unless at `self`, and do not go through
 * other imports.
 */
export function globalImports(imports: readonly Import[], module: Path): Import[] {
  const byName = new Map(imports.map((item) => [item.localName.text, item]));
  return imports.map((item) => {
    const written = item.kind === 'module' ? item.path : item.from;
    const path: PathAt = { path: globalPath(item, written, module, byName), span: written.span };
    return item.kind === 'module' ? { ...item, path } : { ...item, from: path };
  });
}

function globalPath(
  item: Import,
  { path, span }: PathAt,
  module: Path,
  byName: ReadonlyMap<string, Import>,
): Path {
  const [first, ...rest] = path.segments;
  if (path.absolute) return path;
  if (first === 'self') {
    if (item.kind === 'module' && rest.length === 0) {
      throw new AssemblyError('invalid-module', 'a module cannot import itself', { span });
    }
    return { absolute: true, segments: [...module.segments, ...rest] };
  }
  const other = byName.get(first);
  if (other && other !== item) {
    throw new AssemblyError('invalid-module', `the import goes through another import, \`${first}\``, {
      span,
      expected: 'a path from the root',
      related: [{ label: 'the other import', span: other.span }],
    });
  }
  return { absolute: true, segments: path.segments };
}
