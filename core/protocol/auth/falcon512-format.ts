import { ByteReader } from '../../bytes.ts';
import { ProtocolError } from '../errors.ts';
import {
  FALCON_N,
  FALCON_Q,
  type FalconPublicKey,
  type FalconSignature,
  NONCE_VERSION,
  type Poly,
} from './falcon512.ts';

/** The bytes of Falcon-512 keys and signatures, those of miden-crypto 1.0.0-rc.0. One form each: others are refused. */

const LOG_N = 9;
const KEY_BITS = 14;
const KEY_BYTES = (FALCON_N * KEY_BITS) / 8;
const SIGNATURE_HEADER = 0xb0 | LOG_N;
const SECRET_HEADER = 0x50 | LOG_N;
/** Of coefficients of f and g, and of F. */
const SECRET_BITS = 6;
const SECRET_BIG_BITS = 8;
const S2_BYTES = 625;
/** Of a coefficient of s2: seven low bits as they are, the high ones in unary, at most fifteen. */
const LOW_BITS = 7;
const HIGH_LIMIT = 16;

const PUBLIC_KEY_BYTES = 1 + KEY_BYTES;
const SIGNATURE_BYTES = 2 + S2_BYTES + PUBLIC_KEY_BYTES;

/** 897 bytes: log2(512), and 14 bits for each coefficient, the high bit first. */
export function writeFalconPublicKey({ h }: FalconPublicKey): Uint8Array {
  const bits = h.flatMap((x) => bitsOf(x, KEY_BITS));
  return Uint8Array.of(LOG_N, ...pack(bits, KEY_BYTES));
}

/** Reads {@link writeFalconPublicKey}'s form; throws `malformed`. */
export function readFalconPublicKey(bytes: Uint8Array): FalconPublicKey {
  const reader = new ByteReader(bytes, 'Falcon-512 public key');
  const key = publicKeyFrom(reader);
  reader.end();
  return key;
}

function publicKeyFrom(reader: ByteReader): FalconPublicKey {
  if (reader.u8() !== LOG_N) reader.fail('its degree is not 512');
  const next = bitReader(reader.bytes(KEY_BYTES));
  const h = Array.from({ length: FALCON_N }, () => next(KEY_BITS)!);
  if (h.some((x) => x >= FALCON_Q)) reader.fail(`a coefficient is not below ${FALCON_Q}`);
  return { h };
}

/**
 * 1,524 bytes: a header, the nonce's version, s2 compressed (Falcon's algorithm 17), the public key. Throws `signature`
 * if s2 does not fit; the signer has to try again then.
 */
export function writeFalconSignature({ s2, publicKey }: FalconSignature): Uint8Array {
  const bits = compressed(s2);
  if (bits === undefined) {
    throw new ProtocolError('signature', 'This signature is too long.', {
      details: `its polynomial takes more than ${S2_BYTES} bytes, or has a coefficient that is not below 2048`,
      advice: 'Sign again.',
    });
  }
  const out = new Uint8Array(SIGNATURE_BYTES);
  out.set([SIGNATURE_HEADER, NONCE_VERSION]);
  out.set(pack(bits, S2_BYTES), 2);
  out.set(writeFalconPublicKey(publicKey), 2 + S2_BYTES);
  return out;
}

/** Reads {@link writeFalconSignature}'s form; throws `malformed`. It says nothing about whether the signature holds. */
export function readFalconSignature(bytes: Uint8Array): FalconSignature {
  const reader = new ByteReader(bytes, 'Falcon-512 signature');
  if (reader.u8() !== SIGNATURE_HEADER) reader.fail('it is not compressed, or not of degree 512');
  if (reader.u8() !== NONCE_VERSION) reader.fail(`its nonce is not of version ${NONCE_VERSION}`);
  const s2 = decompressed(reader);
  const publicKey = publicKeyFrom(reader);
  reader.end();
  return { s2, publicKey };
}

/** Whether a signature with this s2 can be written. */
export const fitsSignature = (s2: Poly): boolean => compressed(s2) !== undefined;

/** Three of the four polynomials of a secret key; the fourth follows from them. */
interface FalconSecretPolys {
  readonly f: Poly;
  readonly g: Poly;
  readonly bigF: Poly;
}

/** Reads Falcon's form of secret keys, 1,281 bytes; what the polynomials are good for is not looked at. */
export function readFalconSecretPolys(reader: ByteReader): FalconSecretPolys {
  if (reader.u8() !== SECRET_HEADER) reader.fail('it is not of degree 512');
  const polys = {
    f: smallPoly(reader, SECRET_BITS),
    g: smallPoly(reader, SECRET_BITS),
    bigF: smallPoly(reader, SECRET_BIG_BITS),
  };
  reader.end();
  return polys;
}

function smallPoly(reader: ByteReader, bits: number): number[] {
  const next = bitReader(reader.bytes((FALCON_N * bits) / 8));
  const least = -(2 ** (bits - 1));
  return Array.from({ length: FALCON_N }, () => {
    const value = next(bits)!;
    const signed = value >= -least ? value + 2 * least : value;
    return signed === least ? reader.fail(`a coefficient is ${least}`) : signed;
  });
}

const bitsOf = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (value >> (count - 1 - i)) & 1);

/** The bits of s2: sign, seven low bits, high bits in unary; `undefined` if they do not fit into a signature. */
function compressed(s2: Poly): number[] | undefined {
  if (s2.some((x) => Math.abs(x) >= HIGH_LIMIT << LOW_BITS)) return undefined;
  const bits = s2.flatMap((x) => {
    const size = Math.abs(x);
    return [
      x < 0 ? 1 : 0,
      ...bitsOf(size & 127, LOW_BITS),
      ...new Array<number>(size >> LOW_BITS).fill(0),
      1,
    ];
  });
  return bits.length <= 8 * S2_BYTES ? bits : undefined;
}

function decompressed(reader: ByteReader): number[] {
  const next = bitReader(reader.bytes(S2_BYTES));
  const bits = (count: number): number => next(count) ?? reader.fail('its polynomial does not end');
  const s2 = Array.from({ length: FALCON_N }, () => {
    const negative = bits(1) === 1;
    const low = bits(LOW_BITS);
    let high = 0;
    while (bits(1) === 0) if (++high === HIGH_LIMIT) reader.fail('a coefficient is not below 2048');
    const size = 128 * high + low;
    if (negative && size === 0) reader.fail('a zero has a sign');
    return negative ? -size : size;
  });
  for (let bit = next(1); bit !== undefined; bit = next(1)) {
    if (bit === 1) reader.fail('something stands behind its polynomial');
  }
  return s2;
}

function pack(bits: readonly number[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < bits.length; i++) bytes[i >> 3] |= bits[i] << (7 - (i & 7));
  return bytes;
}

/** Takes so many bits, the high one first; `undefined` where there are no more. */
function bitReader(bytes: Uint8Array): (count: number) => number | undefined {
  let at = 0;
  return (count) => {
    if (at + count > 8 * bytes.length) return undefined;
    let value = 0;
    for (let i = 0; i < count; i++, at++) value = 2 * value + ((bytes[at >> 3] >> (7 - (at & 7))) & 1);
    return value;
  };
}
