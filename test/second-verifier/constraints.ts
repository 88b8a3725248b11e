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
  const known = new Map<number, Q.QuadFelt>();
  const value = (id: number): Q.QuadFelt => {
    let result = known.get(id);
    if (result === undefined) known.set(id, (result = compute(id)));
    return result;
  };
  const compute = (id: number): Q.QuadFelt => {
    const [x, o] = [a[id], b[id] as 0 | 1];
    switch (kind[id]) {
      case Kind.Const:
        return [constants[x], 0n];
      case Kind.Main:
        return cells.main[o][x];
      case Kind.Aux:
        return cells.aux[o][x];
      case Kind.Preprocessed:
        return cells.preprocessed[o][x];
      case Kind.Periodic:
        return periodic[x];
      case Kind.Public:
        return [cells.publicValues[x], 0n];
      case Kind.AuxValue:
        return cells.sum;
      case Kind.BetaPower:
        return Q.pow(challenges[1], BigInt(x));
      case Kind.BusPrefix:
        return busPrefix(challenges, x);
      case Kind.IsFirst:
        return select.first;
      case Kind.IsLast:
        return select.last;
      case Kind.IsTransition:
        return select.transition;
      case Kind.Add:
        return Q.add(value(x), value(b[id]));
      case Kind.Sub:
        return Q.sub(value(x), value(b[id]));
      case Kind.Mul:
        return Q.mul(value(x), value(b[id]));
      case Kind.Neg:
        return Q.neg(value(x));
      default:
        throw new Error(`node ${id} is of kind ${kind[id]}`);
    }
  };
  return air.constraints.map(({ expr }) => value(expr.id));
}
