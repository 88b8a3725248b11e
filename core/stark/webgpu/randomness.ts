import { RANDOM_KERNELS } from '../../../shaders/chacha.ts';
import type { ProofHash } from '../profile.ts';
import { type Stream, streamLanes } from '../randomness/stream.ts';
import { digests, type States } from './tree.ts';
import type { Work } from './work.ts';

/** Products that one block costs, about. */
const BLOCK = 30;

/** Streams of one key, where kernels read them. Throws `randomness-closed` if the proof they belong to is over. */
function uploadStreams(work: Work, streams: readonly Stream[]): GPUBuffer {
  const lanes = new Uint32Array(8 + 3 * streams.length);
  for (const [i, stream] of streams.entries()) {
    const own = streamLanes(stream);
    lanes.set(own.subarray(0, 8));
    lanes.set(own.subarray(8), 8 + 3 * i);
    own.fill(0);
  }
  const buffer = work.upload(lanes);
  lanes.fill(0);
  return buffer;
}

/** Which elements of a stream. */
export interface ElementRange {
  readonly count: number;
  /** The first one; 0 if absent. */
  readonly from?: number;
}

/**
 * Elements `from` to `from + count` of streams of one proof; those of stream s go to the elements `base + s * stride`
 * and so on of a buffer.
 */
export async function randomElements(
  work: Work,
  streams: readonly Stream[],
  { count, from = 0 }: ElementRange,
  to: { readonly buffer: GPUBuffer; readonly base: number; readonly stride: number },
): Promise<void> {
  const own = uploadStreams(work, streams);
  const total = count * streams.length;
  await work.run({
    kernel: RANDOM_KERNELS.elements,
    buffers: { streams: own, out: to.buffer },
    params: { total, count, element: from, base: to.base, stride: to.stride },
    groups: Math.ceil(total / 64),
    cost: 64 * BLOCK,
  });
  work.clear(own);
  work.free(own);
}

/** Absorbs the salts of a stream as the last row of all leaves of a tree. */
export async function absorbSalts(
  work: Work,
  hash: ProofHash,
  stream: Stream,
  leaves: States,
): Promise<void> {
  const own = uploadStreams(work, [stream]);
  const rows = 2 ** leaves.logRows;
  const piece = Math.min(rows, Math.floor(work.gpu.bindingBytes / 32 / 8) * 8);
  for (let row = 0; row < rows; row += piece) {
    const count = Math.min(piece, rows - row);
    const { range, base } = digests(work, leaves.buffer, row, count);
    await work.run({
      kernel: RANDOM_KERNELS.salts[hash],
      buffers: { streams: own, states: range },
      params: { rows: count, row, base, logLeaves: leaves.logRows },
      groups: Math.ceil(count / 64),
      cost: 64 * (BLOCK + 20),
    });
  }
  work.clear(own);
  work.free(own);
}
