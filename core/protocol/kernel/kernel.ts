import { assemble, assembleKernel, assembleLibrary, type ModuleSource } from '../../assembly/assemble.ts';
import type { Package } from '../../assembly/package/package.ts';
import type { Word } from '../../hash/word.ts';
import type { Program, SourceFile } from '../../vm/mast/types.ts';
import { commit } from '../commit.ts';
import { constantsOf } from '../constants-module.ts';
import { ProtocolDomain } from '../domains.ts';
import { type ApiTable, apiTable } from '../kernel-api.ts';

interface LibrarySources {
  readonly root: ModuleSource;
  readonly modules: readonly ModuleSource[];
}

/** What the kernel is made of: `masm/kernel`, `masm/protocol` and `masm/standards`, and the core library. */
export interface KernelSources {
  readonly core: Package;
  /** Namespace `kiln::kernel`, without dispatcher and programs. */
  readonly kernel: LibrarySources;
  readonly dispatcher: SourceFile;
  readonly main: SourceFile;
  readonly dryRun: SourceFile;
  readonly view: SourceFile;
  readonly protocol: LibrarySources;
  readonly standards: LibrarySources;
}

/** The transaction kernel, ready to run. */
export interface TransactionKernel {
  /** What every transaction's proof is of. */
  readonly program: Program;
  /** What shows a transaction's effects without its authentication, and what asks an account: assembled when first used. */
  readonly dryRun: Program;
  readonly view: Program;
  /** The table of the syscall; the commitment to its first part is a constant of the program. */
  readonly procedures: ApiTable;
  /** For account code and scripts: the syscall, and `kiln::protocol`, `kiln::standards`. */
  readonly dispatcher: Package;
  readonly protocol: Package;
  readonly standards: Package;
  /** Addresses in the root context's memory, by the names of `masm/kernel/memory.masm`. */
  readonly memory: ReadonlyMap<string, number>;
}

const KERNEL = '::kiln::kernel';
const LINKED = 'static';

/** Assembles the kernel and the libraries for it: some hundred milliseconds. Throws `AssemblyError`. */
export function assembleTransactionKernel(sources: KernelSources): TransactionKernel {
  const core = { package: sources.core, linkage: LINKED } as const;
  const library = assembleLibrary({
    name: 'kiln-kernel',
    ...withConstants(sources.kernel),
    libraries: [core],
  });
  const dispatcher = assembleKernel(sources.dispatcher, {
    libraries: [{ package: library, linkage: LINKED }],
  });
  const committed = (words: readonly Word[]): Word => commit(ProtocolDomain.KERNEL_PROCEDURES, words.flat());
  const procedures = apiTable((name) => rootIn(library, name), committed);
  const first = committed(procedures.first).join(', ');
  const modules = [generated(`${KERNEL}_commitment`, `pub const API_COMMITMENT = [${first}]\n`)];
  // The syscall reaches its procedures by digest: they are in no other forest of a program. Standard code that an account or a
  // note brings is found here first: with its sources and messages, which do not travel.
  const program = (source: SourceFile): Program => {
    const own = assemble({
      program: source,
      modules,
      kernel: dispatcher,
      libraries: [{ package: library, linkage: LINKED }, core],
    });
    return { ...own, libraries: [...own.libraries, library.forest, standards.forest] };
  };
  const protocol = assembleLibrary({
    name: 'kiln-protocol',
    ...withConstants(sources.protocol),
    kernel: dispatcher,
    libraries: [core],
  });
  const standards = assembleLibrary({
    name: 'kiln-standards',
    ...withConstants(sources.standards),
    kernel: dispatcher,
    libraries: [core, { package: protocol, linkage: LINKED }],
  });
  const dryRun = once(() => program(sources.dryRun));
  const view = once(() => program(sources.view));
  return {
    program: program(sources.main),
    get dryRun() {
      return dryRun();
    },
    get view() {
      return view();
    },
    procedures,
    dispatcher,
    protocol,
    standards,
    memory: addresses(library),
  };
}

/** The digest of a procedure behind the syscall. */
function rootIn({ manifest }: Package, name: string): Word {
  const path = `${KERNEL}::api::${name}`;
  const found = manifest.exports.find((each) => each.path === path);
  if (found?.kind !== 'procedure') throw new RangeError(`the kernel has no procedure ${name}`);
  return found.digest;
}

function addresses({ manifest }: Package): ReadonlyMap<string, number> {
  const prefix = `${KERNEL}::memory::`;
  return new Map(
    manifest.exports.flatMap((each) =>
      each.kind === 'constant' && each.path.startsWith(prefix) && each.value.kind === 'int'
        ? [[each.path.slice(prefix.length), Number(each.value.value)]]
        : [],
    ),
  );
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const generated = (path: string, text: string): ModuleSource => ({
  path,
  file: { name: `${path}.masm (generated)`, text },
});

/** A library with the protocol's constants as its module `constants`. */
const withConstants = ({ root, modules }: LibrarySources): LibrarySources => ({
  root,
  modules: [...modules, constantsOf(root.path!)],
});
