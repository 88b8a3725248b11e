import { ACE } from '../../vm/trace/layout.ts';
import type { ConstraintList } from '../constraint-list.ts';
import type { Expr } from '../expr.ts';
import type { Row } from '../row.ts';
import type { SectionFlags } from './selectors.ts';

/**
 * Arithmetic circuits: per evaluation, READ rows name two wires each, then EVAL rows one each, with ids that count down to the
 * output, wire 0, which is zero.
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/chiplets/ace.rs.
 */
export function aceConstraints(list: ConstraintList, flags: SectionFlags, row: Row, next: Row): void {
  const part = list.part('chiplets/ace');
  const at = (column: number): Expr => row.at(column);
  const start = at(ACE.sStart);
  const startNext = next.at(ACE.sStart);
  const isEval = at(ACE.sBlock);
  const isRead = isEval.not();
  const isEvalNext = next.at(ACE.sBlock);

  part.when(flags.nextIsFirst).equal('first-start', startNext, 1);
  const own = part.when(flags.active);
  own.boolean('start-boolean', start);
  own.boolean('block-boolean', isEval);

  part.when(flags.last).zero('last-not-start', start);
  const step = part.when(flags.transition);
  step.when(start).zero('start-alone', startNext);
  own.when(start).zero('start-reads', isEval);
  const within = step.when(startNext.not());
  within.when(isEval).zero('eval-stays', isEvalNext.not());

  within.equal('ctx', next.at(ACE.ctx), at(ACE.ctx));
  within.equal('clk', next.at(ACE.clk), at(ACE.clk));
  within.equal('ptr', next.at(ACE.ptr), at(ACE.ptr).add(isRead.mul(4)).add(isEval));
  within.equal('id0', at(ACE.id0), next.at(ACE.id0).add(isRead.mul(2)).add(isEval));

  own.when(isRead).equal('read-id1', at(ACE.id1), at(ACE.id0).sub(1));
  // The first gate's id is the number of gates less one.
  const announced = isEvalNext
    .not()
    .mul(next.at(ACE.numEval))
    .add(isEvalNext.mul(next.at(ACE.id0)));
  step.when(isRead).equal('num-eval', announced, at(ACE.numEval));

  const gate = own.when(isEval);
  const op = at(ACE.evalOp);
  const isLinear = op.mul(op);
  gate.zero('op-ternary', op.mul(isLinear.sub(1)));
  const [v0, v1, v2] = [row.range(ACE.v0, 2), row.range(ACE.v1, 2), row.range(ACE.v2, 2)];
  // v1 v2 in F[x] / (x^2 - 7).
  const product = [v1[0].mul(v2[0]).add(v1[1].mul(v2[1]).mul(7)), v1[0].mul(v2[1]).add(v1[1].mul(v2[0]))];
  product.forEach((nonlinear, i) => {
    const linear = v1[i].add(v2[i].mul(op));
    gate.equal(`result${i}`, v0[i], linear.sub(nonlinear).mul(isLinear).add(nonlinear));
  });

  const end = part.when(flags.last.add(flags.transition.mul(startNext)));
  end.zero('end-evals', isRead);
  end.zero('output0', v0[0]);
  end.zero('output1', v0[1]);
  end.zero('end-id0', at(ACE.id0));
}
