import { ByteReader, ByteWriter } from '../../bytes.ts';
import { wordsEqual } from '../../hash/word.ts';
import { readForestFrom, writeForestTo } from '../../vm/mast/format.ts';
import type { MastForest } from '../../vm/mast/types.ts';
import { readExport, readPath, writeExport, writePath } from './export-format.ts';
import { readMessages } from './messages.ts';
import {
  type Dependency,
  type Manifest,
  PACKAGE_KINDS,
  type Package,
  type PackageKind,
  type PackageModule,
  type ProcedureExport,
  type Section,
  SectionId,
} from './package.ts';
import { optional, writeOptional } from './value-type.ts';

/**
 * Bytes of a package, `.masp` (miden-mast-package 1.0.0-rc.0, src/package/serialization/mod.rs): "MASP\0", version
 * 8.0.0, metadata, the forest, the manifest, and sections. The reader checks the forest as {@link readForestFrom}
 * does, and that exported procedures are in it; it keeps sections as they are.
 */

const MAGIC = 'MASP\0';
const VERSION = [8, 0, 0];
/** The largest file that is read at all. */
export const MAX_PACKAGE_BYTES = 1 << 28;
const MAX_TEXT_BYTES = 0xffff;
const SECTION_ID = /^[A-Za-z_][A-Za-z0-9._-]*$/;
export const SEMANTIC_VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const MAIN = '::$main';

/** Reads a package. Throws `FormatError` if `bytes` are anything else. */
export function readPackage(bytes: Uint8Array): Package {
  const reader = new ByteReader(bytes, 'package');
  if (bytes.length > MAX_PACKAGE_BYTES)
    reader.fail(`it has ${bytes.length} bytes, at most ${MAX_PACKAGE_BYTES} are read`);
  if (reader.utf8(MAGIC.length) !== MAGIC) reader.fail('it does not begin with "MASP"');
  const version = [...reader.bytes(3)];
  if (version.join() !== VERSION.join()) {
    reader.fail(`its format version is ${version.join('.')}, only ${VERSION.join('.')} can be read`);
  }
  const name = reader.string(MAX_TEXT_BYTES);
  const packageVersion = readVersion(reader);
  const description = optional(reader, () => reader.string(MAX_TEXT_BYTES));
  const kind = readKind(reader);
  const forest = readForestFrom(reader);
  const manifest = readManifest(reader, forest);
  const sections = Array.from({ length: reader.count(2) }, () => readSection(reader));
  reader.end();
  const debug = sections.find(({ id }) => id === SectionId.DEBUG_INFO);
  return {
    name,
    version: packageVersion,
    ...(description !== undefined && { description }),
    kind,
    forest: debug ? { ...forest, errorMessages: readMessages(debug.data, forest) } : forest,
    manifest,
    sections,
  };
}

/** Writes a package. */
export function writePackage(pack: Package): Uint8Array {
  const writer = new ByteWriter();
  for (const char of MAGIC) writer.u8(char.charCodeAt(0));
  writer.bytes(Uint8Array.from(VERSION)).string(pack.name).string(pack.version);
  writeOptional(writer, pack.description, (text) => writer.string(text));
  writer.u8(PACKAGE_KINDS.indexOf(pack.kind));
  writeForestTo(pack.forest, writer);
  writeManifest(pack.manifest, writer);
  writer.vint(pack.sections.length);
  for (const section of pack.sections) writeSection(section, writer);
  return writer.finish();
}

function readManifest(reader: ByteReader, forest: MastForest): Manifest {
  const roots = new Set(forest.roots);
  const exports = Array.from({ length: reader.count(3) }, () => {
    const each = readExport(reader);
    if (each.kind === 'procedure') checkProcedure(reader, each, forest, roots);
    return each;
  });
  unique(reader, exports, ({ path }) => path, 'exported twice');
  if (!exports.some(({ kind }) => kind === 'procedure')) reader.fail('it exports no procedure');
  const modules = Array.from({ length: reader.count(3) }, (): PackageModule => {
    const path = readPath(reader);
    const submodules = Array.from({ length: reader.count(1) }, () => reader.string(MAX_TEXT_BYTES));
    unique(reader, submodules, (submodule) => submodule, 'a submodule twice');
    return { path, submodules };
  });
  unique(reader, modules, ({ path }) => path, 'a module twice');
  const dependencies = Array.from({ length: reader.count(35) }, (): Dependency => {
    const name = reader.string(MAX_TEXT_BYTES);
    const kind = readKind(reader);
    return { name, kind, version: readVersion(reader), digest: reader.word() };
  });
  unique(reader, dependencies, ({ name }) => name, 'a dependency twice');
  const entrypoint = optional(reader, () => readPath(reader));
  const main = exports.filter((each) => each.kind === 'procedure' && each.path.endsWith(MAIN));
  if (main.length > 1 || (main.length === 1 && entrypoint !== main[0].path)) {
    reader.fail('its entry point is not the one it exports');
  }
  if (
    entrypoint !== undefined &&
    !exports.some((each) => each.kind === 'procedure' && each.path === entrypoint)
  ) {
    reader.fail(`it does not export its entry point ${entrypoint}`);
  }
  return { exports, modules, dependencies, ...(entrypoint !== undefined && { entrypoint }) };
}

function checkProcedure(
  reader: ByteReader,
  { path, node, digest }: ProcedureExport,
  forest: MastForest,
  roots: ReadonlySet<number>,
): void {
  const isRoot =
    node === undefined
      ? forest.roots.some((root) => wordsEqual(forest.nodes[root].digest, digest))
      : roots.has(node) && wordsEqual(forest.nodes[node].digest, digest);
  if (!isRoot) reader.fail(`it exports ${path}, but its code has no such procedure`);
}

function unique<T>(reader: ByteReader, items: readonly T[], key: (item: T) => string, what: string): void {
  const seen = new Set<string>();
  for (const item of items) {
    if (seen.has(key(item))) reader.fail(`${key(item)} is ${what}`);
    seen.add(key(item));
  }
}

export function writeManifest(manifest: Manifest, writer: ByteWriter): void {
  writer.vint(manifest.exports.length);
  for (const each of manifest.exports) writeExport(each, writer);
  writer.vint(manifest.modules.length);
  for (const { path, submodules } of manifest.modules) {
    writePath(path, writer);
    writer.vint(submodules.length);
    for (const name of submodules) writer.string(name);
  }
  writer.vint(manifest.dependencies.length);
  for (const { name, kind, version, digest } of manifest.dependencies) {
    writer.string(name).u8(PACKAGE_KINDS.indexOf(kind)).string(version).word(digest);
  }
  writeOptional(writer, manifest.entrypoint, (path) => writePath(path, writer));
}

function readSection(reader: ByteReader): Section {
  const id = reader.string(MAX_TEXT_BYTES);
  if (!SECTION_ID.test(id)) reader.fail('a section has an invalid id');
  return { id, data: reader.bytes(reader.count(1)) };
}

export function writeSection({ id, data }: Section, writer: ByteWriter): void {
  writer.string(id).vint(data.length).bytes(data);
}

function readKind(reader: ByteReader): PackageKind {
  const tag = reader.u8();
  return PACKAGE_KINDS[tag] ?? reader.fail(`${tag} is not a kind of package`);
}

function readVersion(reader: ByteReader): string {
  const version = reader.string(MAX_TEXT_BYTES);
  if (!SEMANTIC_VERSION.test(version)) reader.fail(`"${version.slice(0, 40)}" is not a version`);
  return version;
}
