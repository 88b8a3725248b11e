import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assembleLibrary, type ModuleSource } from '../core/assembly/assemble.ts';
import type { Package } from '../core/assembly/package/package.ts';
import { readText } from './files.ts';

const DIRECTORY = fileURLToPath(new URL('../masm/core/', import.meta.url));
const NAMESPACE = '::kiln::core';
const ROOT_FILE = 'mod.masm';
const MAX_SOURCE_BYTES = 2 ** 20;

/** `u64/shift.masm` is `::kiln::core::u64::shift`. */
const moduleOf = (file: string): ModuleSource => ({
  path: [NAMESPACE, ...(file === ROOT_FILE ? [] : file.slice(0, -'.masm'.length).split('/'))].join('::'),
  file: { name: `kiln-core/${file}`, text: readText(`${DIRECTORY}${file}`, MAX_SOURCE_BYTES) },
});

/** Kiln's own library for programs (`masm/core`), assembled: the namespace `kiln::core`. */
export function coreLibrary(): Package {
  const files = readdirSync(DIRECTORY, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.masm'))
    .sort();
  return assembleLibrary({
    name: 'kiln-core',
    root: moduleOf(ROOT_FILE),
    modules: files.filter((file) => file !== ROOT_FILE).map(moduleOf),
  });
}
