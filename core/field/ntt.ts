import * as F from './felt.ts';
import { addLanes, mulLanes, storeFelt, subLanes } from './lanes.ts';

/**
 * Number-theoretic transforms over Goldilocks, radix 2, natural order in and out: the reference that fast kernels must
 * equal. Columns are slices of a `BigUint64Array` of canonical elements.
 */

/** Powers base^0 .. base^(n - 1), times `first`. */
export function powers(base: F.Felt, n: number, first: F.Felt = 1n): BigUint64Array {
  const out = new BigUint64Array(n);
  let x = first;
  for (let i = 0; i < n; i++) {
    out[i] = x;
    x = (x * base) % F.MODULUS;
  }
  return out;
}

const twiddles = new Map<number, BigUint64Array>();
function twiddlesOf(log: number): BigUint64Array {
  let table = twiddles.get(log);
  if (!table) twiddles.set(log, (table = powers(F.rootOfUnity(log), 2 ** Math.max(log - 1, 0))));
  return table;
}

/** Swaps entry i with the entry whose index has the bits of i reversed. */
function bitReverse(data: BigUint64Array, log: number): void {
  const n = 2 ** log;
  for (let i = 0, j = 0; i < n; i++) {
    if (i < j) {
      const t = data[i];
      data[i] = data[j];
      data[j] = t;
    }
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
  }
}

/** In place: coefficients (lowest first) of a polynomial to its values on the subgroup of order 2^log, w^0 first. */
export function ntt(data: BigUint64Array, log: number): void {
  const n = 2 ** log;
  const roots = twiddlesOf(log);
  bitReverse(data, log);
  const lanes = lanesOf(data);
  const w = lanesOf(roots);
  const product = new Uint32Array(2);
  for (let half = 1; half < n; half *= 2) {
    const stride = n / half;
    for (let start = 0; start < 2 * n; start += 4 * half) {
      for (let k = 0, t = 0; k < 2 * half; k += 2, t += stride) {
        const a = start + k;
        const b = a + 2 * half;
        mulLanes(product, 0, lanes, b, w, t);
        subLanes(lanes, b, lanes, a, product, 0);
        addLanes(lanes, a, lanes, a, product, 0);
      }
    }
  }
}

/** In place: values on the subgroup of order 2^log to coefficients. */
export function inverseNtt(data: BigUint64Array, log: number): void {
  const n = 2 ** log;
  ntt(data, log);
  const inverse = F.inv(F.felt(n));
  for (let i = 1; i < n - i; i++) {
    const t = data[i];
    data[i] = data[n - i];
    data[n - i] = t;
  }
  for (let i = 0; i < n; i++) data[i] = (data[i] * inverse) % F.MODULUS;
}

/**
 * Values of the polynomial with these coefficients (2^logHeight, or up to twice as many) on shift * K, K the subgroup of
 * order 2^(logHeight + logBlowup), in the order shift * w^0, shift * w^1, ... written to `out`.
 */
export function cosetValues(
  coefficients: BigUint64Array,
  logHeight: number,
  logBlowup: number,
  shift: F.Felt,
  out: BigUint64Array,
): void {
  for (const _ of cosetSteps(coefficients, logHeight, logBlowup, shift, out));
}

/** {@link cosetValues} in pieces: K splits into 2^logBlowup cosets of the small subgroup, one transform per step. */
export function* cosetSteps(
  coefficients: BigUint64Array,
  logHeight: number,
  logBlowup: number,
  shift: F.Felt,
  out: BigUint64Array,
): Generator<void> {
  const [n, blowup] = [2 ** logHeight, 2 ** logBlowup];
  const root = F.rootOfUnity(logHeight + logBlowup);
  const scaled = coefficients.slice();
  scale(scaled, shift);
  for (let t = 0; t < blowup; t++) {
    const values = wrapped(scaled, n);
    ntt(values, logHeight);
    for (let k = 0; k < n; k++) out[k * blowup + t] = values[k];
    if (t + 1 < blowup) scale(scaled, root);
    yield;
  }
}

/** The first n coefficients, with the others added to those n below: on a subgroup of order n, x^n is one. */
function wrapped(coefficients: BigUint64Array, n: number): BigUint64Array {
  const values = coefficients.slice(0, n);
  for (let k = n; k < coefficients.length; k++) values[k - n] = F.add(values[k - n], coefficients[k]);
  return values;
}

/** In place: entry k times base^k. */
export function scale(data: BigUint64Array, base: F.Felt): void {
  if (base === 1n) return;
  const lanes = lanesOf(data);
  // [power, base]
  const r = new Uint32Array(4);
  storeFelt(r, 0, 1n);
  storeFelt(r, 2, base);
  for (let k = 0; k < lanes.length; k += 2) {
    mulLanes(lanes, k, lanes, k, r, 0);
    mulLanes(r, 0, r, 0, r, 2);
  }
}

const lanesOf = (data: BigUint64Array): Uint32Array =>
  new Uint32Array(data.buffer, data.byteOffset, 2 * data.length);
