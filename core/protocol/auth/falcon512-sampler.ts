import { chacha20 } from '@noble/ciphers/chacha.js';

/**
 * Integers from a discrete Gaussian distribution: Falcon's SamplerZ (specification 1.2, algorithms 12 to 15), in the
 * order of draws that miden-crypto 1.0.0-rc.0 has. BigInt arithmetic takes varying time: whoever can time signing to
 * the nanosecond learns about the key.
 */

const SIGMA_MAX = 1.8205;
/** The least deviation that is asked for, of degree 512. */
export const SIGMA_MIN = 1.2778336969128337;
export const isDeviation = (sigma: number): boolean => sigma >= SIGMA_MIN && sigma <= SIGMA_MAX;

const BLOCK = 4096;
const BLOCK_COUNT = BLOCK / 64;

/** ChaCha20's key stream under a zero nonce. A draw takes whole words of four bytes; what it leaves of one is lost. */
export class RandomStream {
  readonly #key: Uint8Array;
  readonly #block = new Uint8Array(BLOCK);
  #counter = 0;
  #at = BLOCK;

  constructor(key: Uint8Array) {
    this.#key = key.slice();
  }

  byte(): number {
    this.#fill();
    const value = this.#block[this.#at];
    this.#at += 4;
    return value;
  }

  /** Nine bytes as a number, the lowest first. */
  bits72(): bigint {
    let value = 0n;
    for (let i = 0; i < 9; i++) {
      if (i % 4 === 0) this.#fill();
      value |= BigInt(this.#block[this.#at++]) << BigInt(8 * i);
    }
    this.#at += 3;
    return value;
  }

  #fill(): void {
    if (this.#at < BLOCK) return;
    chacha20(this.#key, new Uint8Array(12), new Uint8Array(BLOCK), this.#block, this.#counter);
    this.#counter += BLOCK_COUNT;
    this.#at = 0;
  }

  /** Forgets key and stream. */
  destroy(): void {
    this.#key.fill(0);
    this.#block.fill(0);
  }
}

/** 2^72 times the chance that a half-Gaussian of deviation {@link SIGMA_MAX} exceeds 0, 1, .. 17. */
const TAIL = [
  3024686241123004913666n,
  1564742784480091954050n,
  636254429462080897535n,
  199560484645026482916n,
  47667343854657281903n,
  8595902006365044063n,
  1163297957344668388n,
  117656387352093658n,
  8867391802663976n,
  496969357462633n,
  20680885154299n,
  638331848991n,
  14602316184n,
  247426747n,
  3104126n,
  28824n,
  198n,
  1n,
];

function halfGaussian(random: RandomStream): number {
  const u = random.bits72();
  let z = 0;
  for (const bound of TAIL) z += Number(u < bound);
  return z;
}

/** 2^63 times the coefficients of a polynomial near exp(-x) on [0, ln 2], the highest first (FACCT, eprint 2018/1234). */
const EXP = [
  0x00000004741183a3n,
  0x00000036548cfc06n,
  0x0000024fdcbf140an,
  0x0000171d939de045n,
  0x0000d00cf58f6f84n,
  0x000680681cf796e3n,
  0x002d82d8305b0fean,
  0x011111110e066fd0n,
  0x0555555555070f00n,
  0x155555555581ff00n,
  0x400000000002b400n,
  0x7fffffffffff4800n,
  0x8000000000000000n,
];
const TWO_63 = 2 ** 63;
const INVERSE_LN2 = 1 / Math.LN2;

/** 2^63 scale exp(-x), about. */
function scaledExp(x: number, scale: number): bigint {
  const z = BigInt(Math.floor(Math.max(x, 0) * TWO_63));
  const y = EXP.reduce((sum, coefficient) => coefficient - ((z * sum) >> 63n));
  return (BigInt(Math.floor(TWO_63 * scale)) * y) >> 63n;
}

/** True with a chance of scale exp(-x). */
function flip(x: number, scale: number, random: RandomStream): boolean {
  const halvings = Math.floor(x * INVERSE_LN2);
  const rest = x - halvings * Math.LN2;
  const chance = BigInt.asUintN(64, 2n * scaledExp(rest, scale) - 1n) >> BigInt(Math.min(halvings, 63));
  for (let shift = 56n; shift >= 0n; shift -= 8n) {
    const difference = random.byte() - Number((chance >> shift) & 0xffn);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

const MAX_PRECISION = 1 / (2 * SIGMA_MAX * SIGMA_MAX);

/** An integer of mean `mu` and deviation `sigma`, for which {@link isDeviation} must hold. */
export function sampleInteger(mu: number, sigma: number, random: RandomStream): number {
  const inverse = 1 / sigma;
  const precision = 0.5 * inverse * inverse;
  const scale = SIGMA_MIN * inverse;
  const floor = Math.floor(mu);
  const rest = mu - floor;
  for (;;) {
    const z0 = halfGaussian(random);
    const sign = random.byte() & 1;
    const z = sign + (2 * sign - 1) * z0;
    const distance = z - rest;
    const x = distance * distance * precision - z0 * z0 * MAX_PRECISION;
    if (flip(x, scale, random)) return z + floor;
  }
}
