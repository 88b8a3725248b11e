import { COMBINE } from '../../../shaders/open.ts';
import { ACCUMULATE } from '../../../shaders/quotient.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import type { QuotientInput } from '../quotient-inputs.ts';
import { instanceQuotient } from './constraints.ts';
import type { Matrix } from './matrix.ts';
import { extend, interpolate, type Twiddles } from './ntt.ts';
import type { Work } from './work.ts';

/** What the quotient is made for. */
export interface QuotientGoal {
  /** log2 of the parts of the committed quotient. */
  readonly logParts: number;
  /** Whether it is wanted on the extra coset, which is block 2^logParts. */
  readonly hasExtra: boolean;
  /** Whether the AIRs' LogUp sums are hidden columns, which a last constraint ties together. */
  readonly hiddenSums: boolean;
}

/** An extension polynomial by values, bit-reversed, two planes each. */
export interface QuotientValues {
  readonly logHeight: number;
  /** On 2^logParts blocks. */
  readonly parts: GPUBuffer;
  /** On the extra coset, one block. */
  readonly extra?: GPUBuffer;
}

/**
 * The quotients of all instances, in proof order, combined by `beta`, on blocks of the tallest. Constraints are folded by
 * `alpha`.
 */
export async function combinedQuotient(
  work: Work,
  twiddles: Twiddles,
  inputs: readonly QuotientInput<Matrix>[],
  goal: QuotientGoal,
  [alpha, beta]: readonly [QuadFelt, QuadFelt],
  onProgress: (fraction: number) => void,
): Promise<QuotientValues> {
  const { logParts } = goal;
  let sum: QuotientValues | undefined;
  const add = async (next: QuotientValues) => {
    if (sum) await accumulate(work, sum, next, logParts, beta);
    sum = next;
  };
  for (const [i, input] of inputs.entries()) {
    const { logHeight, height } = input.main;
    const values = allocateValues(work, logHeight, goal);
    const stride = height * 2 ** logParts;
    const blocks = Array.from({ length: 2 ** input.logParts }, (_, block) => ({
      block,
      out: values.parts,
      at: block * height,
      stride,
    }));
    const extra = values.extra ? [{ block: 2 ** logParts, out: values.extra, at: 0, stride: height }] : [];
    await instanceQuotient(work, twiddles, input, alpha, [...blocks, ...extra], (fraction) =>
      onProgress((i + fraction) / inputs.length),
    );
    await upsample(work, twiddles, input, logParts, values.parts, stride);
    await add(values);
  }
  if (goal.hiddenSums) {
    const values = allocateValues(work, sum!.logHeight, goal);
    await sumQuotient(work, twiddles, inputs, values, goal);
    await add(values);
  }
  return sum!;
}

const allocateValues = (
  work: Work,
  logHeight: number,
  { logParts, hasExtra }: QuotientGoal,
): QuotientValues => ({
  logHeight,
  parts: work.allocate(16 * 2 ** (logHeight + logParts)),
  ...(hasExtra && { extra: work.allocate(16 * 2 ** logHeight) }),
});

/** next = next + beta sum, lifted to the height of `next`; frees `sum`. */
async function accumulate(
  work: Work,
  sum: QuotientValues,
  next: QuotientValues,
  logParts: number,
  beta: QuadFelt,
): Promise<void> {
  const lift = next.logHeight - sum.logHeight;
  const pairs = [
    [sum.parts, next.parts, logParts],
    [sum.extra, next.extra, 0],
  ] as const;
  for (const [before, values, logBlocks] of pairs) {
    if (!before || !values) continue;
    const rows = 2 ** (next.logHeight + logBlocks);
    await work.run({
      kernel: ACCUMULATE,
      buffers: { before, values },
      params: { rows, lift, beforeStride: 2 ** (sum.logHeight + logBlocks), beta },
      groups: Math.ceil(rows / 64),
      cost: 64 * 4,
    });
    work.free(before);
  }
}

/**
 * The quotient of the constraint that ties the hidden sums together: on the trace domain sum_j n_j S_j(x^(r_j)) and a
 * constant come to zero, S_j being masked by (Y^(n_j) - 1) rho_j(Y) with Y = x^(r_j), so what is left of it after division
 * by x^N - 1 is sum_j n_j rho_j(x^(r_j)).
 */
async function sumQuotient(
  work: Work,
  twiddles: Twiddles,
  inputs: readonly QuotientInput<Matrix>[],
  { logHeight, parts, extra }: QuotientValues,
  { logParts }: QuotientGoal,
): Promise<void> {
  const n = 2 ** logHeight;
  const coefficients = { buffer: work.allocate(16 * n), base: 0, stride: n };
  for (const { aux } of inputs) {
    // Sums are the last column.
    const height = F.felt(aux.height);
    const weights = new Array<QuadFelt>(aux.width).fill(Q.ZERO);
    weights[aux.width - 2] = [height, 0n];
    weights[aux.width - 1] = [0n, height];
    const weightBuffer = work.upload(BigUint64Array.from(weights.flat()));
    for (const [i, tails] of aux.tails.entries()) {
      const { first, width } = aux.coefficients.chunks[i];
      await work.run({
        kernel: COMBINE,
        buffers: { coefficients: tails, weights: weightBuffer, sum: coefficients.buffer },
        params: {
          rows: aux.tailLength,
          columns: width,
          stride: aux.tailLength,
          lift: logHeight - aux.logHeight,
          outStride: n,
          weightAt: first,
        },
        groups: Math.ceil(aux.tailLength / 64),
        cost: 64 * 2.5 * width,
      });
    }
    work.free(weightBuffer);
  }
  for (let block = 0; block < 2 ** logParts; block++) {
    const to = { buffer: parts, base: block * n, stride: n * 2 ** logParts };
    await extend(work, twiddles, coefficients, to, 2, logHeight, { domain: 'coset', block });
  }
  if (extra) {
    const to = { buffer: extra, base: 0, stride: n };
    await extend(work, twiddles, coefficients, to, 2, logHeight, { domain: 'coset', block: 2 ** logParts });
  }
  work.free(coefficients.buffer);
}

/** Brings values on the first 2^logOwn blocks to all 2^logParts, in place. */
async function upsample(
  work: Work,
  twiddles: Twiddles,
  { main, logParts: logOwn }: QuotientInput<Matrix>,
  logParts: number,
  values: GPUBuffer,
  stride: number,
): Promise<void> {
  if (logOwn === logParts) return;
  const log = main.logHeight + logOwn;
  const coefficients = { buffer: work.allocate(16 * 2 ** log), base: 0, stride: 2 ** log };
  const place = { buffer: values, base: 0, stride };
  await interpolate(work, twiddles, place, coefficients, 2, log, 'bit-reversed');
  // The shift is common to all cosets and cancels. Block 0 is there already.
  for (let block = 1; block < 2 ** (logParts - logOwn); block++) {
    const to = { ...place, base: block * 2 ** log };
    await extend(work, twiddles, coefficients, to, 2, log, { domain: 'subgroup', block });
  }
  work.free(coefficients.buffer);
}
