import { and8Preprocessed } from '../../core/air/and8/table.ts';
import { Challenges, Evaluator } from '../../core/air/evaluate.ts';
import { Kind } from '../../core/air/expr.ts';
import type { Air } from '../../core/air/types.ts';
import type { QuadFelt } from '../../core/field/quad.ts';
import * as Q from '../../core/field/quad.ts';
import type { TraceMatrix } from '../../core/vm/trace/types.ts';

/** Where each bus's messages start; a proof's are alpha + (bus + 1) beta^16. */
export type BusPrefixes = (bus: number) => QuadFelt;

const ALPHA: QuadFelt = [1_234_567_890_123n, 987_654_321n];
const BETA: QuadFelt = [55_555_555_555n, 4_242_424_242n];

/** Fixed challenges: a lie that they happened to miss would be missed in all runs, and was not. */
export const CHALLENGES = new Challenges(ALPHA, BETA);
/** As in a proof. */
export const PREFIXES: BusPrefixes = (bus) => CHALLENGES.busPrefix(bus);
/** As in a proof but for some buses: what their messages add up to changes if and only if some do not cancel. */
export function shifted(buses: readonly number[]): BusPrefixes {
  const moved = new Map(buses.map((bus) => [bus, Q.add(PREFIXES(bus), Q.pow(BETA, 100n + BigInt(bus)))]));
  return (bus) => moved.get(bus) ?? PREFIXES(bus);
}

/** Of each AIR, the evaluator of its lookups and the buses that they talk to. */
const lookups = new Map<Air, { readonly evaluator: Evaluator; readonly buses: ReadonlySet<number> }>();
function lookupsOf(air: Air) {
  let found = lookups.get(air);
  if (!found) {
    const evaluator = new Evaluator(
      air.graph,
      air.lookups.flatMap(({ u, v }) => [u, v]),
    );
    const prefixes = evaluator.leaves.filter(({ kind }) => kind === Kind.BusPrefix);
    found = { evaluator, buses: new Set(prefixes.map(({ a }) => a)) };
    lookups.set(air, found);
  }
  return found;
}

/** Whether a trace has messages on one of the buses at all. */
export const talksTo = (air: Air, buses: readonly number[]): boolean =>
  buses.some((bus) => lookupsOf(air).buses.has(bus));

/**
 * The LogUp fractions of given rows of a trace, added up. Unlike a proof's auxiliary trace it may put single buses
 * elsewhere, so that it can be told which of them is out of balance.
 */
export function sumOfFractions(
  air: Air,
  main: TraceMatrix,
  rows: readonly number[],
  prefixes: BusPrefixes = PREFIXES,
): QuadFelt {
  const { evaluator } = lookupsOf(air);
  const { height } = main;
  const cell = ({ data }: TraceMatrix, row: number, column: number): bigint => data[column * height + row];
  const preprocessed = air.preprocessedWidth > 0 ? and8Preprocessed() : undefined;
  let [numerator, denominator]: [QuadFelt, QuadFelt] = [Q.ZERO, Q.ONE];
  evaluator.leaves.forEach(({ kind, a }, leaf) => {
    if (kind === Kind.BetaPower) evaluator.storeLeaf(leaf, CHALLENGES.betaPower(a));
    if (kind === Kind.BusPrefix) evaluator.storeLeaf(leaf, prefixes(a));
  });
  for (const row of rows) {
    evaluator.leaves.forEach(({ kind, a, b }, leaf) => {
      if (kind === Kind.Main) evaluator.storeLeaf(leaf, cell(main, (row + b) % height, a));
      if (kind === Kind.Preprocessed) evaluator.storeLeaf(leaf, cell(preprocessed!, (row + b) % height, a));
      if (kind === Kind.Periodic) evaluator.storeLeaf(leaf, air.periodic[a][row % air.periodic[a].length]);
    });
    evaluator.run();
    for (let column = 0; column < air.lookups.length; column++) {
      const [u, v] = [evaluator.root(2 * column), evaluator.root(2 * column + 1)];
      numerator = Q.add(Q.mul(numerator, u), Q.mul(v, denominator));
      denominator = Q.mul(denominator, u);
    }
  }
  return Q.mul(numerator, Q.inv(denominator));
}
