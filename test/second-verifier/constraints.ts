import { Kind } from '../../core/air/expr.ts';
import type { Air } from '../../core/air/types.ts';
import { type Felt, inv, rootOfUnity } from '../../core/field/felt.ts';
import * as Q from '../../core/field/quad.ts';
import { interpolate, powerOfTwo } from './point.ts';

/** A matrix at y and at w y, y being the point out of the trace's domain. */
export type Pair = readonly [readonly Q.QuadFelt[], readonly Q.QuadFelt[]];

/** LogUp's messages are alpha + (bus + 1) beta^16 + sum beta^i field_i. */
export type LookupChallenges = readonly [alpha: Q.QuadFelt, beta: Q.QuadFelt];
export const busPrefix = ([alpha, beta]: LookupChallenges, bus: number): Q.QuadFelt =>
  Q.add(alpha, Q.mulBase(Q.pow(beta, 16n), BigInt(bus + 1)));

/** The rows of a trace of height 2^logHeight as selectors see them at y; they are not normalised. */
function selectors(y: Q.QuadFelt, logHeight: number) {
  const vanishing = Q.sub(powerOfTwo(y, logHeight), Q.ONE);
  const fromLast = Q.sub(y, [inv(rootOfUnity(logHeight)), 0n]);
  return {
    first: Q.mul(vanishing, Q.inv(Q.sub(y, Q.ONE))),
    last: Q.mul(vanishing, Q.inv(fromLast)),
    transition: fromLast,
  };
}

/** Everything that constraints read. */
interface Cells {
  readonly main: Pair;
  /** Extension columns. */
  readonly aux: Pair;
  readonly preprocessed: Pair;
  readonly y: Q.QuadFelt;
  readonly logHeight: number;
  readonly publicValues: readonly Felt[];
  readonly challenges: LookupChallenges;
  /** The AIR's LogUp total over its height. */
  readonly sum: Q.QuadFelt;
}

/** The values of an AIR's constraints at y, in order. */
export function constraintValues(air: Air, cells: Cells): Q.QuadFelt[] {
  const { y, logHeight, challenges } = cells;
  const { kind, a, b, constants } = air.graph;
  const select = selectors(y, logHeight);
  const periodic = air.periodic.map((values) =>
    interpolate(values, powerOfTwo(y, logHeight - Math.log2(values.length))),
  );
  // A node's operands a and b, by its kind: columns and rows, indices, or other nodes.
  const rules: Readonly<Record<Kind, (a: number, b: number) => Q.QuadFelt>> = {
    [Kind.Const]: (index) => Q.fromBase(constants[index]),
    [Kind.Main]: (column, row) => cells.main[row][column],
    [Kind.Aux]: (column, row) => cells.aux[row][column],
    [Kind.Preprocessed]: (column, row) => cells.preprocessed[row][column],
    [Kind.Periodic]: (column) => periodic[column],
    [Kind.Public]: (index) => Q.fromBase(cells.publicValues[index]),
    [Kind.AuxValue]: () => cells.sum,
    [Kind.BetaPower]: (exponent) => Q.pow(challenges[1], BigInt(exponent)),
    [Kind.BusPrefix]: (bus) => busPrefix(challenges, bus),
    [Kind.IsFirst]: () => select.first,
    [Kind.IsLast]: () => select.last,
    [Kind.IsTransition]: () => select.transition,
    [Kind.Add]: (x, y) => Q.add(value(x), value(y)),
    [Kind.Sub]: (x, y) => Q.sub(value(x), value(y)),
    [Kind.Mul]: (x, y) => Q.mul(value(x), value(y)),
    [Kind.Neg]: (x) => Q.neg(value(x)),
  };
  const known = new Map<number, Q.QuadFelt>();
  const value = (id: number): Q.QuadFelt => {
    let result = known.get(id);
    if (result === undefined) known.set(id, (result = rules[kind[id] as Kind](a[id], b[id])));
    return result;
  };
  return air.constraints.map(({ expr }) => value(expr.id));
}
