import { type Felt, felt, inv } from '../../field/felt.ts';
import { Domain } from '../../hash/domains.ts';
import { hashElements } from '../../hash/eidos.ts';
import type { Word } from '../../hash/word.ts';
import {
  FALCON_N,
  FALCON_Q,
  type FalconSignature,
  falconKeyCommitment,
  hashToPoint,
  multiply,
  otherHalf,
  type Poly,
  pointSeed,
  squaredNorm,
} from './falcon512.ts';

/** What is added to coefficients of s1 and s2, so that they are not negative: half of q. */
const SHIFT = FALCON_Q >> 1;
/** A quotient is 2^18 high + low - 2^20. */
const QUOTIENT_LOG = 18n;
const QUOTIENT_SHIFT = 1n << 20n;
const HALF = inv(2n);

/** The six polynomials of a signature's witness, each 512 elements, in the order in which they are hashed and read. */
export interface FalconWitness {
  readonly s1: readonly Felt[];
  readonly s2: readonly Felt[];
  readonly quotientHigh: readonly Felt[];
  readonly quotientLow: readonly Felt[];
  readonly fold: readonly Felt[];
  readonly lags: readonly Felt[];
}

/**
 * What `kiln::core::falcon512::verify` needs to be shown, see there. Of any signature, even one that does not hold: then
 * no witness would convince it, this one neither.
 */
export function falconWitness(signature: FalconSignature, message: Word): FalconWitness {
  const { s2, publicKey } = signature;
  const s1 = otherHalf(signature, message);
  const product = multiply(s2, publicKey.h);
  const quotient = hashToPoint(message).map((c, i) => {
    const rest = c - BigInt(s1[i] + product[i] - product[i + FALCON_N]);
    return rest / BigInt(FALCON_Q) + QUOTIENT_SHIFT;
  });
  const shifted = (poly: Poly): Felt[] => poly.map((x) => felt(x + SHIFT));
  return {
    s1: shifted(s1),
    s2: shifted(s2),
    quotientHigh: quotient.map((x) => x >> QUOTIENT_LOG),
    quotientLow: quotient.map((x) => x & ((1n << QUOTIENT_LOG) - 1n)),
    fold: product.slice(FALCON_N).map((x) => felt(-x)),
    lags: lagsOf(s1, s2),
  };
}

/**
 * The correlation of (s1, s2) with itself, at the lags 511 to 1, and half of the squared norm: its value at lag 0. The
 * greatest lag comes first.
 */
function lagsOf(s1: Poly, s2: Poly): Felt[] {
  const [first, second] = [s1, s2].map((s) => multiply(s, [...s].reverse()));
  const lags = Array.from({ length: FALCON_N - 1 }, (_, i) => felt(first[i] + second[i]));
  return [...lags, felt(BigInt(squaredNorm(s1, s2)) * HALF)];
}

/** What goes onto the advice stack before `verify` runs: the point, the key, the witness. */
export const falconAdvice = (signature: FalconSignature, message: Word): Felt[] =>
  adviceOf(signature, message, falconWitness(signature, message));

/** The same for any witness: the point at which it is looked at is drawn from it. */
export function adviceOf({ publicKey }: FalconSignature, message: Word, witness: FalconWitness): Felt[] {
  const { s1, s2, quotientHigh, quotientLow, fold, lags } = witness;
  const polys = [...s1, ...s2, ...quotientHigh, ...quotientLow, ...fold, ...lags];
  const bound = [...falconKeyCommitment(publicKey), ...pointSeed(message), ...polys];
  const [tau0, tau1] = hashElements(bound, Domain.FALCON_PRODUCT_CHECK);
  return [tau1, tau0, ...publicKey.h.map(BigInt), ...polys];
}
