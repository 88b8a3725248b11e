import { wordKey } from '../../hash/word.ts';
import type { Kernel, SourceSpan } from '../../vm/mast/types.ts';
import {
  type BlockItem,
  type InvocationTarget,
  KERNEL_PATH,
  type Module,
  type Path,
  pathText,
} from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import type { TargetName } from '../instructions.ts';
import type { Package } from '../package/package.ts';
import { ConstantEvaluator, type FindConstant } from '../sema/constants.ts';
import { resolveConstants } from '../sema/resolve.ts';
import { CallGraph } from './call-graph.ts';
import { kernelOf } from './kernel.ts';
import {
  isProcedure,
  itemPath,
  type LinkedItem,
  type LinkedLibrary,
  type LinkedModule,
  type LinkedProcedure,
  moduleFromSource,
  modulesFromPackage,
} from './modules.ts';
import { isItem, Names, wrongKind } from './names.ts';

/** What a linker brings together. */
export interface LinkInput {
  /** Modules of what is assembled, in order. */
  readonly modules: readonly Module[];
  readonly libraries: readonly LinkedLibrary[];
  /** The kernel's package, where syscalls go. */
  readonly kernel?: Package;
}

/** What an invocation leads to: a known procedure, or a digest that run time must know. */
export type Invoked = LinkedProcedure | { readonly kind: 'digest'; readonly digest: InvocationDigest };
type InvocationDigest = Extract<InvocationTarget, { kind: 'digest' }>['digest'];

interface Invocation {
  readonly kind: TargetName;
  readonly target: InvocationTarget;
}

/** Order of invocations in the official linker, which takes procref for exec. */
const KIND_RANK: Readonly<Record<TargetName, number>> = { exec: 0, procref: 0, call: 1, syscall: 2 };

/**
 * Links modules and packages: resolves every name, fills in constants, and knows who invokes whom
 * (miden-assembly 1.0.0-rc.0, src/linker).
 */
export class Linker {
  readonly names = new Names();
  readonly calls = new CallGraph();
  readonly constants: ConstantEvaluator;
  /** Digests of the kernel's procedures; empty without a kernel. */
  readonly kernel: Kernel;
  readonly #byDigest = new Map<string, LinkedProcedure>();

  /** @throws AssemblyError at the first thing that does not fit together */
  constructor(input: LinkInput) {
    this.kernel = input.kernel ? kernelOf(input.kernel) : [];
    if (input.kernel) this.#addPackage(input.kernel);
    for (const library of input.libraries) this.#addPackage(library.package);
    for (const source of input.modules)
      this.names.add(moduleFromSource(source), `the file ${source.file.name}`);
    this.names.connect();

    this.constants = new ConstantEvaluator(this.#findConstant);
    for (const module of this.names.modules) this.#fillIn(module);
    for (const module of this.names.modules) this.#link(module);
    this.calls.checkAcyclic();
  }

  /** The procedure an invocation in `caller` leads to. */
  resolveInvocation(kind: TargetName, target: InvocationTarget, caller: LinkedModule): Invoked {
    if (target.kind === 'digest') return this.#resolveDigest(kind, target);
    const path: Path =
      target.kind === 'local'
        ? { absolute: true, segments: [...caller.path.segments, target.name] }
        : target.path;
    const found = this.names.resolve(caller, path, target.span);
    if (!isItem(found) || !isProcedure(found)) throw wrongKind(found, 'a procedure', target.span);
    const inKernel = isKernel(found.module);
    if (kind === 'syscall' && !inKernel) throw notASyscall(pathText(path), target.span);
    if (kind === 'syscall' && found.kind === 'compiled' && !this.#isSyscall(found.digest)) {
      throw notASyscall(pathText(path), target.span);
    }
    if (kind !== 'syscall' && inKernel && !isKernel(caller)) {
      throw new AssemblyError(
        'kernel-misuse',
        `the kernel procedure ${pathText(itemPath(found))} can only be invoked with syscall`,
        { span: target.span, expected: `syscall.${found.name}` },
      );
    }
    return found;
  }

  /** Lets invocations by digest find a procedure that has been compiled. */
  register(procedure: LinkedProcedure, digest: InvocationDigest): void {
    const key = wordKey(digest);
    if (!this.#byDigest.has(key)) this.#byDigest.set(key, procedure);
  }

  #addPackage(pack: Package): void {
    for (const module of modulesFromPackage(pack)) {
      this.names.add(module, `the package ${pack.name}`);
      for (const item of module.items.values())
        if (item.kind === 'compiled') this.register(item, item.digest);
    }
  }

  #resolveDigest(kind: TargetName, { digest, span }: Extract<InvocationTarget, { kind: 'digest' }>): Invoked {
    if (kind === 'syscall' && !this.#isSyscall(digest)) throw notASyscall(`0x${wordKey(digest)}`, span);
    const found = this.#byDigest.get(wordKey(digest));
    if (kind === 'syscall' && found && !isKernel(found.module))
      throw notASyscall(pathText(itemPath(found)), span);
    return found ?? { kind: 'digest', digest };
  }

  #isSyscall(digest: InvocationDigest): boolean {
    return this.kernel.some((each) => wordKey(each) === wordKey(digest));
  }

