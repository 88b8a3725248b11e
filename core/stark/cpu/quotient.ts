import type { Air } from '../../air/types.ts';
import * as F from '../../field/felt.ts';
import { cosetValues, inverseNtt } from '../../field/ntt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { ldeShift } from '../domain.ts';
import { reverseBits } from '../order.ts';
import type { QuotientInput } from '../quotient-inputs.ts';
import { part } from './commit.ts';
import { blockShift, type Matrix } from './matrix.ts';
import type { Pool, RunOptions, Task } from './pool.ts';
import { constraintTask, LoadedProgram, programsOf, writeTilePowers } from './program.ts';
import type { TableKey, Tables } from './tables.ts';

/** Extension values at all points of a coset, bit-reversed, as two columns. */
type Planes = readonly [number, number];

const ROWS_PER_JOB = 16_384;

/** Tables that bring a quotient of 2^logOwn parts to 2^logParts. */
export function upsampleTables(
  logHeight: number,
  logBlowup: number,
  logOwn: number,
  logParts: number,
): TableKey[] {
  if (logOwn === logParts) return [];
  const log = logHeight + logOwn;
  const shift = ldeShift(logHeight + logBlowup);
  const added = logParts - logOwn;
  return [
    { log, shift, inverse: true },
    ...Array.from({ length: 2 ** added - 1 }, (_, k) => ({
      log,
      shift: blockShift(shift, log, added, k + 1),
      inverse: false,
    })),
  ];
}

/** Tables that interpolate the parts of the committed quotient. */
export const partTables = (logHeight: number, logBlowup: number, logParts: number): TableKey[] =>
  Array.from({ length: 2 ** logParts }, (_, k) => ({
    log: logHeight,
    shift: blockShift(ldeShift(logHeight + logBlowup), logHeight, logParts, k),
    inverse: true,
  }));

/** Bytes that {@link combinedQuotient} takes at most, for heights in proof order. */
export const quotientBytes = (logHeights: readonly number[], logParts: number): number =>
  logHeights.reduce((sum, log) => sum + 24 * 2 ** (log + logParts) + 2 ** 20, 0);

/**
 * The quotients of all instances, combined by `beta`, on the coset of 2^logParts blocks of the tallest. Constraints are
 * folded by `alpha`. Returns its two columns.
 */
export async function combinedQuotient(
  pool: Pool,
  tables: Tables,
  inputs: readonly QuotientInput<Matrix>[],
  logParts: number,
  [alpha, beta]: readonly [QuadFelt, QuadFelt],
  options: RunOptions,
): Promise<Planes> {
  const powers = writeTilePowers(pool);
  const values: Planes[] = [];
  for (const [i, input] of inputs.entries()) {
    const progress = part(options, i / inputs.length, (i + 1) / inputs.length);
    const own = await instanceQuotient(pool, tables, input, logParts, alpha, powers, progress);
    await upsample(pool, tables, input, logParts, own, options);
    values.push(own);
  }
  const b = beta.map((x) => (x << 64n) % F.MODULUS);
  for (let i = 1; i < inputs.length; i++) {
    const lift = inputs[i].main.logHeight - inputs[i - 1].main.logHeight;
    const rows = 2 ** (inputs[i].main.logHeight + logParts);
    const task: Task = {
      kernel: 'quotientAccumulate',
      params: [...values[i - 1], lift, ...values[i], rows, b[0], b[1]],
      jobs: Math.ceil(rows / ROWS_PER_JOB),
    };
    await pool.run([task], { signal: options.signal });
  }
  return values[values.length - 1];
}

