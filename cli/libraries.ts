import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModuleSource } from '../core/assembly/assemble.ts';
import type { SourceFile } from '../core/vm/mast/types.ts';
import { readText } from './files.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const ROOT_FILE = 'mod.masm';
const MAX_SOURCE_BYTES = 2 ** 20;

/** A source of this repository, by its path. */
export const sourceFile = (path: string): SourceFile => ({
  name: path,
  text: readText(join(ROOT, path), MAX_SOURCE_BYTES),
});

/** The modules of a library: the root, which lists the others. */
export interface LibrarySources {
  readonly root: ModuleSource;
  readonly modules: readonly ModuleSource[];
}

/**
 * The modules in a folder of this repository, unit tests left out: `u64/shift.masm` in that of `::a` is `::a::u64::shift`, and `mod.masm` is `::a`.
 */
export function sourcesIn(folder: string, namespace: string): LibrarySources {
  const modules = filesIn(join(ROOT, folder), '.masm')
    .filter((file) => !file.endsWith('.test.masm'))
    .map((file): ModuleSource => {
      const names = file === ROOT_FILE ? [] : file.slice(0, -'.masm'.length).split('/');
      return { path: [namespace, ...names].join('::'), file: sourceFile(`${folder}/${file}`) };
    });
  const root = modules.find(({ path }) => path === namespace)!;
  return { root, modules: modules.filter((each) => each !== root) };
}

/** Paths below `directory` that end in `ending`, with slashes, sorted. */
export const filesIn = (directory: string, ending: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith(ending))
    .sort();
