import type { MastForest, Program, SourceFile } from '../vm/mast/types.ts';
import { Assembly } from './assembly.ts';
import {
  type AssemblyWarning,
  KERNEL_PATH,
  MAIN_PROCEDURE,
  type Module,
  type ParseOptions,
  pathText,
} from './ast.ts';
import { AssemblyError } from './errors.ts';
import { exportsOf } from './exports.ts';
import type { ForestLimits } from './forest-builder.ts';
import type { Linker } from './linker/linker.ts';
import {
  forestsOf,
  type Linkage,
  type LinkedLibrary,
  type LinkedModule,
  type LinkedProcedure,
} from './linker/modules.ts';
import { dependencyCommitment } from './package/commitment.ts';
import { writePackage } from './package/format.ts';
import { writeMessages } from './package/messages.ts';
import {
  type Dependency,
  type Package,
  type PackageKind,
  type PackageModule,
  type Section,
  SectionId,
} from './package/package.ts';
import { parsePath } from './package/path-text.ts';
import { parseModule } from './parse.ts';

/** A source, and where it belongs, `::a::b`, if it does not declare its namespace itself. */
export interface ModuleSource {
  readonly file: SourceFile;
  readonly path?: string;
}

/** A package to link. Dynamic linkage, the default, leaves its code where it is; static copies what is used. */
interface Library {
  readonly package: Package;
  readonly linkage?: Linkage;
}

export interface AssemblyOptions {
  /** Sources the assembled one uses, of the same package. */
  readonly modules?: readonly ModuleSource[];
  readonly libraries?: readonly Library[];
  readonly limits?: ForestLimits;
  /** Told of what is allowed but most likely a mistake, in the sources that are assembled. */
  readonly onWarning?: (warning: AssemblyWarning) => void;
  /** Takes everything in the sources as public, so that tests reach what is private. */
  readonly opened?: boolean;
}

export interface ProgramInput extends AssemblyOptions {
  /** The source with the `begin` block. */
  readonly program: SourceFile;
  /** The kernel that syscalls reach: its source or its package. */
  readonly kernel?: SourceFile | Package;
}

export interface LibraryInput extends AssemblyOptions {
  /** Name of the package. */
  readonly name: string;
  readonly version?: string;
  /** The module whose public submodules make the library. */
  readonly root: ModuleSource;
  readonly kind?: Exclude<PackageKind, 'executable' | 'kernel'>;
  readonly kernel?: Package;
}

/**
 * Assembles a program (Miden assembly 1.0.0-rc.0): the digest of its entry is the official assembler's.
 * @throws AssemblyError at the first mistake, with the place in the source
 */
export function assemble(input: ProgramInput): Program {
  const kernel = kernelPackage(input);
  const root = parse(input.program, { kind: 'executable' }, input);
  const libraries = linked(input);
  const assembly = new Assembly(
    { modules: [root, ...supporting(input)], libraries, ...(kernel && { kernel }) },
    input.limits,
  );
  const main = assembly.linker.names.module(root.path)!;
  assembly.addAdvice(root);
  const entry = assembly.compile(main.items.get(MAIN_PROCEDURE) as LinkedProcedure, true);
  const { forest, idOf } = assembly.builder.finish();
  return {
    forest,
    entry: idOf(entry),
    kernel: assembly.linker.kernel,
    libraries: [...(kernel ? [kernel.forest] : []), ...forestsOf(libraries, 'dynamic')],
  };
}

/** Assembles a program into a package, which holds its kernel too. Its libraries stay outside. */
export function assembleExecutable(
  input: ProgramInput & Partial<Pick<Package, 'name' | 'version'>>,
): Package {
  const kernel = kernelPackage(input);
  const { forest, entry } = assemble({ ...input, ...(kernel && { kernel }) });
  const path = `${pathText(parseModule(input.program, { kind: 'executable' }).path)}::${MAIN_PROCEDURE}`;
  return {
    name: input.name ?? 'program',
    version: input.version ?? DEFAULT_VERSION,
    kind: 'executable',
    forest,
    manifest: {
      exports: [{ kind: 'procedure', path, node: entry, digest: forest.nodes[entry].digest, attributes: [] }],
      modules: [],
      dependencies: kernel ? [dependencyOn(kernel)] : [],
      entrypoint: path,
    },
    sections: [
      ...(kernel ? [{ id: SectionId.KERNEL, data: writePackage(kernel) }] : []),
      ...messageSections(forest),
    ],
  };
}

/** Assembles a library: everything its public modules export. */
export function assembleLibrary(input: LibraryInput): Package {
  const root = parseSource(input.root, input);
  return assemblePackage(root, input, {
    name: input.name,
    kind: input.kind ?? 'library',
    version: input.version ?? DEFAULT_VERSION,
  });
}

