import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assembleLibrary } from '../core/assembly/assemble.ts';
import { readPackage, writePackage } from '../core/assembly/package/format.ts';
import type { Package } from '../core/assembly/package/package.ts';
import { KilnError } from '../core/errors.ts';
import { readBytes, writeWhole } from './files.ts';
import { filesIn, sourcesIn } from './libraries.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FOLDER = 'masm/core';
const SOURCES = join(ROOT, FOLDER);
/** What decides how the sources become a package. */
const ASSEMBLER = ['core/assembly', 'core/vm/mast', 'core/hash'].map((path) => join(ROOT, path));
const CACHE = join(ROOT, 'build');

/** Kiln's own library for programs (`masm/core`), assembled: the namespace `kiln::core`. */
export function assembleCoreLibrary(): Package {
  return assembleLibrary({ name: 'kiln-core', ...sourcesIn(FOLDER, '::kiln::core') });
}

/**
 * The same, kept in a file from one process to the next: reading it takes a fraction of the time. Its name is a hash of
 * the sources and of the assembler's, so it is never an old one.
 */
export function coreLibrary(cache = CACHE): Package {
  const path = join(cache, `kiln-core-${contentKey()}.masp`);
  return readCached(path) ?? assembleInto(path);
}

function readCached(path: string): Package | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readPackage(readBytes(path));
  } catch (error) {
    // A damaged file is as good as none: it is assembled and written anew.
    if (error instanceof KilnError) return undefined;
    throw error;
  }
}

function assembleInto(path: string): Package {
  const library = assembleCoreLibrary();
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    writeWhole({ path, content: writePackage(library) });
  } catch {
    // Where nothing can be written, each process assembles for itself.
  }
  return library;
}

function contentKey(): string {
  const hash = createHash('sha256');
  for (const directory of [SOURCES, ...ASSEMBLER]) {
    for (const file of filesIn(directory, '')) {
      if (!/\.(masm|ts)$/.test(file) || /\.test\.\w+$/.test(file)) continue;
      const content = readFileSync(join(directory, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex').slice(0, 32);
}
