import * as F from '../../../core/field/felt.ts';
import { addLanes, loadFelt, mulLanes, mulQuadLanes, storeFelt } from '../../../core/field/lanes.ts';
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

/** Horner. */
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

/** Polynomials at several points: one table of powers per point, then inner products in lanes. As [point][polynomial]. */
export function evaluateAll(polynomials: readonly Polynomial[], points: readonly QuadFelt[]): QuadFelt[][] {
  const length = Math.max(...polynomials.map((p) => p.length), 1);
  return points.map((point) => {
    const at = new Uint32Array(4);
    storeFelt(at, 0, point[0]);
    storeFelt(at, 2, point[1]);
    const powers = new Uint32Array(4 * length);
    powers[0] = 1;
    for (let k = 1; k < length; k++) mulQuadLanes(powers, 4 * k, powers, 4 * (k - 1), at, 0);
    return polynomials.map((p) => [
      innerProduct(p, powers, 0),
      point[1] === 0n ? 0n : innerProduct(p, powers, 2),
    ]);
  });
}

/** Coefficients times one half of the powers. */
function innerProduct(p: Polynomial, powers: Uint32Array, half: 0 | 2): F.Felt {
  const x = new Uint32Array(p.buffer, p.byteOffset, 2 * p.length);
  const r = new Uint32Array(4);
  for (let k = 0; k < x.length; k += 2) {
    if ((x[k] | x[k + 1]) === 0) continue;
    mulLanes(r, 2, x, k, powers, 2 * k + half);
    addLanes(r, 0, r, 0, r, 2);
  }
  return loadFelt(r, 0);
}

/** Sum of two, of which the second may be zero. */
export function add(a: Polynomial, b: Polynomial | undefined): Polynomial {
  const out = new BigUint64Array(Math.max(a.length, b?.length ?? 0));
  out.set(a);
  b?.forEach((v, k) => {
    out[k] = F.add(out[k], v);
  });
  return out;
}
