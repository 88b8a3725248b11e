import type { Felt } from '../../field/felt.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { type Assignment, Evaluator } from '../evaluate.ts';
import type { Expr, ExprGraph } from '../expr.ts';

/**
 * Register programs: what the CPU evaluator runs over tiles of rows. Registers hold base-field values of a whole tile in
 * Montgomery form; extension values take two. Code is u32 words, four or more per operation:
 *
 *     Add, Sub, Mul  d a b        Neg      d a -         Scale   d a c  (a * constant)
 *     Offset         d a c        Shift    d a k  (2^k a, 0 < k <= 32)
 *     Load           d i -        (cell i) Store   i a -  (output i)
 *     ExtMul         d0 d1 a0 a1 b0 b1 -   (7 words more than the opcode)
 *     Combine1       d n c, then n registers      (constant + sum of c_i x_i)
 *     Combine2       d0 d1 n c - - -, then n registers   (the same with extension constants)
 *     Fold           n c -, then n registers      (the accumulator += sum of c_i x_i, extension constants)
 *
 * d, a, b are byte offsets of registers, c byte offsets of constants. Constants depend on challenges and are bound per
 * proof. Sums with constants are not reduced term by term: with x = x0 + 2^32 x1 and the limbs of 22 bits of c and of
 * 2^32 c, three sums of products below 2^54 hold the result exactly.
 */
export const Op = {
  Add: 1,
  Sub: 2,
  Mul: 3,
  Neg: 4,
  Scale: 5,
  Offset: 6,
  Shift: 7,
  Load: 8,
  Store: 9,
  ExtMul: 10,
  Combine1: 11,
  Combine2: 12,
  Fold: 13,
} as const;

/** Rows of a tile and bytes of a register. */
export const TILE_ROWS = 32;
export const REGISTER_BYTES = TILE_ROWS * 8;
/** Most terms of one `Combine` or of all `Fold`s together: each is two products below 2^54. */
export const MAX_TERMS = 500;

const LIMB_BITS = 22n;
const LIMB_MASK = (1n << LIMB_BITS) - 1n;
const LANE = 0xffff_ffffn;
/** Bytes of three vectors of limbs. */
const LIMBS_BYTES = 48;

/** A trace value that changes from row to row. */
export interface Cell {
  /** {@link Kind} Main, Aux, Preprocessed, Periodic, IsFirst, IsLast or IsTransition. */
  readonly kind: number;
  /** Base column: for aux, 2 * column + component. */
  readonly column: number;
  readonly next: boolean;
}

/** A sum of challenge-only nodes (by index in the program's list), with signs. */
export type ConstantSum = readonly { readonly node: number; readonly sign: 1 | -1 }[];
/** A constant: a sum of nodes or the weight of constraint `fold`; `times` selects 1, X or another basis multiplier. */
export interface ConstantTerm {
  readonly sum?: ConstantSum;
  readonly fold?: number;
  /** Multiply by X, the root of 7: the constant's second component then goes where its first would. */
  readonly timesX?: boolean;
}
export interface ConstantBlock {
  readonly offset: number;
  /** `word`: one component of a sum, Montgomery form, 8 bytes. `combine`: start value, then terms, as limbs. */
  readonly kind: 'word' | 'combine1' | 'combine2' | 'fold';
  readonly start?: ConstantSum;
  readonly terms: readonly ConstantTerm[];
  /** Of a `word`. */
  readonly component?: 0 | 1;
}

/** A lowered set of expressions of one AIR. */
export interface Program {
  readonly code: Uint32Array;
  readonly registers: number;
  readonly cells: readonly Cell[];
  readonly outputs: number;
  readonly constantBytes: number;
  readonly constants: readonly ConstantBlock[];
  /** Evaluates the challenge-only nodes the constants are made of. */
  readonly challengeNodes: Evaluator;
  /** Operations by kind, for tests and benchmarks. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What challenge-only nodes may read. */
export type Binding = Pick<Assignment, 'public' | 'auxValues' | 'challenges'>;

export const challengeEvaluator = (graph: ExprGraph, nodes: readonly Expr[]): Evaluator =>
  new Evaluator(graph, nodes);

const toMontgomery = (x: Felt): Felt => (x << 64n) % F.MODULUS;

/** The constants of a program for one proof. `fold[k]` is the weight of constraint k. */
export function bindConstants(
  program: Program,
  binding: Binding,
  fold: readonly QuadFelt[] = [],
): Uint8Array<ArrayBuffer> {
  const nodes = program.challengeNodes.evaluate({
    main: [[], []],
    aux: [[], []],
    preprocessed: [[], []],
    periodic: [],
    isFirst: 0n,
    isLast: 0n,
    isTransition: 0n,
    ...binding,
  });
  const bytes = new Uint8Array(program.constantBytes);
  const words = new BigUint64Array(bytes.buffer);
  const lanes = new Uint32Array(bytes.buffer);

  const sumOf = (sum: ConstantSum): QuadFelt =>
    sum.reduce<QuadFelt>((acc, { node, sign }) => (sign > 0 ? Q.add : Q.sub)(acc, nodes[node]), Q.ZERO);
  const coefficientOf = (term: ConstantTerm): QuadFelt => {
    const value = term.fold === undefined ? sumOf(term.sum!) : fold[term.fold];
    return term.timesX ? [F.mul(Q.NON_RESIDUE, value[1]), value[0]] : value;
  };
  /** The start value's limbs, each in both 64-bit lanes. */
  const writeStart = (at: number, c: Felt): void => {
    for (let k = 0; k < 3; k++) {
      const limb = (c >> (LIMB_BITS * BigInt(k))) & (k === 2 ? LANE : LIMB_MASK);
      words[at / 8 + 2 * k] = words[at / 8 + 2 * k + 1] = limb;
    }
  };

  for (const block of program.constants) {
    if (block.kind === 'word') {
      words[block.offset / 8] = toMontgomery(sumOf(block.start!)[block.component ?? 0]);
      continue;
    }
    const components = block.kind === 'combine1' ? 1 : 2;
    let at = block.offset;
    if (block.kind !== 'fold') {
      const start = sumOf(block.start ?? []);
      for (let i = 0; i < components; i++, at += LIMBS_BYTES) writeStart(at, toMontgomery(start[i]));
    }
    for (const term of block.terms) {
      const value = coefficientOf(term);
      for (let i = 0; i < components; i++, at += LIMBS_BYTES) writeTermLimbs(lanes, at / 4, value[i]);
    }
  }
  return bytes;
}

/** The factor c of a lazy sum, 12 lanes from `at` on: [c_k, c_k, c'_k, c'_k] for the limbs k of c and of c' = 2^32 c. */
export function writeTermLimbs(lanes: Uint32Array, at: number, c: Felt): void {
  const high = (c << 32n) % F.MODULUS;
  for (let k = 0; k < 3; k++) {
    const shift = LIMB_BITS * BigInt(k);
    const lane = at + 4 * k;
    lanes[lane] = lanes[lane + 1] = Number((c >> shift) & LIMB_MASK);
    lanes[lane + 2] = lanes[lane + 3] = Number((high >> shift) & LIMB_MASK);
  }
}

/** Bytes of a constant block with `terms` terms. */
export function constantBlockBytes(kind: ConstantBlock['kind'], terms: number): number {
  if (kind === 'word') return 16; // keeps the blocks behind aligned
  const components = kind === 'combine1' ? 1 : 2;
  return LIMBS_BYTES * components * (terms + (kind === 'fold' ? 0 : 1));
}
