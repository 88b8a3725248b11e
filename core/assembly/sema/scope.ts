import type { SourceSpan } from '../../vm/mast/types.ts';
import {
  type Constant,
  type Import,
  type Module,
  type Path,
  pathText,
  type TypeDeclaration,
} from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import { samePath } from '../path.ts';

/** Imports of one module that may lead to one another before a name is taken for a cycle. */
const MAX_ALIAS_STEPS = 128;

/** What a name of a module stands for. */
export type ModuleSymbol =
  | { readonly kind: 'constant'; readonly constant: Constant; readonly span: SourceSpan }
  | { readonly kind: 'type'; readonly type: TypeDeclaration; readonly span: SourceSpan }
  | { readonly kind: 'procedure' | 'submodule'; readonly span: SourceSpan }
  | { readonly kind: 'import'; readonly import: Import; readonly span: SourceSpan };

/** What a path means: an item of this module, or one that another module has. */
export type Resolved =
  | { readonly kind: 'local'; readonly name: string; readonly symbol: ModuleSymbol }
  | { readonly kind: 'external'; readonly path: Path };

/** The names of one module. */
export class Scope {
  readonly module: Module;
  /** Names by which something was looked up. */
  readonly used = new Set<string>();
  private readonly symbols = new Map<string, ModuleSymbol>();

  constructor(module: Module) {
    this.module = module;
    const { constants, types, procedures, submodules, imports } = module;
    for (const constant of constants) {
      this.symbols.set(constant.name.text, { kind: 'constant', constant, span: constant.name.span });
    }
    for (const type of types) this.symbols.set(type.name.text, { kind: 'type', type, span: type.name.span });
    for (const { name } of procedures) this.symbols.set(name.text, { kind: 'procedure', span: name.span });
    for (const { name } of submodules) this.symbols.set(name.text, { kind: 'submodule', span: name.span });
    for (const item of imports) {
      this.symbols.set(item.localName.text, { kind: 'import', import: item, span: item.localName.span });
    }
  }

  /** What a name is declared as in the module, imports included. */
  declared(name: string): ModuleSymbol | undefined {
    return this.symbols.get(name);
  }

  /**
   * Finds out what a path in this module's code means: `name` is an item or import of the module, `::a::b` a global
   * path, `a::b` something under an imported module, a submodule or `self`. Throws `undefined-symbol` and
   * `wrong-symbol-kind`.
   */
  resolve(path: Path, span: SourceSpan): Resolved {
    if (path.absolute) return this.global(path.segments, span, 0);
    const [first, ...rest] = path.segments;
    if (rest.length === 0) return this.name(first, span, 0);
    const here = this.module.path.segments;
    if (first === 'self') return this.global([...here, ...rest], span, 0);
    this.used.add(first);
    const symbol = this.symbols.get(first);
    if (symbol?.kind === 'submodule') return this.global([...here, ...path.segments], span, 0);
    if (symbol?.kind === 'import' && symbol.import.kind === 'module') {
      return this.global([...symbol.import.path.path.segments, ...rest], span, 0);
    }
    if (symbol) {
      throw wrongKind(`\`${first}\` is not a module`, 'an imported module or a submodule', span, symbol.span);
    }
    throw new AssemblyError('undefined-symbol', `no module is known as \`${first}\` here`, {
      span,
      expected: 'an imported module, a submodule, `self::` or a path from the root, `::`',
      advice: `import it with \`use\`, or write \`::${pathText(path)}\``,
    });
  }

  private name(name: string, span: SourceSpan, steps: number): Resolved {
    const symbol = this.symbols.get(name);
    if (!symbol) {
      throw new AssemblyError('undefined-symbol', `\`${name}\` is not defined`, {
        span,
        advice: 'define it in this module, or import it with `use {…} from …`',
      });
    }
    this.used.add(name);
    if (symbol.kind !== 'import') return { kind: 'local', name, symbol };
    if (symbol.import.kind === 'module') {
      throw wrongKind(`\`${name}\` is a module`, 'an item of a module, `module::item`', span, symbol.span);
    }
    if (steps > MAX_ALIAS_STEPS) {
      throw new AssemblyError('recursion', `the import of \`${name}\` leads back to itself`, { span });
    }
    const { from, name: source } = symbol.import;
    return this.global([...from.path.segments, source.text], span, steps + 1);
  }

  /** A path from the root; it may come back to this module. */
  private global(segments: readonly string[], span: SourceSpan, steps: number): Resolved {
    const parent: Path = { absolute: true, segments: segments.slice(0, -1) };
    if (samePath(parent, this.module.path)) return this.name(segments[segments.length - 1], span, steps);
    return { kind: 'external', path: { absolute: true, segments } };
  }
}

/** The error that a name means something of another kind than its place asks for. */
export function wrongKind(
  message: string,
  expected: string,
  span: SourceSpan,
  definition: SourceSpan,
): AssemblyError {
  return new AssemblyError('wrong-symbol-kind', message, {
    span,
    expected,
    related: [{ label: 'it is defined here', span: definition }],
  });
}
