/**
 * A graph lowered to what a fast evaluator executes at each of many points. Expressions of challenges and constants
 * alone are uniforms, computed once per proof; cells are read where they are used; everything else is a list of
 * operations in order, each value assigned once. Base values are one word, extension values two.
 */
export interface Program {
  readonly cells: readonly Cell[];
  readonly uniforms: readonly Uniform[];
  /** Words of each value: 1 base, 2 extension. */
  readonly values: readonly (1 | 2)[];
  readonly ops: readonly Op[];
  /** Number of accumulators; each holds an extension sum and starts at zero. */
  readonly accumulators: number;
}

export type CellKind =
  | 'main'
  | 'aux'
  | 'preprocessed'
  | 'periodic'
  | 'is-first'
  | 'is-last'
  | 'is-transition';

/** A value that differs from point to point and comes from outside; aux cells are extension values. */
export interface Cell {
  readonly kind: CellKind;
  readonly column: number;
  readonly offset: 0 | 1;
  readonly words: 1 | 2;
}

/** A value that is the same at all points of a proof. */
export interface Uniform {
  /** Node of the AIR's graph, or the weight of constraint `weight` in the folded sum (an extension value). */
  readonly node?: number;
  readonly weight?: number;
  readonly words: 1 | 2;
}

export type Operand =
  | { readonly kind: 'value'; readonly index: number; readonly words: 1 | 2 }
  | { readonly kind: 'cell'; readonly index: number; readonly words: 1 | 2 }
  | { readonly kind: 'uniform'; readonly index: number; readonly words: 1 | 2 };

export type UniformOperand = Operand & { readonly kind: 'uniform' };

/** One product of a dot operation. */
export interface Term {
  readonly coefficient: UniformOperand;
  readonly operand: Operand;
}

export type Op =
  | { readonly op: 'add' | 'sub' | 'mul'; readonly to: number; readonly a: Operand; readonly b: Operand }
  | { readonly op: 'neg'; readonly to: number; readonly a: Operand }
  /** to = constant + sum coefficient operand: products with uniforms, which can be summed before they are reduced. */
  | {
      readonly op: 'dot';
      readonly to: number;
      readonly terms: readonly Term[];
      readonly constant?: UniformOperand;
    }
  /** Accumulator += coefficient a, or += a without a coefficient. */
  | {
      readonly op: 'accumulate';
      readonly accumulator: number;
      readonly coefficient?: UniformOperand;
      readonly a: Operand;
    }
  /** to = the accumulator's sum; it is not used again. */
  | { readonly op: 'close'; readonly accumulator: number; readonly to: number }
  /** The value of output `index`. */
  | { readonly op: 'output'; readonly index: number; readonly a: Operand };
