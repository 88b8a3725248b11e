import type { Air } from '../../air/types.ts';
import { KilnError } from '../../errors.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import type { Pool, RunOptions, Task } from './pool.ts';
import { type Columns, LoadedProgram, programsOf } from './program.ts';

/** One AIR's traces in kernel memory: rows in natural order, columns `stride` bytes apart. */
export interface LookupJob {
  readonly air: Air;
  readonly logHeight: number;
  readonly publicValues: readonly F.Felt[];
  readonly main: Columns;
  readonly preprocessed?: Columns | undefined;
  /** Where the columns go: two base columns for each. */
  readonly aux: Columns;
}

const TILE_ROWS = 32;
const TILES_PER_JOB = 16;
const RUNNING_TILES_PER_JOB = 512;

/** Bytes that {@link buildLookup} takes at most beside its columns. */
export const lookupBytes = (logHeights: readonly number[]): number =>
  logHeights.reduce((sum, log) => sum + 2 ** log + 2 ** 20, 0);

/**
 * Builds the LogUp columns of an instance; returns total / height. Throws `lookup-denominator` if a denominator is zero.
 */
export async function buildLookup(
  pool: Pool,
  { air, logHeight, publicValues, main, preprocessed, aux }: LookupJob,
  challenges: readonly [alpha: QuadFelt, beta: QuadFelt],
  options: RunOptions,
): Promise<QuadFelt> {
  const mark = pool.mark();
  const tiles = 2 ** logHeight / TILE_ROWS;
  const zeroFlag = pool.allocate(4);
  pool.words32(zeroFlag, 1)[0] = 0;
  const sums = pool.allocate(16 * (tiles + 1));
  const periodic = air.periodic.map((values) => {
    const address = pool.allocate(8 * values.length);
    pool.words(address, values.length).set(values);
    return { address, logLength: Math.log2(values.length) };
  });
  // Fractions read no aux cell and no sigma.
  const binding = { public: publicValues, auxValues: [], challenges };
  const program = new LoadedProgram(pool, programsOf(air).lookups, binding);
  const params = program.params({ main, periodic, ...(preprocessed && { preprocessed }) });
  const fractions: Task = {
    kernel: 'lookupTiles',
    params: [...params, tiles, air.lookups.length, aux.address, aux.stride, sums, zeroFlag],
    jobs: Math.ceil(tiles / TILES_PER_JOB),
  };
  await pool.run([fractions], options);
  if (pool.words32(zeroFlag, 1)[0] !== 0) {
    throw new KilnError('lookup-denominator', 'A lookup denominator is zero.', {
      details: air.name,
      advice: 'Prove again: another transcript gives other challenges.',
    });
  }
  await pool.run([{ kernel: 'lookupScan', params: [sums, tiles], jobs: 1 }], { signal: options.signal });
  const [c0, c1] = pool.words(sums + 16 * tiles, 2);
  const sigma = Q.mulBase([c0, c1], F.inv(1n << BigInt(logHeight)));
  const running: Task = {
    kernel: 'lookupRunning',
    params: [sums, tiles, aux.address, aux.address + aux.stride, ...sigma],
    jobs: Math.ceil(tiles / RUNNING_TILES_PER_JOB),
  };
  await pool.run([running], { signal: options.signal });
  pool.release(mark);
  return sigma;
}
