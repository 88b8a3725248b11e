import { MODULUS } from '../../field/felt.ts';
import { Expr, type ExprGraph, Kind } from '../expr.ts';
import type { Air } from '../types.ts';
import { type FoldSum, foldConstraints } from './fold.ts';
import type { Cell, CellKind, Op, Operand, Program, Term, Uniform, UniformOperand } from './program.ts';
import { splitFold } from './split.ts';

const CELL_KINDS: ReadonlyMap<number, CellKind> = new Map([
  [Kind.Main, 'main'],
  [Kind.Aux, 'aux'],
  [Kind.Preprocessed, 'preprocessed'],
  [Kind.Periodic, 'periodic'],
  [Kind.IsFirst, 'is-first'],
  [Kind.IsLast, 'is-last'],
  [Kind.IsTransition, 'is-transition'],
]);
const OPERATIONS: ReadonlySet<number> = new Set([Kind.Add, Kind.Sub, Kind.Mul, Kind.Neg]);

/** One output: sum over constraints i of weight(i) * C_i. */
export function lowerConstraints(air: Air): Program {
  return lowerFold(air.graph, foldConstraints(air.graph, air.constraints));
}

/**
 * The same in parts whose outputs add up to it, each of about `budget` word operations at most: for shaders, which have
 * to stay small. Weights keep their constraints' numbers.
 */
export function lowerConstraintParts(air: Air, budget: number): Program[] {
  return splitFold(air.graph, foldConstraints(air.graph, air.constraints), budget).map((part) =>
    lowerFold(air.graph, part),
  );
}

function lowerFold(graph: ExprGraph, fold: FoldSum): Program {
  const lowering = new Lowering(graph);
  lowering.countFold(fold);
  lowering.output(0, lowering.fold(fold));
  return lowering.finish();
}

/** Outputs 2 c and 2 c + 1: U and V of lookup column c. */
export function lowerLookups(air: Air): Program {
  const lowering = new Lowering(air.graph);
  const roots = air.lookups.flatMap(({ u, v }) => [u.id, v.id]);
  for (const root of roots) lowering.count(root);
  roots.forEach((root, i) => {
    lowering.output(i, lowering.operand(root));
  });
  return lowering.finish();
}

/** A summand: sign * coefficient * node, where a missing coefficient is 1. */
interface Summand {
  readonly negative: boolean;
  readonly coefficient?: number;
  readonly node: number;
}

class Lowering {
  readonly #graph: ExprGraph;
  readonly #uses = new Map<number, number>();
  readonly #operands = new Map<number, Operand>();
  readonly #cells: Cell[] = [];
  readonly #uniforms: Uniform[] = [];
  readonly #uniformIndex = new Map<string, UniformOperand>();
  readonly #values: (1 | 2)[] = [];
  readonly #ops: Op[] = [];
  readonly #isUniform = new Map<number, boolean>();
  #accumulators = 0;

  constructor(graph: ExprGraph) {
    this.#graph = graph;
  }

  finish(): Program {
    return {
      cells: this.#cells,
      uniforms: this.#uniforms,
      values: this.#values,
      ops: this.#ops,
      accumulators: this.#accumulators,
    };
  }

  /** Counts the uses of every node below `node`, which is itself used once more. */
  count(node: number): void {
    const uses = (this.#uses.get(node) ?? 0) + 1;
    this.#uses.set(node, uses);
    const { kind, a, b } = this.#graph;
    if (uses > 1 || !OPERATIONS.has(kind[node]) || this.#uniform(node)) return;
    this.count(a[node]);
    if (kind[node] !== Kind.Neg) this.count(b[node]);
  }

  countFold(sum: FoldSum): void {
    for (const { node } of sum.terms) this.count(node);
    for (const { factor, sum: inner } of sum.groups) {
      this.countFold(inner);
      this.count(factor);
    }
  }

  output(index: number, a: Operand): void {
    this.#ops.push({ op: 'output', index, a });
  }

  fold(sum: FoldSum): Operand {
    const accumulator = this.#accumulators++;
    for (const { factor, sum: inner } of sum.groups) {
      const folded = this.fold(inner);
      const a = this.#emit(2, (to) => ({ op: 'mul', to, a: folded, b: this.operand(factor) }));
      this.#ops.push({ op: 'accumulate', accumulator, a });
    }
    for (const { weight, node } of sum.terms) {
      const coefficient = this.#uniformOperand({ weight, words: 2 });
      this.#ops.push({ op: 'accumulate', accumulator, coefficient, a: this.operand(node) });
    }
    return this.#emit(2, (to) => ({ op: 'close', accumulator, to }));
  }

  /** The place of a node's value; emits what computes it at its first use. */
  operand(node: number): Operand {
    const known = this.#operands.get(node);
    if (known) return known;
    const operand = this.#make(node);
    this.#operands.set(node, operand);
    return operand;
  }

  #words(node: number): 1 | 2 {
    return this.#graph.extension[node] ? 2 : 1;
  }

  /** Whether nothing below the node differs from point to point. */
  #uniform(node: number): boolean {
    const known = this.#isUniform.get(node);
    if (known !== undefined) return known;
    const { kind, a, b } = this.#graph;
    const result = OPERATIONS.has(kind[node])
      ? this.#uniform(a[node]) && (kind[node] === Kind.Neg || this.#uniform(b[node]))
      : !CELL_KINDS.has(kind[node]);
    this.#isUniform.set(node, result);
    return result;
  }

