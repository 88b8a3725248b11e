import { GENERATOR } from '../../field/felt.ts';
import type { ProofHash } from '../profile.ts';
import { extendTask } from './matrix.ts';
import type { Pool } from './pool.ts';
import { Tables } from './tables.ts';
import { absorbTask, DIGEST_BYTES, openStates, SAME_STATE } from './tree.ts';

/** What the kernels do in a second on all threads of a pool, unless said otherwise. */
export interface KernelRates {
  readonly threads: number;
  /** Products of a stream of field elements and one constant, on one thread. */
  readonly multiplicationsPerThread: number;
  /** Radix-2 butterflies of transforms of 2^16 elements, whatever the radix of the kernel. */
  readonly butterflies: number;
  /** Compressions while hashing rows of 112 columns, loads included. */
  readonly eidosCompressions: number;
  readonly blake3Compressions: number;
}

const LOG_TRANSFORM = 16;
const ROW_WIDTH = 112;
const LOG_ROWS = 14;
/** Field elements that one round of the export `benchMul` multiplies. */
const ELEMENTS_PER_ROUND = 1024;
const ROUNDS = 1000;

/** Times `work` over and over for about `ms`; returns how often a second it ran at its best. */
async function perSecond(ms: number, work: () => Promise<void> | void): Promise<number> {
  const end = performance.now() + ms;
  let least = Number.POSITIVE_INFINITY;
  do {
    const start = performance.now();
    await work();
    least = Math.min(least, performance.now() - start);
  } while (performance.now() < end);
  return 1000 / least;
}

function pseudoRandomColumns(pool: Pool, width: number, height: number): { address: number; stride: number } {
  const address = pool.allocate(8 * width * height);
  const words = pool.words32(address, 2 * width * height);
  let x = 1;
  for (let i = 0; i < words.length; i++) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
    words[i] = x >>> 1; // below 2^31, so that every pair is canonical
  }
  return { address, stride: 8 * height };
}

async function butterflies(pool: Pool, ms: number): Promise<number> {
  const tables = new Tables(pool);
  const key = { log: LOG_TRANSFORM, shift: GENERATOR, inverse: false };
  await tables.prepare([key], {});
  const columns = 8 * pool.threads;
  const data = pseudoRandomColumns(pool, columns, 2 ** LOG_TRANSFORM);
  const transforms = extendTask(tables, data, undefined, key, data, columns);
  return (
    (await perSecond(ms, () => pool.run([transforms]))) * columns * LOG_TRANSFORM * 2 ** (LOG_TRANSFORM - 1)
  );
}

async function compressions(pool: Pool, hash: ProofHash, ms: number): Promise<number> {
  const rows = 2 ** LOG_ROWS;
  const columns = { ...pseudoRandomColumns(pool, ROW_WIDTH, rows), width: ROW_WIDTH, rows };
  const states = pool.allocate(DIGEST_BYTES * rows);
  const opening = pool.allocate(DIGEST_BYTES);
  openStates(pool, opening, hash, [ROW_WIDTH]);
  const leaves = absorbTask(hash, columns, { address: opening, shift: SAME_STATE }, states);
  const perRow = hash === 'eidos' ? ROW_WIDTH / 8 : Math.ceil((DIGEST_BYTES + 8 * ROW_WIDTH) / 64);
  return (await perSecond(ms, () => pool.run([leaves]))) * rows * perRow;
}

/** Measures a pool's kernels, each for about `ms` milliseconds. Takes some 40 MiB of its memory and gives them back. */
export async function measureKernels(pool: Pool, ms: number): Promise<KernelRates> {
  const mark = pool.mark();
  const measure = async (rate: () => Promise<number>): Promise<number> => {
    try {
      return Math.round(await rate());
    } finally {
      pool.release(mark);
    }
  };
  return {
    threads: pool.threads,
    multiplicationsPerThread: await measure(async () => {
      const at = pool.allocate(8 * ELEMENTS_PER_ROUND + 16);
      return (await perSecond(ms, () => pool.call('benchMul', at, ROUNDS))) * ROUNDS * ELEMENTS_PER_ROUND;
    }),
    butterflies: await measure(() => butterflies(pool, ms)),
    eidosCompressions: await measure(() => compressions(pool, 'eidos', ms)),
    blake3Compressions: await measure(() => compressions(pool, 'blake3', ms)),
  };
}
