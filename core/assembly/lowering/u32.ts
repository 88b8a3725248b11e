import type { Operation } from '../../vm/mast/types.ts';
import type { BareName, PushedU32Name, ShiftName, U32Name } from '../instructions.ts';
import { emit, POW2 } from './field.ts';
import { rawPush, recipe } from './recipe.ts';

/** 32-bit arithmetic as operations (miden-assembly 1.0.0-rc.0, src/instruction/u32_ops.rs). */

const MAX = '0xffffffff';
const LT = 'U32SUB SWAP DROP';
const TEST = 'U32SPLIT DROP EQZ';
/** [value, factor]: the low half of the product. */
const MUL_LOW = 'U32MUL SWAP DROP';

export const U32_RECIPES = {
  u32test: `DUP0 ${TEST}`,
  u32testw: `DUP3 ${TEST} DUP3 ${TEST} AND DUP2 ${TEST} AND DUP1 ${TEST} AND`,
  u32cast: 'U32SPLIT SWAP DROP',
  u32split: 'U32SPLIT',
  u32widening_add: 'U32ADD',
  u32overflowing_add: 'U32ADD SWAP',
  u32wrapping_add: 'U32ADD SWAP DROP',
  u32widening_add3: 'U32ADD3',
  u32overflowing_add3: 'U32ADD3 SWAP',
  u32wrapping_add3: 'U32ADD3 SWAP DROP',
  u32overflowing_sub: 'U32SUB',
  u32wrapping_sub: 'U32SUB DROP',
  u32widening_mul: 'U32MUL',
  u32wrapping_mul: MUL_LOW,
  u32widening_madd: 'U32MADD',
  u32wrapping_madd: 'U32MADD SWAP DROP',
  u32div: 'U32DIV DROP',
  u32mod: 'U32DIV SWAP DROP',
  u32divmod: 'U32DIV',
  u32and: 'U32AND',
  u32or: 'DUP1 DUP1 U32AND NEG ADD ADD',
  u32xor: 'U32XOR',
  u32not: `PUSH.${MAX} U32ASSERT2 SWAP U32SUB DROP`,
  u32lt: LT,
  u32lte: `SWAP ${LT} NOT`,
  u32gt: `SWAP ${LT}`,
  u32gte: `${LT} NOT`,
  u32min: `DUP1 DUP1 ${LT} EQZ CSWAP DROP`,
  u32max: `DUP1 DUP1 ${LT} CSWAP DROP`,
  // Bits are counted in pairs, nibbles, then bytes, and summed by a multiplication.
  u32popcnt: `DUP0 PUSH.2 U32DIV DROP PUSH.0x55555555 U32AND U32SUB DROP
    DUP0 PUSH.4 U32DIV DROP PUSH.0x33333333 U32AND SWAP PUSH.0x33333333 U32AND U32ADD SWAP DROP
    DUP0 PUSH.16 U32DIV DROP U32ADD SWAP DROP PUSH.0x0f0f0f0f U32AND
    PUSH.0x01010101 ${MUL_LOW} PUSH.0x1000000 U32DIV DROP`,
  // The counts of leading and trailing bits come as hints, which the rest checks.
  u32clz: `${emit('u32_clz')} ADVPOP PUSH.32 DUP1 NEG ADD ${POW2}
    PUSH.1 NEG ADD PUSH.2 U32DIV DROP DUP0 INCR PUSH.${MAX} MOVUP2 NEG ADD
    DUP3 EQZ MOVDN3 MOVUP4 U32AND DUP2 PUSH.32 EQ MOVUP4 DUP1 EQ ASSERT MOVDN2 EQ OR ASSERT`,
  u32clo: `${emit('u32_clo')} ADVPOP PUSH.32 DUP1 NEG ADD ${POW2}
    PUSH.1 NEG ADD DUP0 PUSH.2 U32DIV DROP PUSH.${MAX} SWAP NEG ADD MOVUP3 U32AND
    PUSH.${MAX} MOVUP2 NEG ADD EQ ASSERT`,
  u32ctz: `${emit('u32_ctz')} ADVPOP SWAP DUP1 ${POW2}
    DUP0 PAD INCR NEG ADD SWAP U32SPLIT SWAP DROP DUP0 MOVUP2 ADD MOVUP2 U32AND EQ ASSERT`,
  u32cto: `${emit('u32_cto')} ADVPOP SWAP DUP1 ${POW2}
    DUP0 PAD INCR NEG ADD SWAP U32SPLIT SWAP DROP DUP1 ADD MOVUP2 U32AND EQ ASSERT`,
  u32shl: `${POW2} ${MUL_LOW}`,
  u32shr: `${POW2} U32DIV DROP`,
  u32rotl: `${POW2} U32MUL ADD`,
  u32rotr: `PUSH.32 SWAP U32SUB DROP ${POW2} MUL U32SPLIT ADD`,
} satisfies Partial<Record<BareName | U32Name | PushedU32Name | ShiftName, string>>;

const AFTER_FACTOR: Readonly<Record<ShiftName, readonly Operation[]>> = {
  u32shl: recipe(MUL_LOW),
  u32shr: recipe('U32DIV DROP'),
  u32rotl: recipe('U32MUL ADD'),
  u32rotr: recipe('U32MUL ADD'),
};
const NOTHING = recipe('NOOP');

/** `u32shl.5` and its kind: a multiplication or division by a power of two; by 0 bits it is one NOOP. */
export function lowerShiftImmediate(name: ShiftName, bits: number): readonly Operation[] {
  if (bits === 0) return NOTHING;
  return [rawPush(2 ** (name === 'u32rotr' ? 32 - bits : bits)), ...AFTER_FACTOR[name]];
}
