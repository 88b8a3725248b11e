import { MODULUS } from '../../field/felt.ts';

/**
 * Logarithms to base 2 in fixed point with 16 fractional bits, in bigints. Every verifier gets the same number, and as
 * the caller picks the direction of each rounding, it is never better than the truth (p3-security 0.8.0, src/fixed.rs).
 */
const FRACTION_BITS = 16n;

export const fromBits = (bits: number): bigint => BigInt(bits) << FRACTION_BITS;
export const wholeBits = (q16: bigint): number => Number(q16 >> FRACTION_BITS);

/** log2(x) rounded down, for 0 < x < 2^64: square the mantissa, read off a bit, repeat. */
export function floorLog2(x: bigint): bigint {
  const integer = BigInt(x.toString(2).length - 1);
  let result = integer << FRACTION_BITS;
  let mantissa = integer >= 32n ? x >> (integer - 32n) : x << (32n - integer);
  for (let bit = FRACTION_BITS - 1n; bit >= 0n; bit--) {
    mantissa = (mantissa * mantissa) >> 32n;
    if (mantissa >= 1n << 33n) {
      mantissa >>= 1n;
      result |= 1n << bit;
    }
  }
  return result;
}

/** log2(x) rounded up; exact for powers of two. */
export const ceilLog2 = (x: bigint): bigint => floorLog2(x) + ((x & (x - 1n)) === 0n ? 0n : 1n);

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const atLeastZero = (a: bigint): bigint => (a > 0n ? a : 0n);
export const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** log2(e), rounded up. */
export const LOG2_E = 94_549n;
/** log2 of the extension field's size, rounded down: twice that of p. */
export const FIELD_BITS = 2n * floorLog2(MODULUS);
