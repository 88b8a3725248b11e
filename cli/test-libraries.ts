import { assembleKernel, assembleLibrary } from '../core/assembly/assemble.ts';
import type { Package } from '../core/assembly/package/package.ts';
import { constantsOf } from '../core/protocol/constants-module.ts';
import { assembleCoreLibrary } from './core-library.ts';
import { sourceFile, sourcesIn } from './libraries.ts';

/** What sources are linked with. */
interface Dependencies {
  readonly kernel?: Package;
  readonly libraries: readonly Linked[];
}
interface Linked {
  readonly package: Package;
  readonly linkage: 'static';
}

/** A library of Kiln's, and how it is assembled: from its sources, so that errors inside of it show a place. */
interface Own {
  readonly namespace: string;
  readonly make: () => Package;
}

const LIBRARIES: readonly Own[] = [
  { namespace: 'kiln::core', make: once(assembleCoreLibrary) },
  { namespace: 'kiln::protocol', make: once(() => assembleOwn('protocol', ['kiln::core'])) },
  {
    namespace: 'kiln::standards',
    make: once(() => assembleOwn('standards', ['kiln::core', 'kiln::protocol'])),
  },
  { namespace: 'kiln::testing', make: once(() => assembleOwn('testing', [])) },
];
const dispatcher = once(() =>
  assembleKernel(sourceFile('masm/kernel/dispatcher.masm'), { modules: [constantsOf('::kiln::kernel')] }),
);

/**
 * Those of Kiln's libraries that a text names, but for the one it belongs to, and the transaction's kernel if it could make
 * a syscall. That is the dispatcher alone, which goes by the table at address 0 of the root context: what stands there is
 * for a test to say.
 */
export function dependenciesOf(text: string, own: string | undefined): Dependencies {
  // Standards are made of the protocol's procedures, which make syscalls.
  const isNamed = (namespace: string): boolean => text.includes(namespace) && namespace !== own;
  const libraries = LIBRARIES.filter(({ namespace }) => isNamed(namespace));
  const needsKernel = /\bsyscall\b|kiln::(protocol|standards|testing)/.test(text);
  return {
    ...(needsKernel && { kernel: dispatcher() }),
    libraries: libraries.map(linked),
  };
}

/** Statically: a procedure that is nothing but another library's would be found nowhere. */
const linked = ({ make }: Own): Linked => ({ package: make(), linkage: 'static' });

function assembleOwn(name: string, dependencies: readonly string[]): Package {
  const { root, modules } = sourcesIn(`masm/${name}`, `::kiln::${name}`);
  return assembleLibrary({
    name: `kiln-${name}`,
    root,
    modules: [...modules, constantsOf(`::kiln::${name}`)],
    kernel: dispatcher(),
    libraries: LIBRARIES.filter(({ namespace }) => dependencies.includes(namespace)).map(linked),
  });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
