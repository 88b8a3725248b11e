import { blake3Lanes } from './blake3.ts';
import { compressLanes } from './eidos-compress.ts';
import type { GrindJob } from './transcript.ts';
import { tweakLanes } from './transcript-eidos.ts';

const LOW = 0xffff_ffffn;

const swapBytes = (x: number): number => (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);

/**
 * A test of nonces below 2^53 against a job of at most 32 bits; the reference for the search kernels. The returned
 * function reuses its buffers, so make one per search.
 */
export function nonceTest(job: GrindJob): (nonce: number) => boolean {
  const mask = job.bits === 32 ? 0xffff_ffff : 2 ** job.bits - 1;
  if (job.hash === 'blake3') {
    const bytes = new Uint8Array(job.input.length + 8);
    bytes.set(job.input);
    const input = new Uint32Array(bytes.buffer);
    const digest = new Uint32Array(8);
    return (nonce) => {
      input[input.length - 2] = nonce >>> 0;
      input[input.length - 1] = Math.floor(nonce / 2 ** 32);
      blake3Lanes(input, 0, input.length, digest, 0);
      // Output is read from the end: the last byte is the lowest.
      return (swapBytes(digest[7]) & mask) === 0;
    };
  }
  const block = new Uint32Array(16);
  job.pending.forEach((value, i) => {
    block[2 * i] = Number(value & LOW);
    block[2 * i + 1] = Number(value >> 32n);
  });
  const at = 2 * job.pending.length;
  const full = job.pending.length === 7;
  const cv = job.cv.slice();
  if (!full) tweakLanes(cv, BigInt(job.pending.length + 2));
  const out = new Uint32Array(8);
  const empty = new Uint32Array(16);
  return (nonce) => {
    block[at] = nonce >>> 0;
    block[at + 1] = Math.floor(nonce / 2 ** 32);
    compressLanes(cv, 0, block, 0, out, 0);
    if (full) {
      // The nonce completed a block; the sample compresses an empty one.
      tweakLanes(out, 1n);
      compressLanes(out, 0, empty, 0, out, 0);
    }
    return (out[0] & mask) === 0;
  };
}

/** The smallest nonce that meets the job. Expected work: 2^bits hashes. */
export function smallestNonce(job: GrindJob): number {
  const accepts = nonceTest(job);
  let nonce = 0;
  while (!accepts(nonce)) nonce++;
  return nonce;
}
