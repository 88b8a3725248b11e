import { type ExprGraph, Kind } from '../expr.ts';
import type { Constraint } from '../types.ts';

/**
 * The sum of weighted constraints, with the factors that several of them share taken out: many constraints are
 * selector * (gate * body), and one product with a folded sum replaces one per constraint.
 */
export interface FoldSum {
  readonly terms: readonly { readonly weight: number; readonly node: number }[];
  readonly groups: readonly { readonly factor: number; readonly sum: FoldSum }[];
}

/** A group costs one product of an extension sum and its own reduction: from three constraints on it pays. */
const MIN_GROUP = 3;

/** Constraint `i` has weight `i`. Extension constraints stay whole. */
export function foldConstraints(graph: ExprGraph, constraints: readonly Constraint[]): FoldSum {
  return group(
    graph,
    constraints.map(({ expr }, weight) => ({ weight, node: expr.id })),
  );
}

function group(
  graph: ExprGraph,
  terms: readonly { readonly weight: number; readonly node: number }[],
): FoldSum {
  const counts = new Map<number, number>();
  const factorsOf = (node: number): readonly number[] =>
    graph.kind[node] === Kind.Mul && !graph.extension[node]
      ? [...new Set([graph.a[node], graph.b[node]])]
      : [];
  for (const { node } of terms) {
    for (const factor of factorsOf(node)) counts.set(factor, (counts.get(factor) ?? 0) + 1);
  }
  const loose: { weight: number; node: number }[] = [];
  const grouped = new Map<number, { weight: number; node: number }[]>();
  for (const term of terms) {
    const best = factorsOf(term.node).reduce<number | undefined>(
      (max, factor) =>
        max === undefined || (counts.get(factor) ?? 0) > (counts.get(max) ?? 0) ? factor : max,
      undefined,
    );
    if (best === undefined || (counts.get(best) ?? 0) < MIN_GROUP) {
      loose.push(term);
      continue;
    }
    const cofactor = graph.a[term.node] === best ? graph.b[term.node] : graph.a[term.node];
    const members = grouped.get(best) ?? [];
    members.push({ weight: term.weight, node: cofactor });
    grouped.set(best, members);
  }
  return {
    terms: loose,
    groups: [...grouped].map(([factor, members]) => ({ factor, sum: group(graph, members) })),
  };
}
