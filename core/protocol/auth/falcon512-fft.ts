import { FALCON_N } from './falcon512.ts';

/**
 * Polynomials over the complex numbers modulo x^n + 1, by their values at its roots, in bit-reversed order.
 *
 * Signing is deterministic, so each machine must compute the same numbers to the last bit: only the operations that
 * IEEE 754 rounds correctly, in one order, and no function that engines may compute as they like.
 */
export interface Values {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

const zeros = (n: number): Values => ({ re: new Float64Array(n), im: new Float64Array(n) });

export const constant = (value: number): Values => ({ re: Float64Array.of(value), im: Float64Array.of(0) });

/** Computes each value from those of `a` and `b` at the same root. */
function combine(
  a: Values,
  b: Values,
  re: (ar: number, ai: number, br: number, bi: number) => number,
  im: (ar: number, ai: number, br: number, bi: number) => number,
): Values {
  const out = zeros(a.re.length);
  for (let i = 0; i < a.re.length; i++) {
    out.re[i] = re(a.re[i], a.im[i], b.re[i], b.im[i]);
    out.im[i] = im(a.re[i], a.im[i], b.re[i], b.im[i]);
  }
  return out;
}

export const add = (a: Values, b: Values): Values =>
  combine(
    a,
    b,
    (ar, _ai, br) => ar + br,
    (_ar, ai, _br, bi) => ai + bi,
  );

export const subtract = (a: Values, b: Values): Values =>
  combine(
    a,
    b,
    (ar, _ai, br) => ar - br,
    (_ar, ai, _br, bi) => ai - bi,
  );

export const times = (a: Values, b: Values): Values =>
  combine(
    a,
    b,
    (ar, ai, br, bi) => ar * br - ai * bi,
    (ar, ai, br, bi) => ar * bi + ai * br,
  );

export const negate = (a: Values): Values => ({ re: a.re.map((x) => -x), im: a.im.map((x) => -x) });
export const conjugate = (a: Values): Values => ({ re: a.re.slice(), im: a.im.map((x) => -x) });

export function inverse(a: Values): Values {
  const norms = a.re.map((x, i) => x * x + a.im[i] * a.im[i]);
  return { re: a.re.map((x, i) => x / norms[i]), im: a.im.map((x, i) => -x / norms[i]) };
}

/** The sum of the squared absolute values. */
export const energy = ({ re, im }: Values): number =>
  re.reduce((sum, x, i) => sum + (x * x + im[i] * im[i]), 0);

/** Values of the polynomial with these coefficients. */
export function fft(coefficients: readonly number[]): Values {
  const n = coefficients.length;
  const { re, im } = { re: Float64Array.from(coefficients), im: new Float64Array(n) };
  const w = roots();
  for (let m = 1, t = n >> 1; m < n; m <<= 1, t >>= 1) {
    for (let i = 0; i < m; i++) {
      const wr = w.re[m + i];
      const wi = w.im[m + i];
      for (let j = 2 * i * t; j < 2 * i * t + t; j++) {
        const vr = re[j + t] * wr - im[j + t] * wi;
        const vi = re[j + t] * wi + im[j + t] * wr;
        [re[j], re[j + t]] = [re[j] + vr, re[j] - vr];
        [im[j], im[j + t]] = [im[j] + vi, im[j] - vi];
      }
    }
  }
  return { re, im };
}

/** The coefficients' real parts. */
export function inverseFft(values: Values): number[] {
  const n = values.re.length;
  const { re, im } = { re: values.re.slice(), im: values.im.slice() };
  const w = roots();
  for (let h = n >> 1, t = 1; h > 0; h >>= 1, t <<= 1) {
    for (let i = 0; i < h; i++) {
      const wr = w.re[h + i];
      const wi = -w.im[h + i];
      for (let j = 2 * i * t; j < 2 * i * t + t; j++) {
        const dr = re[j] - re[j + t];
        const di = im[j] - im[j + t];
        re[j] += re[j + t];
        im[j] += im[j + t];
        re[j + t] = dr * wr - di * wi;
        im[j + t] = dr * wi + di * wr;
      }
    }
  }
  return Array.from(re, (x) => x * (1 / n));
}

/** The values of both halves f0, f1 of f(x) = f0(x^2) + x f1(x^2). */
export function split({ re, im }: Values): [Values, Values] {
  const half = re.length >> 1;
  const [even, odd] = [zeros(half), zeros(half)];
  const w = roots();
  for (let i = 0; i < half; i++) {
    const wr = 0.5 * w.re[half + i];
    const wi = -0.5 * w.im[half + i];
    const dr = re[2 * i] - re[2 * i + 1];
    const di = im[2 * i] - im[2 * i + 1];
    even.re[i] = 0.5 * (re[2 * i] + re[2 * i + 1]);
    even.im[i] = 0.5 * (im[2 * i] + im[2 * i + 1]);
    odd.re[i] = wr * dr - wi * di;
    odd.im[i] = wr * di + wi * dr;
  }
  return [even, odd];
}

/** The inverse of {@link split}. */
export function merge(even: Values, odd: Values): Values {
  const half = even.re.length;
  const out = zeros(2 * half);
  const w = roots();
  for (let i = 0; i < half; i++) {
    const wr = w.re[half + i];
    const wi = w.im[half + i];
    const vr = wr * odd.re[i] - wi * odd.im[i];
    const vi = wr * odd.im[i] + wi * odd.re[i];
    out.re[2 * i] = even.re[i] + vr;
    out.re[2 * i + 1] = even.re[i] - vr;
    out.im[2 * i] = even.im[i] + vi;
    out.im[2 * i + 1] = even.im[i] - vi;
  }
  return out;
}

let table: Values | undefined;

/** One entry of the official table is not the nearest double but the one below. */
const ODD_ONE = 432;
const ODD_SINE = 0.16491312048996992;

/** cos and sin of i pi / 512 for each i, at the place of its nine bits reversed. */
function roots(): Values {
  if (table === undefined) {
    table = zeros(FALCON_N);
    for (let i = 0; i < FALCON_N; i++) {
      let at = 0;
      for (let bit = 1; bit < FALCON_N; bit <<= 1) at = 2 * at + ((i & bit) === 0 ? 0 : 1);
      [table.re[at], table.im[at]] = cosSin((i * Math.PI) / FALCON_N);
    }
    table.im[ODD_ONE] = ODD_SINE;
  }
  return table;
}

const FRACTION_BITS = 160n;
const UNIT = 1n << FRACTION_BITS;

/** Cosine and sine of a double, correctly rounded: `Math.cos` may differ from engine to engine. By their series. */
function cosSin(angle: number): [number, number] {
  const x = (BigInt(angle * 2 ** 62) * UNIT) >> 62n;
  const sums = [0n, 0n];
  let term = UNIT;
  for (let k = 1n; term !== 0n; k++) {
    const at = Number(k - 1n) % 4;
    sums[at % 2] += at < 2 ? term : -term;
    term = (term * x) / (k * UNIT);
  }
  return [toDouble(sums[0]), toDouble(sums[1])];
}

/** A fraction of {@link UNIT} as the nearest double. `Number` rounds correctly, and the division is exact. */
const toDouble = (value: bigint): number => Number(value) / 2 ** Number(FRACTION_BITS);
