/** Which 32 or 33 bytes are a public key: a point of the curve, as the official readers decide it. Nothing here is secret. */
const ED25519_PRIME = 2n ** 255n - 19n;
const ED25519_D = 0x5203_6cee_2b6f_fe73_8cc7_4079_7779_e898_0070_0a4d_4141_d8ab_75eb_4dca_1359_78a3n;
const SECP256K1_PRIME = 2n ** 256n - 2n ** 32n - 977n;
const SECP256K1_B = 7n;
const EVEN = 2;
const ODD = 3;

/** Euler's criterion: 0 for 0, 1 for a square, the prime less one for everything else. */
function euler(value: bigint, prime: bigint): bigint {
  let [power, base] = [1n, value % prime];
  for (let bits = (prime - 1n) / 2n; bits > 0n; bits >>= 1n) {
    if (bits & 1n) power = (power * base) % prime;
    base = (base * base) % prime;
  }
  return power;
}

const bigEndian = (bytes: Uint8Array): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/**
 * Whether some x has x^2 = (y^2 - 1) / (d y^2 + 1), where y are the low 255 bits of 32 little-endian bytes; the highest bit is
 * the sign of x. As in RFC 7748's keys and unlike RFC 8032's, y need not be reduced.
 */
export function isEd25519Point(bytes: Uint8Array): boolean {
  const y = bigEndian(bytes.toReversed()) & (2n ** 255n - 1n);
  const square = (y * y) % ED25519_PRIME;
  // d is no square and -1 is one, so the denominator is never zero, and a quotient is a square when the product is.
  const product = (square + ED25519_PRIME - 1n) * (ED25519_D * square + 1n);
  return euler(product, ED25519_PRIME) <= 1n;
}

/** Whether 33 bytes are a point in SEC 1's compressed form: 2 or 3 by the parity of y, then a reduced x, big-endian. */
export function isSecp256k1Point(bytes: Uint8Array): boolean {
  if (bytes[0] !== EVEN && bytes[0] !== ODD) return false;
  const x = bigEndian(bytes.subarray(1));
  return x < SECP256K1_PRIME && euler(x ** 3n + SECP256K1_B, SECP256K1_PRIME) === 1n;
}
