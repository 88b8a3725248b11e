import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModuleSource } from '../core/assembly/assemble.ts';
import { type Path, pathText } from '../core/assembly/ast.ts';
import { parseModule } from '../core/assembly/parse.ts';
import { constantsOf } from '../core/protocol/constants-module.ts';
import { readText } from './files.ts';

const KILN_SOURCES = fileURLToPath(new URL('../masm', import.meta.url));
const ROOT_FILE = 'mod.masm';
const MAX_SOURCE_BYTES = 2 ** 20;

/** Kiln's libraries that are assembled with the protocol's constants. */
const WITH_CONSTANTS = ['kernel', 'protocol', 'standards', 'testing'];

/** A library by its sources. */
interface SourceLibrary {
  /** Where its root module lies. */
  readonly folder: string;
  /** `kiln::core`, without the leading colons. */
  readonly namespace: string;
  readonly modules: readonly ModuleSource[];
}

/**
 * The library in whose folder `file` is: the one with `mod.masm`, directly or by way of modules, `a/` beside `a.masm`. Its
 * namespace is the folder's name, for Kiln's own `kiln::` and that. It holds the modules that `mod.masm` and those below
 * declare. `undefined` if there is none.
 */
export function libraryAround(file: string): SourceLibrary | undefined {
  let folder = dirname(resolve(file));
  for (; !existsSync(join(folder, ROOT_FILE)); folder = dirname(folder))
    if (!existsSync(`${folder}.masm`)) return undefined;
  const name = basename(folder);
  const isKilns = dirname(folder) === KILN_SOURCES;
  const segments = isKilns ? ['kiln', name] : [name];
  const modules: ModuleSource[] = [];
  collect(join(folder, ROOT_FILE), folder, { absolute: true, segments }, modules);
  const namespace = segments.join('::');
  if (isKilns && WITH_CONSTANTS.includes(name)) modules.push(constantsOf(`::${namespace}`));
  return { folder, namespace, modules };
}

/** Adds a module and those it declares. One whose file is missing is left to the assembler, which says who declares it. */
function collect(path: string, folder: string, module: Path, found: ModuleSource[]): void {
  const file = sourceFile(path);
  found.push({ file, path: pathText(module) });
  for (const { name } of parseModule(file, { kind: 'library', path: module }).submodules) {
    const inner = join(folder, `${name.text}.masm`);
    const segments = [...module.segments, name.text];
    if (existsSync(inner)) collect(inner, join(folder, name.text), { absolute: true, segments }, found);
  }
}

/** A source under the name that people and editors know it by. */
export const sourceFile = (path: string): ModuleSource['file'] => ({
  name: relative('', path).replaceAll('\\', '/'),
  text: readText(path, MAX_SOURCE_BYTES),
});
