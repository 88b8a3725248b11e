import { Challenges } from '../../../core/air/evaluate.ts';
import { type Expr, type ExprGraph, Kind } from '../../../core/air/expr.ts';
import type { Felt } from '../../../core/field/felt.ts';
import type { QuadFelt } from '../../../core/field/quad.ts';
import * as L from '../../../core/field/quad-limbs.ts';

/** What the leaves of an AIR are at one point, all as extension elements; pairs are [current row, next row]. */
export interface Leaves {
  readonly main: readonly (readonly QuadFelt[])[];
  readonly aux: readonly (readonly QuadFelt[])[];
  readonly preprocessed: readonly (readonly QuadFelt[])[];
  readonly periodic: readonly QuadFelt[];
  readonly public: readonly Felt[];
  /** The LogUp sum of an AIR that does not hide it. */
  readonly sum: QuadFelt;
  readonly challenges: readonly [QuadFelt, QuadFelt];
  readonly first: QuadFelt;
  readonly last: QuadFelt;
  readonly transition: QuadFelt;
}

/** A cell that a constraint reads: a column of a matrix, in the current (0) or the next row (1). */
export interface Cell {
  readonly matrix: 'main' | 'aux' | 'sum';
  readonly column: number;
  readonly row: number;
}

const CELLS: Partial<Record<number, Cell['matrix']>> = {
  [Kind.Main]: 'main',
  [Kind.Aux]: 'aux',
  [Kind.AuxValue]: 'sum',
};

/**
 * Chosen expressions of an AIR as a straight-line program that is differentiated: backwards ({@link gradient}, one sum of
 * expressions by all cells) and forwards ({@link tangent}, all expressions along one direction).
 */
export class Tape {
  /** Trace cells that the expressions read; gradients and directions follow this order. */
  readonly cells: readonly Cell[];
  readonly #cellSlots: number[] = [];
  readonly #constantSlots: { readonly slot: number; readonly id: number }[] = [];
  readonly #graph: ExprGraph;
  /** kind, destination, left, right: slots. */
  readonly #ops: Int32Array;
  readonly #roots: readonly number[];
  readonly #size: number;
  /** Limbs: values, then derivatives, then three scratch places. */
  readonly #r: Float64Array;

