import { type ExprGraph, Kind } from '../expr.ts';

const OPERATIONS: ReadonlySet<number> = new Set([Kind.Add, Kind.Sub, Kind.Mul, Kind.Neg]);
export const isOperation = (graph: ExprGraph, node: number): boolean => OPERATIONS.has(graph.kind[node]);

const CELLS: ReadonlySet<number> = new Set([
  Kind.Main,
  Kind.Aux,
  Kind.Preprocessed,
  Kind.Periodic,
  Kind.IsFirst,
  Kind.IsLast,
  Kind.IsTransition,
]);

/** Per node, whether nothing below it differs from row to row: it is computed once per proof. */
export function uniformNodes(graph: ExprGraph): Uint8Array {
  const uniform = new Uint8Array(graph.kind.length);
  // Operands have smaller ids.
  for (let id = 0; id < uniform.length; id++) {
    uniform[id] = isOperation(graph, id)
      ? uniform[graph.a[id]] & (graph.kind[id] === Kind.Neg ? 1 : uniform[graph.b[id]])
      : CELLS.has(graph.kind[id])
        ? 0
        : 1;
  }
  return uniform;
}

/** Base-field operations a node's own operation comes to. */
export function operationCost(graph: ExprGraph, node: number): number {
  if (!graph.extension[node]) return 1;
  if (graph.kind[node] !== Kind.Mul) return 2;
  return graph.extension[graph.a[node]] && graph.extension[graph.b[node]] ? 8 : 2;
}

/**
 * Splits roots into parts of at most `limit` operations where one root allows it, so that roots that share
 * subexpressions stand together: a part grows by the root whose operations it has the largest share of. What parts share
 * is computed in each. Deterministic.
 */
export function cluster(
  graph: ExprGraph,
  uniform: Uint8Array,
  roots: readonly number[],
  limit: number,
): number[][] {
  const below = roots.map((root) => operationsBelow(graph, uniform, [root]));
  const users = new Map<number, number[]>();
  below.forEach((nodes, r) => {
    for (const node of nodes) {
      const list = users.get(node);
      if (list) list.push(r);
      else users.set(node, [r]);
    }
  });
  const own = roots.map((root) => costBelow(graph, uniform, root));
  const left = new Set(roots.keys());
  const parts: number[][] = [];
  while (left.size > 0) {
    // What each root would add to the part.
    const added = own.slice();
    const inPart = new Set<number>();
    const part: number[] = [];
    let cost = 0;
    for (;;) {
      const next = best(left, added, own, part.length === 0 ? Number.POSITIVE_INFINITY : limit - cost);
      if (next === undefined) break;
      left.delete(next);
      part.push(next);
      cost += added[next];
      for (const node of below[next]) {
        if (inPart.has(node)) continue;
        inPart.add(node);
        for (const user of users.get(node)!) added[user] -= operationCost(graph, node);
      }
    }
    parts.push(part.sort((x, y) => x - y));
  }
  return parts;
}

/** The root with the largest share at hand that fits; the most expensive one to begin with. */
function best(
  left: ReadonlySet<number>,
  added: readonly number[],
  own: readonly number[],
  room: number,
): number | undefined {
  let found: number | undefined;
  const share = (r: number) => (own[r] === 0 ? 1 : (own[r] - added[r]) / own[r]);
  for (const r of left) {
    if (added[r] > room) continue;
    if (found === undefined || share(r) > share(found) || (share(r) === share(found) && own[r] > own[found]))
      found = r;
  }
  return found;
}

/** Operations that the values of these nodes take, what they share counted once. */
export const costBelow = (graph: ExprGraph, uniform: Uint8Array, ...roots: readonly number[]): number =>
  operationsBelow(graph, uniform, roots).reduce((sum, node) => sum + operationCost(graph, node), 0);

function operationsBelow(graph: ExprGraph, uniform: Uint8Array, roots: readonly number[]): number[] {
  const seen = new Set<number>();
  const visit = (node: number): void => {
    if (seen.has(node) || uniform[node] || !isOperation(graph, node)) return;
    seen.add(node);
    visit(graph.a[node]);
    if (graph.kind[node] !== Kind.Neg) visit(graph.b[node]);
  };
  for (const root of roots) visit(root);
  return [...seen];
}
