import type { Scope } from '../constraint-list.ts';
import type { ExprGraph } from '../expr.ts';
import type { CoreRow } from './row.ts';

/** Public values: the stack's 16 inputs, then its 16 outputs. */
export const CORE_PUBLIC_COUNT = 32;

/** The stack starts as claimed and ends as claimed. (miden-air 1.0.0-rc.0, src/constraints/public_inputs.rs.) */
export function constrainPublicInputs(scope: Scope, graph: ExprGraph, row: CoreRow): void {
  for (let i = 0; i < 16; i++) scope.onFirstRow().equal(`input-${i}`, row.stack[i], graph.public(i));
  for (let i = 0; i < 16; i++) scope.onLastRow().equal(`output-${i}`, row.stack[i], graph.public(16 + i));
}
