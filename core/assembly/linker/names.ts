import type { SourceSpan } from '../../vm/mast/types.ts';
import { type Import, KERNEL_PATH, type Path, pathText } from '../ast.ts';
import { AssemblyError, type AssemblyErrorOptions } from '../errors.ts';
import { isProcedure, itemPath, type LinkedItem, type LinkedModule } from './modules.ts';

/** What a path leads to. */
export type Found = LinkedItem | LinkedModule;

export const isItem = (found: Found): found is LinkedItem => 'module' in found;

/**
 * All modules of one assembly, and how paths lead through them (miden-assembly 1.0.0-rc.0, src/linker/namespaces.rs).
 *
 * A path names a module, or an item, submodule or public import of one. What it passes must be visible from where
 * it is written: an item is private to its module, a submodule to the modules under its parent.
 */
export class Names {
  readonly modules: LinkedModule[] = [];
  readonly #byPath = new Map<string, LinkedModule>();
  /** Imports being resolved, to notice those that lead back to themselves. */
  readonly #open = new Set<Import>();

  /** Adds a module. @param origin what brings it, for the error if it is there already. */
  add(module: LinkedModule, origin: string): void {
    const name = pathText(module.path);
    if (this.#byPath.has(name)) {
      throw new AssemblyError('duplicate-symbol', `the module ${name} is there twice`, {
        ...(module.source && { span: startOf(module) }),
        advice: `The second one comes from ${origin}.`,
      });
    }
    this.#byPath.set(name, module);
    this.modules.push(module);
  }

  module(path: Path): LinkedModule | undefined {
    return this.#byPath.get(pathText(path));
  }

  /** Ties submodules to the modules that declare them, and checks every import. Call when all modules are there. */
  connect(): void {
    for (const parent of this.modules) {
      for (const edge of parent.submodules.values()) {
        const path = child(parent, edge.name);
        const module = this.module(path);
        if (!module) {
          throw new AssemblyError('undefined-symbol', `the module ${pathText(path)} is missing`, {
            span: edge.span,
            advice: 'Give its source to the assembler too, or remove the declaration.',
          });
        }
        module.parent ??= parent;
      }
    }
    for (const module of this.modules) {
      const parent = this.module({ absolute: true, segments: module.path.segments.slice(0, -1) });
      if (module.source && parent && module.parent !== parent) {
        const name = module.path.segments.at(-1);
        throw new AssemblyError(
          'invalid-module',
          `${pathText(parent.path)} does not declare its submodule ${name}`,
          {
            span: startOf(module),
            advice: `Add \`mod ${name}\` to ${pathText(parent.path)}.`,
          },
        );
      }
    }
    for (const module of this.modules) for (const each of module.imports.values()) this.import(module, each);
  }

  /** What an import brings into its module. Throws where it is not allowed. */
  import(owner: LinkedModule, each: Import): Found {
    const span = each.kind === 'module' ? each.path.span : each.name.span;
    if (this.#open.has(each)) {
      throw new AssemblyError('recursion', `the import of ${each.localName.text} leads back to itself`, {
        span,
      });
    }
    this.#open.add(each);
    try {
      return each.kind === 'module'
        ? this.#importModule(owner, each.path.path, span)
        : this.#importItem(owner, each.from.path, each.name.text, each.visibility !== 'private', span);
    } finally {
      this.#open.delete(each);
    }
  }

