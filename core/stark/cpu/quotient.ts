import type { Air } from '../../air/types.ts';
import * as F from '../../field/felt.ts';
import { inverseNtt } from '../../field/ntt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { extraVanishing, ldeShift } from '../domain.ts';
import { reverseBits } from '../order.ts';
import type { Profile } from '../profile.ts';
import type { QuotientInput } from '../quotient-inputs.ts';
import { logQuotientParts, type ProofShape, quotientLength } from '../shape.ts';
import { part } from './commit.ts';
import {
  excess,
  excessTables,
  logSamples,
  MIN_LOG_SAMPLES,
  type Samples,
  sampleBytes,
  sampleMatrix,
  samplePolynomials,
  samplesOf,
  sumTask,
} from './excess.ts';
import { blockShift, extendTask, type Matrix, type Tails, tailLength } from './matrix.ts';
import { montgomeryQuad } from './montgomery.ts';
import type { Pool, RunOptions, Task } from './pool.ts';
import {
  type Columns,
  type CosetPoints,
  constraintTask,
  LoadedProgram,
  programsOf,
  writeTilePowers,
} from './program.ts';
import type { TableKey, Tables } from './tables.ts';

/** How the quotient of one AIR is computed. */
export interface QuotientPlan {
  readonly logHeight: number;
  /** log2 of the blocks on which its constraints are evaluated. */
  readonly logParts: number;
  /** Coefficients at most beyond what these say. 0: there are none. */
  readonly excess: number;
}

/** The plans of all AIRs, instance order; what masks add to a quotient is little, and found from few points. */
export const quotientPlans = (
  airs: readonly Air[],
  { logHeights, logParts }: Pick<ProofShape, 'logHeights' | 'logParts'>,
  { maskLength }: Profile,
): QuotientPlan[] =>
  airs.map((air, i) => {
    const logHeight = logHeights[i];
    const own = Math.min(logQuotientParts(air), logParts);
    const n = 2 ** logHeight;
    const beyond = maskLength === 0 ? 0 : Math.max(quotientLength(air, n, maskLength) - n * 2 ** own, 0);
    return { logHeight, logParts: own, excess: beyond };
  });

/** What all instances' quotients are brought to. */
export interface QuotientShape {
  readonly logMaxHeight: number;
  readonly logBlowup: number;
  readonly logParts: number;
  /** log2 of the points of the tallest trace that the committed quotient's excess is found from, if it has one. */
  readonly logSamples: number | undefined;
}

/** A quotient as two columns: on its blocks, bit-reversed, one after the other; and at the samples. */
interface Values {
  readonly blocks: Columns;
  readonly samples?: Columns | undefined;
}

const ROWS_PER_JOB = 16_384;

/** The same for all proofs of a shape; every AIR has as many points as the smallest transform takes. */
export const quotientShape = (shape: ProofShape, logBlowup: number): QuotientShape => {
  const { logHeights, logMaxHeight, logParts, excessLength } = shape;
  const lift = logMaxHeight - Math.min(...logHeights);
  return {
    logMaxHeight,
    logBlowup,
    logParts,
    logSamples:
      excessLength === 0
        ? undefined
        : Math.max(logSamples(excessLength, logMaxHeight), MIN_LOG_SAMPLES + lift),
  };
};

/** Where the excess of the committed quotient is found from, in a trace of 2^logHeight rows; lifting maps them so. */
export const committedSamples = (shape: QuotientShape, logHeight: number): Samples | undefined =>
  shape.logSamples === undefined
    ? undefined
    : samplesOf(
        shape.logSamples + logHeight - shape.logMaxHeight,
        logHeight,
        shape.logBlowup,
        shape.logParts,
      );

/** Where the excess of an AIR of low degree is found from, before its quotient is brought to all blocks. */
const ownSamples = ({ logHeight, logParts, excess: length }: QuotientPlan, shape: QuotientShape) =>
  length === 0 || logParts === shape.logParts
    ? undefined
    : samplesOf(logSamples(length, logHeight), logHeight, shape.logBlowup, logParts);

/** Tables to compute and combine quotients with. */
export function quotientTables(plans: readonly QuotientPlan[], shape: QuotientShape): TableKey[] {
  const { logMaxHeight, logBlowup, logParts } = shape;
  return [
    ...plans.flatMap((plan) => upsampleTables(plan, shape)),
    ...plans.flatMap((plan) =>
      [ownSamples(plan, shape), committedSamples(shape, plan.logHeight)].flatMap((samples) =>
        samples ? excessTables(samples, plan.logHeight) : [],
      ),
    ),
    ...partTables(logMaxHeight, logBlowup, logParts),
  ];
}

