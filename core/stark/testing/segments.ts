import { defineAir } from '../../air/define.ts';
import { Expr, ExprGraph, Kind } from '../../air/expr.ts';
import { lookupColumn } from '../../air/lookup.ts';
import type { Air } from '../../air/types.ts';
import * as F from '../../field/felt.ts';

/**
 * Two AIRs and a false statement about them that a short trace of different segments proves, were it not for the constancy
 * of hidden sums (docs/zero-knowledge.md). The statement: the claimed value is 7.
 */
const VALUES = 0;
export const TRUTH = 7n;

/** One message, on the first row, with the claimed value; its multiplicity is 1 or -1, as the prover likes. */
export function claimAir(): Air {
  const g = new ExprGraph();
  const [value, multiplicity] = [g.main(0), g.main(1)];
  const message = g.busPrefix(VALUES).add(g.betaPower(1).mul(value));
  return defineAir({
    name: 'claim',
    graph: g,
    mainWidth: 2,
    publicCount: 1,
    constraints: [
      { name: 'claim/value', expr: g.isFirst().mul(value.sub(g.public(0))) },
      { name: 'claim/sign', expr: g.isFirst().mul(multiplicity.mul(multiplicity).sub(1)) },
      { name: 'claim/once', expr: g.isTransition().mul(g.main(1, 1)) },
    ],
    lookups: [
      lookupColumn(g, 'value', (column) =>
        column.group((group) => group.insert(g.lift(1), multiplicity, message)),
      ),
    ],
  });
}

/** Messages with the true value only, as many as the prover likes. */
export function truthAir(): Air {
  const g = new ExprGraph();
  const message = g.busPrefix(VALUES).add(g.betaPower(1).mul(TRUTH));
  return defineAir({
    name: 'truth',
    graph: g,
    mainWidth: 1,
    constraints: [{ name: 'truth/once', expr: g.isTransition().mul(g.main(0, 1)) }],
    lookups: [
      lookupColumn(g, 'truth', (column) =>
        column.group((group) => group.insert(g.lift(1), g.main(0), message)),
      ),
    ],
  });
}

/**
 * An AIR of height 2^log as a prover sees it who commits a trace of any greater height in its place: segments of 2^log
 * rows, each under the selectors of the short trace, which in the tall one are periodic columns.
 */
export function segmented(air: Air, log: number): Air {
  const { graph, periodic } = air;
  const n = 2 ** log;
  const root = F.rootOfUnity(log);
  const points = Array.from({ length: n }, (_, i) => F.pow(root, BigInt(i)));
  const last = F.inv(root);
  const selectors: Partial<Record<number, Expr>> = {
    // Not normalised: (y^n - 1) / (y - 1) is n at 1.
    [Kind.IsFirst]: graph.periodic(periodic.length),
    [Kind.IsTransition]: graph.periodic(periodic.length + 1),
  };
  const images = new Map<number, Expr>();
  const image = (id: number): Expr => {
    const known = images.get(id);
    if (known) return known;
    const [kind, a, b] = [graph.kind[id], graph.a[id], graph.b[id]];
    if (kind === Kind.IsLast) throw new Error('no such selector here');
    let result = selectors[kind] ?? new Expr(graph, id);
    if (kind === Kind.Add) result = graph.add(image(a), image(b));
    if (kind === Kind.Sub) result = graph.sub(image(a), image(b));
    if (kind === Kind.Mul) result = graph.mul(image(a), image(b));
    if (kind === Kind.Neg) result = graph.neg(image(a));
    images.set(id, result);
    return result;
  };
  return {
    ...air,
    name: `segments of ${air.name}`,
    periodic: [
      ...periodic,
      points.map((_, i) => (i === 0 ? F.felt(n) : 0n)),
      points.map((point) => F.sub(point, last)),
    ],
    constraints: air.constraints.map(({ name, expr }) => ({ name, expr: image(expr.id) })),
  };
}
