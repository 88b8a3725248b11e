import { RowEvaluator } from '../../core/air/row-evaluator.ts';
import type { Air, Constraint } from '../../core/air/types.ts';
import type { Felt } from '../../core/field/felt.ts';
import { MODULUS } from '../../core/field/felt.ts';
import * as Q from '../../core/field/quad.ts';
import type { TraceMatrix } from '../../core/vm/trace/types.ts';

/** A cell and the value a liar writes there. */
export type Edit = readonly [row: number, column: number, value: bigint];

/** A trace that breaks one constraint, and no other where that can be had. */
export interface Forgery {
  readonly constraint: string;
  /** Whose trace is forged: a program of `vectors/masm.json`. */
  readonly program: string;
  readonly edits: readonly Edit[];
  /** Other constraints that break, too. */
  readonly also: readonly string[];
}

/** What the harness must know of an AIR beside its constraints. */
export interface Subject {
  readonly air: Air;
  /** The public values that a trace, honest or forged, makes its prover claim. */
  claim(main: TraceMatrix): readonly Felt[];
}

/** Evaluates base constraints on a trace whose cells may change under it. */
export function baseEvaluator(
  { air }: Subject,
  main: TraceMatrix,
  publicValues: readonly Felt[],
  constraints: readonly Constraint[] = air.constraints.filter(({ expr }) => !expr.isExtension),
): RowEvaluator {
  const roots = constraints.map(({ expr }) => expr);
  return new RowEvaluator(air, roots, { main, publicValues, challenges: [Q.ONE, Q.ONE] });
}

/** Names of the base constraints that vanish no more at some of the given rows. */
export function brokenAt(
  subject: Subject,
  main: TraceMatrix,
  rows: Iterable<number>,
  claim = subject.claim(main),
): string[] {
  const evaluator = baseEvaluator(subject, main, claim);
  const names = subject.air.constraints.filter(({ expr }) => !expr.isExtension).map(({ name }) => name);
  const broken = new Set<string>();
  for (const row of rows) {
    evaluator.seek(row);
    for (const [i, name] of names.entries()) if (!Q.isZero(evaluator.value(i))) broken.add(name);
  }
  return names.filter((name) => broken.has(name));
}

/** A copy of a trace with the edits made. */
export function forge(main: TraceMatrix, edits: readonly Edit[]): TraceMatrix {
  const data = main.data.slice();
  for (const [row, column, value] of edits) {
    if (row >= main.height || column >= main.width || value >= MODULUS)
      throw new RangeError('edit outside the trace');
    data[column * main.height + row] = value;
  }
  return { ...main, data };
}

/** Rows whose window (the row and its successor) sees one of the edits. */
export function windowsOf(height: number, edits: readonly Edit[]): Set<number> {
  return new Set(edits.flatMap(([row]) => [(row + height - 1) % height, row]));
}