/** The quotient of one instance on its own 2^logParts blocks; room is left for those of the combined one. */
async function instanceQuotient(
  pool: Pool,
  tables: Tables,
  input: QuotientInput<Matrix>,
  logCommitted: number,
  alpha: QuadFelt,
  powers: number,
  options: RunOptions,
): Promise<Planes> {
  const { air, main, aux, preprocessed, logParts, binding } = input;
  const plane = 8 * 2 ** (main.logHeight + logCommitted);
  const out = [pool.allocate(plane), pool.allocate(plane)] as const;
  const mark = pool.mark();
  const program = new LoadedProgram(pool, programsOf(air).constraints, binding, foldWeights(air, alpha));
  const shift = ldeShift(main.logHeight + main.logBlowup);
  const blocks = Array.from({ length: 2 ** logParts }, (_, k) => k);
  const task = (k: number): Task => {
    const block = { logHeight: main.logHeight, shift: blockShift(shift, main.logHeight, logParts, k) };
    const matrices = {
      main: main.block(k),
      aux: aux.block(k),
      periodic: air.periodic.map((column) => writePeriodic(pool, column, block)),
      ...(preprocessed && { preprocessed: preprocessed.block(k) }),
    };
    const at = k * main.stride;
    return constraintTask(program, matrices, block, powers, [out[0] + at, out[1] + at]);
  };
  const ready = blocks.filter((k) => main.keeps(k) && aux.keeps(k));
  await pool.run(ready.map(task), options);
  for (const k of blocks.slice(ready.length)) {
    const passing = [main, aux].filter((m) => !m.keeps(k));
    await pool.run(
      passing.map((m) => m.extend(tables, k)),
      { signal: options.signal },
    );
    await pool.run([task(k)], part(options, k / blocks.length, (k + 1) / blocks.length));
  }
  pool.release(mark);
  return out;
}

/** alpha^(count - 1 - k): what Horner folding in order comes to. */
function foldWeights(air: Air, alpha: QuadFelt): QuadFelt[] {
  const weights = new Array<QuadFelt>(air.constraints.length);
  let power = Q.ONE;
  for (let k = weights.length - 1; k >= 0; k--) {
    weights[k] = power;
    power = Q.mul(power, alpha);
  }
  return weights;
}

/** A periodic column on a block: its polynomial in x^(height / period), which repeats along the rows. */
function writePeriodic(
  pool: Pool,
  column: readonly F.Felt[],
  { logHeight, shift }: { readonly logHeight: number; readonly shift: F.Felt },
): { readonly address: number; readonly logLength: number } {
  const logLength = Math.log2(column.length);
  const coefficients = BigUint64Array.from(column);
  inverseNtt(coefficients, logLength);
  const values = new BigUint64Array(column.length);
  cosetValues(coefficients, logLength, 0, F.pow(shift, 1n << BigInt(logHeight - logLength)), values);
  const address = pool.allocate(8 * column.length);
  pool.words(address, column.length).set(values);
  return { address, logLength };
}

/** Brings values on the first 2^logOwn blocks to all 2^logParts, in place. */
async function upsample(
  pool: Pool,
  tables: Tables,
  { main, logParts: logOwn }: QuotientInput<Matrix>,
  logParts: number,
  planes: Planes,
  { signal }: RunOptions,
): Promise<void> {
  const [inverse, ...others] = upsampleTables(main.logHeight, main.logBlowup, logOwn, logParts);
  if (!inverse) return;
  const { log } = inverse;
  const size = 8 * 2 ** log;
  const mark = pool.mark();
  const coefficients = pool.allocate(2 * size);
  const stride = planes[1] - planes[0];
  await pool.run(
    [
      {
        kernel: 'interpolateColumns',
        params: [planes[0], stride, coefficients, size, log, tables.at(inverse), 0],
        jobs: 2,
      },
    ],
    { signal },
  );
  await pool.run(
    others.map((key, k) => ({
      kernel: 'extendColumns',
      params: [coefficients, size, planes[0] + (k + 1) * size, stride, log, tables.at(key)],
      jobs: 2,
    })),
    { signal },
  );
  pool.release(mark);
}

/**
 * Interpolates the parts of a combined quotient into the columns of its matrix: part t runs through the values on the
 * t-th coset, which is block rev(t).
 */
export function interpolateParts(tables: Tables, planes: Planes, quotient: Matrix, logParts: number): Task[] {
  const { logHeight, logBlowup, stride } = quotient;
  return partTables(logHeight, logBlowup, logParts).map((key, k) => ({
    kernel: 'interpolateColumns',
    params: [
      planes[0] + k * stride,
      planes[1] - planes[0],
      quotient.coefficients + 2 * reverseBits(k, logParts) * stride,
      stride,
      logHeight,
      tables.at(key),
      0,
    ],
    jobs: 2,
  }));
}
