import type { SourceSpan } from '../../vm/mast/types.ts';
import { pathText } from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import { itemPath, type LinkedProcedure } from './modules.ts';

interface Call {
  readonly callee: LinkedProcedure;
  readonly span: SourceSpan;
}

/** Who invokes whom by name. Procedures of packages are leaves. */
export class CallGraph {
  readonly #calls = new Map<LinkedProcedure, readonly Call[]>();

  /** Sets what `caller` invokes; of several invocations of one procedure the first counts. */
  set(caller: LinkedProcedure, calls: readonly Call[]): void {
    const first = new Map<LinkedProcedure, Call>();
    for (const call of calls) if (!first.has(call.callee)) first.set(call.callee, call);
    this.#calls.set(caller, [...first.values()]);
  }

  #callsOf(procedure: LinkedProcedure): readonly Call[] {
    return this.#calls.get(procedure) ?? [];
  }

  /** Checks that no procedure invokes itself, directly or through others: its digest would depend on itself. */
  checkAcyclic(): void {
    const state = new Map<LinkedProcedure, 'open' | 'done'>();
    for (const root of this.#calls.keys()) {
      if (state.has(root)) continue;
      const path: { procedure: LinkedProcedure; next: number }[] = [{ procedure: root, next: 0 }];
      state.set(root, 'open');
      while (path.length > 0) {
        const top = path[path.length - 1];
        const call = this.#callsOf(top.procedure)[top.next++];
        if (call === undefined) {
          state.set(top.procedure, 'done');
          path.pop();
        } else if (state.get(call.callee) === 'open') {
          const from = path.findIndex(({ procedure }) => procedure === call.callee);
          throw cycle(
            path.slice(from).map(({ procedure }) => procedure),
            call.span,
          );
        } else if (!state.has(call.callee)) {
          state.set(call.callee, 'open');
          path.push({ procedure: call.callee, next: 0 });
        }
      }
    }
  }

  /**
   * Every procedure `root` needs, each after all it invokes; `root` is last. The order decides the order of nodes in
   * the forest, so it is the official one: breadth-first from the root, callers first, then reversed
   * (miden-assembly 1.0.0-rc.0, src/linker/callgraph.rs).
   */
  compilationOrder(root: LinkedProcedure): LinkedProcedure[] {
    const waiting = new Map<LinkedProcedure, number>([[root, 0]]);
    for (const caller of waiting.keys()) {
      for (const { callee } of this.#callsOf(caller)) waiting.set(callee, (waiting.get(callee) ?? 0) + 1);
    }
    const order = [root];
    for (const caller of order) {
      for (const { callee } of this.#callsOf(caller)) {
        const left = waiting.get(callee)! - 1;
        waiting.set(callee, left);
        if (left === 0) order.push(callee);
      }
    }
    return order.reverse();
  }
}

function cycle(procedures: readonly LinkedProcedure[], span: SourceSpan): AssemblyError {
  const names = procedures.map((procedure) => pathText(itemPath(procedure)));
  return new AssemblyError('recursion', `procedures invoke each other in a circle: ${names.join(', ')}`, {
    span,
    advice: 'Use a loop, or dynexec or dyncall: they may be recursive.',
    related: procedures.flatMap((each) => (each.span ? [{ label: 'in the circle', span: each.span }] : [])),
  });
}
