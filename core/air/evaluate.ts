import type { Felt } from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import * as Q from '../field/quad.ts';
import * as L from '../field/quad-limbs.ts';
import { type Expr, type ExprGraph, Kind } from './expr.ts';

/** A value from the base field or from its extension; everything at an out-of-domain point is of the latter kind. */
export type Value = Felt | QuadFelt;

/** What the leaves of an AIR stand for at one point. Pairs are [current row, next row]. */
export interface Assignment {
  readonly main: readonly [readonly Value[], readonly Value[]];
  readonly aux: readonly [readonly QuadFelt[], readonly QuadFelt[]];
  readonly preprocessed: readonly [readonly Value[], readonly Value[]];
  readonly periodic: readonly Value[];
  readonly public: readonly Felt[];
  readonly auxValues: readonly QuadFelt[];
  /** [alpha, beta] of the LogUp argument. */
  readonly challenges: readonly [QuadFelt, QuadFelt];
  readonly isFirst: Value;
  readonly isLast: Value;
  readonly isTransition: Value;
}

/** Exponent of beta in the bus part of a message; also the number of fields a message may have. */
export const MESSAGE_WIDTH = 16;

/** The challenge-only leaves: message powers and bus prefixes. */
export class Challenges {
  readonly alpha: QuadFelt;
  readonly #powers: QuadFelt[] = [Q.ONE];
  constructor(alpha: QuadFelt, beta: QuadFelt) {
    this.alpha = alpha;
    for (let i = 1; i <= MESSAGE_WIDTH; i++) this.#powers.push(Q.mul(this.#powers[i - 1], beta));
  }
  /** beta^i, 0 <= i <= 16. */
  betaPower(exponent: number): QuadFelt {
    return this.#powers[exponent];
  }
  /** alpha + (bus + 1) beta^16. */
  busPrefix(bus: number): QuadFelt {
    return Q.add(this.alpha, Q.mulBase(this.#powers[MESSAGE_WIDTH], BigInt(bus + 1)));
  }
}

const MulBase = 16; // Mul whose right operand is a base value under every assignment

const OPERATIONS: ReadonlySet<number> = new Set([Kind.Add, Kind.Sub, Kind.Mul, Kind.Neg]);
/** Leaves that stay in the base field even where trace cells come from the extension. */
const ALWAYS_BASE: ReadonlySet<number> = new Set([Kind.Const, Kind.Public]);

/**
 * Evaluates chosen nodes of a graph. Compiling keeps only what they need and lays it out flat: leaves first, then
 * operations in order, six double limbs each. One evaluation of an AIR's constraints takes about 0.1 ms.
 */
export class Evaluator {
  /** Leaf i is {kind, a, b}; its value lies at offset 6 i of `cells`. */
  readonly leaves: readonly { readonly kind: number; readonly a: number; readonly b: number }[];
  readonly cells: Float64Array;
  readonly #ops: Int32Array; // opcode, destination, left, right
  /** Offset in `cells` of each root's value. */
  readonly roots: Int32Array;
  /** Offset of three cells for {@link fold}: challenge, accumulator, product. */
  readonly #scratch: number;

  constructor(graph: ExprGraph, roots: readonly Expr[]) {
    const size = graph.kind.length;
    const live = new Uint8Array(size);
    for (const root of roots) live[root.id] = 1;
    for (let id = size - 1; id >= 0; id--) {
      if (!live[id] || !OPERATIONS.has(graph.kind[id])) continue;
      live[graph.a[id]] = 1;
      if (graph.kind[id] !== Kind.Neg) live[graph.b[id]] = 1;
    }
    const slot = new Int32Array(size);
    const base = new Uint8Array(size);
    const leaves: { kind: number; a: number; b: number }[] = [];
    for (let id = 0; id < size; id++) {
      if (!live[id] || OPERATIONS.has(graph.kind[id])) continue;
      base[id] = ALWAYS_BASE.has(graph.kind[id]) ? 1 : 0;
      slot[id] = leaves.length * L.LIMBS;
      leaves.push({ kind: graph.kind[id], a: graph.a[id], b: graph.b[id] });
    }
    let next = leaves.length * L.LIMBS;
    const ops: number[] = [];
    for (let id = 0; id < size; id++) {
      const kind = graph.kind[id];
      if (!live[id] || !OPERATIONS.has(kind)) continue;
      slot[id] = next;
      next += L.LIMBS;
      const a = graph.a[id];
      const b = kind === Kind.Neg ? a : graph.b[id];
      base[id] = base[a] & base[b];
      if (kind === Kind.Mul && base[a] && !base[b]) ops.push(MulBase, slot[id], slot[b], slot[a]);
      else ops.push(kind === Kind.Mul && base[b] ? MulBase : kind, slot[id], slot[a], slot[b]);
    }
    this.leaves = leaves;
    this.#scratch = next;
    this.cells = new Float64Array(next + 3 * L.LIMBS);
    this.#ops = Int32Array.from(ops);
    this.roots = Int32Array.from(roots, (root) => slot[root.id]);
    leaves.forEach((leaf, i) => {
      if (leaf.kind === Kind.Const) L.storeFelt(this.cells, i * L.LIMBS, graph.constants[leaf.a]);
    });
  }

  /** Number of operations of one evaluation. */
  get operations(): number {
    return this.#ops.length / 4;
  }

  /**
   * Values of the roots, in the order given to the constructor. The assignment must cover every leaf used: lengths
   * are the caller's to check (a proof's against the AIR's widths); a missing value throws `TypeError`.
   */
  evaluate(at: Assignment): QuadFelt[] {
    this.assign(at);
    this.run();
    return Array.from(this.roots, (offset) => L.loadQuad(this.cells, offset));
  }

  /** Stores all leaves of an assignment. */
  assign(at: Assignment): void {
    const challenges = new Challenges(...at.challenges);
    for (let i = 0; i < this.leaves.length; i++) {
      const { kind, a, b } = this.leaves[i];
      if (kind !== Kind.Const) this.storeLeaf(i, leafValue(at, challenges, kind, a, b));
    }
  }

  /** Sets leaf `i`, for callers that walk a trace and change only some leaves between runs. */
  storeLeaf(i: number, value: Value): void {
    if (typeof value === 'bigint') {
      L.storeFelt(this.cells, i * L.LIMBS, value);
      this.cells.fill(0, i * L.LIMBS + 3, (i + 1) * L.LIMBS);
    } else L.storeQuad(this.cells, i * L.LIMBS, value);
  }

  /** Value of root `i` after {@link run}. */
  root(i: number): QuadFelt {
    return L.loadQuad(this.cells, this.roots[i]);
  }

  /** All roots folded by Horner after {@link run}: the first one gets the highest power of `challenge`. */
  fold(challenge: QuadFelt): QuadFelt {
    const [cells, at] = [this.cells, this.#scratch];
    const [sum, product] = [at + L.LIMBS, at + 2 * L.LIMBS];
    L.storeQuad(cells, at, challenge);
    cells.fill(0, sum, product);
    for (const root of this.roots) {
      L.mul(cells, product, sum, at);
      L.add(cells, sum, product, root);
    }
    return L.loadQuad(cells, sum);
  }

  /** Recomputes every operation from the stored leaves. */
  run(): void {
    const [ops, r] = [this.#ops, this.cells];
    for (let i = 0; i < ops.length; i += 4) {
      const [d, a, b] = [ops[i + 1], ops[i + 2], ops[i + 3]];
      switch (ops[i]) {
        case Kind.Add:
          L.add(r, d, a, b);
          break;
        case Kind.Sub:
          L.sub(r, d, a, b);
          break;
        case Kind.Mul:
          L.mul(r, d, a, b);
          break;
        case MulBase:
          L.mulBase(r, d, a, b);
          break;
        default:
          L.neg(r, d, a);
      }
    }
  }
}

function leafValue(at: Assignment, challenges: Challenges, kind: number, a: number, b: number): Value {
  switch (kind) {
    case Kind.Main:
      return at.main[b][a];
    case Kind.Aux:
      return at.aux[b][a];
    case Kind.Preprocessed:
      return at.preprocessed[b][a];
    case Kind.Periodic:
      return at.periodic[a];
    case Kind.Public:
      return at.public[a];
    case Kind.AuxValue:
      return at.auxValues[a];
    case Kind.BetaPower:
      return challenges.betaPower(a);
    case Kind.BusPrefix:
      return challenges.busPrefix(a);
    case Kind.IsFirst:
      return at.isFirst;
    case Kind.IsLast:
      return at.isLast;
    case Kind.IsTransition:
      return at.isTransition;
    default:
      throw new TypeError(`node kind ${kind} is not a leaf`);
  }
}