  #uniformOperand(uniform: Uniform): UniformOperand {
    const key = `${uniform.node ?? ''},${uniform.weight ?? ''}`;
    const known = this.#uniformIndex.get(key);
    if (known) return known;
    const operand: UniformOperand = {
      kind: 'uniform',
      index: this.#uniforms.push(uniform) - 1,
      words: uniform.words,
    };
    this.#uniformIndex.set(key, operand);
    return operand;
  }

  #emit(words: 1 | 2, make: (to: number) => Op): Operand {
    const index = this.#values.push(words) - 1;
    this.#ops.push(make(index));
    return { kind: 'value', index, words };
  }

  #make(node: number): Operand {
    const { kind, a, b } = this.#graph;
    const words = this.#words(node);
    if (this.#uniform(node)) return this.#uniformOperand({ node, words });
    const cellKind = CELL_KINDS.get(kind[node]);
    if (cellKind !== undefined) {
      const cell: Cell = { kind: cellKind, column: a[node], offset: b[node] === 0 ? 0 : 1, words };
      return { kind: 'cell', index: this.#cells.push(cell) - 1, words };
    }
    if (kind[node] === Kind.Mul) {
      // The operand that takes more work first: fewer values wait meanwhile.
      const [left, right] = this.#heavyFirst(a[node], b[node]);
      const [x, y] = [this.operand(left), this.operand(right)];
      return this.#emit(words, (to) => ({ op: 'mul', to, a: x, b: y }));
    }
    return this.#sum(node);
  }

  #heavyFirst(x: number, y: number): readonly [number, number] {
    return this.#weight(x) >= this.#weight(y) ? [x, y] : [y, x];
  }

  readonly #weights = new Map<number, number>();
  /** Registers a subtree needs by itself, shared parts ignored (Sethi and Ullman). */
  #weight(node: number): number {
    if (this.#operands.has(node)) return 0;
    const known = this.#weights.get(node);
    if (known !== undefined) return known;
    const { kind, a, b } = this.#graph;
    let weight = 0;
    if (OPERATIONS.has(kind[node]) && !this.#uniform(node)) {
      const left = this.#weight(a[node]);
      const right = kind[node] === Kind.Neg ? 0 : this.#weight(b[node]);
      weight = Math.max(
        this.#words(node),
        left === right ? left + this.#words(a[node]) : Math.max(left, right),
      );
    }
    this.#weights.set(node, weight);
    return weight;
  }

  /** A sum with all the sums inside it that nothing else uses, as one dot operation and plain additions. */
  #sum(node: number): Operand {
    const words = this.#words(node);
    const summands: Summand[] = [];
    this.#collect(node, false, words, true, summands);
    // The heaviest first; plain ones are added as they come, positive ones before so that nothing starts negated.
    summands.sort((x, y) => this.#weight(y.node) - this.#weight(x.node));
    const terms = summands.flatMap(({ negative, coefficient, node: factor }): Term[] =>
      coefficient === undefined
        ? []
        : [{ coefficient: this.#coefficient(coefficient, negative), operand: this.operand(factor) }],
    );
    const alone = summands.filter(({ coefficient }) => coefficient === undefined);
    const constant = this.#constant(alone.filter((summand) => this.#uniform(summand.node)));
    let total = this.#products(terms, terms.length > 0 ? constant : undefined, words);
    const plain = alone.filter((summand) => !this.#uniform(summand.node));
    for (const { negative, node: summand } of plain.toSorted(
      (x, y) => Number(x.negative) - Number(y.negative),
    )) {
      const b = this.operand(summand);
      if (total === undefined) total = this.#start(b, negative, constant);
      else total = this.#addition(negative ? 'sub' : 'add', total, b);
    }
    if (total === undefined) throw new Error('a sum without summands');
    return total;
  }

  /** The first summand of a sum without products, together with the sum's constant. */
  #start(first: Operand, negative: boolean, constant: UniformOperand | undefined): Operand {
    if (constant !== undefined) return this.#addition(negative ? 'sub' : 'add', constant, first);
    return negative ? this.#emit(first.words, (to) => ({ op: 'neg', to, a: first })) : first;
  }

  #addition(op: 'add' | 'sub', a: Operand, b: Operand): Operand {
    return this.#emit(a.words === 2 || b.words === 2 ? 2 : 1, (to) => ({ op, to, a, b }));
  }

  /** Uniform summands as one. */
  #constant(summands: readonly Summand[]): UniformOperand | undefined {
    if (summands.length === 0) return undefined;
    const sum = summands.reduce<Expr>((total, { negative, node }) => {
      const expr = new Expr(this.#graph, node);
      return negative ? total.sub(expr) : total.add(expr);
    }, this.#graph.lift(0));
    return this.#uniformOperand({ node: sum.id, words: this.#words(sum.id) });
  }

  #products(terms: readonly Term[], constant: UniformOperand | undefined, words: 1 | 2): Operand | undefined {
    if (terms.length === 0) return undefined;
    if (terms.length > 1 || constant !== undefined) {
      return this.#emit(words, (to) =>
        constant ? { op: 'dot', to, terms, constant } : { op: 'dot', to, terms },
      );
    }
    const [{ coefficient, operand }] = terms;
    return this.#emit(words, (to) => ({ op: 'mul', to, a: operand, b: coefficient }));
  }

  /** Splits a sum into summands. Base sums inside extension sums stay apart: a word is cheaper than two. */
  #collect(node: number, negative: boolean, words: 1 | 2, isTop: boolean, out: Summand[]): void {
    const { kind, a, b } = this.#graph;
    const opens =
      !this.#uniform(node) && (isTop || (this.#words(node) === words && !this.#operands.has(node)));
    if (!opens) {
      out.push({ negative, node });
      return;
    }
    switch (kind[node]) {
      case Kind.Add:
      case Kind.Sub:
        if (!isTop && !this.#isWorthRepeating(node)) break;
        this.#collect(a[node], negative, words, false, out);
        this.#collect(b[node], negative !== (kind[node] === Kind.Sub), words, false, out);
        return;
      case Kind.Neg:
        this.#collect(a[node], !negative, words, false, out);
        return;
      case Kind.Mul: {
        const [x, y] = this.#uniform(a[node]) ? [a[node], b[node]] : [b[node], a[node]];
        // A product with a uniform costs no more than the addition of its value, so it is never kept.
        if (!this.#uniform(x)) break;
        if (this.#isTwo(x)) out.push({ negative, node: y }, { negative, node: y });
        else out.push({ negative, coefficient: x, node: y });
        return;
      }
    }
    out.push({ negative, node });
  }

  /**
   * Whether a sum is computed again in each sum that it is part of. For extension sums this can pay: a product costs
   * about 2 ns, while a value of its own costs a reduction (8 ns) and an addition (1.5 ns) per use.
   */
  #isWorthRepeating(node: number): boolean {
    const uses = this.#uses.get(node) ?? Number.POSITIVE_INFINITY;
    if (uses === 1) return true;
    if (this.#words(node) === 1) return false;
    const summands: Summand[] = [];
    this.#collect(node, false, this.#words(node), true, summands);
    const products = summands.filter(({ coefficient }) => coefficient !== undefined).length;
    if (products === 0 || products < summands.length - 1) return false;
    const again = 2 * products;
    return again < (again + 8) / uses + 1.5;
  }

  /** Doubling is two additions, cheaper than a product. */
  #isTwo(node: number): boolean {
    return this.#graph.kind[node] === Kind.Const && this.#graph.constants[this.#graph.a[node]] === 2n;
  }

  #coefficient(node: number, negative: boolean): UniformOperand {
    const graph = this.#graph;
    if (!negative) return this.#uniformOperand({ node, words: this.#words(node) });
    const negated =
      graph.kind[node] === Kind.Const
        ? graph.lift(MODULUS - graph.constants[graph.a[node]])
        : graph.neg(new Expr(graph, node));
    return this.#uniformOperand({ node: negated.id, words: this.#words(node) });
  }
}
