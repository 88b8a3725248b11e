import { type Felt, inv, neg } from '../../field/felt.ts';
import type { Operation } from '../../vm/mast/types.ts';
import { SYSTEM_EVENT_IDS } from '../../vm/system-events.ts';
import type { BareName, FeltName } from '../instructions.ts';
import { rawPush, recipe } from './recipe.ts';

/**
 * Field arithmetic and comparisons as operations (miden-assembly 1.0.0-rc.0, src/instruction/field_ops.rs and
 * ext2_ops.rs). The order of operations is part of every program's digest.
 */

/** [n] -> [2^n], n at most 63. */
export const POW2 = 'PUSH.2 PAD INCR SWAP PAD EXPACC*6 DROP*2 SWAP EQZ ASSERT';

// A 64-bit comparison compares the high halves, then, if they are equal, the low ones.
const SPLIT = 'SWAP U32SPLIT MOVUP2 U32SPLIT';
const HIGH_LT = 'MOVUP3 MOVUP2 U32SUB SWAP EQZ MOVUP2 MOVUP3 SWAP';
const HIGH_GT = 'SWAP MOVUP3 U32SUB SWAP EQZ MOVUP2 MOVUP3';
const LOW_LT = 'U32SUB SWAP DROP';
const LOW_LTE = 'U32SUB SWAP EQZ OR';
const LT = `${SPLIT} ${HIGH_LT} ${LOW_LT} AND OR`;
const LTE = `${SPLIT} ${HIGH_LT} ${LOW_LTE} AND OR`;
const GT = `${SPLIT} ${HIGH_GT} ${LOW_LT} AND OR`;
const GTE = `${SPLIT} ${HIGH_GT} ${LOW_LTE} AND OR`;

/** Pushes an event's id, emits it, and takes the id off again. */
export const emit = (event: keyof typeof SYSTEM_EVENT_IDS): string =>
  `PUSH.${SYSTEM_EVENT_IDS[event]} EMIT DROP`;

/** [b0, b1] -> [b0', b1', 1]: takes the inverse from the advice stack and checks that the product is one. */
const EXT2_INVERSE = `${emit('ext2_inv')} ADVPOP*2 EXT2MUL MOVUP3 EQZ ASSERT MOVUP2 ASSERT`;

export const FIELD_RECIPES = {
  add: 'ADD',
  sub: 'NEG ADD',
  mul: 'MUL',
  div: 'INV MUL',
  neg: 'NEG',
  inv: 'INV',
  pow2: POW2,
  // The logarithm comes as a hint: 2^hint <= n < 2 * 2^hint, or hint = 63.
  ilog2: `${emit('ilog2')} ADVPOP DUP0 ${POW2} MOVUP2 DUP1 DUP1 SWAP ${GTE} ASSERT MOVDN2
    MOVUP2 SWAP PUSH.2 MUL ${LT} DUP1 PUSH.63 EQ OR ASSERT`,
  not: 'NOT',
  and: 'AND',
  or: 'OR',
  xor: 'DUP0 DUP2 OR MOVDN2 AND NOT AND',
  eq: 'EQ',
  neq: 'EQ NOT',
  eqw: 'DUP7 DUP4 EQ DUP7 DUP4 EQ AND DUP6 DUP3 EQ AND DUP5 DUP2 EQ AND',
  lt: LT,
  lte: LTE,
  gt: GT,
  gte: GTE,
  is_odd: 'U32SPLIT SWAP DROP PAD INCR U32AND',
  ext2add: 'SWAP MOVUP3 ADD MOVDN2 ADD',
  ext2sub: 'NEG SWAP NEG MOVUP3 ADD MOVDN2 ADD',
  ext2neg: 'NEG SWAP NEG SWAP',
  ext2mul: 'EXT2MUL DROP*2',
  ext2inv: EXT2_INVERSE,
  ext2div: `${EXT2_INVERSE} EXT2MUL DROP*2`,
} satisfies Partial<Record<BareName | FeltName, string>>;

const compiled = Object.fromEntries(
  Object.entries(FIELD_RECIPES).map(([name, text]) => [name, recipe(text)]),
) as Record<keyof typeof FIELD_RECIPES, readonly Operation[]>;

/** Immediates that have a shorter form than pushing the value and applying the instruction. */
const SHORT: Readonly<Record<FeltName, ReadonlyMap<Felt, readonly Operation[]>>> = {
  add: shortForms('NOOP', 'INCR', 'INCR*2'),
  sub: shortForms('NOOP'),
  mul: shortForms('DROP PAD', 'NOOP'),
  div: new Map([[1n, recipe('NOOP')]]),
  eq: shortForms('EQZ'),
  neq: shortForms('EQZ NOT'),
  lt: shortForms('PAD MUL'),
  lte: shortForms('EQZ'),
  gt: shortForms('EQZ NOT'),
  gte: shortForms('PAD MUL INCR'),
};

function shortForms(...texts: string[]): ReadonlyMap<Felt, readonly Operation[]> {
  return new Map(texts.map((text, i) => [BigInt(i), recipe(text)]));
}

/** `add.5` and its kind. `div` needs a value that is not zero. */
export function lowerFeltImmediate(name: FeltName, value: Felt): readonly Operation[] {
  const short = SHORT[name].get(value);
  if (short) return short;
  if (name === 'sub') return [rawPush(neg(value)), ...compiled.add];
  if (name === 'div') return [rawPush(inv(value)), ...compiled.mul];
  return [rawPush(value), ...compiled[name]];
}

/** Exponent lengths a dynamic `exp` may be given, and what it assumes if it is given none. */
export const MAX_EXPONENT_BITS = 63;

/** [exponent, base] -> [base^exponent], with the exponent below 2^bits. */
export const lowerExp = (bits: number): readonly Operation[] =>
  recipe(`PAD INCR MOVUP2 PAD EXPACC*${bits} DROP*2 SWAP EQZ ASSERT`);

const SMALL_POWERS: ReadonlyMap<Felt, readonly Operation[]> = new Map([
  [0n, recipe('DROP PAD INCR')],
  [1n, recipe('NOOP')],
  [2n, recipe('DUP0 MUL')],
  [3n, recipe('DUP0*2 MUL*2')],
  [4n, recipe('DUP0 MUL DUP0 MUL')],
  [5n, recipe('DUP0*2 MUL DUP0 MUL*2')],
  [6n, recipe('DUP0*2 MUL*2 DUP0 MUL')],
  [7n, recipe('DUP0*3 MUL*2 DUP0 MUL*2')],
  [8n, recipe('DUP0 MUL DUP0 MUL DUP0 MUL')],
  [16n, recipe('DUP0 MUL DUP0 MUL DUP0 MUL DUP0 MUL')],
]);

/** `exp.5`. */
export const lowerExpImmediate = (exponent: Felt): readonly Operation[] =>
  SMALL_POWERS.get(exponent) ?? [rawPush(exponent), ...lowerExp(exponent.toString(2).length)];
