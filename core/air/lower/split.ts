import { type ExprGraph, Kind } from '../expr.ts';
import type { FoldSum } from './fold.ts';

/** A piece of a folded sum that is never split: factors from the outside in, and what they multiply. */
interface Unit {
  readonly factors: readonly number[];
  readonly sum: FoldSum;
  readonly nodes: ReadonlySet<number>;
}

/**
 * Splits a folded sum into sums that together are the same, each of at most `budget` word operations as far as its
 * units allow (one constraint is never split). Units that share subexpressions go together, since a subexpression is
 * computed again in every part that needs it: shaders have to be small, and this keeps what smallness costs low.
 */
export function splitFold(graph: ExprGraph, fold: FoldSum, budget: number): FoldSum[] {
  const cost = new CostModel(graph);
  const parts: { units: Unit[]; nodes: Set<number>; cost: number }[] = [];
  // Large units first: small ones then fill the gaps.
  const units = unitsOf(cost, fold, [], budget).map((unit) => ({ unit, cost: cost.of(unit.nodes) }));
  for (const { unit, cost: own } of units.toSorted((x, y) => y.cost - x.cost)) {
    let best: { part: (typeof parts)[number]; extra: number } | undefined;
    for (const part of parts) {
      const extra = cost.of([...unit.nodes].filter((node) => !part.nodes.has(node)));
      if (part.cost + extra <= budget && (best === undefined || extra < best.extra)) best = { part, extra };
    }
    // A part that would have to compute nearly everything anew is no better than an empty one.
    if (best === undefined) parts.push({ units: [unit], nodes: new Set(unit.nodes), cost: own });
    else {
      best.part.units.push(unit);
      best.part.cost += best.extra;
      for (const node of unit.nodes) best.part.nodes.add(node);
    }
  }
  return parts.map(({ units: own }) => join(own));
}

/** Groups as they are where they fit, else what is in them. */
function unitsOf(cost: CostModel, sum: FoldSum, factors: readonly number[], budget: number): Unit[] {
  const unit = (own: FoldSum): Unit => {
    const nodes = new Set<number>();
    for (const factor of factors) cost.reach(factor, nodes);
    reachFold(cost, own, nodes);
    return { factors, sum: own, nodes };
  };
  const groups = sum.groups.flatMap((group) => {
    const whole = unit({ terms: [], groups: [group] });
    if (cost.of(whole.nodes) <= budget / 4) return [whole];
    return unitsOf(cost, group.sum, [...factors, group.factor], budget);
  });
  return [...groups, ...sum.terms.map((term) => unit({ terms: [term], groups: [] }))];
}

function reachFold(cost: CostModel, sum: FoldSum, nodes: Set<number>): void {
  for (const { node } of sum.terms) cost.reach(node, nodes);
  for (const { factor, sum: inner } of sum.groups) {
    cost.reach(factor, nodes);
    reachFold(cost, inner, nodes);
  }
}

/** Units as one sum, with common outer factors taken out again. */
function join(units: readonly Unit[]): FoldSum {
  const inner = Map.groupBy(
    units.filter(({ factors }) => factors.length > 0),
    ({ factors }) => factors[0],
  );
  const own = units.filter(({ factors }) => factors.length === 0).map(({ sum }) => sum);
  return {
    terms: own.flatMap(({ terms }) => terms),
    groups: [
      ...own.flatMap(({ groups }) => groups),
      ...[...inner].map(([factor, members]) => ({
        factor,
        sum: join(members.map((unit) => ({ ...unit, factors: unit.factors.slice(1) }))),
      })),
    ],
  };
}

/** What nodes cost in word operations. */
class CostModel {
  readonly #graph: ExprGraph;
  constructor(graph: ExprGraph) {
    this.#graph = graph;
  }

  /** Adds everything below `node` to `nodes`. */
  reach(node: number, nodes: Set<number>): void {
    if (nodes.has(node)) return;
    nodes.add(node);
    const { kind, a, b } = this.#graph;
    if (kind[node] < Kind.Add) return;
    this.reach(a[node], nodes);
    if (kind[node] !== Kind.Neg) this.reach(b[node], nodes);
  }

  of(nodes: Iterable<number>): number {
    const { kind, a, b, extension } = this.#graph;
    let sum = 0;
    for (const node of nodes) {
      if (kind[node] < Kind.Add) continue;
      const words = extension[node] + 1;
      const wide = kind[node] === Kind.Mul && extension[a[node]] === 1 && extension[b[node]] === 1;
      sum += wide ? EXTENSION_PRODUCT : words;
    }
    return sum;
  }
}

/** Word operations of a product of two extension values: three products and six additions. */
const EXTENSION_PRODUCT = 9;
