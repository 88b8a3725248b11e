import * as F from '../../../core/field/felt.ts';
import { ldeShift } from '../../../core/stark/domain.ts';
import { add, type Polynomial, type QuadPolynomial } from './polynomial.ts';
import { LOG_BLOWUP } from './system.ts';

/** Parts of the quotient: AIRs of degree 9 are among those of every model. */
export const PARTS = 8;

/** c_t and a_t of the quotient's parts: L_t (X^N - a_t) = c_t (X^(8 N) - g^(8 N)). */
export function partition(logMax: number): { weights: F.Felt[]; anchors: F.Felt[] } {
  const a = F.pow(ldeShift(logMax + LOG_BLOWUP), 1n << BigInt(logMax));
  const root = F.rootOfUnity(Math.log2(PARTS));
  const anchors = Array.from({ length: PARTS }, (_, t) => F.mul(a, F.pow(root, BigInt(t))));
  return {
    anchors,
    weights: anchors.map((at) => F.inv(F.mul(BigInt(PARTS), F.pow(at, BigInt(PARTS - 1))))),
  };
}

/**
 * Halves of the parts of a quotient Q of fewer than 2 D N coefficients, without blinders. Q = Q0 + Z s with
 * Z = X^(D N) - g^(D N); part t is Q0 mod X^N - a_t; s, of at most `length` - N coefficients, is put in whole into the
 * last part.
 */
export function divided(quotient: QuadPolynomial, logMax: number, length: number): Polynomial[] {
  const n = 2 ** logMax;
  const size = n * PARTS;
  const shift = F.pow(ldeShift(logMax + LOG_BLOWUP), BigInt(size));
  const { weights, anchors } = partition(logMax);
  const last = PARTS - 1;
  const parts: Polynomial[] = [];
  for (const anchor of anchors) {
    for (const half of quotient) {
      const part = new BigUint64Array(n);
      for (let k = size - 1; k >= 0; k--) {
        const q0 = F.add(half[k], F.mul(shift, half[size + k]));
        part[k % n] = k >= size - n ? q0 : F.add(F.mul(part[k % n], anchor), q0);
      }
      parts.push(part);
    }
  }
  for (const [h, half] of quotient.entries()) {
    const excess = half.subarray(size, size + length - n);
    if (half.subarray(size + excess.length).some((v) => v !== 0n))
      throw new Error('the quotient is too long: the trace or the direction breaks a constraint');
    const scaled = excess.map((v) => F.mul(v, F.inv(weights[last])));
    parts[2 * last + h] = add(parts[2 * last + h], timesBinomial(scaled, n, anchors[last]));
  }
  return parts;
}

/** What blinders of all parts but the last add to the halves of all parts. */
export function blinded(
  blinders: readonly (Polynomial | undefined)[],
  logMax: number,
): (Polynomial | undefined)[] {
  const { weights, anchors } = partition(logMax);
  const n = 2 ** logMax;
  const last = PARTS - 1;
  const out = new Array<Polynomial | undefined>(2 * PARTS).fill(undefined);
  for (let column = 0; column < 2 * last; column++) {
    const blinder = blinders[column];
    if (!blinder) continue;
    const [t, half] = [column >> 1, column & 1];
    out[column] = timesBinomial(blinder, n, anchors[t]);
    const ratio = F.neg(F.mul(weights[t], F.inv(weights[last])));
    const scaled = blinder.map((v) => F.mul(v, ratio));
    out[2 * last + half] = add(timesBinomial(scaled, n, anchors[last]), out[2 * last + half]);
  }
  return out;
}

/** (X^n - a) p. */
function timesBinomial(p: Polynomial, n: number, a: F.Felt): Polynomial {
  const out = new BigUint64Array(n + p.length);
  p.forEach((v, k) => {
    out[k] = F.sub(out[k], F.mul(a, v));
    out[n + k] = F.add(out[n + k], v);
  });
  return out;
}
