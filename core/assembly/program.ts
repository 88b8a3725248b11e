import { wordKey } from '../hash/word.ts';
import type { Program } from '../vm/mast/types.ts';
import { AssemblyError } from './errors.ts';
import { kernelOf } from './linker/kernel.ts';
import { dependencyCommitment } from './package/commitment.ts';
import { readPackage } from './package/format.ts';
import { type Package, SectionId } from './package/package.ts';

/**
 * The program in an executable package, ready to run.
 * @param libraries packages whose code it refers to
 * @throws AssemblyError if the package is not executable, or its kernel is missing or another one than it declares
 */
export function programOf(pack: Package, libraries: readonly Package[] = []): Program {
  const { forest, manifest } = pack;
  const entry = manifest.exports.find(
    (each) => each.kind === 'procedure' && each.path === manifest.entrypoint,
  );
  if (pack.kind !== 'executable' || entry?.kind !== 'procedure') {
    throw new AssemblyError('missing-entrypoint', `the package ${pack.name} is not a program`, {
      expected: 'a package of kind executable with an entry point',
    });
  }
  const node =
    entry.node ?? forest.roots.find((root) => wordKey(forest.nodes[root].digest) === wordKey(entry.digest))!;
  const kernel = embeddedKernel(pack);
  return {
    forest,
    entry: node,
    kernel: kernel ? kernelOf(kernel) : [],
    libraries: [...(kernel ? [kernel] : []), ...libraries].map((library) => library.forest),
  };
}

function embeddedKernel(pack: Package): Package | undefined {
  const declared = pack.manifest.dependencies.find(({ kind }) => kind === 'kernel');
  const section = pack.sections.find(({ id }) => id === SectionId.KERNEL);
  if (!declared && !section) return undefined;
  const kernel = section && readPackage(section.data);
  if (!declared || !kernel || wordKey(dependencyCommitment(kernel)) !== wordKey(declared.digest)) {
    throw new AssemblyError(
      'kernel-misuse',
      `the package ${pack.name} does not hold the kernel it was made for`,
      {
        advice: 'Assemble the program again with its kernel.',
      },
    );
  }
  return kernel;
}
