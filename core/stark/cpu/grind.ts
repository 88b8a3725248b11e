import type { Felt } from '../../field/felt.ts';
import { IV } from '../../hash/eidos-compress.ts';
import { tweakLanes } from '../../hash/transcript-eidos.ts';
import type { GrindJob } from '../backend.ts';
import type { Pool, RunOptions } from './pool.ts';
import { hashNumber } from './tree.ts';

const NONCES_PER_JOB = 4096;
const NONE = 0xffff_ffff;
const BLAKE3_SINGLE_BLOCK = 1 + 2 + 8; // chunk start, chunk end, root

/**
 * The smallest nonce that satisfies the job: batches in ascending order, all threads on one batch. Throws `RangeError`
 * for a BLAKE3 input that does not leave room for the nonce in one block (transcripts give 32 bytes).
 */
export async function grind(pool: Pool, job: GrindJob, options: RunOptions): Promise<Felt> {
  const mask = job.bits === 32 ? 0xffff_ffff : 2 ** job.bits - 1;
  const block = new Uint32Array(16);
  const cv = new Uint32Array(8);
  let words: number;
  let tail: number[] = [];
  if (job.hash === 'eidos') {
    cv.set(job.cv);
    new BigUint64Array(block.buffer).set(job.pending);
    words = 2 * job.pending.length;
    if (job.pending.length < 7) tweakLanes(cv, BigInt(job.pending.length + 2));
  } else {
    if (job.input.length > 56 || job.input.length % 4 !== 0) {
      throw new RangeError(`a transcript of ${job.input.length} bytes does not fit the grinding kernel`);
    }
    cv.set(IV);
    new Uint8Array(block.buffer).set(job.input);
    words = job.input.length / 4;
    tail = [job.input.length + 8, BLAKE3_SINGLE_BLOCK];
  }
  const jobs = Math.max(1, Math.min(2 * pool.threads, Math.ceil(2 ** job.bits / NONCES_PER_JOB)));
  const mark = pool.mark();
  try {
    const found = pool.allocate(4 * jobs);
    for (let base = 0n; ; base += BigInt(jobs * NONCES_PER_JOB)) {
      const params = [
        base,
        NONCES_PER_JOB,
        mask,
        found,
        hashNumber(job.hash),
        words,
        0,
        ...cv,
        ...block,
        ...tail,
      ];
      await pool.run([{ kernel: 'grind', params, jobs }], options);
      const hit = pool.words32(found, jobs).findIndex((offset) => offset !== NONE);
      if (hit >= 0) return base + BigInt(hit * NONCES_PER_JOB + pool.words32(found, jobs)[hit]);
    }
  } finally {
    pool.release(mark);
  }
}
