import { ADD_MULTIPLE, LENGTH } from '../../../shaders/mask.ts';
import { SCALE } from '../../../shaders/ntt.ts';
import { COMBINE } from '../../../shaders/open.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { extraShift, extraVanishing, quotientParts } from '../domain.ts';
import { invalidTrace } from '../errors.ts';
import { reverseBits } from '../order.ts';
import type { Stream } from '../randomness/stream.ts';
import type { Chunk } from './columns.ts';
import type { Matrix } from './matrix.ts';
import { blockShift, interpolate, type Place, type Twiddles } from './ntt.ts';
import type { QuotientValues } from './quotient.ts';
import type { Work } from './work.ts';

/**
 * Interpolates the parts of a combined quotient into the columns of its matrix: part t runs through the values on the
 * t-th coset, which is block rev(t).
 */
export async function interpolateParts(
  work: Work,
  twiddles: Twiddles,
  values: GPUBuffer,
  quotient: Matrix,
  logParts: number,
): Promise<void> {
  const { logHeight, logBlowup, height } = quotient;
  const parts = 2 ** logParts;
  for (let t = 0; t < parts; t++) {
    const block = reverseBits(t, logParts);
    const shift = blockShift(logHeight, logBlowup, block);
    for (const half of [0, 1]) {
      const { buffer, at } = quotient.coefficients.locate(2 * t + half);
      const from = { buffer: values, base: half * parts * height + block * height, stride: height };
      const to = { buffer, base: at, stride: height };
      await interpolateCoset(work, twiddles, from, to, 1, logHeight, shift);
    }
  }
}

/** Coefficients of polynomials through values on `shift` times the subgroup of order 2^logN, given bit-reversed. */
async function interpolateCoset(
  work: Work,
  twiddles: Twiddles,
  from: Place,
  to: Place,
  columns: number,
  logN: number,
  shift: F.Felt,
): Promise<void> {
  await interpolate(work, twiddles, from, to, columns, logN, 'bit-reversed');
  const squares = new BigUint64Array(32);
  let power = F.inv(shift);
  for (let bit = 0; bit < squares.length; bit++, power = F.mul(power, power)) squares[bit] = power;
  const powers = work.upload(squares);
  for (let c = 0; c < columns; c++) {
    await work.run({
      kernel: SCALE,
      buffers: { powers, data: to.buffer },
      params: { size: 2 ** logN, base: to.base + c * to.stride, powersAt: 0 },
      groups: Math.ceil(2 ** logN / 64),
      cost: 32 * logN,
    });
  }
  work.free(powers);
}

/**
 * Turns interpolated parts q_t into those that are committed: q_t + (X^N - a_t) s_t, where s_t is random, the halves from
 * the streams of columns 2t and 2t + 1, but for the last, which makes sum_t c_t s_t the s of the whole quotient
 * Q = Q0 + (X^(D N) - g^(D N)) s: Q0 is what the parts interpolate, Q is known on the extra coset as well. Throws
 * `invalid-trace` if s has more than `excessLength` coefficients.
 */
export async function blindParts(
  work: Work,
  twiddles: Twiddles,
  values: QuotientValues,
  quotient: Matrix,
  logParts: number,
  excessLength: number,
  blinders: { readonly streams: readonly Stream[]; readonly length: number },
): Promise<void> {
  const { logHeight, logBlowup, height, tailLength } = quotient;
  const constants = quotientParts(logHeight, logBlowup, logParts);
  const vanishing = extraVanishing(logHeight, logBlowup, logParts);
  const last = constants.length - 1;

  // Q - Q0 = Z s on the extra coset, where Z is one number: as polynomials of fewer than N coefficients.
  const rest: Place = { buffer: work.allocate(16 * height), base: 0, stride: height };
  if (values.extra) {
    const from = { buffer: values.extra, base: 0, stride: height };
    const shift = extraShift(logHeight, logBlowup, logParts);
    await interpolateCoset(work, twiddles, from, rest, 2, logHeight, shift);
    const weights = constants.map(({ extra }) => F.neg(extra));
    await addParts(work, quotient.coefficients.chunks, height, weights, rest);
    const length = await polynomialLength(work, rest, height);
    if (length > excessLength) {
      throw invalidTrace(
        `the quotient has ${length} coefficients beyond its parts, ${excessLength} at most are right`,
      );
    }
  }

  // Z (s - sum of c_t s_t), then the last part's share of it.
  await quotient.randomTails(work, 0, blinders.streams, { count: blinders.length });
  const tails = quotient.coefficients.chunks.map((chunk, i) => ({ ...chunk, buffer: quotient.tails[i] }));
  const weights = constants.map(({ weight }, t) => (t === last ? 0n : F.neg(F.mul(vanishing, weight))));
  await addParts(work, tails, tailLength, weights, rest);
  const share = F.inv(F.mul(vanishing, constants[last].weight));
  for (const [t, { power }] of constants.entries()) {
    for (const half of [0, 1]) {
      const tail = quotient.locateTail(2 * t + half);
      const head = quotient.coefficients.locate(2 * t + half);
      if (t === last) {
        const from = { buffer: rest.buffer, at: half * rest.stride };
        await addMultiple(work, from, tail, tailLength, share);
      }
      await addMultiple(work, tail, head, tailLength, F.neg(power));
    }
  }
  work.free(rest.buffer);
}

/** sum += weights[t] times part t: `rows` coefficients of columns 2t and 2t + 1, columns `rows` apart in their chunk. */
async function addParts(
  work: Work,
  chunks: readonly Chunk[],
  rows: number,
  weights: readonly F.Felt[],
  sum: Place,
): Promise<void> {
  const { first: lastFirst, width: lastWidth } = chunks[chunks.length - 1];
  const columns = new Array<QuadFelt>(lastFirst + lastWidth).fill(Q.ZERO);
  for (const [t, weight] of weights.entries()) {
    columns[2 * t] = [weight, 0n];
    columns[2 * t + 1] = [0n, weight];
  }
  const weightBuffer = work.upload(BigUint64Array.from(columns.flat()));
  for (const { buffer, first, width } of chunks) {
    await work.run({
      kernel: COMBINE,
      buffers: { coefficients: buffer, weights: weightBuffer, sum: sum.buffer },
      params: { rows, columns: width, stride: rows, lift: 0, outStride: sum.stride, weightAt: first },
      groups: Math.ceil(rows / 64),
      cost: 64 * 2.5 * width,
    });
  }
  work.free(weightBuffer);
}

/** to[i] += factor from[i], 0 <= i < count. */
function addMultiple(
  work: Work,
  from: { readonly buffer: GPUBuffer; readonly at: number },
  to: { readonly buffer: GPUBuffer; readonly at: number },
  count: number,
  factor: F.Felt,
): Promise<void> {
  return work.run({
    kernel: ADD_MULTIPLE,
    buffers: { source: from.buffer, data: to.buffer },
    params: {
      count,
      columns: 1,
      sourceBase: from.at,
      sourceStride: 0,
      dataBase: to.at,
      dataStride: 0,
      factor,
    },
    groups: Math.ceil(count / 64),
    cost: 64 * 2,
  });
}

/** Coefficients of an extension polynomial up to the last that is not zero. */
async function polynomialLength(work: Work, { buffer, stride }: Place, size: number): Promise<number> {
  const found = work.allocate(4);
  await work.run({
    kernel: LENGTH,
    buffers: { data: buffer, found },
    params: { size, stride },
    groups: Math.ceil(size / 64),
    cost: 64,
  });
  const [length] = new Uint32Array((await work.read(found, 0, 4)).slice().buffer);
  work.free(found);
  return length;
}
