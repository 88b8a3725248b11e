import * as F from '../../field/felt.ts';
import { extraVanishing, type QuotientPart, quotientParts } from '../domain.ts';
import { type MaskPurpose, Purpose } from '../randomness/stream.ts';
import type { ProofRandomness } from '../randomness/types.ts';
import { excess, type Samples, sumTask } from './excess.ts';
import type { Matrix, Tails } from './matrix.ts';
import type { Pool, RunOptions, Task } from './pool.ts';
import type { Columns } from './program.ts';
import { LoadedStream } from './randomness.ts';
import type { Tables } from './tables.ts';

/** What hides polynomials: random coefficients beyond the trace height, and what they take off those below. */

/** Random columns: `count` elements at each address, each from a stream of its own. */
async function draw(
  pool: Pool,
  randomness: ProofRandomness,
  columns: readonly {
    readonly purpose: MaskPurpose;
    readonly instance: number;
    readonly column: number;
    readonly runs: readonly { readonly address: number; readonly count: number }[];
  }[],
  { signal }: RunOptions,
): Promise<void> {
  const mark = pool.mark();
  const streams: LoadedStream[] = [];
  try {
    const tasks: Task[] = [];
    for (const { purpose, instance, column, runs } of columns) {
      const stream = new LoadedStream(pool, randomness.take(purpose, instance, column));
      streams.push(stream);
      let first = 0;
      for (const { address, count } of runs) {
        tasks.push(stream.elements(address, count, first));
        first += count;
      }
    }
    await pool.run(tasks, { signal });
  } finally {
    for (const stream of streams) stream.close();
    pool.release(mark);
  }
}

const bytesOf = ({ stride }: Tails, width: number): number => stride * width;

/** Masks every column of matrices whose coefficients are there: t + (X^n - 1) r, r uniform as long as the tails. */
export async function mask(
  pool: Pool,
  matrices: readonly { readonly matrix: Matrix; readonly instance: number }[],
  purpose: MaskPurpose,
  randomness: ProofRandomness,
  options: RunOptions,
): Promise<void> {
  const columns = matrices.flatMap(({ matrix: { width, tails }, instance }) => {
    if (!tails) throw new RangeError('a masked matrix without tails');
    pool.bytes(tails.address, bytesOf(tails, width)).fill(0);
    return Array.from({ length: width }, (_, column) => ({
      purpose,
      instance,
      column,
      runs: [{ address: tails.address + column * tails.stride, count: tails.used }],
    }));
  });
  await draw(pool, randomness, columns, options);
  const tasks = matrices.map(({ matrix: { heads, tails, width } }) =>
    sumTask(heads, tails!.length, width, [
      { columns: heads, weight: 1n },
      { columns: tails!, weight: F.neg(1n) },
    ]),
  );
  await pool.run(tasks, { signal: options.signal });
}

/** What the committed quotient is blinded with. */
export interface Blinding {
  readonly logParts: number;
  readonly blinderLength: number;
  readonly maskingColumns: number;
  /** The quotient at the samples, two columns, and the coefficients its excess may have; absent where there is no excess. */
  readonly beyond?: {
    readonly values: Columns;
    readonly samples: Samples;
    readonly length: number;
  };
  /** The masks of hidden sums, two columns each of `length` coefficients, by the log heights of their traces. */
  readonly sums: readonly { readonly logHeight: number; readonly masks: Tails }[];
}

/**
 * Completes the quotient's matrix, whose coefficients are those of its parts: part t becomes q_t + (X^N - a_t) s_t, where the
 * s_t are random but for the last, which makes sum_t c_t s_t the excess; each gets the sums' quotient; and the masking
 * polynomial fills the last columns. Throws `invalid-trace` if the excess is too long.
 */