/** Tables that bring a quotient to all 2^logParts blocks. */
function upsampleTables({ logHeight, logParts: own }: QuotientPlan, { logBlowup, logParts }: QuotientShape) {
  if (own === logParts) return [];
  const log = logHeight + own;
  const shift = ldeShift(logHeight + logBlowup);
  const added = logParts - own;
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
const partTables = (logHeight: number, logBlowup: number, logParts: number): TableKey[] =>
  Array.from({ length: 2 ** logParts }, (_, k) => ({
    log: logHeight,
    shift: blockShift(ldeShift(logHeight + logBlowup), logHeight, logParts, k),
    inverse: true,
  }));

/** Bytes that {@link combinedQuotient} and finding its excess take at most; `widths`: columns that each AIR's constraints read. */
export function quotientBytes(
  plans: readonly QuotientPlan[],
  widths: readonly number[],
  shape: QuotientShape,
): number {
  return plans.reduce((sum, plan, i) => {
    const samples = [ownSamples(plan, shape), committedSamples(shape, plan.logHeight)];
    const columns = widths[i] + 2 ** (shape.logParts + 1);
    const sampled = samples.reduce((bytes, s) => bytes + (s ? sampleBytes(columns, s.log) : 0), 0);
    return sum + 24 * 2 ** (plan.logHeight + shape.logParts) + 2 ** 20 + sampled;
  }, 0);
}

/**
 * The quotients of all instances, combined by `beta`, on the coset of 2^logParts blocks of the tallest, and at the samples.
 * Constraints are folded by `alpha`, and all is scaled by `scale`.
 */
export async function combinedQuotient(
  pool: Pool,
  tables: Tables,
  inputs: readonly QuotientInput<Matrix>[],
  plans: readonly QuotientPlan[],
  shape: QuotientShape,
  { alpha, beta, scale }: { readonly alpha: QuadFelt; readonly beta: QuadFelt; readonly scale: QuadFelt },
  options: RunOptions,
): Promise<Values> {
  const powers = writeTilePowers(pool);
  const values: Values[] = [];
  for (const [i, input] of inputs.entries()) {
    const progress = part(options, i / inputs.length, (i + 1) / inputs.length);
    const fold = foldWeights(input.air, alpha, scale);
    values.push(await instanceQuotient(pool, tables, input, plans[i], shape, fold, powers, progress));
  }
  const b = montgomeryQuad(beta);
  for (let i = 1; i < inputs.length; i++) {
    const { logHeight } = plans[i];
    const lift = logHeight - plans[i - 1].logHeight;
    const accumulate = (sum: Columns, own: Columns, rows: number): Task => ({
      kernel: 'quotientAccumulate',
      params: [
        ...[sum.address, sum.address + sum.stride, lift],
        ...[own.address, own.address + own.stride, rows, ...b],
      ],
      jobs: Math.ceil(rows / ROWS_PER_JOB),
    });
    const [sum, own] = [values[i - 1], values[i]];
    const tasks = [accumulate(sum.blocks, own.blocks, 2 ** (logHeight + shape.logParts))];
    const samples = committedSamples(shape, logHeight);
    if (samples) tasks.push(accumulate(sum.samples!, own.samples!, 2 ** samples.log));
    await pool.run(tasks, { signal: options.signal });
  }
  return values[values.length - 1];
}

/** Two columns of `rows` words in new memory. */
const planes = (pool: Pool, rows: number): Columns => ({
  address: pool.allocate(16 * rows),
  stride: 8 * rows,
});

/** The quotient of one instance on all blocks and at the samples. */
async function instanceQuotient(
  pool: Pool,
  tables: Tables,
  { air, main, aux, preprocessed, binding }: QuotientInput<Matrix>,
  plan: QuotientPlan,
  shape: QuotientShape,
  fold: readonly QuadFelt[],
  powers: number,
  options: RunOptions,
): Promise<Values> {
  const { logHeight, logParts } = plan;
  const blocks = planes(pool, 2 ** (logHeight + shape.logParts));
  const committed = committedSamples(shape, logHeight);
  const samples = committed && planes(pool, 2 ** committed.log);
  const own = ownSamples(plan, shape);
  const mark = pool.mark();
  const program = new LoadedProgram(pool, programsOf(air).constraints, binding, fold);
  const shift = ldeShift(logHeight + shape.logBlowup);
  type Read = { readonly main: Columns; readonly aux: Columns; readonly preprocessed?: Columns };
  const constraints = (read: Read, points: CosetPoints, to: Columns): Task =>
    constraintTask(
      program,
      { ...read, periodic: air.periodic.map((column) => writePeriodic(pool, column, points)) },
      points,
      powers,
      to,
    );
  const onBlock = (k: number): Task => {
    const read = {
      main: main.block(k),
      aux: aux.block(k),
      ...(preprocessed && { preprocessed: preprocessed.block(k) }),
    };
    const points = { logHeight, log: logHeight, shift: blockShift(shift, logHeight, logParts, k) };
    return constraints(read, points, { ...blocks, address: blocks.address + k * main.stride });
  };
  const numbers = Array.from({ length: 2 ** logParts }, (_, k) => k);
  const ready = numbers.filter((k) => main.keeps(k) && aux.keeps(k));
  await pool.run(ready.map(onBlock), options);
  for (const k of numbers.slice(ready.length)) {
    const passing = [main, aux].filter((m) => !m.keeps(k));
    await pool.run(
      passing.map((m) => m.extend(tables, k)),
      { signal: options.signal },
    );
    await pool.run([onBlock(k)], part(options, k / numbers.length, (k + 1) / numbers.length));
  }
  const atSamples = async (points: Samples, to: Columns): Promise<void> => {
    const inner = pool.mark();
    const sampled = [main, aux, ...(preprocessed ? [preprocessed] : [])].map((m) =>
      sampleMatrix(pool, tables, m, points),
    );
    await pool.run(
      sampled.map(({ task }) => task),
      { signal: options.signal },
    );
    const [mainAt, auxAt, fixedAt] = sampled.map(({ columns }) => columns);
    const read = { main: mainAt, aux: auxAt, ...(fixedAt && { preprocessed: fixedAt }) };
    await pool.run([constraints(read, { logHeight, ...points }, to)], { signal: options.signal });
    pool.release(inner);
  };
  if (logParts === shape.logParts) {
    if (committed && samples) await atSamples(committed, samples);
  } else {
    const rows = 2 ** (logHeight + logParts);
    const heads = planes(pool, rows);
    const [interpolation, ...others] = upsampleTables(plan, shape);
    await pool.run(
      [
        {
          kernel: 'interpolateColumns',
          params: [
            ...[blocks.address, blocks.stride, heads.address, heads.stride],
            ...[interpolation.log, tables.at(interpolation), 0],
          ],
          jobs: 2,
        },
      ],
      { signal: options.signal },
    );
    let tails: Tails | undefined;
    if (own) {
      const values = planes(pool, 2 ** own.log);
      await atSamples(own, values);
      tails = await ownExcess(pool, tables, plan, shape, heads, values, own, options);
    }
    const tasks = others.map((key, k) => {
      const to = { ...blocks, address: blocks.address + (k + 1) * heads.stride };
      return extendTask(tables, heads, tails, key, to, 2);
    });
    if (committed && samples)
      tasks.push(samplePolynomials(tables, heads, interpolation.log, tails, committed, samples));
    await pool.run(tasks, { signal: options.signal });
  }
  pool.release(mark);
  return { blocks, samples };
}

/** Finds what a quotient has beyond the coefficients in `heads`, and puts both right: heads + (Y^rows - a) tail. */
async function ownExcess(
  pool: Pool,
  tables: Tables,
  { logHeight, logParts, excess: length }: QuotientPlan,
  { logBlowup }: QuotientShape,
  heads: Columns,
  values: Columns,
  samples: Samples,
  options: RunOptions,
): Promise<Tails> {
  const vanishing = extraVanishing(logHeight, logBlowup, logParts);
  const log = logHeight + logParts;
  await excess(pool, tables, values, samples, { heads, log, weights: [1n] }, vanishing, length, options);
  const tails = { ...values, used: length, length: tailLength(length) };
  const a = F.pow(ldeShift(logHeight + logBlowup), 1n << BigInt(log));
  const terms = [
    { columns: heads, weight: 1n },
    { columns: tails, weight: F.neg(a) },
  ];
  await pool.run([sumTask(heads, tails.length, 2, terms)], { signal: options.signal });
  return tails;
}

/** scale alpha^(count - 1 - k): what Horner folding in order comes to. */
function foldWeights(air: Air, alpha: QuadFelt, scale: QuadFelt): QuadFelt[] {
  const weights = new Array<QuadFelt>(air.constraints.length);
  let power = scale;
  for (let k = weights.length - 1; k >= 0; k--) {
    weights[k] = power;
    power = Q.mul(power, alpha);
  }
  return weights;
}

/** A periodic column on a coset: its polynomial in x^(height / period), which repeats along the points. */
function writePeriodic(
  pool: Pool,
  column: readonly F.Felt[],
  { logHeight, log, shift }: CosetPoints,
): { readonly address: number; readonly logLength: number } {
  const logPeriod = Math.log2(column.length);
  const coefficients = BigUint64Array.from(column);
  inverseNtt(coefficients, logPeriod);
  // The points differ by roots of order 2^log, so their powers by roots of this one.
  const logLength = Math.max(logPeriod + log - logHeight, 0);
  const root = F.rootOfUnity(logLength);
  let x = F.pow(shift, 1n << BigInt(logHeight - logPeriod));
  const address = pool.allocate(8 * 2 ** logLength);
  const words = pool.words(address, 2 ** logLength);
  for (let i = 0; i < words.length; i++, x = F.mul(x, root)) {
    words[i] = coefficients.reduceRight((sum, c) => F.add(F.mul(sum, x), c), 0n);
  }
  return { address, logLength };
}

/**
 * Interpolates the parts of a combined quotient into the columns of its matrix: part t runs through the values on the
 * t-th coset, which is block rev(t).
 */
export function interpolateParts(
  tables: Tables,
  blocks: Columns,
  quotient: Matrix,
  logParts: number,
): Task[] {
  const { logHeight, logBlowup, stride } = quotient;
  return partTables(logHeight, logBlowup, logParts).map((key, k) => ({
    kernel: 'interpolateColumns',
    params: [
      blocks.address + k * stride,
      blocks.stride,
      quotient.coefficients + 2 * reverseBits(k, logParts) * stride,
      stride,
      logHeight,
      tables.at(key),
      0,
    ],
    jobs: 2,
  }));
}
