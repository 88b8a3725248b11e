import type { Import, Path, PathAt } from '../ast.ts';
import { AssemblyError } from '../errors.ts';

/** An import with its path from the root. Import paths start there, unless at `self`, and use no other import. */
export function globalImport(item: Import, module: Path, imports: readonly Import[]): Import {
  const written = item.kind === 'module' ? item.path : item.from;
  const path: PathAt = { path: globalPath(item, written, module, imports), span: written.span };
  return item.kind === 'module' ? { ...item, path } : { ...item, from: path };
}

function globalPath(item: Import, { path, span }: PathAt, module: Path, imports: readonly Import[]): Path {
  const [first, ...rest] = path.segments;
  if (path.absolute) return path;
  if (first === 'self') {
    if (item.kind === 'module' && rest.length === 0) {
      throw new AssemblyError('invalid-module', 'a module cannot import itself', { span });
    }
    return { absolute: true, segments: [...module.segments, ...rest] };
  }
  const other = imports.find(({ localName }) => localName.text === first);
  if (other && other.localName.text !== item.localName.text) {
    throw new AssemblyError('invalid-module', `the import goes through another import, \`${first}\``, {
      span,
      expected: 'a path from the root',
      related: [{ label: 'the other import', span: other.span }],
    });
  }
  return { absolute: true, segments: path.segments };
}
