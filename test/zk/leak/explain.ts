import * as F from '../../../core/field/felt.ts';
import { blinderValues, maskRow, viewPoints } from './blocks.ts';
import { PARTS } from './parts.ts';
import { evaluate, interpolate, type Polynomial } from './polynomial.ts';
import type { SparseRow } from './row-space.ts';
import { type Columns, type Instance, MATRICES, type Witness } from './system.ts';
import { Model, type ModelOptions, type Opened, type Randomness, type View } from './view.ts';

/** There is no such randomness: the view tells the witnesses apart. */
export class Unexplained extends Error {}

/**
 * Randomness under which `witness` gives the very view that `model` gives under its own: the same challenges, and every
 * number that the verifier sees. The choice is free only where the view does not look, and of the same dimension for
 * every witness; so witnesses cannot be told apart, not even by someone who knows them all. Throws {@link Unexplained}.
 */
export function explain(options: ModelOptions, witness: Witness, degreeBound: number): Randomness {
  const seen = new Model(options, degreeBound).view();
  const { randomness } = options;
  const masks = options.instances.map((instance, i): Columns<BigUint64Array> => {
    const [main, aux] = MATRICES.map((matrix) =>
      randomness.masks[i][matrix].map((mask, c) =>
        movedMask(
          options,
          instance,
          mask,
          options.witness.traces[i][matrix][c],
          witness.traces[i][matrix][c],
        ),
      ),
    );
    return { main, aux };
  });
  const attempt = (change: Partial<Randomness>): View =>
    new Model({ ...options, witness, randomness: { ...randomness, masks, ...change } }, degreeBound).view();

  const blinders = movedBlinders(options, seen, attempt({}));
  const masking = movedMasking(options, seen, attempt({ blinders }));
  return { masks, blinders, masking };
}

const logMax = ({ instances }: ModelOptions) => Math.max(...instances.map(({ logHeight }) => logHeight));

/** The mask that makes up for another trace at all points that the view depends on. */
function movedMask(
  options: ModelOptions,
  { logHeight }: Instance,
  mask: BigUint64Array,
  old: BigUint64Array,
  other: BigUint64Array,
): BigUint64Array {
  const [before, after] = [interpolate(old), interpolate(other)];
  const difference = before.map((v, k) => F.sub(v, after[k]));
  const { base, outside } = viewPoints(logHeight, logMax(options), options.challenges);
  const wanted = [
    ...base.map((y) => evaluate(difference, y)[0]),
    ...outside.flatMap((y) => evaluate(difference, y)),
  ];
  const rows = Array.from(mask, (_, k) => maskRow(logHeight, base, outside, k));
  return sum(mask, solve(rows, wanted));
}

/** Blinders that bring the quotient's parts back to what was seen. */
function movedBlinders(
  { randomness, challenges, ...rest }: ModelOptions,
  seen: View,
  now: View,
): Polynomial[] {
  const log = logMax({ randomness, challenges, ...rest });
  const length = randomness.blinders[0].length;
  const rows = [...blinderValues(log, challenges, length)];
  const flat = ({ queries, z, next }: Opened) => [...queries, ...z, ...next];
  const out: BigUint64Array[] = [...randomness.blinders];
  for (const half of [0, 1]) {
    const wanted = Array.from({ length: PARTS }, (_, t) => {
      const values = flat(now.quotient[2 * t + half]);
      return flat(seen.quotient[2 * t + half]).map((v, k) => F.sub(v, values[k]));
    }).flat();
    const change = solve(rows, wanted);
    for (let t = 0; t < PARTS - 1; t++) {
      const column = 2 * t + half;
      out[column] = sum(out[column], change.slice(t * length, (t + 1) * length));
    }
  }
  return out;
}

/** The masking polynomial that brings the combination back to what was seen. */
function movedMasking({ randomness, weights }: ModelOptions, seen: View, now: View): Randomness['masking'] {
  const [a, b] = weights.quotient.slice(2 * PARTS);
  const determinant = F.inv(F.sub(F.mul(a[0], b[1]), F.mul(a[1], b[0])));
  const out: Randomness['masking'] = [randomness.masking[0].slice(), randomness.masking[1].slice()];
  for (let k = 0; k < seen.combined[0].length; k++) {
    const [d0, d1] = [0, 1].map((h) => F.sub(seen.combined[h][k], now.combined[h][k]));
    const change = [
      F.mul(F.sub(F.mul(d0, b[1]), F.mul(d1, b[0])), determinant),
      F.mul(F.sub(F.mul(d1, a[0]), F.mul(d0, a[1])), determinant),
    ];
    for (const h of [0, 1]) out[h][k] = F.add(out[h][k], change[h]);
  }
  return out;
}

/** Factors of `rows` whose sum is `wanted`; those that are free are zero. */
function solve(rows: readonly SparseRow[], wanted: readonly F.Felt[]): BigUint64Array {
  const unknowns = rows.length;
  const equations = wanted.map((value) => [...new Array<F.Felt>(unknowns).fill(0n), value]);
  for (const [u, { columns, values }] of rows.entries())
    for (const [k, c] of columns.entries()) equations[c][u] = values[k];
  const out = new BigUint64Array(unknowns);
  const pivots: { readonly unknown: number; readonly row: F.Felt[] }[] = [];
  for (const row of equations) {
    for (const pivot of pivots) eliminate(row, pivot.row, pivot.unknown);
    const unknown = row.findIndex((v) => v !== 0n);
    if (unknown < 0) continue;
    if (unknown === unknowns) throw new Unexplained();
    const inverse = F.inv(row[unknown]);
    for (const k of row.keys()) row[k] = F.mul(row[k], inverse);
    for (const pivot of pivots) eliminate(pivot.row, row, unknown);
    pivots.push({ unknown, row });
  }
  for (const { unknown, row } of pivots) out[unknown] = row[unknowns];
  return out;
}

function eliminate(row: F.Felt[], pivot: readonly F.Felt[], at: number): void {
  const factor = row[at];
  if (factor === 0n) return;
  for (const k of row.keys()) row[k] = F.sub(row[k], F.mul(factor, pivot[k]));
}

const sum = (a: BigUint64Array, b: BigUint64Array): BigUint64Array => a.map((v, k) => F.add(v, b[k]));
