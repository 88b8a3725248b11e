import * as F from '../../../core/field/felt.ts';
import type { QuadFelt } from '../../../core/field/quad.ts';
import * as Q from '../../../core/field/quad.ts';
import { powerOfTwo, vanishingAt } from '../../../core/stark/domain.ts';
import { PARTS, partition } from './parts.ts';
import { RowBuilder, type SparseRow } from './row-space.ts';
import { type Challenges, LOG_BLOWUP, queryPoints } from './system.ts';

/** The points that an AIR's part of a view depends on: {y_i, w y_i}, and {y, w y, w^2 y} for y = z^(r). */
export function viewPoints(
  logHeight: number,
  logMax: number,
  { z, indices }: Challenges,
): { readonly base: readonly QuadFelt[]; readonly outside: readonly QuadFelt[] } {
  const root = F.rootOfUnity(logHeight);
  const lift = (x: QuadFelt) => powerOfTwo(x, logMax - logHeight);
  const onward = (y: QuadFelt, count: number) =>
    Array.from({ length: count }, (_, k) => Q.mulBase(y, F.pow(root, BigInt(k))));
  return {
    base: queryPoints(indices, logMax + LOG_BLOWUP).flatMap((x) => onward(lift([x, 0n]), 2)),
    outside: onward(lift(z), 3),
  };
}

/** How the values there move with coefficient k of a mask: 2 q + 6 equations. */
export function maskRow(
  logHeight: number,
  base: readonly QuadFelt[],
  outside: readonly QuadFelt[],
  k: number,
): SparseRow {
  const value = (y: QuadFelt) => Q.mul(vanishingAt(y, logHeight), Q.pow(y, BigInt(k)));
  const values = [...base.map((y) => value(y)[0]), ...outside.flatMap((y) => value(y))];
  return { columns: [...values.keys()], values };
}

/** All of these rows. */
export function maskValues(
  logHeight: number,
  logMax: number,
  challenges: Challenges,
  maskLength: number,
): SparseRow[] {
  const { base, outside } = viewPoints(logHeight, logMax, challenges);
  return Array.from({ length: maskLength }, (_, k) => maskRow(logHeight, base, outside, k));
}

/**
 * One half of the blinders to the same half of all eight parts at the queries, z and z h: 8 (q + 4) equations, of which
 * 7 (q + 4) are free. The other half is the same map.
 */
export function* blinderValues(
  logMax: number,
  { z, indices }: Challenges,
  blinderLength: number,
): Generator<SparseRow> {
  const { weights, anchors } = partition(logMax);
  const next = Q.mulBase(z, F.rootOfUnity(logMax));
  const queries = queryPoints(indices, logMax + LOG_BLOWUP).map((x): QuadFelt => [x, 0n]);
  const points = [...queries, z, next];
  const each = queries.length + 4;
  const last = PARTS - 1;
  for (let t = 0; t < last; t++) {
    for (let k = 0; k < blinderLength; k++) {
      const row = new RowBuilder();
      const move = (part: number, factor: F.Felt) => {
        for (const [p, x] of points.entries()) {
          const binomial = Q.sub(powerOfTwo(x, logMax), [anchors[part], 0n]);
          const value = Q.mulBase(Q.mul(binomial, Q.pow(x, BigInt(k))), factor);
          const place = part * each;
          if (p < queries.length) row.add(place + p, value[0]);
          else row.addQuad(place + queries.length + 2 * (p - queries.length), value);
        }
      };
      move(t, 1n);
      move(last, F.neg(F.mul(weights[t], F.inv(weights[last]))));
      yield row.sparse();
    }
  }
}

/** Ranks that the blocks taken out have when they are whole: combination, then parts. */
export const reduction = (degreeBound: number, queries: number): number =>
  2 * degreeBound + 2 * (PARTS - 1) * (queries + 4);
