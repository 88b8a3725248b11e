import type { Felt } from '../field/felt.ts';
import { MESSAGE_WIDTH } from './evaluate.ts';
import type { Expr, ExprGraph } from './expr.ts';
import type { Constraint, LookupColumn } from './types.ts';

/**
 * The LogUp argument: rows add and remove messages on buses, and over all AIRs every bus must balance.
 *
 * A message is the extension value alpha + (bus + 1) beta^16 + sum beta^i field_i, the denominator of its fraction.
 * A column sums the fractions of a row as V / U. Its product form is part of the protocol, because U c - V (and not
 * only the rational value) is what a proof folds: inside a group interactions exclude one another, so flags select
 * (U_g = 1 + sum flag (d - 1), V_g = sum flag multiplicity); inside a batch all happen at once under one flag; groups
 * of one column are independent and multiply (V = V U_g + V_g U, U = U U_g).
 *
 * Source: miden-air 1.0.0-rc.0, src/lookup/{constraint,challenges}.rs, src/constraints/lookup/messages.rs.
 */
export const Bus = {
  KernelRomInit: 0,
  BlockHash: 1,
  LogDeferred: 2,
  KernelRomCall: 3,
  LinearHashInit: 4,
  Absorption: 6,
  ReturnHash: 7,
  MerkleVerifyInit: 8,
  MerkleOldInit: 9,
  MerkleNewInit: 10,
  MemReadElement: 11,
  MemWriteElement: 12,
  MemReadWord: 13,
  MemWriteWord: 14,
  Bitwise: 15,
  AceInit: 16,
  BlockStack: 17,
  OpGroup: 18,
  StackOverflow: 19,
  Sibling: 20,
  RangeCheck: 21,
  AceWiring: 22,
  CompressionLink: 23,
  EidosInputCv: 24,
  And8: 25,
  Rot12Pos1: 27,
  Rot12Pos3: 29,
  Rot7Pos0: 30,
  Rot7Pos2: 32,
  Rot7Pos3: 33,
  EidosInputWord: 34,
  MessageWord: 35,
  AeadRequest: 36,
  AeadInput: 37,
  AeadOutputPair: 38,
} as const;
export type Bus = (typeof Bus)[keyof typeof Bus];

export type Operand = Expr | Felt | number;

/** sum beta^(first + i) fields[i]: the part of a message that starts at field position `first`. */
export function encodeFields(graph: ExprGraph, fields: readonly Operand[], first = 0): Expr {
  if (first + fields.length > MESSAGE_WIDTH) throw new RangeError('message too wide');
  return fields.reduce<Expr>(
    (sum, field, i) => sum.add(graph.betaPower(first + i).mul(graph.lift(field))),
    graph.lift(0),
  );
}

/** The denominator of a message on `bus` whose fields stand at positions `first`, `first` + 1, ... */
export function encode(graph: ExprGraph, bus: Bus, fields: readonly Operand[], first = 0): Expr {
  return graph.busPrefix(bus).add(encodeFields(graph, fields, first));
}

/** Interactions that all happen on a row whose flag is set: the running fraction N / D. */
export class Batch {
  n: Expr;
  d: Expr;
  constructor(graph: ExprGraph) {
    this.n = graph.lift(0);
    this.d = graph.lift(1);
  }
  add(message: Expr): void {
    this.n = this.n.mul(message).add(this.d);
    this.d = this.d.mul(message);
  }
  remove(message: Expr): void {
    this.n = this.n.mul(message).sub(this.d);
    this.d = this.d.mul(message);
  }
  insert(multiplicity: Expr, message: Expr): void {
    this.n = this.n.mul(message).add(this.d.mul(multiplicity));
    this.d = this.d.mul(message);
  }
}

/**
 * Interactions of which at most one happens on a row: their flags exclude one another. Equal interactions under several
 * flags become one under the sum of the flags.
 */