  #importModule(owner: LinkedModule, path: Path, span: SourceSpan): LinkedModule {
    const name = pathText(path);
    const found = this.resolve(owner, path, span);
    if (isItem(found)) throw wrongKind(found, 'a module', span);
    if (found === owner) {
      throw new AssemblyError('invalid-module', `the module ${name} imports itself`, { span });
    }
    if (found.parent === owner) {
      throw new AssemblyError('invalid-module', `${name} is a submodule declared here`, {
        span,
        advice: 'Its name can be used without an import.',
      });
    }
    return found;
  }

  #importItem(
    owner: LinkedModule,
    from: Path,
    name: string,
    isPublic: boolean,
    span: SourceSpan,
  ): LinkedItem {
    const path: Path = { absolute: true, segments: [...from.segments, name] };
    const found = this.resolve(owner, path, span);
    if (!isItem(found)) throw wrongKind(found, 'an item of a module', span);
    const isSyscall = isProcedure(found) && pathText(found.module.path) === pathText(KERNEL_PATH);
    if (isPublic && isSyscall && found.module !== owner) {
      throw new AssemblyError('kernel-misuse', `the syscall ${pathText(path)} cannot be re-exported`, {
        span,
      });
    }
    return found;
  }

  /**
   * Follows an absolute path.
   * @param owner the module in which the path is written
   * @throws AssemblyError if it leads nowhere, or through something `owner` may not see
   */
  resolve(owner: LinkedModule, path: Path, span: SourceSpan): Found {
    const module = this.module(path);
    if (module) {
      this.#checkModule(owner, module, span);
      return module;
    }
    const name = path.segments[path.segments.length - 1];
    const parent = this.module({ absolute: true, segments: path.segments.slice(0, -1) });
    if (!parent) throw this.#undefined(path, span);
    this.#checkModule(owner, parent, span);
    const item = parent.items.get(name);
    if (item) {
      checkItem(owner, item, span);
      return item;
    }
    const imported = parent.imports.get(name);
    if (imported && (parent === owner || imported.visibility !== 'private'))
      return this.import(parent, imported);
    throw this.#undefined(path, span);
  }

  #undefined(path: Path, span: SourceSpan): AssemblyError {
    const known = longestKnown(path, (prefix) => this.module(prefix));
    const advice =
      known === undefined
        ? 'Check the path, and that the library it belongs to is linked.'
        : `${pathText(known.path)} exists, but has nothing of that name that could be seen from here.`;
    return new AssemblyError('undefined-symbol', `undefined item ${pathText(path)}`, { span, advice });
  }

  #checkModule(owner: LinkedModule, module: LinkedModule, span: SourceSpan): void {
    for (let inner = module; inner.parent; inner = inner.parent) {
      const parent = inner.parent;
      const edge = parent.submodules.get(inner.path.segments[inner.path.segments.length - 1])!;
      if (edge.visibility === 'private' && !isWithin(owner, parent)) {
        throw new AssemblyError('not-visible', `the module ${pathText(inner.path)} is private`, {
          span,
          ...definedAt(edge.span),
        });
      }
    }
  }
}

function isWithin(module: LinkedModule, ancestor: LinkedModule): boolean {
  for (let each: LinkedModule | undefined = module; each; each = each.parent)
    if (each === ancestor) return true;
  return false;
}

function checkItem(owner: LinkedModule, item: LinkedItem, span: SourceSpan): void {
  if (item.module === owner || item.visibility !== 'private') return;
  throw new AssemblyError('not-visible', `${pathText(itemPath(item))} is private`, {
    span,
    ...definedAt(item.span),
    advice: 'Declare it `pub`, or `pub(package)` for modules of the same package.',
  });
}

function longestKnown(
  path: Path,
  find: (prefix: Path) => LinkedModule | undefined,
): LinkedModule | undefined {
  for (let length = path.segments.length - 1; length > 0; length--) {
    const module = find({ absolute: true, segments: path.segments.slice(0, length) });
    if (module) return module;
  }
  return undefined;
}

/** The error that a path leads to something of another kind than its place asks for. */
export function wrongKind(found: Found, expected: string, span: SourceSpan): AssemblyError {
  const path = isItem(found) ? itemPath(found) : found.path;
  const what = isItem(found) ? KIND_NAMES[found.kind] : 'a module';
  return new AssemblyError('wrong-symbol-kind', `${pathText(path)} is ${what}`, {
    span,
    expected,
    ...(isItem(found) && definedAt(found.span)),
  });
}

const KIND_NAMES: Readonly<Record<LinkedItem['kind'], string>> = {
  procedure: 'a procedure',
  compiled: 'a procedure',
  constant: 'a constant',
  value: 'a constant',
  type: 'a type',
  'compiled-type': 'a type',
};

const definedAt = (span: SourceSpan | undefined): Pick<AssemblyErrorOptions, 'related'> =>
  span ? { related: [{ label: 'it is defined here', span }] } : {};

const child = (module: LinkedModule, name: string): Path => ({
  absolute: true,
  segments: [...module.path.segments, name],
});

const startOf = ({ source }: LinkedModule): SourceSpan | undefined =>
  source && { file: source.file, start: 0, end: 0 };