  readonly #findConstant: FindConstant = (path, span, from) => {
    const owner = this.names.module(from.path)!;
    const found = this.names.resolve(owner, path, span);
    if (isItem(found) && found.kind === 'value') return found.value;
    if (isItem(found) && found.kind === 'constant') {
      return { module: found.module.source!, constant: found.constant };
    }
    throw wrongKind(found, 'a constant', span);
  };

  /** Puts values in the place of constants in the procedures of a module. */
  #fillIn(module: LinkedModule): void {
    if (!module.source) return;
    for (const procedure of resolveConstants(module.source, this.constants).procedures) {
      const item = module.items.get(procedure.name.text) as Extract<LinkedItem, { kind: 'procedure' }>;
      module.items.set(procedure.name.text, { ...item, procedure });
    }
  }

  #link(module: LinkedModule): void {
    for (const item of module.items.values()) {
      if (item.kind !== 'procedure') continue;
      const calls = invocationsOf(item.procedure.body.items)
        .map(({ kind, target }) => ({
          kind,
          target,
          callee: this.resolveInvocation(kind, target, module),
        }))
        .sort((a, b) => compareInvocations(a, b));
      this.calls.set(
        item,
        calls.flatMap(({ callee, target }) =>
          callee.kind === 'digest' ? [] : [{ callee, span: target.span }],
        ),
      );
    }
  }
}

const isKernel = (module: LinkedModule): boolean =>
  module.kind === 'kernel' && pathText(module.path) === pathText(KERNEL_PATH);

function notASyscall(name: string, span: SourceSpan): AssemblyError {
  return new AssemblyError('kernel-misuse', `${name} is not a procedure the kernel exports`, {
    span,
    expected: 'the name of a kernel procedure',
  });
}

function invocationsOf(items: readonly BlockItem[]): Invocation[] {
  return items.flatMap((item): Invocation[] => {
    switch (item.kind) {
      case 'instruction':
        return item.form === 'target' ? [{ kind: item.name, target: item.target }] : [];
      case 'if':
        return [...invocationsOf(item.onTrue.items), ...invocationsOf(item.onFalse.items)];
      case 'do-while':
        return [...invocationsOf(item.body.items), ...invocationsOf(item.condition.items)];
      default:
        return invocationsOf(item.body.items);
    }
  });
}

/** By kind, then digests before names before paths, then as written: the order in which callees are compiled. */
function compareInvocations(a: Invocation, b: Invocation): number {
  const text = ({ target: { kind, span } }: Invocation): string =>
    kind === 'digest' ? '' : span.file.text.slice(span.start, span.end);
  const rank = (each: Invocation): number => 2 * KIND_RANK[each.kind] + (text(each).includes('::') ? 1 : 0);
  return rank(a) - rank(b) || (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0);
}
