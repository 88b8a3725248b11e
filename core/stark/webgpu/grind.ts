import { HASH_KERNELS } from '../../../shaders/hash.ts';
import type { Felt } from '../../field/felt.ts';
import { IV } from '../../hash/eidos-compress.ts';
import { smallestNonce } from '../../hash/grind.ts';
import { tweakLanes } from '../../hash/transcript-eidos.ts';
import type { GrindJob } from '../backend.ts';
import type { Work } from './work.ts';

/** Up to this many bits the host has the nonce before the device would have started. */
const HOST_BITS = 8;
const LOG_NONCES = 16;
const NONE = 0xffff_ffff;
/** A BLAKE3 input that leaves room for the nonce in one block. */
const MAX_INPUT = 56;

/** The smallest nonce that satisfies the job: batches in ascending order, the smallest hit of the first that has one. */
export async function grind(work: Work, job: GrindJob): Promise<Felt> {
  if (job.bits <= HOST_BITS) return BigInt(smallestNonce(job));
  const lanes = new Uint32Array(24);
  const block = new Uint32Array(16);
  let words: number;
  if (job.hash === 'eidos') {
    lanes.set(job.cv);
    if (job.pending.length < 7) tweakLanes(lanes, BigInt(job.pending.length + 2));
    new BigUint64Array(block.buffer).set(job.pending);
    words = 2 * job.pending.length;
  } else {
    if (job.input.length > MAX_INPUT || job.input.length % 4 !== 0) return BigInt(smallestNonce(job));
    lanes.set(IV);
    new Uint8Array(block.buffer).set(job.input);
    words = job.input.length / 4;
  }
  lanes.set(block, 8);
  const buffers = { job: work.upload(lanes), found: work.allocate(4) };
  const nonces = 2 ** Math.min(LOG_NONCES, job.bits + 2);
  const mask = job.bits === 32 ? NONE : 2 ** job.bits - 1;
  for (let base = 0; ; base += nonces) {
    work.write(buffers.found, 0, Uint32Array.of(NONE));
    await work.run({
      kernel: HASH_KERNELS[job.hash].grind,
      buffers,
      params: { nonceLow: base >>> 0, nonceHigh: Math.floor(base / 2 ** 32), words, mask },
      groups: nonces / 64,
      cost: 64 * 40,
    });
    const [offset] = new Uint32Array((await work.read(buffers.found, 0, 4)).slice().buffer);
    if (offset !== NONE) {
      work.free(buffers.job, buffers.found);
      return BigInt(base + offset);
    }
  }
}
