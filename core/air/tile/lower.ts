import { MODULUS } from '../../field/felt.ts';
import { Expr, type ExprGraph, Kind } from '../expr.ts';
import type { Air } from '../types.ts';
import {
  type Cell,
  type ConstantBlock,
  type ConstantSum,
  type ConstantTerm,
  challengeEvaluator,
  constantBlockBytes,
  MAX_TERMS,
  Op,
  type Program,
  REGISTER_BYTES,
} from './program.ts';

/** Constraints are folded in groups: few enough to keep their values live, enough to pay for the accumulator's loads. */
const FOLD_GROUP = 8;

/** One operation before registers are assigned: values are numbered in order of definition. */
interface Operation {
  readonly op: number;
  readonly defs: readonly number[];
  readonly uses: readonly number[];
  /** Words between registers: constant offset, shift, cell or output number. */
  readonly data: number;
}

/** A value: one number in the base field, two in the extension. */
type Value = readonly [number] | readonly [number, number];

/** A term of a linear combination: coefficient times node, or the node itself with a sign. */
interface Term {
  readonly node: number;
  readonly sign: 1 | -1;
  /** A challenge-only node; absent for the coefficient 1. */
  readonly coefficient?: number;
}

/** The program of all constraints of an AIR, folded: the weights come with the binding. */
export const lowerConstraints = (air: Air): Program => {
  const lowering = new Lowering(
    air.graph,
    air.constraints.map((c) => c.expr),
  );
  lowering.fold(air.constraints.map((c) => c.expr.id));
  return lowering.finish();
};

/** The program of an AIR's LogUp fractions: outputs u0, u1, v0, v1 per column. */
export const lowerLookups = (air: Air): Program => {
  const roots = air.lookups.flatMap(({ u, v }) => [u, v]);
  const lowering = new Lowering(air.graph, roots);
  roots.forEach((root, i) => {
    lowering.output(i, root.id);
  });
  return lowering.finish();
};

/**
 * Lowers a graph to base-field operations. Nodes that depend on challenges and constants alone are hoisted: they become
 * constants of the program. Sums with at least two constant factors become one `Combine`. Order is depth first, the
 * operand that needs more registers first.
 */
class Lowering {
  readonly #graph: ExprGraph;
  readonly #constant: Uint8Array; // challenge-only nodes
  readonly #uses: Uint32Array;
  readonly #need: Uint16Array; // registers a subtree takes, were it a tree
  readonly #values = new Map<number, Value>();
  readonly #operations: Operation[] = [];
  readonly #cells: Cell[] = [];
  readonly #cellValues = new Map<string, number>();
  readonly #blocks: ConstantBlock[] = [];
  readonly #words = new Map<string, number>();
  readonly #challengeNodes: Expr[] = [];
  readonly #challengeIndex = new Map<number, number>();
  #constantBytes = 0;
  #valueCount = 0;
  #outputs = 0;

