import type { Scope } from '../constraint-list.ts';
import type { CoreWindow } from './window.ts';

/**
 * Operations on 32-bit integers. Helpers hold 16-bit limbs, range-checked by lookups: h1 h0 of the low word, h3 h2 of
 * the high word; h4 is the canonicity witness of U32SPLIT, U32MUL and U32MADD; h5 h4 are divisor - remainder - 1 in
 * U32DIV. (miden-air 1.0.0-rc.0, src/constraints/stack/stack_arith/mod.rs.)
 */
export function constrainU32Ops(scope: Scope, { row, next, flags }: CoreWindow): void {
  const [s0, s1, s2] = row.stack;
  const [to0, to1] = next.stack;
  const [h0, h1, h2, h3, h4, h5] = row.helpers;

  const low = h1.mul(1n << 16n).add(h0);
  const high = h3.mul(1n << 16n).add(h2);
  const low48 = h2.mul(1n << 32n).add(low);
  const all64 = h3.mul(1n << 48n).add(low48);

  // The limbs stay below p: with a high word of 2^32 - 1 the low word is zero.
  const incomplete = h4.mul(high.sub(0xffff_ffffn).neg()).not();
  scope.when(flags.any('U32SPLIT', 'U32MUL', 'U32MADD')).zero('u32-canonical', incomplete.mul(low));

  const words = scope.when(flags.any('U32SPLIT', 'U32ADD', 'U32ADD3', 'U32MUL', 'U32MADD'));
  words.equal('u32-low', to0, low);
  words.equal('u32-high', to1, high);

  scope.when(flags.of('U32SPLIT')).equal('u32split', s0, all64);
  scope.when(flags.of('U32ADD')).equal('u32add', s0.add(s1), low48);
  scope.when(flags.of('U32ADD3')).equal('u32add3', s0.add(s1).add(s2), low48);
  scope.when(flags.any('U32ADD', 'U32ADD3')).zero('u32add-carry', h3);

  const sub = scope.when(flags.of('U32SUB'));
  sub.equal('u32sub', s1, s0.add(to1).sub(to0.mul(1n << 32n)));
  sub.boolean('u32sub-borrow', to0);
  sub.equal('u32sub-difference', to1, low);

  scope.when(flags.of('U32MUL')).equal('u32mul', s0.mul(s1), all64);
  scope.when(flags.of('U32MADD')).equal('u32madd', s0.mul(s1).add(s2), all64);

  const div = scope.when(flags.of('U32DIV'));
  div.equal('u32div', s1, s0.mul(to1).add(to0));
  div.equal('u32div-quotient', to1, low);
  div.equal('u32div-remainder', to0, high);
  div.equal(
    'u32div-remainder-bound',
    s0.sub(to0),
    h5
      .mul(1n << 16n)
      .add(h4)
      .add(1),
  );

  const assert2 = scope.when(flags.of('U32ASSERT2'));
  assert2.equal('u32assert2-first', to0, high);
  assert2.equal('u32assert2-second', to1, low);
}
