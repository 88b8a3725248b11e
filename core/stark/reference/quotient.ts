import { Evaluator } from '../../air/evaluate.ts';
import type { Air } from '../../air/types.ts';
import * as F from '../../field/felt.ts';
import { cosetSteps, cosetValues, inverseNtt, powers, scale } from '../../field/ntt.ts';
import * as Q from '../../field/quad.ts';
import type { Columns } from '../lmcs/tree.ts';
import type { Pacer } from './pacer.ts';
import { columnSources, type RowConstants, RowReader, type RowSource } from './rows.ts';

/** Values of an extension polynomial, as two base columns. */
export type QuadColumn = readonly [BigUint64Array, BigUint64Array];

export interface QuotientInput {
  readonly air: Air;
  readonly logHeight: number;
  /** The columns are given on shift * K, K of order 2^(logHeight + logBlowup); */
  readonly shift: F.Felt;
  readonly logBlowup: number;
  /** the quotient is wanted on shift * J, J of order 2^(logHeight + logParts). */
  readonly logParts: number;
  readonly main: Columns;
  readonly aux: Columns;
  readonly preprocessed: Columns | undefined;
  readonly constants: RowConstants;
}

/**
 * The quotient of one AIR: constraints folded by `alpha`, divided by the vanishing polynomial of the trace domain. The
 * rows where it is wanted are every 2^(logBlowup - logParts)-th of the columns'.
 */
export async function airQuotient(
  { air, logHeight, shift, logBlowup, logParts, main, aux, preprocessed, constants }: QuotientInput,
  alpha: Q.QuadFelt,
  pacer: Pacer,
): Promise<QuadColumn> {
  const logLde = logHeight + logBlowup;
  const [size, stride] = [2 ** (logHeight + logParts), 2 ** (logBlowup - logParts)];
  const sources = ({ data, width }: Columns) => columnSources(data, width, logLde);
  // Selectors and periodic columns are laid out on the coset itself, so their index is row / stride.
  const onCoset = (data: BigUint64Array): RowSource => ({
    data,
    at: 0,
    mask: data.length - 1,
    shift: logBlowup - logParts,
  });
  const vanishing = vanishingValues(logHeight, logParts, shift);
  const evaluator = new Evaluator(
    air.graph,
    air.constraints.map((c) => c.expr),
  );
  const reader = new RowReader(
    evaluator,
    {
      main: sources(main),
      aux: sources(aux),
      preprocessed: preprocessed ? sources(preprocessed) : [],
      periodic: air.periodic.map((values) => onCoset(periodicValues(values, logHeight, logParts, shift))),
      selectors: selectorValues(logHeight, logParts, shift, vanishing).map(onCoset),
    },
    constants,
  );
  const inverses = vanishing.map(F.inv);
  const out: QuadColumn = [new BigUint64Array(size), new BigUint64Array(size)];
  const ldeMask = 2 ** logLde - 1;
  for (let i = 0; i < size; i++) {
    const row = i * stride;
    reader.run(row, (row + 2 ** logBlowup) & ldeMask);
    const value = Q.mulBase(evaluator.fold(alpha), inverses[i % inverses.length]);
    out[0][i] = value[0];
    out[1][i] = value[1];
    if (i % 64 === 0) await pacer.tick('constraints', i / size);
  }
  return out;
}

/** x^height - 1 over the coset: as many distinct values as the quotient has parts. */
function vanishingValues(logHeight: number, logParts: number, shift: F.Felt): F.Felt[] {
  const first = F.pow(shift, 1n << BigInt(logHeight));
  return Array.from(powers(F.rootOfUnity(logParts), 2 ** logParts, first), (x) => F.sub(x, 1n));
}

function selectorValues(
  logHeight: number,
  logParts: number,
  shift: F.Felt,
  vanishing: readonly F.Felt[],
): [BigUint64Array, BigUint64Array, BigUint64Array] {
  const points = powers(F.rootOfUnity(logHeight + logParts), 2 ** (logHeight + logParts), shift);
  const lastPoint = F.inv(F.rootOfUnity(logHeight));
  const transition = points.map((x) => F.sub(x, lastPoint));
  const over = (denominators: BigUint64Array) =>
    invertFelts(denominators).map((inverse, i) => F.mul(vanishing[i % vanishing.length], inverse));
  return [over(points.map((x) => F.sub(x, 1n))), over(transition), transition];
}

/** A periodic column over the coset: its polynomial in x^(height / period), which itself repeats. */
function periodicValues(
  values: readonly F.Felt[],
  logHeight: number,
  logParts: number,
  shift: F.Felt,
): BigUint64Array {
  const log = Math.log2(values.length);
  const coefficients = BigUint64Array.from(values);
  inverseNtt(coefficients, log);
  const out = new BigUint64Array(2 ** (log + logParts));
  cosetValues(coefficients, log, logParts, F.pow(shift, 1n << BigInt(logHeight - log)), out);
  return out;
}

function invertFelts(values: BigUint64Array): BigUint64Array {
  const out = new BigUint64Array(values.length);
  let product = 1n;
  for (let i = 0; i < values.length; i++) {
    out[i] = product;
    product = F.mul(product, values[i]);
  }
  let inverse = F.inv(product);
  for (let i = values.length - 1; i >= 0; i--) {
    out[i] = F.mul(out[i], inverse);
    inverse = F.mul(inverse, values[i]);
  }
  return out;
}

/** Brings values on a coset of order 2^logSize to the coset 2^added times as large with the same shift. */
export async function upsample(
  values: QuadColumn,
  logSize: number,
  added: number,
  pacer: Pacer,
): Promise<QuadColumn> {
  if (added === 0) return values;
  const half = async (column: BigUint64Array) => {
    const coefficients = column.slice();
    inverseNtt(coefficients, logSize);
    const out = new BigUint64Array(2 ** (logSize + added));
    // The shift is common to both cosets and cancels.
    for (const _ of cosetSteps(coefficients, logSize, added, 1n, out)) await pacer.tick('constraints', 0.99);
    return out;
  };
  return [await half(values[0]), await half(values[1])];
}

/** sum = sum * beta + next, `sum` being repeated to the length of `next` first: lifting to a taller trace. */
export function accumulate(sum: QuadColumn | undefined, next: QuadColumn, beta: Q.QuadFelt): QuadColumn {
  if (!sum) return next;
  const size = sum[0].length;
  for (let i = 0; i < next[0].length; i++) {
    const lifted: Q.QuadFelt = [sum[0][i % size], sum[1][i % size]];
    const value = Q.add(Q.mul(lifted, beta), [next[0][i], next[1][i]]);
    next[0][i] = value[0];
    next[1][i] = value[1];
  }
  return next;
}

/**
 * Splits quotient values on shift * J, |J| = 2^(logHeight + logParts), into 2^logParts polynomials of the trace height:
 * part t runs through the values on shift * w_J^t * H. Returns coefficients of polynomials in x / shift, two base
 * columns for each part.
 */
export function splitQuotient(values: QuadColumn, logHeight: number, logParts: number): BigUint64Array[] {
  const [n, parts] = [2 ** logHeight, 2 ** logParts];
  const inverseRoot = F.inv(F.rootOfUnity(logHeight + logParts));
  return Array.from({ length: 2 * parts }, (_, column) => {
    const [t, half] = [column >> 1, values[column & 1]];
    const part = BigUint64Array.from({ length: n }, (_, r) => half[r * parts + t]);
    inverseNtt(part, logHeight);
    scale(part, F.pow(inverseRoot, BigInt(t)));
    return part;
  });
}
