import { Domain } from '../../hash/domains.ts';
import { compress, hashElements, initWord } from '../../hash/eidos.ts';
import type { Word } from '../../hash/word.ts';

/**
 * Falcon-512 (falcon-sign.info, version 1.2) with Eidos in SHAKE256's place, as miden-crypto 1.0.0-rc.0 has it
 * (src/dsa/falcon512_eidos): a message is a word, its point in the ring Z_q[x] / (x^512 + 1) comes from Eidos, and an
 * account names a public key by its commitment.
 *
 * Polynomials are arrays of 512 integers, the constant coefficient first.
 */
export type Poly = readonly number[];

export const FALCON_Q = 12_289;
export const FALCON_N = 512;
/** What the squared length of a signature (s1, s2) must be less than. */
export const FALCON_NORM_BOUND = 34_034_726;

/** A public key: the polynomial h = g / f, coefficients from 0 to q - 1. */
export interface FalconPublicKey {
  readonly h: Poly;
}

/** A signature: its short half s2, coefficients from -2047 to 2047. The other half follows: s1 = c - s2 h. */
export interface FalconSignature {
  readonly s2: Poly;
  readonly publicKey: FalconPublicKey;
}

/** The only version of the nonce there is; it stands in a signature's bytes. */
export const NONCE_VERSION = 2;
const NONCE_TEXT = 'FALCON-EIDOS-DET';

/**
 * The nonce as elements of five bytes each: the version, log2(512), a fixed text, zeros. It is the same for every
 * signature, since signing is deterministic (Falcon's deterministic mode).
 */
function nonceElements(): bigint[] {
  const bytes = new Uint8Array(40);
  bytes.set([NONCE_VERSION, 9, ...new TextEncoder().encode(NONCE_TEXT)]);
  return Array.from({ length: 8 }, (_, i) =>
    bytes.subarray(5 * i, 5 * i + 5).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
  );
}

/** The chaining value after the nonce: where hashing any message begins. */
const nonceState = (): Word => compress(initWord(Domain.FALCON_HASH_TO_POINT), nonceElements());

/** What a message's point is expanded from. */
export const pointSeed = (message: Word): Word => compress(nonceState(), [...message, 0n, 0n, 0n, 0n]);

/** The coefficients of a message's point before their reduction modulo q: 512 numbers below 2^63. */
export function hashToPoint(message: Word): bigint[] {
  const seed = pointSeed(message);
  const blocks = Array.from({ length: FALCON_N / 4 }, (_, counter) =>
    compress(seed, [BigInt(counter), 0n, 0n, 0n, 0n, 0n, 0n, 0n]),
  );
  return blocks.flat();
}

/** What an account stores of a public key. */
export const falconKeyCommitment = ({ h }: FalconPublicKey): Word =>
  hashElements(h.map(BigInt), Domain.FALCON_PUBLIC_KEY);

/** The product of two polynomials over the integers: 1,023 coefficients and a zero. Exact below 2^53. */
export function multiply(a: Poly, b: Poly): number[] {
  const product = new Array<number>(2 * FALCON_N).fill(0);
  for (let i = 0; i < FALCON_N; i++) {
    for (let j = 0; j < FALCON_N; j++) product[i + j] += a[i] * b[j];
  }
  return product;
}

/** `value` modulo q, from -6144 to 6144. */
export function centered(value: number): number {
  const r = ((value % FALCON_Q) + FALCON_Q) % FALCON_Q;
  return r > FALCON_Q >> 1 ? r - FALCON_Q : r;
}

export const squaredNorm = (...polys: readonly Poly[]): number =>
  polys.reduce((sum, poly) => poly.reduce((part, x) => part + x * x, sum), 0);

/** The other half of a signature over a message: s1 = c - s2 h modulo q and x^512 + 1, centered. */
export function otherHalf({ s2, publicKey }: FalconSignature, message: Word): number[] {
  const product = multiply(s2, publicKey.h);
  return hashToPoint(message).map((c, i) =>
    centered(Number(c % BigInt(FALCON_Q)) - product[i] + product[i + FALCON_N]),
  );
}

/** Whether a signature over `message` holds under the key it carries; whose key that is, the caller must know. */
export const falconVerifies = (signature: FalconSignature, message: Word): boolean =>
  squaredNorm(otherHalf(signature, message), signature.s2) < FALCON_NORM_BOUND;
