/**
 * Goldilocks: the prime field of order p = 2^64 - 2^32 + 1.
 *
 * A `Felt` is a canonical `bigint` in [0, p). This is the scalar form for code that runs a few thousand times;
 * bulk data is a `BigUint64Array` of canonical elements and is worked on by kernels (WASM, WGSL).
 *
 * Constants: generator 7, two-adicity 32, root of order 2^32 = 7^((p-1)/2^32) (p3-goldilocks 0.8.0, goldilocks.rs).
 */
export type Felt = bigint;

export const MODULUS = 0xffff_ffff_0000_0001n;
export const GENERATOR = 7n;
export const TWO_ADICITY = 32;
const ROOT_2_32 = 0x1856_29dc_da58_878cn;

/** Reduces any integer, negative ones too, to its canonical representative. */
export function felt(value: bigint | number): Felt {
  const r = BigInt(value) % MODULUS;
  return r < 0n ? r + MODULUS : r;
}

export const isCanonical = (value: bigint): boolean => value >= 0n && value < MODULUS;

export function add(a: Felt, b: Felt): Felt {
  const r = a + b;
  return r >= MODULUS ? r - MODULUS : r;
}

export function sub(a: Felt, b: Felt): Felt {
  return a >= b ? a - b : a + MODULUS - b;
}

export function neg(a: Felt): Felt {
  return a === 0n ? 0n : MODULUS - a;
}

export function mul(a: Felt, b: Felt): Felt {
  return (a * b) % MODULUS;
}

/** base^exponent for any non-negative integer exponent. */
export function pow(base: Felt, exponent: bigint): Felt {
  let result = 1n;
  let b = base;
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = mul(result, b);
    b = mul(b, b);
  }
  return result;
}

/** Multiplicative inverse by extended Euclid. Throws `RangeError` on zero: callers check first. */
export function inv(a: Felt): Felt {
  if (a === 0n) throw new RangeError('zero has no inverse');
  let [r0, r1, t0, t1] = [MODULUS, a, 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [t0, t1] = [t1, t0 - q * t1];
  }
  return t0 < 0n ? t0 + MODULUS : t0;
}

const ROOTS: readonly Felt[] = (() => {
  const roots = new Array<Felt>(TWO_ADICITY + 1);
  roots[TWO_ADICITY] = ROOT_2_32;
  for (let i = TWO_ADICITY; i > 0; i--) roots[i - 1] = mul(roots[i], roots[i]);
  return roots;
})();

/** The canonical generator of the multiplicative subgroup of order 2^log, 0 <= log <= 32. */
export function rootOfUnity(log: number): Felt {
  const root = ROOTS[log];
  if (root === undefined) throw new RangeError(`no subgroup of order 2^${log}`);
  return root;
}