/** Assembles a kernel: what its module exports is what syscalls reach. */
export function assembleKernel(file: SourceFile, options: AssemblyOptions = {}): Package {
  const root = parse(file, { kind: 'kernel', path: KERNEL_PATH }, options);
  return assemblePackage(root, options, { name: 'kernel', kind: 'kernel', version: DEFAULT_VERSION });
}

const DEFAULT_VERSION = '0.0.0';

const kernelPackage = ({ kernel, onWarning }: ProgramInput): Package | undefined =>
  kernel && ('text' in kernel ? assembleKernel(kernel, onWarning && { onWarning }) : kernel);
const dependencyOn = (pack: Package): Dependency => ({
  name: pack.name,
  kind: pack.kind,
  version: pack.version,
  digest: dependencyCommitment(pack),
});
/** Debug information, if there are messages to keep. */
const messageSections = ({ errorMessages }: MastForest): Section[] =>
  errorMessages.size > 0 ? [{ id: SectionId.DEBUG_INFO, data: writeMessages(errorMessages) }] : [];

function parse(file: SourceFile, options: ParseOptions, { onWarning, opened }: AssemblyOptions): Module {
  const module = parseModule(file, options);
  if (onWarning) module.warnings.forEach(onWarning);
  return opened ? withAllPublic(module) : module;
}

function withAllPublic(module: Module): Module {
  const open = <T>(items: readonly T[]): T[] => items.map((item) => ({ ...item, visibility: 'public' }));
  return {
    ...module,
    submodules: open(module.submodules),
    imports: open(module.imports),
    constants: open(module.constants),
    types: open(module.types),
    procedures: open(module.procedures),
  };
}

function parseSource({ file, path }: ModuleSource, options: AssemblyOptions): Module {
  if (path === undefined) return parse(file, { kind: 'library' }, options);
  const parsed = parsePath(path);
  if (parsed === undefined) {
    throw new AssemblyError('invalid-name', `"${path}" is not the path of a module`, {
      span: { file, start: 0, end: 0 },
      expected: 'a path, `a::b`',
    });
  }
  return parse(file, { kind: 'library', path: { ...parsed, absolute: true } }, options);
}
const supporting = (options: AssemblyOptions): Module[] =>
  (options.modules ?? []).map((source) => parseSource(source, options));
const linked = ({ libraries = [] }: AssemblyOptions): LinkedLibrary[] =>
  libraries.map((library) => ({ package: library.package, linkage: library.linkage ?? 'dynamic' }));

function assemblePackage(
  root: Module,
  options: AssemblyOptions & { readonly kernel?: Package },
  identity: Pick<Package, 'name' | 'kind' | 'version'>,
): Package {
  const { kernel } = options;
  // The order of modules is that of nodes in the forest: a kernel comes after what supports it.
  const support = supporting(options);
  const modules = identity.kind === 'kernel' ? [...support, root] : [root, ...support];
  const assembly = new Assembly(
    { modules, libraries: linked(options), ...(kernel && { kernel }) },
    options.limits,
  );
  const reachable = publicModules(assembly.linker, root);
  const { exports, nodes } = exportsOf(reachable, assembly);
  if (nodes.size === 0) {
    throw new AssemblyError('invalid-module', `${pathText(root.path)} exports no procedure`, {
      span: { file: root.file, start: 0, end: 0 },
      expected: 'at least one `pub proc`',
    });
  }
  const { forest, idOf } = assembly.builder.finish();
  return {
    ...identity,
    forest,
    manifest: {
      exports: exports.map((each) =>
        each.kind === 'procedure' ? { ...each, node: idOf(nodes.get(each.path)!) } : each,
      ),
      modules: reachable.map(surface).sort((a, b) => (a.path < b.path ? -1 : 1)),
      dependencies: [],
    },
    sections: messageSections(forest),
  };
}

/** The root and all modules that can be reached from it through public submodules, in the order they were given. */
function publicModules({ names }: Linker, root: Module): LinkedModule[] {
  const reachable = new Set<LinkedModule>([names.module(root.path)!]);
  for (const { path, submodules } of reachable) {
    for (const { name, visibility } of submodules.values()) {
      if (visibility !== 'public') continue;
      reachable.add(names.module({ absolute: true, segments: [...path.segments, name] })!);
    }
  }
  return names.modules.filter((module) => reachable.has(module));
}

const surface = ({ path, submodules }: LinkedModule): PackageModule => ({
  path: pathText(path),
  submodules: [...submodules.values()].filter((edge) => edge.visibility === 'public').map(({ name }) => name),
});
