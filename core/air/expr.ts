import type { Felt } from '../field/felt.ts';
import { MODULUS } from '../field/felt.ts';

/**
 * The constraint language: an AIR is written once, as expressions over named columns, into an {@link ExprGraph}.
 * Nodes are hash-consed, so equal expressions are one node and every consumer (out-of-domain evaluator, CPU program,
 * WGSL) shares them for free. Whether a node is a base or an extension value follows from its leaves.
 */
export const Kind = {
  Const: 0, // a = index into constants
  Main: 1, // a = column, b = row offset (0 current, 1 next)
  Aux: 2, // extension; a = column, b = row offset
  Preprocessed: 3, // a = column, b = row offset
  Periodic: 4, // a = column
  Public: 5, // a = index
  AuxValue: 6, // extension; a = index: the committed final value (sigma) of this AIR
  /** Extension; a = exponent i: beta^i, the LogUp message powers. */
  BetaPower: 7,
  /** Extension; a = bus id: alpha + (bus + 1) beta^16. */
  BusPrefix: 8,
  IsFirst: 9,
  IsLast: 10,
  IsTransition: 11,
  Add: 12,
  Sub: 13,
  Mul: 14,
  Neg: 15,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** A node of the graph; create only through {@link ExprGraph}. */
export class Expr {
  readonly graph: ExprGraph;
  readonly id: number;
  constructor(graph: ExprGraph, id: number) {
    this.graph = graph;
    this.id = id;
  }
  add(other: Expr | Felt | number): Expr {
    return this.graph.add(this, this.graph.lift(other));
  }
  sub(other: Expr | Felt | number): Expr {
    return this.graph.sub(this, this.graph.lift(other));
  }
  mul(other: Expr | Felt | number): Expr {
    return this.graph.mul(this, this.graph.lift(other));
  }
  neg(): Expr {
    return this.graph.neg(this);
  }
  /** 1 - this, the negation of a flag. */
  not(): Expr {
    return this.graph.lift(1n).sub(this);
  }
  get isExtension(): boolean {
    return this.graph.extension[this.id] === 1;
  }
  /** Degree in trace cells, with selectors counted as the official degree rule does (first, last: 1; transition: 0). */
  get degree(): number {
    return this.graph.degree[this.id];
  }
}

/** Parallel arrays, one entry per node; a node's operands always have smaller ids. */
export class ExprGraph {
  readonly kind: number[] = [];
  readonly a: number[] = [];
  readonly b: number[] = [];
  readonly extension: (0 | 1)[] = [];
  readonly degree: number[] = [];
  readonly constants: Felt[] = [];
  readonly #interned = new Map<string, Expr>();
  readonly #constantIndex = new Map<Felt, number>();

  #node(kind: Kind, a: number, b: number, extension: boolean, degree: number): Expr {
    const key = `${kind},${a},${b}`;
    const known = this.#interned.get(key);
    if (known) return known;
    const id = this.kind.length;
    this.kind.push(kind);
    this.a.push(a);
    this.b.push(b);
    this.extension.push(extension ? 1 : 0);
    this.degree.push(degree);
    const expr = new Expr(this, id);
    this.#interned.set(key, expr);
    return expr;
  }

  /** A constant given as any integer, negative ones too; an `Expr` is returned as it is. */
  lift(value: Expr | Felt | number): Expr {
    if (value instanceof Expr) {
      if (value.graph !== this) throw new Error('expression of another graph');
      return value;
    }
    let c = BigInt(value) % MODULUS;
    if (c < 0n) c += MODULUS;
    let index = this.#constantIndex.get(c);
    if (index === undefined) {
      index = this.constants.push(c) - 1;
      this.#constantIndex.set(c, index);
    }
    return this.#node(Kind.Const, index, 0, false, 0);
  }
  main(column: number, offset: 0 | 1 = 0): Expr {
    return this.#node(Kind.Main, column, offset, false, 1);
  }
  aux(column: number, offset: 0 | 1 = 0): Expr {
    return this.#node(Kind.Aux, column, offset, true, 1);
  }
  preprocessed(column: number, offset: 0 | 1 = 0): Expr {
    return this.#node(Kind.Preprocessed, column, offset, false, 1);
  }
  periodic(column: number): Expr {
    return this.#node(Kind.Periodic, column, 0, false, 1);
  }
  public(index: number): Expr {
    return this.#node(Kind.Public, index, 0, false, 0);
  }
  auxValue(index: number): Expr {
    return this.#node(Kind.AuxValue, index, 0, true, 0);
  }
  betaPower(exponent: number): Expr {
    return exponent === 0 ? this.lift(1n) : this.#node(Kind.BetaPower, exponent, 0, true, 0);
  }
  busPrefix(bus: number): Expr {
    return this.#node(Kind.BusPrefix, bus, 0, true, 0);
  }
  isFirst(): Expr {
    return this.#node(Kind.IsFirst, 0, 0, false, 1);
  }
  isLast(): Expr {
    return this.#node(Kind.IsLast, 0, 0, false, 1);
  }
  isTransition(): Expr {
    return this.#node(Kind.IsTransition, 0, 0, false, 0);
  }

  #constantOf(x: Expr): Felt | undefined {
    return this.kind[x.id] === Kind.Const ? this.constants[this.a[x.id]] : undefined;
  }
  #isExt(x: Expr, y: Expr): boolean {
    return x.isExtension || y.isExtension;
  }

  add(x: Expr, y: Expr): Expr {
    const [cx, cy] = [this.#constantOf(x), this.#constantOf(y)];
    if (cx !== undefined && cy !== undefined) return this.lift(cx + cy);
    if (cx === 0n) return y;
    if (cy === 0n) return x;
    const [p, q] = x.id <= y.id ? [x, y] : [y, x];
    return this.#node(Kind.Add, p.id, q.id, this.#isExt(p, q), Math.max(p.degree, q.degree));
  }
  sub(x: Expr, y: Expr): Expr {
    const [cx, cy] = [this.#constantOf(x), this.#constantOf(y)];
    if (cx !== undefined && cy !== undefined) return this.lift(cx - cy);
    if (cy === 0n) return x;
    if (cx === 0n) return this.neg(y);
    return this.#node(Kind.Sub, x.id, y.id, this.#isExt(x, y), Math.max(x.degree, y.degree));
  }
  mul(x: Expr, y: Expr): Expr {
    const [cx, cy] = [this.#constantOf(x), this.#constantOf(y)];
    if (cx !== undefined && cy !== undefined) return this.lift(cx * cy);
    if (cx === 0n || cy === 0n) return this.lift(0n);
    if (cx === 1n) return y;
    if (cy === 1n) return x;
    const [p, q] = x.id <= y.id ? [x, y] : [y, x];
    return this.#node(Kind.Mul, p.id, q.id, this.#isExt(p, q), p.degree + q.degree);
  }
  neg(x: Expr): Expr {
    const c = this.#constantOf(x);
    if (c !== undefined) return this.lift(-c);
    return this.#node(Kind.Neg, x.id, 0, x.isExtension, x.degree);
  }
}
