import { writeTermLimbs } from '../../air/tile/program.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { ldeShift, powerOfTwo } from '../domain.ts';
import type { Placed } from '../placed.ts';
import type { MatrixShape, ProofShape } from '../shape.ts';
import { part } from './commit.ts';
import { allocateTails, blockTable, extendTask, type Matrix } from './matrix.ts';
import { montgomery, montgomeryQuad } from './montgomery.ts';
import type { Pool, RunOptions, Task } from './pool.ts';
import type { Columns } from './program.ts';
import type { Tables } from './tables.ts';

/** Bytes of the limbs of one extension weight. */
const WEIGHT_BYTES = 96;
const POWERS_PER_JOB = 4096;
const COEFFICIENTS_PER_JOB = 4096;
const POINTS_PER_JOB = 512;
/** log2 of the constant weights of an evaluation at most: sums stay exact up to 500. */
const LOG_WEIGHTS = 8;
/** Columns whose weighted sum one kernel call may take. */
const MAX_COLUMNS = 500;

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

/** The same for weights of neighbours: their limbs stand in the lanes of pairs of coefficients. */
function writePairWeights(pool: Pool, weights: readonly QuadFelt[]): number {
  const address = pool.allocate((WEIGHT_BYTES / 2) * weights.length);
  const lanes = pool.words32(address, (WEIGHT_BYTES / 8) * weights.length);
  const odd = new Uint32Array(WEIGHT_BYTES / 4);
  for (let i = 0; i < weights.length; i += 2) {
    const at = 12 * i;
    writeTermLimbs(lanes, at, weights[i][0]);
    writeTermLimbs(lanes, at + 12, weights[i][1]);
    writeTermLimbs(odd, 0, weights[i + 1][0]);
    writeTermLimbs(odd, 12, weights[i + 1][1]);
    for (let lane = 1; lane < odd.length; lane += 2) lanes[at + lane] = odd[lane];
  }
  return address;
}

/** Columns of 2^log coefficients: the first of their polynomials, or those that follow. */
interface Piece extends Columns {
  readonly log: number;
  readonly tail: boolean;
}