  constructor(graph: ExprGraph, roots: readonly Expr[]) {
    this.#graph = graph;
    const live = new Set<number>();
    const stack = roots.map(({ id }) => id);
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (live.has(id)) continue;
      live.add(id);
      if (graph.kind[id] < Kind.Add) continue;
      stack.push(graph.a[id]);
      if (graph.kind[id] !== Kind.Neg) stack.push(graph.b[id]);
    }
    const slots = new Map<number, number>();
    const cells: Cell[] = [];
    const ops: number[] = [];
    for (const id of [...live].sort((x, y) => x - y)) {
      const [slot, kind, a, b] = [slots.size * L.LIMBS, graph.kind[id], graph.a[id], graph.b[id]];
      slots.set(id, slot);
      const matrix = CELLS[kind];
      if (matrix) {
        cells.push({ matrix, column: a, row: b });
        this.#cellSlots.push(slot);
      } else if (kind < Kind.Add) this.#constantSlots.push({ slot, id });
      else ops.push(kind, slot, slots.get(a)!, kind === Kind.Neg ? 0 : slots.get(b)!);
    }
    this.cells = cells;
    this.#ops = Int32Array.from(ops);
    this.#size = slots.size * L.LIMBS;
    this.#roots = roots.map(({ id }) => slots.get(id)!);
    this.#r = new Float64Array(2 * this.#size + 3 * L.LIMBS);
  }

  /** Values of the expressions; derivatives are then taken at this point. */
  evaluate(at: Leaves): QuadFelt[] {
    const r = this.#r;
    const challenges = new Challenges(...at.challenges);
    for (const { slot, id } of this.#constantSlots) L.storeQuad(r, slot, this.#leaf(at, challenges, id));
    this.cells.forEach(({ matrix, column, row }, i) => {
      L.storeQuad(r, this.#cellSlots[i], matrix === 'sum' ? at.sum : at[matrix][row][column]);
    });
    const ops = this.#ops;
    for (let i = 0; i < ops.length; i += 4) {
      const [kind, d, a, b] = [ops[i], ops[i + 1], ops[i + 2], ops[i + 3]];
      if (kind === Kind.Add) L.add(r, d, a, b);
      else if (kind === Kind.Sub) L.sub(r, d, a, b);
      else if (kind === Kind.Mul) L.mul(r, d, a, b);
      else L.neg(r, d, a);
    }
    return this.#roots.map((slot) => L.loadQuad(r, slot));
  }

  /** d(sum_i weights[i] root_i) / d(cell), for every cell, at the point last evaluated. */
  gradient(weights: readonly QuadFelt[]): QuadFelt[] {
    const [r, size] = [this.#r, this.#size];
    const scratch = 2 * size;
    r.fill(0, size);
    this.#roots.forEach((slot, i) => {
      L.storeQuad(r, scratch, weights[i]);
      L.add(r, size + slot, size + slot, scratch);
    });
    const ops = this.#ops;
    for (let i = ops.length - 4; i >= 0; i -= 4) {
      const [kind, d, a, b] = [ops[i], ops[i + 1], ops[i + 2], ops[i + 3]];
      const [from, left, right] = [size + d, size + a, size + b];
      if (kind === Kind.Mul) {
        L.mul(r, scratch, from, b);
        L.mul(r, scratch + L.LIMBS, from, a);
        L.add(r, left, left, scratch);
        L.add(r, right, right, scratch + L.LIMBS);
      } else if (kind === Kind.Neg) L.sub(r, left, left, from);
      else {
        L.add(r, left, left, from);
        if (kind === Kind.Add) L.add(r, right, right, from);
        else L.sub(r, right, right, from);
      }
    }
    return this.#cellSlots.map((slot) => L.loadQuad(r, size + slot));
  }

  /** Derivatives of the expressions when cell i moves by `direction[i]`, at the point last evaluated. */
  tangent(direction: readonly QuadFelt[]): QuadFelt[] {
    const [r, size] = [this.#r, this.#size];
    const scratch = 2 * size;
    r.fill(0, size);
    for (const [i, slot] of this.#cellSlots.entries()) L.storeQuad(r, size + slot, direction[i]);
    const ops = this.#ops;
    for (let i = 0; i < ops.length; i += 4) {
      const [kind, d, a, b] = [ops[i], ops[i + 1], ops[i + 2], ops[i + 3]];
      const [to, left, right] = [size + d, size + a, size + b];
      if (kind === Kind.Mul) {
        L.mul(r, scratch, left, b);
        L.mul(r, scratch + L.LIMBS, a, right);
        L.add(r, to, scratch, scratch + L.LIMBS);
      } else if (kind === Kind.Neg) L.neg(r, to, left);
      else if (kind === Kind.Add) L.add(r, to, left, right);
      else L.sub(r, to, left, right);
    }
    return this.#roots.map((slot) => L.loadQuad(r, size + slot));
  }

  #leaf(at: Leaves, challenges: Challenges, id: number): QuadFelt {
    const [kind, a, b] = [this.#graph.kind[id], this.#graph.a[id], this.#graph.b[id]];
    switch (kind) {
      case Kind.Const:
        return [this.#graph.constants[a], 0n];
      case Kind.Preprocessed:
        return at.preprocessed[b][a];
      case Kind.Periodic:
        return at.periodic[a];
      case Kind.Public:
        return [at.public[a], 0n];
      case Kind.BetaPower:
        return challenges.betaPower(a);
      case Kind.BusPrefix:
        return challenges.busPrefix(a);
      case Kind.IsFirst:
        return at.first;
      case Kind.IsLast:
        return at.last;
      case Kind.IsTransition:
        return at.transition;
      default:
        throw new TypeError(`node kind ${kind} is not a leaf`);
    }
  }
}
