import { writeTermLimbs } from '../../air/tile/program.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { ldeShift, powerOfTwo } from '../domain.ts';
import type { Placed } from '../placed.ts';
import type { MatrixShape, ProofShape } from '../shape.ts';
import { part } from './commit.ts';
import { blockTable, type Matrix } from './matrix.ts';
import type { Pool, RunOptions, Task } from './pool.ts';
import type { Tables } from './tables.ts';

/** Bytes of the limbs of one extension weight. */
const WEIGHT_BYTES = 96;
const POWERS_PER_JOB = 4096;
const COEFFICIENTS_PER_JOB = 4096;
const POINTS_PER_JOB = 512;
/** log2 of the constant weights of an evaluation: sums stay exact up to 500. */
const LOG_WEIGHTS = 8;
/** Columns whose weighted sum one kernel call may take. */
const MAX_COLUMNS = 500;

const montgomery = (x: F.Felt): F.Felt => (x << 64n) % F.MODULUS;
const montgomeryQuad = ([c0, c1]: QuadFelt): [F.Felt, F.Felt] => [montgomery(c0), montgomery(c1)];

/** Writes extension weights as the kernels take them. */
function writeWeights(pool: Pool, weights: readonly QuadFelt[]): number {
  const address = pool.allocate(WEIGHT_BYTES * weights.length);
  const lanes = pool.words32(address, (WEIGHT_BYTES / 4) * weights.length);
  weights.forEach((weight, i) => {
    writeTermLimbs(lanes, 24 * i, weight[0]);
    writeTermLimbs(lanes, 24 * i + 12, weight[1]);
  });
  return address;
}

/** Out-of-domain rows: every column at both points, short traces lifted, zeros at the alignment's padding. */
export async function openAt(
  pool: Pool,
  shape: ProofShape,
  placed: readonly Placed<Matrix>[],
  points: readonly [QuadFelt, QuadFelt],
  options: RunOptions,
): Promise<[QuadFelt[], QuadFelt[]]> {
  const rows: [QuadFelt[], QuadFelt[]] = [
    new Array<QuadFelt>(shape.columns).fill(Q.ZERO),
    new Array<QuadFelt>(shape.columns).fill(Q.ZERO),
  ];
  const mark = pool.mark();
  const powers: Task[] = [];
  const evaluations: Task[] = [];
  const results: { readonly place: MatrixShape; readonly address: number }[] = [];
  const byHeight = new Map<number, { logM: number; weights: number; powers: number }>();
  for (const { shape: place, matrix } of placed) {
    let at = byHeight.get(place.logHeight);
    if (!at) {
      const own = points.map((z) => powerOfTwo(z, shape.logMaxHeight - place.logHeight));
      const logM = Math.max(1, place.logHeight - LOG_WEIGHTS);
      const table = pool.allocate(4 * 8 * 2 ** logM);
      own.forEach((z, j) => {
        const plane = table + 2 * j * 8 * 2 ** logM;
        powers.push({
          kernel: 'quadPowers',
          params: [plane, plane + 8 * 2 ** logM, 2 ** logM, ...montgomeryQuad(z)],
          jobs: Math.ceil(2 ** logM / POWERS_PER_JOB),
        });
      });
      const weights = own.flatMap((z) => quadPowers(powerOfTwo(z, logM), 2 ** (place.logHeight - logM)));
      at = { logM, weights: writeWeights(pool, weights), powers: table };
      byHeight.set(place.logHeight, at);
    }
    const address = pool.allocate(32 * place.width);
    results.push({ place, address });
    evaluations.push({
      kernel: 'evaluateColumns',
      params: [
        ...[matrix.coefficients, matrix.stride, place.logHeight, at.logM],
        ...[at.weights, at.powers, 2, address, 0],
      ],
      jobs: place.width,
    });
  }
  await pool.run(powers, { signal: options.signal });
  await pool.run(evaluations, options);
  for (const { place, address } of results) {
    const words = pool.words(address, 4 * place.width);
    for (let c = 0; c < place.width; c++) {
      rows[0][place.column + c] = [words[4 * c], words[4 * c + 1]];
      rows[1][place.column + c] = [words[4 * c + 2], words[4 * c + 3]];
    }
  }
  pool.release(mark);
  return rows;
}