/** A matrix's coefficients below the trace height, and those beyond it where it has such. */
const piecesOf = ({ heads, logHeight, tails }: Matrix): Piece[] => [
  { ...heads, log: logHeight, tail: false },
  ...(tails ? [{ ...tails, log: Math.log2(tails.length), tail: true }] : []),
];

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
  const results: {
    readonly place: MatrixShape;
    readonly address: number;
    readonly factors: readonly QuadFelt[];
  }[] = [];
  const tables = new Map<string, { logM: number; weights: number; powers: number }>();
  for (const { shape: place, matrix } of placed) {
    const own = points.map((z) => powerOfTwo(z, shape.logMaxHeight - place.logHeight));
    for (const { log, tail, ...columns } of piecesOf(matrix)) {
      const key = `${place.logHeight} ${log}`;
      let at = tables.get(key);
      if (!at) {
        const logM = Math.min(LOG_WEIGHTS, log);
        const count = 2 ** (log - logM);
        const table = pool.allocate(4 * 8 * count);
        own.forEach((z, j) => {
          const plane = table + 2 * j * 8 * count;
          powers.push({
            kernel: 'quadPowers',
            params: [plane, plane + 8 * count, count, ...montgomeryQuad(powerOfTwo(z, logM))],
            jobs: Math.ceil(count / POWERS_PER_JOB),
          });
        });
        const weights = own.flatMap((z) => quadPowers(z, 2 ** logM));
        at = { logM, weights: writePairWeights(pool, weights), powers: table };
        tables.set(key, at);
      }
      const address = pool.allocate(32 * place.width);
      const factors = own.map((z) => (tail ? powerOfTwo(z, place.logHeight) : Q.ONE));
      results.push({ place, address, factors });
      evaluations.push({
        kernel: 'evaluateColumns',
        params: [
          ...[columns.address, columns.stride, log, at.logM],
          ...[at.weights, at.powers, 2, address, 0],
        ],
        jobs: place.width,
      });
    }
  }
  await pool.run(powers, { signal: options.signal });
  await pool.run(evaluations, options);
  for (const { place, address, factors } of results) {
    const words = pool.words(address, 4 * place.width);
    for (let c = 0; c < place.width; c++) {
      for (const [j, row] of rows.entries()) {
        const value: QuadFelt = [words[4 * c + 2 * j], words[4 * c + 2 * j + 1]];
        row[place.column + c] = Q.add(row[place.column + c], Q.mul(value, factors[j]));
      }
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
  const [heads, tails] = piecesOf(matrix);
  const rows = await evaluatePiece(pool, heads, matrix.width, points, options);
  if (!tails) return rows;
  const beyond = await evaluatePiece(pool, tails, matrix.width, points, options);
  return rows.map((row, i) => {
    const power = F.pow(points[i], 1n << BigInt(matrix.logHeight));
    return row.map((value, c) => F.add(value, F.mul(power, beyond[i][c])));
  });
}

async function evaluatePiece(
  pool: Pool,
  { address: first, stride, log }: Piece,
  width: number,
  points: readonly F.Felt[],
  options: RunOptions,
): Promise<F.Felt[][]> {
  const mark = pool.mark();
  // The kernel's two components serve two points at once.
  const pairs = points.flatMap((x, i): QuadFelt[] => (i % 2 === 0 ? [[x, points[i + 1] ?? x]] : []));
  const logM = Math.min(LOG_WEIGHTS, log);
  const count = 2 ** (log - logM);
  const plane = 8 * count;
  const table = pool.allocate(2 * plane * pairs.length);
  const unused = pool.allocate(plane);
  const powers = pairs.flatMap((pair, j) =>
    pair.map((x, half) => ({
      kernel: 'quadPowers' as const,
      params: [table + (2 * j + half) * plane, unused, count, montgomery(F.pow(x, 1n << BigInt(logM))), 0n],
      jobs: Math.ceil(count / POWERS_PER_JOB),
    })),
  );
  const weights = pairs.flatMap((pair) => {
    const [a, b] = pair.map((x) => basePowers(x, 2 ** logM));
    return a.map((x, h): QuadFelt => [x, b[h]]);
  });
  const limbs = writePairWeights(pool, weights);
  const address = pool.allocate(16 * pairs.length * width);
  await pool.run(powers, { signal: options.signal });
  const task: Task = {
    kernel: 'evaluateColumns',
    params: [first, stride, log, logM, limbs, table, pairs.length, address, 1],
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
  // One polynomial: 2^logMaxHeight coefficients, and the slack's after them.
  const beyond = shape.degreeBound - 2 ** logMaxHeight;
  const combined: Columns = { address: pool.allocate(2 * plane), stride: plane };
  const tails = allocateTails(pool, 2, beyond);
  pool.bytes(combined.address, 2 * plane).fill(0);
  if (tails) pool.bytes(tails.address, 2 * tails.stride).fill(0);
  for (const [i, { shape: place, matrix }] of placed.entries()) {
    if (place.width > MAX_COLUMNS) throw new RangeError(`${place.width} columns in one matrix`);
    const own = writeWeights(pool, weights.slice(place.column, place.column + place.width));
    const tasks = piecesOf(matrix).map(({ address, stride, log, tail }): Task => {
      const to = tail ? tails! : combined;
      const lift = logMaxHeight - place.logHeight;
      return {
        kernel: 'combineColumns',
        params: [address, stride, place.width, log, own, to.address, to.address + to.stride, lift],
        jobs: Math.ceil(2 ** log / COEFFICIENTS_PER_JOB),
      };
    });
    await pool.run(tasks, part(options, i / placed.length / 2, (i + 1) / placed.length / 2));
  }
  const stride = plane * 2 ** logBlowup;
  const values = pool.allocate(2 * stride);
  await pool.run(
    Array.from({ length: 2 ** logBlowup }, (_, k) => {
      const key = blockTable(logMaxHeight, logBlowup, k);
      return extendTask(tables, combined, tails, key, { address: values + k * plane, stride }, 2);
    }),
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
