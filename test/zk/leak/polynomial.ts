import * as F from '../../../core/field/felt.ts';
import { inverseNtt, ntt, scale } from '../../../core/field/ntt.ts';
import type { QuadFelt } from '../../../core/field/quad.ts';
import * as Q from '../../../core/field/quad.ts';

/** Coefficients over the base field, lowest first. */
export type Polynomial = BigUint64Array;
/** Coefficients over the extension, by halves. */
export type QuadPolynomial = readonly [Polynomial, Polynomial];

/** x, the element that extends the base field. */
export const X: QuadFelt = [0n, 1n];
export const conjugate = ([a, b]: QuadFelt): QuadFelt => [a, F.neg(b)];
/** a + x b for the values a, b of an extension column's two base columns, at a point of the extension. */
export const joined = (a: QuadFelt, b: QuadFelt): QuadFelt => Q.add(a, Q.mul(b, X));

/** The polynomial below degree n through n values on the trace domain. */
export function interpolate(values: BigUint64Array): Polynomial {
  const coefficients = values.slice();
  inverseNtt(coefficients, Math.log2(values.length));
  return coefficients;
}

/** t + (Y^n - 1) r: the committed polynomial of trace values whose interpolant is t. */
export function masked(values: BigUint64Array, mask: BigUint64Array): Polynomial {
  const n = values.length;
  const out = new BigUint64Array(n + mask.length);
  out.set(interpolate(values));
  mask.forEach((r, i) => {
    out[i] = F.sub(out[i], r);
    out[n + i] = F.add(out[n + i], r);
  });
  return out;
}

/** (Y^n - 1) Y^i: how a masked polynomial moves with coefficient i of its mask. */
export function maskDirection(n: number, i: number): Polynomial {
  const out = new BigUint64Array(n + i + 1);
  out[i] = F.neg(1n);
  out[n + i] = F.add(out[n + i], 1n);
  return out;
}

/** Horner; `step` is the power of the point that a coefficient's place counts (a lifted column's 2^k). */
export function evaluate(p: Polynomial, at: QuadFelt): QuadFelt {
  let [s0, s1] = [0n, 0n];
  const [a0, a1] = at;
  for (let k = p.length - 1; k >= 0; k--) {
    const t0 = (s0 * a0 + Q.NON_RESIDUE * s1 * a1 + p[k]) % F.MODULUS;
    s1 = (s0 * a1 + s1 * a0) % F.MODULUS;
    s0 = t0;
  }
  return [s0, s1];
}

export function evaluateBase(p: Polynomial, at: F.Felt): F.Felt {
  let sum = 0n;
  for (let k = p.length - 1; k >= 0; k--) sum = (sum * at + p[k]) % F.MODULUS;
  return sum;
}

/** Any coset that meets neither a trace domain nor another one's extension does. */
const SHIFT = F.GENERATOR;

/** Points of the coset on which {@link valuesOnCoset} lists values. */
export const cosetPoints = (log: number): F.Felt[] =>
  Array.from({ length: 2 ** log }, (_, k) => F.mul(SHIFT, F.pow(F.rootOfUnity(log), BigInt(k))));

/** Values of a polynomial of at most 2^log coefficients. */
export function valuesOnCoset(p: Polynomial, log: number): BigUint64Array {
  const out = new BigUint64Array(2 ** log);
  out.set(p);
  scale(out, SHIFT);
  ntt(out, log);
  return out;
}

/** Inverse of {@link valuesOnCoset}, in place. */
export function fromCoset(values: BigUint64Array): Polynomial {
  inverseNtt(values, Math.log2(values.length));
  scale(values, F.inv(SHIFT));
  return values;
}
