import * as F from '../../field/felt.ts';
import { cosetValues, inverseNtt, powers, scale } from '../../field/ntt.ts';
import { extraShift, extraVanishing, ldeShift, quotientParts } from '../domain.ts';
import { invalidTrace } from '../errors.ts';
import type { QuadColumn } from './quotient.ts';

/** What a quotient's parts are made for: the trace height, the rate and the number of parts, all as log2. */
export interface PartsShape {
  readonly logHeight: number;
  readonly logBlowup: number;
  readonly logParts: number;
}

/**
 * What a quotient Q has beyond its parts: the s of Q = Q0 + Z s, where Q0 is what `parts` (base columns 2 t and 2 t + 1
 * of part t, coefficients in x / shift) interpolate and `values` are Q on the extra coset. Returns `length`
 * coefficients; if `strict`, throws `invalid-trace` when there are more.
 */
export function excess(
  parts: readonly BigUint64Array[],
  values: QuadColumn,
  { logHeight, logBlowup, logParts }: PartsShape,
  length: number,
  strict: boolean,
): QuadColumn {
  const constants = quotientParts(logHeight, logBlowup, logParts);
  const shift = extraShift(logHeight, logBlowup, logParts);
  const relative = F.mul(shift, F.inv(ldeShift(logHeight + logBlowup)));
  const factor = F.inv(extraVanishing(logHeight, logBlowup, logParts));
  const half = (h: 0 | 1) => {
    const inner = new BigUint64Array(2 ** logHeight);
    for (const [t, { extra }] of constants.entries()) addMultiple(inner, parts[2 * t + h], extra);
    const s = new BigUint64Array(inner.length);
    cosetValues(inner, logHeight, 0, relative, s);
    for (const [i, value] of values[h].entries()) s[i] = F.mul(F.sub(value, s[i]), factor);
    inverseNtt(s, logHeight);
    scale(s, F.inv(shift));
    const highest = s.findLastIndex((coefficient) => coefficient !== 0n);
    if (strict && highest >= length)
      throw invalidTrace(
        `the quotient's excess has ${highest + 1} coefficients, ${length} at most are right`,
      );
    return s.slice(0, length);
  };
  return [half(0), half(1)];
}

/**
 * The parts as they are committed: part t plus (X^N - a_t) s_t, where the s_t are random but for the last, which makes
 * sum_t c_t s_t the excess. Then their interpolation is the whole quotient. Columns of `length` coefficients in x / shift.
 */
export function blinded(
  parts: readonly BigUint64Array[],
  beyond: QuadColumn,
  { logHeight, logBlowup, logParts }: PartsShape,
  length: number,
  blinderOf: (column: number) => BigUint64Array,
): BigUint64Array[] {
  const constants = quotientParts(logHeight, logBlowup, logParts);
  const n = 2 ** logHeight;
  const rest = beyond.map((half) => padded(half, length - n));
  const scales = powers(ldeShift(logHeight + logBlowup), length);
  return parts.map((part, column) => {
    const [half, { power, weight }] = [rest[column & 1], constants[column >> 1]];
    let blinder: BigUint64Array;
    if (column >> 1 < constants.length - 1) {
      blinder = padded(blinderOf(column), length - n);
      addMultiple(half, blinder, F.neg(weight));
    } else {
      const inverse = F.inv(weight);
      blinder = half.map((value) => F.mul(value, inverse));
    }
    const out = padded(part, length);
    for (const [i, value] of blinder.entries()) {
      out[i] = F.sub(out[i], F.mul(F.mul(power, scales[i]), value));
      out[n + i] = F.mul(scales[n + i], value);
    }
    return out;
  });
}

/** Coefficients in x as coefficients in x / shift. */
export function inShifted(coefficients: BigUint64Array, shift: F.Felt): BigUint64Array {
  const out = coefficients.slice();
  scale(out, shift);
  return out;
}

function padded(values: BigUint64Array, length: number): BigUint64Array {
  const out = new BigUint64Array(length);
  out.set(values);
  return out;
}

/** sum = sum + factor * column. */
function addMultiple(sum: BigUint64Array, column: BigUint64Array, factor: F.Felt): void {
  for (const [i, value] of column.entries()) sum[i] = F.add(sum[i], F.mul(value, factor));
}