/** Values of all columns of a matrix at base points: one row per point. */
export async function evaluateBaseColumns(
  pool: Pool,
  matrix: Matrix,
  points: readonly F.Felt[],
  options: RunOptions,
): Promise<F.Felt[][]> {
  if (points.length === 0) return [];
  const { logHeight, width } = matrix;
  const mark = pool.mark();
  // The kernel's two components serve two points at once.
  const pairs = points.flatMap((x, i): QuadFelt[] => (i % 2 === 0 ? [[x, points[i + 1] ?? x]] : []));
  const logM = Math.max(1, logHeight - LOG_WEIGHTS);
  const plane = 8 * 2 ** logM;
  const table = pool.allocate(2 * plane * pairs.length);
  const unused = pool.allocate(plane);
  const powers = pairs.flatMap((pair, j) =>
    pair.map((x, half) => ({
      kernel: 'quadPowers' as const,
      params: [table + (2 * j + half) * plane, unused, 2 ** logM, montgomery(x), 0n],
      jobs: Math.ceil(2 ** logM / POWERS_PER_JOB),
    })),
  );
  const weights = pairs.flatMap((pair) => {
    const [a, b] = pair.map((x) => basePowers(F.pow(x, 1n << BigInt(logM)), 2 ** (logHeight - logM)));
    return a.map((x, h): QuadFelt => [x, b[h]]);
  });
  const limbs = writeWeights(pool, weights);
  const address = pool.allocate(16 * pairs.length * width);
  await pool.run(powers, { signal: options.signal });
  const task: Task = {
    kernel: 'evaluateColumns',
    params: [
      ...[matrix.coefficients, matrix.stride, logHeight, logM],
      ...[limbs, table, pairs.length, address, 1],
    ],
    jobs: width,
  };
  await pool.run([task], options);
  const words = pool.words(address, 2 * pairs.length * width);
  const rows = points.map((_, i) =>
    Array.from({ length: width }, (__, c) => words[2 * pairs.length * c + i]),
  );
  pool.release(mark);
  return rows;
}

function basePowers(base: F.Felt, count: number): F.Felt[] {
  const powers = [1n];
  while (powers.length < count) powers.push(F.mul(powers[powers.length - 1], base));
  return powers;
}

function quadPowers(base: QuadFelt, count: number): QuadFelt[] {
  const powers = [Q.ONE];
  while (powers.length < count) powers.push(Q.mul(powers[powers.length - 1], base));
  return powers;
}

/**
 * The DEEP codeword as FRI leaf columns at `leaves` (8 columns of a quarter of its size). Columns are combined as
 * polynomials: a short trace lifted is its polynomial in x^(2^lift), so all add up to one, which is extended.
 */
export async function deepCodeword(
  pool: Pool,
  tables: Tables,
  shape: ProofShape,
  placed: readonly Placed<Matrix>[],
  points: readonly [QuadFelt, QuadFelt],
  rows: readonly [readonly QuadFelt[], readonly QuadFelt[]],
  [columnChallenge, pointChallenge]: readonly [QuadFelt, QuadFelt],
  leaves: number,
  options: RunOptions,
): Promise<void> {
  const { logMaxHeight, logLde } = shape;
  const logBlowup = logLde - logMaxHeight;
  const plane = 8 * 2 ** logMaxHeight;
  const weights = quadPowers(columnChallenge, shape.columns).reverse();
  const mark = pool.mark();
  const combined = pool.allocate(2 * plane);
  pool.bytes(combined, 2 * plane).fill(0);
  for (const [i, { shape: place, matrix }] of placed.entries()) {
    if (place.width > MAX_COLUMNS) throw new RangeError(`${place.width} columns in one matrix`);
    const own = writeWeights(pool, weights.slice(place.column, place.column + place.width));
    const params = [matrix.coefficients, matrix.stride, place.width, place.logHeight, own, combined];
    const task: Task = {
      kernel: 'combineColumns',
      params: [...params, combined + plane, logMaxHeight - place.logHeight],
      jobs: Math.ceil(2 ** place.logHeight / COEFFICIENTS_PER_JOB),
    };
    await pool.run([task], part(options, i / placed.length / 2, (i + 1) / placed.length / 2));
  }
  const values = pool.allocate(2 * plane * 2 ** logBlowup);
  const stride = plane * 2 ** logBlowup;
  await pool.run(
    Array.from({ length: 2 ** logBlowup }, (_, k) => ({
      kernel: 'extendColumns',
      params: [
        combined,
        plane,
        values + k * plane,
        stride,
        logMaxHeight,
        tables.at(blockTable(logMaxHeight, logBlowup, k)),
      ],
      jobs: 2,
    })),
    part(options, 0.5, 0.7),
  );
  const opened = rows.map((row) =>
    row.reduce<QuadFelt>((sum, v, i) => Q.add(sum, Q.mul(v, weights[i])), Q.ZERO),
  );
  const perPoint = points.flatMap((z, j) =>
    [z, opened[j], j === 0 ? Q.ONE : pointChallenge].flatMap(montgomeryQuad),
  );
  await pool.run(
    [
      {
        kernel: 'deepCodeword',
        params: [
          values,
          values + stride,
          logLde,
          ldeShift(logLde),
          F.rootOfUnity(logLde),
          leaves,
          ...perPoint,
        ],
        jobs: Math.ceil(2 ** logLde / POINTS_PER_JOB),
      },
    ],
    part(options, 0.7, 1),
  );
  pool.release(mark);
}
