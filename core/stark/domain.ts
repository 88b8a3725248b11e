import * as F from '../field/felt.ts';
import * as Q from '../field/quad.ts';
import { sampleExt, type Transcript } from '../hash/transcript.ts';

/**
 * Domains of the lifted STARK (miden-lifted-stark 1.0.0-rc.0, domain.rs; docs/proof-system.md, "Domains").
 *
 * A trace of height 2^l lives on the subgroup of that order. Its low-degree extension lives on a coset of order
 * 2^(l + logBlowup) whose shift depends on that order alone: raising a big coset to the power 2^k gives the coset of
 * a 2^k times smaller order, so a short trace lifted to a tall domain is its own extension repeated.
 */

/** The shift of the extension coset of order 2^logLde, 0 <= logLde <= 32: 7^(2^(32 - logLde)). */
export const ldeShift = (logLde: number): F.Felt => F.pow(F.GENERATOR, 1n << BigInt(F.TWO_ADICITY - logLde));

/** Point `index` (domain order) of the extension coset of order 2^logLde. */
export const ldePoint = (logLde: number, index: number): F.Felt =>
  F.mul(ldeShift(logLde), F.pow(F.rootOfUnity(logLde), BigInt(index)));

/** x^(2^log). */
export function powerOfTwo(x: Q.QuadFelt, log: number): Q.QuadFelt {
  let y = x;
  for (let i = 0; i < log; i++) y = Q.mul(y, y);
  return y;
}

/** x^(2^log) - 1: zero exactly on the subgroup of order 2^log. */
export const vanishingAt = (x: Q.QuadFelt, log: number): Q.QuadFelt => Q.sub(powerOfTwo(x, log), Q.ONE);

/** Values of the row selectors, not normalised: Z/(y - 1), Z/(y - w^-1), y - w^-1 with w the trace generator. */
export interface Selectors<T> {
  readonly first: T;
  readonly last: T;
  readonly transition: T;
}

/** Selectors of a trace of height 2^logHeight at `y`, a point outside that trace's domain. */
export function selectorsAt(y: Q.QuadFelt, logHeight: number): Selectors<Q.QuadFelt> {
  const vanishing = vanishingAt(y, logHeight);
  const transition = Q.sub(y, Q.fromBase(F.inv(F.rootOfUnity(logHeight))));
  return {
    first: Q.mul(vanishing, Q.inv(Q.sub(y, Q.ONE))),
    last: Q.mul(vanishing, Q.inv(transition)),
    transition,
  };
}

/** An out-of-domain point: drawn until it is not zero and outside the trace domain and the extension coset. */
export function samplePoint(transcript: Transcript, logHeight: number, logLde: number): Q.QuadFelt {
  const shiftInverse = F.inv(ldeShift(logLde));
  for (;;) {
    const z = sampleExt(transcript);
    if (Q.isZero(z) || Q.isZero(vanishingAt(z, logHeight))) continue;
    if (!Q.isZero(vanishingAt(Q.mulBase(z, shiftInverse), logLde))) return z;
  }
}

/**
 * Q(z) from its D = 2^logParts interleaved parts at z: part t agrees with Q on the t-th coset of the trace domain
 * inside the evaluation coset, so Q(z) is the barycentric interpolation in u = (z / shift)^height.
 */
export function recombineQuotient(
  parts: readonly Q.QuadFelt[],
  z: Q.QuadFelt,
  logHeight: number,
  logLde: number,
): Q.QuadFelt {
  const u = powerOfTwo(Q.mulBase(z, F.inv(ldeShift(logLde))), logHeight);
  const root = F.rootOfUnity(Math.log2(parts.length));
  let power = 1n;
  let numerator = Q.ZERO;
  let denominator = Q.ZERO;
  for (const part of parts) {
    const weight = Q.mulBase(Q.inv(Q.sub(u, Q.fromBase(power))), power);
    numerator = Q.add(numerator, Q.mul(weight, part));
    denominator = Q.add(denominator, weight);
    power = F.mul(power, root);
  }
  return Q.mul(numerator, Q.inv(denominator));
}

/**
 * The shift of the coset of a trace domain where the quotient is evaluated once more, to find what it has beyond its
 * 2^logParts parts: outside their coset, and lifting maps it to that of a shorter trace too.
 */
export const extraShift = (logHeight: number, logBlowup: number, logParts: number): F.Felt =>
  F.mul(ldeShift(logHeight + logBlowup), F.rootOfUnity(logHeight + logParts + 1));

/** Constants of one part of a quotient over the trace height N; Z(X) = X^(D N) - shift^(D N) of the parts' whole coset. */
export interface QuotientPart {
  /** a: X^N on the coset that the part runs through. */
  readonly power: F.Felt;
  /** c: the part's Lagrange polynomial L has L(X) (X^N - a) = c Z(X). */
  readonly weight: F.Felt;
  /** L on the extra coset, where it is constant. */
  readonly extra: F.Felt;
}

/** The constants of all D = 2^logParts parts, the D-th roots of unity ascending. */
export function quotientParts(logHeight: number, logBlowup: number, logParts: number): QuotientPart[] {
  const height = 1n << BigInt(logHeight);
  const parts = 2 ** logParts;
  const first = F.pow(ldeShift(logHeight + logBlowup), height);
  const at = F.pow(extraShift(logHeight, logBlowup, logParts), height);
  const vanishing = extraVanishing(logHeight, logBlowup, logParts);
  return Array.from({ length: parts }, (_, t) => {
    const power = F.mul(first, F.pow(F.rootOfUnity(logParts), BigInt(t)));
    const weight = F.inv(F.mul(F.felt(parts), F.pow(power, BigInt(parts - 1))));
    return { power, weight, extra: F.mul(F.mul(weight, vanishing), F.inv(F.sub(at, power))) };
  });
}

/** Z on the extra coset: -2 shift^(D N). */
export const extraVanishing = (logHeight: number, logBlowup: number, logParts: number): F.Felt =>
  F.mul(F.felt(-2), F.pow(ldeShift(logHeight + logBlowup), 1n << BigInt(logHeight + logParts)));
