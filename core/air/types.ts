import type { Felt } from '../field/felt.ts';
import type { Expr, ExprGraph } from './expr.ts';

/** One polynomial that vanishes on every row of a valid trace. */
export interface Constraint {
  /** Stable and unique in its AIR, e.g. `core/stack/dup5`; errors and tests name it. */
  readonly name: string;
  readonly expr: Expr;
}

/**
 * One LogUp column: over every row its value is V / U. Column 0 of an AIR is the running sum, the others hold the
 * row's fraction itself. `u` and `v` read main, preprocessed and periodic cells and challenges, never aux cells.
 * They are the very nodes that the column's constraint is made of.
 */
export interface LookupColumn {
  readonly u: Expr;
  readonly v: Expr;
}

/** One algebraic intermediate representation: the single source of every evaluator. */
export interface Air {
  readonly name: string;
  readonly graph: ExprGraph;
  readonly mainWidth: number;
  /** Extension columns. */
  readonly auxWidth: number;
  readonly preprocessedWidth: number;
  readonly publicCount: number;
  /** Values of each periodic column over its period (a power of two). */
  readonly periodic: readonly (readonly Felt[])[];
  /** In the global order in which they are folded: all base constraints, then all extension constraints. */
  readonly constraints: readonly Constraint[];
  readonly lookups: readonly LookupColumn[];
  /** The LogUp sum stands in one more aux column, after those of `lookups`; see {@link file://./hidden-sum.ts}. */
  readonly hiddenSum: boolean;
  /** Largest constraint degree; the quotient has 2^ceil(log2(maxDegree - 1)) parts. */
  readonly maxDegree: number;
}
