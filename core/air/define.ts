import type { Felt } from '../field/felt.ts';
import type { ExprGraph } from './expr.ts';
import { lookupConstraints, type NamedLookup } from './lookup.ts';
import type { Air, Constraint } from './types.ts';

export interface AirParts {
  readonly name: string;
  readonly graph: ExprGraph;
  readonly mainWidth: number;
  readonly preprocessedWidth?: number;
  readonly publicCount?: number;
  readonly periodic?: readonly (readonly Felt[])[];
  /** In global order: base constraints, then extension ones; those of the lookups follow. */
  readonly constraints: readonly Constraint[];
  readonly lookups: readonly NamedLookup[];
}

/** Completes an AIR: appends the lookups' constraints and computes its degree. Throws on constraints out of order. */
export function defineAir(parts: AirParts): Air {
  const { name, graph, lookups } = parts;
  const constraints = [...parts.constraints, ...lookupConstraints(graph, name, lookups)];
  const firstExtension = constraints.findIndex((c) => c.expr.isExtension);
  if (constraints.slice(firstExtension).some((c) => !c.expr.isExtension)) {
    throw new Error(`${name}: a base constraint follows an extension constraint`);
  }
  return {
    name,
    graph,
    mainWidth: parts.mainWidth,
    auxWidth: lookups.length,
    preprocessedWidth: parts.preprocessedWidth ?? 0,
    publicCount: parts.publicCount ?? 0,
    periodic: parts.periodic ?? [],
    constraints,
    lookups,
    hiddenSum: false,
    maxDegree: Math.max(...constraints.map((c) => c.expr.degree)),
  };
}
