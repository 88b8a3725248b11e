import * as F from '../../field/felt.ts';
import { extraShift } from '../domain.ts';
import { invalidTrace } from '../errors.ts';
import type { Matrix, Tails } from './matrix.ts';
import { montgomery } from './montgomery.ts';
import type { Pool, RunOptions, Task } from './pool.ts';
import type { Columns } from './program.ts';
import type { TableKey, Tables } from './tables.ts';

/**
 * What a masked quotient has beyond its 2^logParts parts. With Z the polynomial that vanishes on their whole coset,
 * Q = Q0 + Z s, and s is short: so it is found from Q at few points outside that coset, a part of the extra coset.
 */

/** Points shift * w^j, w of order 2^log. */
export interface Samples {
  readonly log: number;
  readonly shift: F.Felt;
}

/** The smallest transform. */
export const MIN_LOG_SAMPLES = 6;
/** More points than coefficients: the surplus must come out as zeros, so that a quotient that is none is noticed. */
const SURPLUS = 32;

/** log2 of the points that a polynomial of `length` coefficients is found from, in a trace of 2^logHeight rows. */
export const logSamples = (length: number, logHeight: number): number =>
  Math.min(Math.max(Math.ceil(Math.log2(length + SURPLUS)), MIN_LOG_SAMPLES), logHeight);

/** The first 2^log points, bit-reversed, of the coset that a quotient of 2^logParts parts is evaluated on once more. */
export const samplesOf = (log: number, logHeight: number, logBlowup: number, logParts: number): Samples => ({
  log,
  shift: extraShift(logHeight, logBlowup, logParts),
});

/** One row on from {@link Samples}, in a trace of 2^logHeight rows. */
const nextOf = ({ log, shift }: Samples, logHeight: number): Samples => ({
  log,
  shift: F.mul(shift, F.rootOfUnity(logHeight)),
});

const forward = ({ log, shift }: Samples): TableKey => ({ log, shift, inverse: false });
const inverse = ({ log, shift }: Samples): TableKey => ({ log, shift, inverse: true });

/** Tables to find an excess at these points of a trace of 2^logHeight rows. */
export const excessTables = (samples: Samples, logHeight: number): TableKey[] => [
  forward(samples),
  forward(nextOf(samples, logHeight)),
  inverse(samples),
];

/** Values of `columns` polynomials, of 2^log coefficients and what is in their tails, at each of the `cosets`. */
function sampleTask(
  tables: Tables,
  heads: Columns,
  log: number,
  tails: Tails | undefined,
  cosets: readonly { readonly samples: Samples; readonly to: Columns }[],
  columns: number,
): Task {
  const beyond = tails ? [tails.address, tails.stride, tails.length] : [0, 0, 0];
  return {
    kernel: 'sampleColumns',
    params: [
      ...[heads.address, heads.stride, log, ...beyond],
      ...[cosets[0].samples.log, cosets.length, cosets[0].to.stride],
      ...cosets.flatMap(({ samples, to }) => [
        tables.at(forward(samples)),
        to.address,
        montgomery(F.pow(samples.shift, 1n << BigInt(samples.log))),
      ]),
    ],
    jobs: columns,
  };
}

/** Values at one set of points, in memory that the caller has. */
export const samplePolynomials = (
  tables: Tables,
  heads: Columns,
  log: number,
  tails: Tails | undefined,
  samples: Samples,
  to: Columns,
): Task => sampleTask(tables, heads, log, tails, [{ samples, to }], 2);

/** Values of a matrix in new memory: current rows, and next rows beside them. */
export function sampleMatrix(
  pool: Pool,
  tables: Tables,
  matrix: Matrix,
  samples: Samples,
): { readonly task: Task; readonly columns: Columns & { readonly next: number } } {
  const { heads, tails, logHeight, width } = matrix;
  const stride = 8 * 2 ** samples.log;
  const columns = { address: pool.allocate(width * stride), next: pool.allocate(width * stride), stride };
  const cosets = [
    { samples, to: columns },
    { samples: nextOf(samples, logHeight), to: { address: columns.next, stride } },
  ];
  return { task: sampleTask(tables, heads, logHeight, tails, cosets, width), columns };
}

/** Bytes that {@link sampleMatrix} takes for 2^log points of `width` columns. */
export const sampleBytes = (width: number, log: number): number => 16 * width * 2 ** log + 128;

/** A sum of columns with weights. */
export interface Term {
  readonly columns: Columns;
  readonly weight: F.Felt;
}

/** Puts the sums of `terms` over `rows` (even) rows into `columns` columns; these may be among the terms. */
export const sumTask = (to: Columns, rows: number, columns: number, terms: readonly Term[]): Task => ({
  kernel: 'sumColumns',
  params: [
    ...[to.address, to.stride, rows, terms.length],
    ...terms.flatMap(({ columns: c, weight }) => [c.address, c.stride, montgomery(weight)]),
  ],
  jobs: columns,
});

/** What the parts say of a quotient: sum of `weights` times pairs of columns of 2^log coefficients, one after the other. */
export interface Inner {
  readonly heads: Columns;
  readonly log: number;
  readonly weights: readonly F.Felt[];
}

/**
 * The excess s, in place of the quotient's `values` at the samples (two columns). `vanishing`: Z there. Throws
 * `invalid-trace` if s has more than `length` coefficients.
 */
export async function excess(
  pool: Pool,
  tables: Tables,
  values: Columns,
  samples: Samples,
  { heads, log, weights }: Inner,
  vanishing: F.Felt,
  length: number,
  { signal }: RunOptions,
): Promise<void> {
  const rows = 2 ** samples.log;
  const mark = pool.mark();
  const parts = weights.map((_, t) => ({
    from: { address: heads.address + 2 * t * heads.stride, stride: heads.stride },
    to: { address: pool.allocate(16 * rows), stride: 8 * rows },
  }));
  await pool.run(
    parts.map(({ from, to }) => samplePolynomials(tables, from, log, undefined, samples, to)),
    { signal },
  );
  const factor = F.inv(vanishing);
  const terms = [
    { columns: values, weight: factor },
    ...parts.map(({ to }, t) => ({ columns: to, weight: F.neg(F.mul(weights[t], factor)) })),
  ];
  await pool.run([sumTask(values, rows, 2, terms)], { signal });
  const { address, stride } = values;
  const params = [address, stride, address, stride, samples.log, tables.at(inverse(samples)), 0];
  await pool.run([{ kernel: 'interpolateColumns', params, jobs: 2 }], { signal });
  pool.release(mark);
  for (const half of [0, 1]) {
    const surplus = pool.words32(address + half * stride + 8 * length, 2 * (rows - length));
    if (surplus.some((lane) => lane !== 0))
      throw invalidTrace(`the quotient's excess has more than ${length} coefficients`);
  }
}
