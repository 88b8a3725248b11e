import type { Scope } from '../constraint-list.ts';
import { mulQuad, type QuadExpr } from '../quad-expr.ts';
import type { CoreWindow } from './window.ts';

/** Operations on field elements. (miden-air 1.0.0-rc.0, src/constraints/stack/stack_arith/mod.rs.) */
export function constrainFieldOps(scope: Scope, { row, next, flags }: CoreWindow): void {
  const [s0, s1, s2, s3] = row.stack;
  const [to0, to1, to2, to3] = next.stack;
  const witness = row.helpers[0];

  scope.when(flags.of('ADD')).equal('add', to0, s0.add(s1));
  scope.when(flags.of('NEG')).zero('neg', to0.add(s0));
  scope.when(flags.of('MUL')).equal('mul', to0, s0.mul(s1));
  scope.when(flags.of('INV')).equal('inv', to0.mul(s0), 1);
  scope.when(flags.of('INCR')).equal('incr', to0, s0.add(1));

  const not = scope.when(flags.of('NOT'));
  not.boolean('not-operand', s0);
  not.equal('not', s0.add(to0), 1);

  const and = scope.when(flags.of('AND'));
  and.boolean('and-left', s0);
  and.boolean('and-right', s1);
  and.equal('and', to0, s0.mul(s1));

  const or = scope.when(flags.of('OR'));
  or.boolean('or-left', s0);
  or.boolean('or-right', s1);
  or.equal('or', to0, s0.add(s1).sub(s0.mul(s1)));

  // The witness is the inverse of the difference where that is not zero.
  const difference = s0.sub(s1);
  const eq = scope.when(flags.of('EQ'));
  eq.zero('eq-unequal', difference.mul(to0));
  eq.equal('eq-equal', to0, difference.mul(witness).not());

  const eqz = scope.when(flags.of('EQZ'));
  eqz.zero('eqz-nonzero', s0.mul(to0));
  eqz.equal('eqz-zero', to0, s0.mul(witness).not());

  // [bit, base, acc, exp] to [bit', base^2, acc * (base or 1), exp >> 1].
  const expacc = scope.when(flags.of('EXPACC'));
  expacc.equal('expacc-base', to1, s1.mul(s1));
  expacc.equal('expacc-factor', witness, s1.sub(1).mul(to0).add(1));
  expacc.equal('expacc-acc', to2, s2.mul(witness));
  expacc.equal('expacc-exponent', s3, to3.add(to3).add(to0));
  expacc.boolean('expacc-bit', to0);

  // [b0, b1, a0, a1] to [b0, b1, c0, c1].
  const [a, b]: QuadExpr[] = [
    [s2, s3],
    [s0, s1],
  ];
  const c = mulQuad(a, b);
  const ext2mul = scope.when(flags.of('EXT2MUL'));
  ext2mul.equal('ext2mul-b0', to0, s0);
  ext2mul.equal('ext2mul-b1', to1, s1);
  ext2mul.equal('ext2mul-c0', to2, c[0]);
  ext2mul.equal('ext2mul-c1', to3, c[1]);
}
