import { blake3 } from '@noble/hashes/blake3.js';
import { falcon512padded } from '@noble/post-quantum/falcon.js';
import { ByteReader, ByteWriter, FormatError } from '../../bytes.ts';
import type { Word } from '../../hash/word.ts';
import {
  centered,
  FALCON_N,
  FALCON_NORM_BOUND,
  FALCON_Q,
  type FalconPublicKey,
  type FalconSignature,
  falconVerifies,
  hashToPoint,
  multiply,
  type Poly,
} from './falcon512.ts';
import { add, energy, fft, inverseFft, negate, subtract, times, type Values } from './falcon512-fft.ts';
import { fitsSignature, readFalconPublicKey, readFalconSecretPolys } from './falcon512-format.ts';
import { RandomStream } from './falcon512-sampler.ts';
import { type FalconTree, sampleNear, treeOf } from './falcon512-tree.ts';

/**
 * Keys and signing. A key's polynomials f, g, F, G fulfil f G - g F = q modulo x^512 + 1: a short basis of the lattice
 * that its public h = g / f names. Key pairs are @noble/post-quantum's; its signing hashes with SHAKE256 and cannot be
 * told to sign another point, so signing is here.
 */
export interface FalconSigner {
  readonly publicKey: FalconPublicKey;
  /** The only signature over a message that this key ever makes, on every machine: two would give the key away. */
  sign(message: Word): FalconSignature;
}

const SEED_BYTES = 48;

/**
 * The 1,281 bytes of a new secret key, in Falcon's own format, made of 48 random bytes; throws `malformed` for any other
 * number. The same seed gives the same key.
 */
export function newFalconSecretKey(seed: Uint8Array): Uint8Array {
  if (seed.length !== SEED_BYTES)
    throw new FormatError('seed of a key', `it has ${seed.length} bytes, not ${SEED_BYTES}`);
  return falcon512padded.keygen(seed).secretKey;
}

/** Reads a secret key; throws `malformed` if it is none, or not one to sign with. Takes some ten milliseconds. */
export function falconSigner(secretKey: Uint8Array): FalconSigner {
  const reader = new ByteReader(secretKey, 'Falcon-512 secret key');
  const { f, g, bigF } = readFalconSecretPolys(reader);
  const publicKey = publicKeyOf(secretKey, reader);
  const bigG = reduce(multiply(publicKey.h, bigF)).map(centered);
  const determinant = subtractPolys(reduce(multiply(f, bigG)), reduce(multiply(g, bigF)));
  if (determinant.some((x, i) => x !== (i === 0 ? FALCON_Q : 0)))
    reader.fail('its polynomials do not belong together');
  const basis: Basis = [fft(g), fft(f), fft(bigG), fft(bigF)];
  const tree = treeOf(basis) ?? reader.fail('its polynomials are not short enough');
  const key = secretKey.slice();
  return { publicKey, sign: (message) => sign({ publicKey, basis, tree, key }, message) };
}

type Basis = readonly [g: Values, f: Values, bigG: Values, bigF: Values];

interface Secret {
  readonly publicKey: FalconPublicKey;
  readonly basis: Basis;
  readonly tree: FalconTree;
  readonly key: Uint8Array;
}

function publicKeyOf(secretKey: Uint8Array, reader: ByteReader): FalconPublicKey {
  try {
    return readFalconPublicKey(falcon512padded.getPublicKey(secretKey));
  } catch {
    return reader.fail('it has no public key');
  }
}

function sign({ publicKey, basis: [g, f, bigG, bigF], tree, key }: Secret, message: Word): FalconSignature {
  const c = fft(hashToPoint(message).map((x) => (1 / FALCON_Q) * Number(x % BigInt(FALCON_Q))));
  const t0 = times(c, bigF);
  const t1 = negate(times(c, f));
  const random = new RandomStream(seedOf(key, message));
  try {
    for (;;) {
      const [z0, z1] = sampleNear(t0, t1, tree, random);
      const [d0, d1] = [subtract(t0, z0), subtract(t1, z1)];
      const first = add(times(d0, g), times(d1, bigG));
      const second = add(times(d0, f), times(d1, bigF));
      if ((energy(first) + energy(second)) / FALCON_N > FALCON_NORM_BOUND) continue;
      const signature = { s2: inverseFft(second).map(roundAway), publicKey };
      if (fitsSignature(signature.s2) && falconVerifies(signature, message)) return signature;
    }
  } finally {
    random.destroy();
  }
}

/** What a signature's randomness is expanded from: BLAKE3 of log2(512), the secret key and the message. */
function seedOf(key: Uint8Array, message: Word): Uint8Array {
  return blake3(new ByteWriter().u8(9).bytes(key).word(message).finish());
}

const reduce = (product: Poly): number[] =>
  Array.from({ length: FALCON_N }, (_, i) => product[i] - product[i + FALCON_N]);
const subtractPolys = (a: Poly, b: Poly): number[] => a.map((x, i) => x - b[i]);
/** The nearest integer; of two, the one farther from zero. */
const roundAway = (x: number): number => (x < 0 ? -Math.round(-x) : Math.round(x));
