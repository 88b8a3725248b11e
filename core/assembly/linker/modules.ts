import { hashText, textCode } from '../../hash/text.ts';
import type { Word } from '../../hash/word.ts';
import type { MastForest, SourceSpan } from '../../vm/mast/types.ts';
import type {
  Constant,
  ConstantValue,
  Import,
  Module,
  ModuleKind,
  Path,
  Procedure,
  TypeDeclaration,
  Visibility,
} from '../ast.ts';
import { pathText } from '../ast.ts';
import type { Package, PackageConstant, PackageExport, ProcedureExport } from '../package/package.ts';
import { parsePath } from '../package/path-text.ts';
import type { ValueType } from '../package/value-type.ts';

/** A module as the linker sees it: from source, or from a package. */
export interface LinkedModule {
  readonly path: Path;
  readonly kind: ModuleKind;
  /** Absent for a module of a package. */
  readonly source?: Module;
  readonly items: Map<string, LinkedItem>;
  readonly imports: Map<string, Import>;
  readonly submodules: Map<string, SubmoduleEdge>;
  /** The module that declares this one. */
  parent?: LinkedModule;
}

interface SubmoduleEdge {
  readonly name: string;
  readonly visibility: Visibility;
  readonly span?: SourceSpan;
}

export type LinkedItem = {
  readonly module: LinkedModule;
  readonly name: string;
  readonly visibility: Visibility;
  readonly span?: SourceSpan;
} & (
  | { readonly kind: 'procedure'; readonly procedure: Procedure }
  | { readonly kind: 'compiled'; readonly digest: Word; readonly declared: ProcedureExport }
  | { readonly kind: 'constant'; readonly constant: Constant }
  | { readonly kind: 'value'; readonly value: ConstantValue }
  | { readonly kind: 'type'; readonly declaration: TypeDeclaration }
  | { readonly kind: 'compiled-type'; readonly type: ValueType }
);
export type LinkedProcedure = Extract<LinkedItem, { kind: 'procedure' | 'compiled' }>;

export const isProcedure = (item: LinkedItem): item is LinkedProcedure =>
  item.kind === 'procedure' || item.kind === 'compiled';

export const itemPath = ({ module, name }: LinkedItem): Path => ({
  absolute: true,
  segments: [...module.path.segments, name],
});

/** How a package becomes part of what is assembled: found at run time by digest, or copied. */
export type Linkage = 'dynamic' | 'static';

export interface LinkedLibrary {
  readonly package: Package;
  readonly linkage: Linkage;
}

export const forestsOf = (libraries: readonly LinkedLibrary[], linkage: Linkage): MastForest[] =>
  libraries.filter((library) => library.linkage === linkage).map((library) => library.package.forest);

/** A module from its source. */
export function moduleFromSource(source: Module): LinkedModule {
  const module: LinkedModule = {
    path: source.path,
    kind: source.kind,
    source,
    items: new Map(),
    imports: new Map(source.imports.map((each) => [each.localName.text, each])),
    submodules: new Map(
      source.submodules.map(({ name, visibility }) => [
        name.text,
        { name: name.text, visibility, span: name.span },
      ]),
    ),
  };
  for (const procedure of source.procedures) {
    const { name, visibility } = procedure;
    module.items.set(name.text, {
      module,
      name: name.text,
      visibility,
      span: name.span,
      kind: 'procedure',
      procedure,
    });
  }
  for (const constant of source.constants) {
    const { name, visibility } = constant;
    module.items.set(name.text, {
      module,
      name: name.text,
      visibility,
      span: name.span,
      kind: 'constant',
      constant,
    });
  }
  for (const declaration of source.types) {
    const { name, visibility } = declaration;
    module.items.set(name.text, {
      module,
      name: name.text,
      visibility,
      span: name.span,
      kind: 'type',
      declaration,
    });
  }
  return module;
}

/** The modules of a package: those it lists, and those its exports lie in. */
export function modulesFromPackage(pack: Package): LinkedModule[] {
  const modules = new Map<string, LinkedModule>();
  const at = (path: Path): LinkedModule => {
    const key = pathText(path);
    let module = modules.get(key);
    if (!module) {
      const kind = pack.kind === 'kernel' ? 'kernel' : 'library';
      module = { path, kind, items: new Map(), imports: new Map(), submodules: new Map() };
      modules.set(key, module);
    }
    return module;
  };
  for (const { path, submodules } of pack.manifest.modules) {
    const parent = known(path);
    for (const name of submodules) {
      at({ absolute: true, segments: [...parent.segments, name] });
      at(parent).submodules.set(name, { name, visibility: 'public' });
    }
    at(parent);
  }
  for (const each of pack.manifest.exports) {
    const { segments } = known(each.path);
    const module = at({ absolute: true, segments: segments.slice(0, -1) });
    const name = segments[segments.length - 1];
    module.items.set(name, { module, name, visibility: 'public', ...compiledItem(each) });
  }
  return [...modules.values()];
}

/** A path of a package: its reader, or its writer, has made sure that it is one. */
function known(text: string): Path {
  const path = parsePath(text);
  if (path === undefined) throw new RangeError(`"${text}" is not a path`);
  return { ...path, absolute: true };
}

type CompiledItem =
  | Pick<Extract<LinkedItem, { kind: 'compiled' }>, 'kind' | 'digest' | 'declared'>
  | Pick<Extract<LinkedItem, { kind: 'value' }>, 'kind' | 'value'>
  | Pick<Extract<LinkedItem, { kind: 'compiled-type' }>, 'kind' | 'type'>;

function compiledItem(each: PackageExport): CompiledItem {
  switch (each.kind) {
    case 'procedure':
      return { kind: 'compiled', digest: each.digest, declared: each };
    case 'constant':
      return { kind: 'value', value: constantValue(each.value) };
    case 'type':
      return { kind: 'compiled-type', type: each.type };
  }
}

function constantValue(constant: PackageConstant): ConstantValue {
  if (constant.kind !== 'hash') return constant;
  return constant.of === 'word'
    ? { kind: 'word', value: hashText(constant.text) }
    : { kind: 'event', name: constant.text, value: textCode(constant.text) };
}