export class Group {
  readonly #graph: ExprGraph;
  /** Sum of the flags under which each denominator stands. */
  readonly #denominators = new Map<Expr, Expr>();
  /** The same for each numerator; those of plain interactions are 1. */
  readonly #numerators = new Map<Expr, Expr>();

  constructor(graph: ExprGraph) {
    this.#graph = graph;
  }

  #select(flag: Expr, numerator: Expr, denominator: Expr): void {
    for (const [flags, key] of [
      [this.#denominators, denominator],
      [this.#numerators, numerator],
    ] as const) {
      flags.set(key, flags.get(key)?.add(flag) ?? flag);
    }
  }
  add(flag: Expr, message: Expr): void {
    this.#select(flag, this.#graph.lift(1), message);
  }
  remove(flag: Expr, message: Expr): void {
    this.#select(flag, this.#graph.lift(-1), message);
  }
  insert(flag: Expr, multiplicity: Expr, message: Expr): void {
    this.#select(flag, multiplicity, message);
  }
  batch(flag: Expr, build: (batch: Batch) => void): void {
    const batch = new Batch(this.#graph);
    build(batch);
    this.#select(flag, batch.n, batch.d);
  }

  /** 1 + sum flag (denominator - 1). */
  get u(): Expr {
    const one = this.#graph.lift(1);
    const entries = [...this.#denominators];
    if (entries.length === 1 && entries[0][1] === one) return entries[0][0];
    return entries.reduce((sum, [denominator, flag]) => sum.add(denominator.sub(one).mul(flag)), one);
  }
  /** sum flag numerator. */
  get v(): Expr {
    const one = this.#graph.lift(1);
    const minusOne = this.#graph.lift(-1);
    return [...this.#numerators].reduce(
      (sum, [numerator, flag]) =>
        numerator === minusOne ? sum.sub(flag) : sum.add(numerator === one ? flag : numerator.mul(flag)),
      this.#graph.lift(0),
    );
  }
}

/** One auxiliary column: the sum of its groups' fractions. */
export class ColumnBuilder {
  readonly #graph: ExprGraph;
  u: Expr;
  v: Expr;
  constructor(graph: ExprGraph) {
    this.#graph = graph;
    this.u = graph.lift(1);
    this.v = graph.lift(0);
  }
  group(build: (group: Group) => void): void {
    const group = new Group(this.#graph);
    build(group);
    const { u, v } = group;
    this.v = this.v.mul(u).add(v.mul(this.u));
    this.u = this.u.mul(u);
  }
}

/** A column with the name its constraint carries. */
export interface NamedLookup extends LookupColumn {
  readonly name: string;
}

export function lookupColumn(
  graph: ExprGraph,
  name: string,
  build: (column: ColumnBuilder) => void,
): NamedLookup {
  const column = new ColumnBuilder(graph);
  build(column);
  return { name, u: column.u, v: column.v };
}

/**
 * The constraints that bind auxiliary columns 0 .. columns.length - 1 to their fractions, in global order. Column 0
 * is the running sum of all of them less sigma' per row; it is cyclic (no transition guard), so over the n rows it
 * proves n sigma' = the AIR's total. The others hold their own fraction. Named `<air>/lookup/<column>`.
 */
export function lookupConstraints(
  graph: ExprGraph,
  air: string,
  columns: readonly NamedLookup[],
): Constraint[] {
  const accumulator = graph.aux(0);
  const rowSum = columns.map((_, i) => graph.aux(i)).reduce((sum, column) => sum.add(column));
  const step = graph.aux(0, 1).sub(rowSum).add(graph.auxValue(0));
  return [
    { name: `${air}/lookup/start`, expr: graph.isFirst().mul(accumulator) },
    ...columns.map(({ name, u, v }, i) => ({
      name: `${air}/lookup/${name}`,
      expr: u.mul(i === 0 ? step : graph.aux(i)).sub(v),
    })),
  ];
}
