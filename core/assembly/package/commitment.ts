import { ByteWriter } from '../../bytes.ts';
import { hashBytes, hashElements } from '../../hash/eidos.ts';
import { compareWords, type Word } from '../../hash/word.ts';
import type { MastForest } from '../../vm/mast/types.ts';
import { writeManifest, writeSection } from './format.ts';
import { PACKAGE_KINDS, type Package, SectionId } from './package.ts';

/** Words that stand for a forest and for a package (miden-core, src/mast/mod.rs; miden-mast-package, src/package). */

const hashWords = (words: readonly Word[]): Word => hashElements(words.flat());
const hashSorted = (words: readonly Word[]): Word => hashWords([...words].sort(compareWords));

/** Commits to a forest's procedures, to the code elsewhere it needs, and to its advice. */
function forestCommitment({ nodes, roots, adviceMap }: MastForest): Word {
  return hashWords([
    hashSorted(roots.map((root) => nodes[root].digest)),
    hashSorted(nodes.filter(({ kind }) => kind === 'external').map(({ digest }) => digest)),
    hashWords(adviceMap.map(([key, values]) => hashElements([...key, ...values]))),
  ]);
}

/** What identifies a package where another depends on it: its code, name, version, kind and manifest. */
export function dependencyCommitment(pack: Package): Word {
  const exported = pack.manifest.exports.flatMap((each) => (each.kind === 'procedure' ? [each.digest] : []));
  const code = new ByteWriter();
  tag(code, 'miden.package.code.v1').word(hashSorted(exported)).word(forestCommitment(pack.forest));

  const writer = new ByteWriter();
  tag(writer, 'miden.package.dependency.v1').word(hashBytes(code.finish()));
  writer.string(pack.name).string(pack.version).u8(PACKAGE_KINDS.indexOf(pack.kind));
  writeManifest(pack.manifest, writer);
  const metadata = pack.sections.filter(({ id }) => id === SectionId.ACCOUNT_COMPONENT_METADATA);
  writer.vint(metadata.length);
  for (const section of metadata) writeSection(section, writer);
  return hashBytes(writer.finish());
}

const tag = (writer: ByteWriter, text: string): ByteWriter => writer.bytes(new TextEncoder().encode(text));