  constructor(graph: ExprGraph, roots: readonly Expr[]) {
    this.#graph = graph;
    const size = graph.kind.length;
    const live = new Uint8Array(size);
    this.#constant = new Uint8Array(size);
    this.#uses = new Uint32Array(size);
    this.#need = new Uint16Array(size);
    for (const { id } of roots) {
      live[id] = 1;
      this.#uses[id]++;
    }
    for (let id = size - 1; id >= 0; id--) {
      if (live[id]) {
        for (const child of this.#children(id)) {
          live[child] = 1;
          this.#uses[child]++;
        }
      }
    }
    for (let id = 0; id < size; id++) {
      const children = this.#children(id);
      this.#constant[id] =
        children.length > 0
          ? Math.min(...children.map((c) => this.#constant[c]))
          : CHALLENGE_LEAVES.has(graph.kind[id])
            ? 1
            : 0;
      if (this.#constant[id]) continue;
      const needs = children.filter((c) => !this.#constant[c]).map((c) => this.#need[c]);
      const width = graph.extension[id] ? 2 : 1;
      const [a = 0, b = 0] = needs.sort((x, y) => y - x);
      this.#need[id] = Math.min(60_000, Math.max(a, b + width, width));
    }
  }

  #children(id: number): number[] {
    const { kind, a, b } = this.#graph;
    if (kind[id] === Kind.Neg) return [a[id]];
    return kind[id] >= Kind.Add ? [a[id], b[id]] : [];
  }

  /** Folds the constraints by weights 0, 1, .. into the accumulator. */
  fold(roots: readonly number[]): void {
    const total = roots.reduce((sum, id) => sum + (this.#graph.extension[id] ? 2 : 1), 0);
    if (total > MAX_TERMS) throw new RangeError(`${total} values to fold overflow the accumulator`);
    for (let i = 0; i < roots.length; i += FOLD_GROUP) {
      const uses: number[] = [];
      const terms: ConstantTerm[] = [];
      for (let k = i; k < Math.min(i + FOLD_GROUP, roots.length); k++) {
        const value = this.#emit(roots[k]);
        uses.push(value[0]);
        terms.push({ fold: k });
        if (value.length === 2) {
          uses.push(value[1]);
          terms.push({ fold: k, timesX: true });
        }
      }
      this.#push(Op.Fold, [], uses, this.#block({ kind: 'fold', terms }));
    }
  }

  /** Writes an expression to outputs 2 i and 2 i + 1. */
  output(i: number, root: number): void {
    const value = this.#asExtension(root);
    this.#push(Op.Store, [], [value[0]], 2 * i);
    this.#push(Op.Store, [], [value[1]], 2 * i + 1);
    this.#outputs = Math.max(this.#outputs, 2 * i + 2);
  }

  /** An expression as two values; outputs may be base values or constants. */
  #asExtension(id: number): readonly [number, number] {
    if (this.#constant[id]) return this.#materialise([{ node: this.#challenge(id), sign: 1 }]);
    const value = this.#emit(id);
    return value.length === 2 ? value : [value[0], this.#zero(value[0])];
  }

  #zero(any: number): number {
    return this.#push(Op.Sub, [this.#fresh()], [any, any], 0)[0];
  }

  /** A constant as a register pair, for outputs. */
  #materialise(sum: ConstantSum): readonly [number, number] {
    const [cell] = this.#cell({ kind: Kind.Main, column: 0, next: false });
    const zero = this.#zero(cell);
    return [
      this.#push(Op.Offset, [this.#fresh()], [zero], this.#word(sum, 0))[0],
      this.#push(Op.Offset, [this.#fresh()], [zero], this.#word(sum, 1))[0],
    ];
  }

  #fresh(): number {
    return this.#valueCount++;
  }

  #push(op: number, defs: readonly number[], uses: readonly number[], data: number): readonly number[] {
    this.#operations.push({ op, defs, uses, data });
    return defs;
  }

  #one(op: number, uses: readonly number[], data = 0): number {
    return this.#push(op, [this.#fresh()], uses, data)[0];
  }

  #challenge(id: number): number {
    let index = this.#challengeIndex.get(id);
    if (index === undefined) {
      index = this.#challengeNodes.push(new Expr(this.#graph, id)) - 1;
      this.#challengeIndex.set(id, index);
    }
    return index;
  }

