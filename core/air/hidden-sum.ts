import { Expr, Kind } from './expr.ts';
import type { Air } from './types.ts';

const variants = new WeakMap<Air, Air>();

/**
 * The same AIR with its LogUp sum (total / height) as a column instead of a value: one more extension column, the last,
 * which holds the sum on every row; constraints read it in the current row wherever they read the value; and one more
 * constraint, the last, says that the column is constant: S' - S = 0 on every row, without a selector.
 *
 * Constancy is what makes it sound. Committed columns are bounded in degree, not forced to repeat, so a short trace may be
 * many different segments; with a sum that varies, only the total over them would be bound (docs/zero-knowledge.md).
 *
 * An AIR whose sum is a column already is returned as it is.
 */
export function withHiddenSum(air: Air): Air {
  if (air.hiddenSum) return air;
  let variant = variants.get(air);
  if (!variant) {
    variant = build(air);
    variants.set(air, variant);
  }
  return variant;
}

function build(air: Air): Air {
  const { graph, auxWidth, constraints } = air;
  const sum = graph.aux(auxWidth);
  const images = new Map<number, Expr>();
  const image = (id: number) => images.get(id)!;
  const substituted = (id: number): Expr => {
    const [kind, a, b] = [graph.kind[id], graph.a[id], graph.b[id]];
    if (kind === Kind.AuxValue) return sum;
    if (kind === Kind.Add) return graph.add(image(a), image(b));
    if (kind === Kind.Sub) return graph.sub(image(a), image(b));
    if (kind === Kind.Mul) return graph.mul(image(a), image(b));
    if (kind === Kind.Neg) return graph.neg(image(a));
    return new Expr(graph, id);
  };
  // Operands have smaller ids than what is made of them.
  for (const id of reachable(air)) images.set(id, substituted(id));
  return {
    ...air,
    auxWidth: auxWidth + 1,
    hiddenSum: true,
    constraints: [
      ...constraints.map(({ name, expr }) => ({ name, expr: image(expr.id) })),
      { name: `${air.name}/hidden-sum-constant`, expr: graph.aux(auxWidth, 1).sub(sum) },
    ],
  };
}

/** Ids of the nodes that constraints are made of, ascending. */
function reachable({ graph, constraints }: Air): number[] {
  const seen = new Set<number>();
  const stack = constraints.map((c) => c.expr.id);
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (graph.kind[id] < Kind.Add) continue;
    stack.push(graph.a[id]);
    if (graph.kind[id] !== Kind.Neg) stack.push(graph.b[id]);
  }
  return [...seen].sort((a, b) => a - b);
}
