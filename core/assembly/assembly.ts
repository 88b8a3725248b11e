import type { Word } from '../hash/word.ts';
import type { MastForest } from '../vm/mast/types.ts';
import type { AdviceMapEntry, InvocationTarget, Module } from './ast.ts';
import { compileProcedure } from './compile.ts';
import { AssemblyError } from './errors.ts';
import { DEFAULT_FOREST_LIMITS, ForestBuilder, type ForestLimits, type NodeRef } from './forest-builder.ts';
import type { TargetName } from './instructions.ts';
import { Linker, type LinkInput } from './linker/linker.ts';
import { forestsOf, type LinkedModule, type LinkedProcedure } from './linker/modules.ts';
import { StaticLibraries } from './static-library.ts';

/** One assembly: what is linked, and the forest that grows from it. */
export class Assembly {
  readonly linker: Linker;
  readonly builder: ForestBuilder;
  readonly #static: StaticLibraries;
  readonly #compiled = new Map<LinkedProcedure, NodeRef>();

  constructor(input: LinkInput, limits: ForestLimits = DEFAULT_FOREST_LIMITS) {
    this.linker = new Linker(input);
    this.builder = new ForestBuilder(limits);
    const forests = forestsOf(input.libraries, 'static');
    this.#static = new StaticLibraries(forests, this.builder);
    for (const { adviceMap } of forests) for (const [key, values] of adviceMap) this.#addAdvice(key, values);
  }

  /** The node of a procedure; compiles it, after all it invokes. @param isEntry whether a program begins with it */
  compile(root: LinkedProcedure, isEntry = false): NodeRef {
    for (const procedure of this.linker.calls.compilationOrder(root)) {
      if (procedure.kind === 'procedure' && !this.#compiled.has(procedure)) {
        this.#compile(procedure, isEntry && procedure === root);
      }
    }
    return this.#nodeOf(root);
  }

  /** Adds what a module brings to the advice map. */
  addAdvice({ adviceMap }: Module): void {
    for (const entry of adviceMap) this.#addAdvice(entry.key, entry.values, entry);
  }

  #compile(procedure: Extract<LinkedProcedure, { kind: 'procedure' }>, isEntry: boolean): void {
    const node = compileProcedure(procedure.procedure, isEntry, this.builder, (kind, target) =>
      this.#resolve(kind, target, procedure.module),
    );
    this.builder.markRoot(node);
    this.#compiled.set(procedure, node);
    this.linker.register(procedure, this.builder.digest(node));
  }

  #resolve(kind: TargetName, target: InvocationTarget, caller: LinkedModule): NodeRef {
    const callee = this.linker.resolveInvocation(kind, target, caller);
    return callee.kind === 'digest' ? this.#static.link(callee.digest) : this.#nodeOf(callee);
  }

  #nodeOf(procedure: LinkedProcedure): NodeRef {
    if (procedure.kind === 'compiled') return this.#static.link(procedure.digest);
    const node = this.#compiled.get(procedure);
    if (node === undefined) throw new RangeError(`${procedure.name} is not compiled yet`);
    return node;
  }

  #addAdvice(key: Word, values: MastForest['adviceMap'][number][1], entry?: AdviceMapEntry): void {
    if (this.builder.addAdvice(key, values)) return;
    throw new AssemblyError('duplicate-symbol', 'the advice map has other values for this key already', {
      span: entry?.span,
      advice: 'Two modules or libraries disagree: give one of the entries another key.',
    });
  }
}
