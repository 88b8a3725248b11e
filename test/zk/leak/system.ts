import type { Air } from '../../../core/air/types.ts';
import type * as F from '../../../core/field/felt.ts';
import type { QuadFelt } from '../../../core/field/quad.ts';
import * as Q from '../../../core/field/quad.ts';
import { ldePoint, powerOfTwo, selectorsAt } from '../../../core/stark/domain.ts';
import { evaluate, interpolate, joined, type Polynomial } from './polynomial.ts';
import { type Cell, type Leaves, Tape } from './tape.ts';

/** Base columns of one AIR by matrix; extension columns are two of them each. */
export interface Columns<T> {
  readonly main: readonly T[];
  readonly aux: readonly T[];
}
export const MATRICES = ['main', 'aux'] as const;

/** What an AIR's columns are at one point, fixed ones too. */
export interface Values extends Columns<QuadFelt> {
  readonly fixed: readonly QuadFelt[];
}

/** One AIR with its public data. With hidden sums it is the variant of `withHiddenSum`. */
export interface Instance {
  readonly air: Air;
  readonly logHeight: number;
  readonly publicValues: readonly F.Felt[];
  readonly preprocessed: readonly BigUint64Array[];
}

/** Instances whose LogUp sums are sent. */
export const openSums = (instances: readonly Instance[]): number[] =>
  instances.flatMap(({ air }, i) => (air.hiddenSum || air.lookups.length === 0 ? [] : [i]));

/** A witness: traces of all AIRs in instance order, as values. */
export interface Witness {
  readonly traces: readonly Columns<BigUint64Array>[];
  /** LogUp sum / height, in the order of instances; part of the view where it is no column. */
  readonly sums: readonly QuadFelt[];
}

/** What is fixed while randomness and witness vary. */
export interface Challenges {
  readonly lookup: readonly [QuadFelt, QuadFelt];
  /** Folds an AIR's constraints, then the AIRs. */
  readonly fold: readonly [alpha: QuadFelt, beta: QuadFelt];
  readonly z: QuadFelt;
  /** Queries: places in the extension domain of the tallest trace, all different. */
  readonly indices: readonly number[];
}

export const LOG_BLOWUP = 3;

/** An AIR's constraints folded by alpha, as a function of the cells they read. */
export class FoldedAir {
  readonly instance: Instance;
  readonly #tape: Tape;
  readonly #weights: readonly QuadFelt[];
  readonly #challenges: Challenges;
  readonly #periodic: readonly Polynomial[];

  constructor(instance: Instance, challenges: Challenges) {
    const { air } = instance;
    const exprs = air.constraints.map(({ expr }) => expr);
    this.instance = instance;
    this.#tape = new Tape(air.graph, exprs);
    this.#weights = exprs.map((_, i) => Q.pow(challenges.fold[0], BigInt(exprs.length - 1 - i)));
    this.#challenges = challenges;
    this.#periodic = air.periodic.map((values) => interpolate(BigUint64Array.from(values)));
  }

  get cells(): readonly Cell[] {
    return this.#tape.cells;
  }

  /**
   * The AIR's quotient at y, and its derivatives by {@link cells}, from the columns' values at y and w y. The point lies
   * outside the trace domain; the division is by y^n - 1.
   */
  quotient(
    y: QuadFelt,
    current: Values,
    next: Values,
    sum: QuadFelt,
  ): { readonly value: QuadFelt; readonly gradient: readonly QuadFelt[] } {
    const { logHeight, publicValues } = this.instance;
    const { first, last, transition } = selectorsAt(y, logHeight);
    const leaves: Leaves = {
      main: [current.main, next.main],
      aux: [joinedColumns(current.aux), joinedColumns(next.aux)],
      preprocessed: [current.fixed, next.fixed],
      periodic: this.#periodic.map((p) => evaluate(p, powerOfTwo(y, logHeight - Math.log2(p.length)))),
      public: publicValues,
      sum,
      challenges: this.#challenges.lookup,
      first,
      last,
      transition,
    };
    const inverse = Q.inv(Q.sub(powerOfTwo(y, logHeight), Q.ONE));
    const values = this.#tape.evaluate(leaves);
    const folded = values.reduce((total, v, i) => Q.add(total, Q.mul(v, this.#weights[i])), Q.ZERO);
    return {
      value: Q.mul(folded, inverse),
      gradient: this.#tape.gradient(this.#weights).map((g) => Q.mul(g, inverse)),
    };
  }
}

/** Extension columns from their halves' values. */
export const joinedColumns = (halves: readonly QuadFelt[]): QuadFelt[] =>
  Array.from({ length: halves.length / 2 }, (_, c) => joined(halves[2 * c], halves[2 * c + 1]));

/** The queried points of the extension coset of 2^logLde points. */
export const queryPoints = (indices: readonly number[], logLde: number): F.Felt[] =>
  indices.map((i) => ldePoint(logLde, i));
