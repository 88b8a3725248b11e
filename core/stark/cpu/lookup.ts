import type { Air } from '../../air/types.ts';
import { KilnError } from '../../errors.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import type { Pool, RunOptions } from './pool.ts';
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

/**
 * Builds the LogUp columns of all instances; returns total / height of each. Throws `lookup-denominator` if a
 * denominator is zero.
 */
export async function buildLookups(
  pool: Pool,
  jobs: readonly LookupJob[],
  challenges: readonly [alpha: QuadFelt, beta: QuadFelt],
  options: RunOptions,
): Promise<QuadFelt[]> {
  const mark = pool.mark();
  const zeroFlag = pool.allocate(4);
  pool.words32(zeroFlag, 1)[0] = 0;
  const prepared = jobs.map((job) => {
    const tiles = 2 ** job.logHeight / TILE_ROWS;
    // Fractions read no aux cell and no sigma.
    const binding = { public: job.publicValues, auxValues: [], challenges };
    const program = new LoadedProgram(pool, programsOf(job.air).lookups, binding);
    const periodic = job.air.periodic.map((values) => {
      const address = pool.allocate(8 * values.length);
      pool.words(address, values.length).set(values);
      return { address, logLength: Math.log2(values.length) };
    });
    const { main, preprocessed, aux } = job;
    const params = program.params({ main, periodic, ...(preprocessed && { preprocessed }) });
    return { ...job, tiles, params, sums: pool.allocate(16 * (tiles + 1)), aux };
  });
  await pool.run(
    prepared.map(({ air, params, tiles, aux, sums }) => ({
      kernel: 'lookupTiles',
      params: [...params, tiles, air.lookups.length, aux.address, aux.stride, sums, zeroFlag],
      jobs: Math.ceil(tiles / TILES_PER_JOB),
    })),
    options,
  );
  if (pool.words32(zeroFlag, 1)[0] !== 0) {
    throw new KilnError('lookup-denominator', 'A lookup denominator is zero.', {
      advice: 'Prove again: another transcript gives other challenges.',
    });
  }
  await pool.run(
    prepared.map(({ sums, tiles }) => ({ kernel: 'lookupScan', params: [sums, tiles], jobs: 1 })),
    options,
  );
  const sigmas = prepared.map(({ sums, tiles, logHeight }): QuadFelt => {
    const [c0, c1] = pool.words(sums + 16 * tiles, 2);
    return Q.mulBase([c0, c1], F.inv(1n << BigInt(logHeight)));
  });
  await pool.run(
    prepared.map(({ sums, tiles, aux }, i) => ({
      kernel: 'lookupRunning',
      params: [sums, tiles, aux.address, aux.address + aux.stride, ...sigmas[i]],
      jobs: Math.ceil(tiles / RUNNING_TILES_PER_JOB),
    })),
    options,
  );
  pool.release(mark);
  return sigmas;
}
