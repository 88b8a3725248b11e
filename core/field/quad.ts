import * as F from './felt.ts';

/**
 * The quadratic extension F[x] / (x^2 - 7). An element c0 + c1 x is the pair [c0, c1], written c0 then c1 in every
 * transcript, format and flattened column (p3-goldilocks 0.8.0, extension.rs).
 */
export type QuadFelt = readonly [c0: F.Felt, c1: F.Felt];

export const NON_RESIDUE = 7n;
export const ZERO: QuadFelt = [0n, 0n];
export const ONE: QuadFelt = [1n, 0n];

export const fromBase = (a: F.Felt): QuadFelt => [a, 0n];
export const equal = (a: QuadFelt, b: QuadFelt): boolean => a[0] === b[0] && a[1] === b[1];
export const isZero = (a: QuadFelt): boolean => a[0] === 0n && a[1] === 0n;
export const add = (a: QuadFelt, b: QuadFelt): QuadFelt => [F.add(a[0], b[0]), F.add(a[1], b[1])];
export const sub = (a: QuadFelt, b: QuadFelt): QuadFelt => [F.sub(a[0], b[0]), F.sub(a[1], b[1])];
export const neg = (a: QuadFelt): QuadFelt => [F.neg(a[0]), F.neg(a[1])];

export function mul(a: QuadFelt, b: QuadFelt): QuadFelt {
  return [(a[0] * b[0] + NON_RESIDUE * (a[1] * b[1])) % F.MODULUS, (a[0] * b[1] + a[1] * b[0]) % F.MODULUS];
}

export const mulBase = (a: QuadFelt, b: F.Felt): QuadFelt => [F.mul(a[0], b), F.mul(a[1], b)];

/** Throws `RangeError` on zero. */
export function inv(a: QuadFelt): QuadFelt {
  const norm = F.felt(a[0] * a[0] - NON_RESIDUE * a[1] * a[1]);
  const i = F.inv(norm);
  return [F.mul(a[0], i), F.mul(F.neg(a[1]), i)];
}

/** base^exponent for any non-negative integer exponent. */
export function pow(base: QuadFelt, exponent: bigint): QuadFelt {
  let result = ONE;
  let b = base;
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = mul(result, b);
    b = mul(b, b);
  }
  return result;
}
