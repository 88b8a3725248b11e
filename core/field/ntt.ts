import * as F from './felt.ts';

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
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half);
    for (let k = 0; k < half; k++) {
      const w = roots[k * stride];
      for (let i = k; i < n; i += 2 * half) {
        const a = data[i];
        const b = k === 0 ? data[i + half] : (data[i + half] * w) % F.MODULUS;
        const sum = a + b;
        data[i] = sum >= F.MODULUS ? sum - F.MODULUS : sum;
        data[i + half] = a >= b ? a - b : a + F.MODULUS - b;
      }
    }
  }
}

/** In place: values on the subgroup of order 2^log to coefficients. */
export function inverseNtt(data: BigUint64Array, log: number): void {
  const n = 2 ** log;
  ntt(data, log);
  const scale = F.inv(F.felt(n));
  for (let i = 1; i < n - i; i++) {
    const t = data[i];
    data[i] = data[n - i];
    data[n - i] = t;
  }
  for (let i = 0; i < n; i++) data[i] = (data[i] * scale) % F.MODULUS;
}

/**
 * Values of the polynomial with these 2^logHeight coefficients on shift * K, K the subgroup of order
 * 2^(logHeight + logBlowup), in the order shift * w^0, shift * w^1, ... written to `out`. K splits into 2^logBlowup
 * cosets of the small subgroup, one transform each.
 */
export function cosetValues(
  coefficients: BigUint64Array,
  logHeight: number,
  logBlowup: number,
  shift: F.Felt,
  out: BigUint64Array,
): void {
  const [n, blowup] = [2 ** logHeight, 2 ** logBlowup];
  const root = F.rootOfUnity(logHeight + logBlowup);
  const scratch = new BigUint64Array(n);
  let offset = shift;
  for (let t = 0; t < blowup; t++) {
    let scale = 1n;
    for (let k = 0; k < n; k++) {
      scratch[k] = (coefficients[k] * scale) % F.MODULUS;
      scale = (scale * offset) % F.MODULUS;
    }
    ntt(scratch, logHeight);
    for (let k = 0; k < n; k++) out[k * blowup + t] = scratch[k];
    offset = F.mul(offset, root);
  }
}
