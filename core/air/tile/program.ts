import type { Felt } from '../../field/felt.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import type { Assignment, Evaluator } from '../evaluate.ts';

/**
 * Tile code: what the CPU evaluator runs over tiles of rows. Registers hold base-field values of a whole tile in
 * Montgomery form; extension values take two. Code is u32 words:
 *
 *     Add, Sub, Mul  d a b        Neg     d a -          Scale  d a c  (a * constant)
 *     Offset         d a c  (a + constant)               From   d a c  (constant - a)
 *     Shift          d a k  (2^k a, 0 < k <= 32)
 *     Load           d i -  (cell i)                     Store  i a -  (output i)
 *     ExtMul         d0 d1 a0 a1 b0 b1 -
 *     Combine1       d n c, then n registers             (constant + sum of c_i x_i)
 *     Combine2       d0 d1 n c - - -, then n registers   (the same with extension constants)
 *     Fold           n c s, then n registers             (accumulator s += sum of c_i x_i, extension constants)
 *     FoldFirst      the same, from zero                 Close  d0 d1 s  (the accumulator's sum)
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
  FoldFirst: 14,
  Close: 15,
  From: 16,
} as const;

/** Rows of a tile and bytes of a register. */
export const TILE_ROWS = 32;
export const REGISTER_BYTES = TILE_ROWS * 8;
/** Most terms of one `Combine` or of all `Fold`s of an accumulator: each is two products below 2^54. */
export const MAX_TERMS = 500;

const LIMB_BITS = 22n;
const LIMB_MASK = (1n << LIMB_BITS) - 1n;
/** Bytes of three vectors of limbs. */
const LIMBS_BYTES = 48;

/** A trace value that changes from row to row. */
export interface Cell {
  /** `Kind` Main, Aux, Preprocessed, Periodic, IsFirst, IsLast or IsTransition. */
  readonly kind: number;
  /** Base column: for aux, 2 * column + component. */
  readonly column: number;
  readonly next: boolean;
}

/** A challenge-only node, by index in the program's list, or the weight of a constraint in the folded sum. */
export interface ConstantSource {
  readonly node?: number;
  readonly weight?: number;
}
export interface ConstantTerm extends ConstantSource {
  /** Multiply by X, the root of 7. */
  readonly timesX?: boolean;
}
export interface ConstantBlock {
  readonly offset: number;
  /** `word`: one component, Montgomery form, 8 bytes. `combine`: start value, then terms, as limbs. `fold`: terms. */
  readonly kind: 'word' | 'combine1' | 'combine2' | 'fold';
  /** Of a `word`, its value; of a `combine`, what the sum begins with. */
  readonly start?: ConstantSource;
  readonly component?: 0 | 1;
  readonly negative?: boolean;
  readonly terms: readonly ConstantTerm[];
}

/** A program of one AIR. */
export interface TileProgram {
  readonly code: Uint32Array;
  readonly registers: number;
  readonly accumulators: number;
  readonly cells: readonly Cell[];
  readonly outputs: number;
  readonly constantBytes: number;
  readonly constants: readonly ConstantBlock[];
  /** Evaluates the challenge-only nodes the constants are made of. */
  readonly challengeNodes: Evaluator;
  /** Operations by name. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What challenge-only nodes may read. */
export type Binding = Pick<Assignment, 'public' | 'auxValues' | 'challenges'>;

const toMontgomery = (x: Felt): Felt => (x << 64n) % F.MODULUS;

/** The constants of a program for one proof. `weights[k]` is that of constraint k. */
export function bindConstants(
  program: TileProgram,
  binding: Binding,
  weights: readonly QuadFelt[] = [],
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

  const sourceValue = ({ node, weight }: ConstantSource): QuadFelt =>
    weight === undefined ? nodes[node!] : weights[weight];
  const termValue = (term: ConstantTerm): QuadFelt => {
    const value = sourceValue(term);
    return term.timesX ? [F.mul(Q.NON_RESIDUE, value[1]), value[0]] : value;
  };
  /** The start value's limbs, each in both 64-bit lanes. */
  const writeStart = (at: number, c: Felt): void => {
    for (let k = 0; k < 3; k++) {
      const limb = (c >> (LIMB_BITS * BigInt(k))) & LIMB_MASK;
      words[at / 8 + 2 * k] = words[at / 8 + 2 * k + 1] = limb;
    }
  };

  for (const { offset, kind, start, component, negative, terms } of program.constants) {
    if (kind === 'word') {
      const word = sourceValue(start!)[component ?? 0];
      words[offset / 8] = toMontgomery(negative ? F.neg(word) : word);
      continue;
    }
    const components = kind === 'combine1' ? 1 : 2;
    let at = offset;
    if (kind !== 'fold') {
      const value = start ? sourceValue(start) : Q.ZERO;
      for (let i = 0; i < components; i++, at += LIMBS_BYTES) writeStart(at, toMontgomery(value[i]));
    }
    for (const term of terms) {
      const value = termValue(term);
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