export async function blindQuotient(
  pool: Pool,
  tables: Tables,
  matrix: Matrix,
  { logParts, blinderLength, maskingColumns, beyond, sums }: Blinding,
  randomness: ProofRandomness,
  options: RunOptions,
): Promise<void> {
  const { heads, tails, logHeight, logBlowup, width } = matrix;
  if (!tails) throw new RangeError('a blinded matrix without tails');
  const last = 2 ** logParts - 1;
  const constants = quotientParts(logHeight, logBlowup, logParts);
  const mark = pool.mark();
  pool.bytes(tails.address, bytesOf(tails, width)).fill(0);
  if (beyond) {
    const { values, samples, length } = beyond;
    const inner = { heads, log: logHeight, weights: constants.map((c) => c.extra) };
    const vanishing = extraVanishing(logHeight, logBlowup, logParts);
    await excess(pool, tables, values, samples, inner, vanishing, length, options);
    // It waits where the last part's blinder will stand.
    for (const half of [0, 1]) {
      const to = pool.words(tails.address + (2 * last + half) * tails.stride, tails.length);
      to.set(pool.words(values.address + half * values.stride, length));
    }
  }
  await draw(pool, randomness, blinderRuns(matrix, tails, last, blinderLength, maskingColumns), options);
  const pair = (t: number): Columns => ({
    address: tails.address + 2 * t * tails.stride,
    stride: tails.stride,
  });
  const inverse = F.inv(constants[last].weight);
  const rest = constants.map(({ weight }, t) => ({
    columns: pair(t),
    weight: t === last ? inverse : F.neg(F.mul(weight, inverse)),
  }));
  await pool.run([sumTask(pair(last), tails.length, 2, rest)], { signal: options.signal });
  const total = sumsQuotient(pool, sums, logHeight, tails.length);
  const tasks = constants.map(({ power }: QuotientPart, t): Task => {
    const to = { address: heads.address + 2 * t * heads.stride, stride: heads.stride };
    return sumTask(to, tails.length, 2, [
      { columns: to, weight: 1n },
      { columns: pair(t), weight: F.neg(power) },
      { columns: total, weight: 1n },
    ]);
  });
  await pool.run(tasks, { signal: options.signal });
  pool.release(mark);
}

/** Where the random coefficients of the quotient's matrix go. */
function blinderRuns(
  { heads, height }: Matrix,
  tails: Tails,
  last: number,
  blinderLength: number,
  maskingColumns: number,
) {
  const tail = (column: number) => tails.address + column * tails.stride;
  const blinders = Array.from({ length: 2 * last }, (_, column) => ({
    purpose: Purpose.Blinder,
    instance: 0,
    column,
    runs: [{ address: tail(column), count: blinderLength }],
  }));
  const masking = Array.from({ length: maskingColumns }, (_, column) => {
    const own = 2 * (last + 1) + column;
    return {
      purpose: Purpose.Masking,
      instance: 0,
      column,
      runs: [
        { address: heads.address + own * heads.stride, count: height },
        { address: tail(own), count: tails.used },
      ],
    };
  });
  return [...blinders, ...masking];
}

/**
 * The quotient by X^N - 1 of the constraint that the sums of all AIRs come to zero: sum_j n_j rho_j(X^(N / n_j)), rho_j
 * the mask of AIR j's sum. Two columns of `length` coefficients in new memory.
 */
function sumsQuotient(pool: Pool, sums: Blinding['sums'], logHeight: number, length: number): Columns {
  const total = { address: pool.allocate(16 * length), stride: 8 * length };
  pool.bytes(total.address, 16 * length).fill(0);
  for (const { logHeight: log, masks } of sums) {
    const step = 2 ** (logHeight - log);
    for (const half of [0, 1]) {
      const to = pool.words(total.address + half * total.stride, length);
      const mask = pool.words(masks.address + half * masks.stride, masks.used);
      mask.forEach((coefficient, i) => {
        to[i * step] = F.add(to[i * step], F.mul(coefficient, 1n << BigInt(log)));
      });
    }
  }
  return total;
}