  #block(block: Omit<ConstantBlock, 'offset'>): number {
    const offset = this.#constantBytes;
    this.#blocks.push({ ...block, offset });
    this.#constantBytes += constantBlockBytes(block.kind, block.terms.length);
    return offset;
  }

  #word(sum: ConstantSum, component: 0 | 1): number {
    const key = `${sum.map(({ node, sign }) => `${sign}:${node}`).join()}/${component}`;
    let offset = this.#words.get(key);
    if (offset === undefined) {
      offset = this.#block({ kind: 'word', start: sum, component, terms: [] });
      this.#words.set(key, offset);
    }
    return offset;
  }

  #cell(cell: Cell): [number] {
    const key = `${cell.kind},${cell.column},${cell.next}`;
    let value = this.#cellValues.get(key);
    if (value === undefined) {
      value = this.#one(Op.Load, [], this.#cells.push(cell) - 1);
      this.#cellValues.set(key, value);
    }
    return [value];
  }

  /** The value of a node that is not challenge-only. */
  #emit(id: number): Value {
    const known = this.#values.get(id);
    if (known) return known;
    const value = this.#lower(id);
    this.#values.set(id, value);
    return value;
  }

  #lower(id: number): Value {
    const { kind, a, b } = this.#graph;
    switch (kind[id]) {
      case Kind.Aux:
        return [
          this.#cell({ kind: Kind.Aux, column: 2 * a[id], next: b[id] === 1 })[0],
          this.#cell({ kind: Kind.Aux, column: 2 * a[id] + 1, next: b[id] === 1 })[0],
        ];
      case Kind.Mul:
        return this.#product(id);
      case Kind.Add:
      case Kind.Sub:
      case Kind.Neg:
        return this.#sum(id);
      default:
        return this.#cell({ kind: kind[id], column: a[id], next: b[id] === 1 });
    }
  }

  /** Emits both operands, the one that needs more registers first. */
  #both(x: number, y: number): [Value, Value] {
    if (this.#need[x] >= this.#need[y]) {
      const first = this.#emit(x);
      return [first, this.#emit(y)];
    }
    const second = this.#emit(y);
    return [this.#emit(x), second];
  }

  #product(id: number): Value {
    const { a, b } = this.#graph;
    if (this.#constant[a[id]]) return this.#scaled(b[id], a[id]);
    if (this.#constant[b[id]]) return this.#scaled(a[id], b[id]);
    const [x, y] = this.#both(a[id], b[id]);
    if (x.length === 2 && y.length === 2) {
      const [d0, d1] = [this.#fresh(), this.#fresh()];
      this.#push(Op.ExtMul, [d0, d1], [...x, ...y], 0);
      return [d0, d1];
    }
    const [scalar] = x.length === 1 ? x : y;
    const other = x.length === 1 ? y : x;
    return other.map((v) => this.#one(Op.Mul, [v, scalar])) as unknown as Value;
  }

  /** node * constant. */
  #scaled(node: number, constant: number): Value {
    const literal = this.#literal(constant);
    const x = this.#emit(node);
    if (literal !== undefined) return x.map((v) => this.#times(v, literal, constant)) as unknown as Value;
    const index = this.#challenge(constant);
    const sum: ConstantSum = [{ node: index, sign: 1 }];
    if (!this.#graph.extension[constant]) {
      return x.map((v) => this.#one(Op.Scale, [v], this.#word(sum, 0))) as unknown as Value;
    }
    if (x.length === 1) {
      return [
        this.#one(Op.Scale, [x[0]], this.#word(sum, 0)),
        this.#one(Op.Scale, [x[0]], this.#word(sum, 1)),
      ];
    }
    return this.#combine([{ node, sign: 1, coefficient: constant }], []);
  }

  #literal(id: number): bigint | undefined {
    const { kind, a, constants } = this.#graph;
    return kind[id] === Kind.Const ? constants[a[id]] : undefined;
  }

  /** value * literal, cheaper for 2, -1 and small powers of two. */
  #times(value: number, literal: bigint, constant: number): number {
    if (literal === MODULUS - 1n) return this.#one(Op.Neg, [value]);
    if (literal === 2n) return this.#one(Op.Add, [value, value]);
    const shift = literal.toString(2).length - 1;
    if (shift > 0 && shift <= 32 && literal === 1n << BigInt(shift)) {
      return this.#one(Op.Shift, [value], shift);
    }
    return this.#one(Op.Scale, [value], this.#word([{ node: this.#challenge(constant), sign: 1 }], 0));
  }

  /** The terms of a sum, through inner sums that nobody else uses; challenge-only terms go to `constants`. */
  #terms(
    id: number,
    sign: 1 | -1,
    inner: boolean,
    terms: Term[],
    constants: { id: number; sign: 1 | -1 }[],
  ): void {
    const { kind, a, b } = this.#graph;
    if (this.#constant[id]) {
      constants.push({ id, sign });
      return;
    }
    const open = !inner || (this.#uses[id] === 1 && !this.#values.has(id));
    const flip = -sign as 1 | -1;
    if (open && kind[id] === Kind.Neg) {
      this.#terms(a[id], flip, true, terms, constants);
      return;
    }
    if (open && (kind[id] === Kind.Add || kind[id] === Kind.Sub)) {
      this.#terms(a[id], sign, true, terms, constants);
      this.#terms(b[id], kind[id] === Kind.Add ? sign : flip, true, terms, constants);
      return;
    }
    if (open && kind[id] === Kind.Mul) {
      const [coefficient, node] = this.#constant[a[id]] ? [a[id], b[id]] : [b[id], a[id]];
      if (this.#constant[coefficient] && !this.#isCheap(coefficient)) {
        terms.push({ node, sign, coefficient });
        return;
      }
    }
    terms.push({ node: id, sign });
  }

  #isCheap(constant: number): boolean {
    const literal = this.#literal(constant);
    return literal !== undefined && (literal === 2n || literal === MODULUS - 1n);
  }

  #sum(id: number): Value {
    const { kind, a, b } = this.#graph;
    const terms: Term[] = [];
    const constants: { id: number; sign: 1 | -1 }[] = [];
    this.#terms(id, 1, false, terms, constants);
    const scaled = terms.filter((t) => t.coefficient !== undefined);
    if (scaled.length >= 2 && terms.length <= MAX_TERMS / 2) {
      const rest = terms.filter((t) => t.coefficient === undefined);
      return this.#combine(scaled, constants, rest);
    }
    if (kind[id] === Kind.Neg) {
      return this.#emit(a[id]).map((v) => this.#one(Op.Neg, [v])) as unknown as Value;
    }
    const minus = kind[id] === Kind.Sub;
    if (this.#constant[b[id]]) return this.#offset(this.#emit(a[id]), b[id], minus ? -1 : 1);
    if (this.#constant[a[id]]) {
      const x = this.#emit(b[id]);
      return this.#offset(minus ? (x.map((v) => this.#one(Op.Neg, [v])) as unknown as Value) : x, a[id], 1);
    }
    const [x, y] = this.#both(a[id], b[id]);
    return this.#addValues(x, y, minus);
  }

  #addValues(x: Value, y: Value, minus: boolean): Value {
    const op = minus ? Op.Sub : Op.Add;
    const low = this.#one(op, [x[0], y[0]]);
    if (x.length === 1 && y.length === 1) return [low];
    if (x.length === 1) return [low, minus ? this.#one(Op.Neg, [y[1]!]) : y[1]!];
    return [low, y.length === 1 ? x[1] : this.#one(op, [x[1], y[1]])];
  }

  /** value + sign * constant. */
  #offset(x: Value, constant: number, sign: 1 | -1): Value {
    const sum: ConstantSum = [{ node: this.#challenge(constant), sign }];
    const low = this.#one(Op.Offset, [x[0]], this.#word(sum, 0));
    if (!this.#graph.extension[constant]) return x.length === 1 ? [low] : [low, x[1]];
    if (x.length === 2) return [low, this.#one(Op.Offset, [x[1]], this.#word(sum, 1))];
    return [low, this.#one(Op.Offset, [this.#zero(x[0])], this.#word(sum, 1))];
  }

  /** constants + sum of coefficient * node, then the rest term by term. */
  #combine(
    scaled: readonly Term[],
    constants: readonly { id: number; sign: 1 | -1 }[],
    rest: readonly Term[] = [],
  ): Value {
    const { extension } = this.#graph;
    const wide =
      scaled.some((t) => extension[t.node] || extension[t.coefficient!]) ||
      constants.some((c) => extension[c.id]);
    const uses: number[] = [];
    const terms: ConstantTerm[] = [];
    const ordered = [...scaled].sort((x, y) => this.#need[y.node] - this.#need[x.node]);
    for (const { node, sign, coefficient } of ordered) {
      const value = this.#emit(node);
      const sum: ConstantSum = [{ node: this.#challenge(coefficient!), sign }];
      uses.push(value[0]);
      terms.push({ sum });
      if (value.length === 2) {
        uses.push(value[1]);
        terms.push({ sum, timesX: true });
      }
    }
    const start = constants.map(({ id, sign }) => ({ node: this.#challenge(id), sign }));
    const offset = this.#block({ kind: wide ? 'combine2' : 'combine1', start, terms });
    let value: Value = wide ? [this.#fresh(), this.#fresh()] : [this.#fresh()];
    this.#push(wide ? Op.Combine2 : Op.Combine1, value, uses, offset);
    for (const { node, sign } of rest) value = this.#addValues(value, this.#emit(node), sign < 0);
    return value;
  }

  /** Assigns registers by liveness and encodes. */
  finish(): Program {
    const last = new Int32Array(this.#valueCount).fill(-1);
    this.#operations.forEach(({ uses }, i) => {
      for (const v of uses) last[v] = i;
    });
    const register = new Int32Array(this.#valueCount).fill(-1);
    const free: number[] = [];
    let registers = 0;
    const code: number[] = [];
    const counts: Record<string, number> = {};
    const at = (value: number) => register[value] * REGISTER_BYTES;
    this.#operations.forEach((operation, i) => {
      const { op, defs, uses, data } = operation;
      if (defs.length > 0 && defs.every((v) => last[v] < 0)) return; // nobody reads it
      const sources = uses.map(at);
      // Every operation reads a row of all its operands before it writes that row: a dying operand's register may be
      // its destination.
      for (const v of new Set(uses)) if (last[v] === i) free.push(register[v]);
      for (const v of defs) {
        register[v] = free.pop() ?? registers++;
        if (last[v] < 0) free.push(register[v]);
      }
      const name = OP_NAMES[op];
      counts[name] = (counts[name] ?? 0) + 1;
      code.push(...encode(op, defs.map(at), sources, data));
    });
    return {
      code: Uint32Array.from(code),
      registers,
      cells: this.#cells,
      outputs: this.#outputs,
      constantBytes: this.#constantBytes,
      constants: this.#blocks,
      challengeNodes: challengeEvaluator(this.#graph, this.#challengeNodes),
      counts,
    };
  }
}

function encode(op: number, defs: readonly number[], uses: readonly number[], data: number): number[] {
  switch (op) {
    case Op.Add:
    case Op.Sub:
    case Op.Mul:
      return [op, defs[0], uses[0], uses[1]];
    case Op.Load:
      return [op, defs[0], data, 0];
    case Op.Store:
      return [op, data, uses[0], 0];
    case Op.ExtMul:
      return [op, defs[0], defs[1], uses[0], uses[1], uses[2], uses[3], 0];
    case Op.Combine1:
      return [op, defs[0], uses.length, data, ...uses];
    case Op.Combine2:
      return [op, defs[0], defs[1], uses.length, data, 0, 0, 0, ...uses];
    case Op.Fold:
      return [op, uses.length, data, 0, ...uses];
    default: // Neg, Scale, Offset, Shift
      return [op, defs[0], uses[0], data];
  }
}

const OP_NAMES = Object.fromEntries(Object.entries(Op).map(([name, op]) => [op, name]));

const CHALLENGE_LEAVES: ReadonlySet<number> = new Set([
  Kind.Const,
  Kind.Public,
  Kind.AuxValue,
  Kind.BetaPower,
  Kind.BusPrefix,
]);
