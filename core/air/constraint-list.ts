import type { Felt } from '../field/felt.ts';
import type { Expr, ExprGraph } from './expr.ts';
import type { Constraint } from './types.ts';

/**
 * Collects the constraints of an AIR in order. The row selector and then the gate are the outermost factors of every
 * constraint, `selector * (gate * body)`: constraints that share one share its node, and a consumer may fold bodies
 * before it multiplies.
 */
export class ConstraintList {
  readonly graph: ExprGraph;
  readonly constraints: Constraint[] = [];
  readonly #names = new Set<string>();

  constructor(graph: ExprGraph) {
    this.graph = graph;
  }

  /** A part of the AIR: the names of its constraints start with `prefix/`. */
  part(prefix: string): Scope {
    return new Scope(this, prefix);
  }

  push(constraint: Constraint): void {
    if (this.#names.has(constraint.name)) throw new Error(`two constraints are named ${constraint.name}`);
    this.#names.add(constraint.name);
    this.constraints.push(constraint);
  }
}

/** A place to state constraints from: `zero`, `equal` and `boolean` each append one to the list. */
export class Scope {
  readonly #list: ConstraintList;
  readonly #prefix: string;
  readonly #selector: Expr | undefined;
  readonly #gate: Expr | undefined;

  constructor(list: ConstraintList, prefix: string, selector?: Expr, gate?: Expr) {
    this.#list = list;
    this.#prefix = prefix;
    this.#selector = selector;
    this.#gate = gate;
  }

  #select(selector: Expr): Scope {
    if (this.#selector) throw new Error('a constraint has one row selector');
    return new Scope(this.#list, this.#prefix, selector, this.#gate);
  }
  /** Only on the first row. */
  onFirstRow(): Scope {
    return this.#select(this.#list.graph.isFirst());
  }
  /** Only on the last row. */
  onLastRow(): Scope {
    return this.#select(this.#list.graph.isLast());
  }
  /** On every row but the last, whose successor is the first row. */
  onTransition(): Scope {
    return this.#select(this.#list.graph.isTransition());
  }
  /** Only where `gate` is not zero. */
  when(gate: Expr): Scope {
    const product = this.#gate ? this.#gate.mul(gate) : gate;
    return new Scope(this.#list, this.#prefix, this.#selector, product);
  }

  /** States that `body` is zero. */
  zero(name: string, body: Expr): void {
    const gated = this.#gate ? this.#gate.mul(body) : body;
    const expr = this.#selector ? this.#selector.mul(gated) : gated;
    this.#list.push({ name: `${this.#prefix}/${name}`, expr });
  }
  equal(name: string, left: Expr, right: Expr | Felt | number): void {
    this.zero(name, left.sub(right));
  }
  /** States that `x` is 0 or 1. */
  boolean(name: string, x: Expr): void {
    this.zero(name, x.mul(x.sub(1)));
  }
}
