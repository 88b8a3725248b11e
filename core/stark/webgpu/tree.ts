import { BLAKE3_MAX_COLUMNS, HASH_KERNELS, LOG_TOP } from '../../../shaders/hash.ts';
import { Domain } from '../../hash/domains.ts';
import { initLanes } from '../../hash/eidos.ts';
import type { Digest } from '../backend.ts';
import type { ProofHash } from '../profile.ts';
import { alignedWidth } from '../shape.ts';
import type { RowView } from './columns.ts';
import type { Range, Work } from './work.ts';

const DIGEST_BYTES = 32;
/** Products that one compression costs, about. */
const COMPRESSION = 20;
const OFFSET_ALIGNMENT = 256;

/** Digests `first` .. `first + count` of a buffer, bound whole where the device allows it. */
export function digests(
  work: Work,
  buffer: GPUBuffer,
  first: number,
  count: number,
): { range: Range; base: number } {
  const { bindingBytes } = work.gpu;
  if (buffer.size <= bindingBytes) return { range: { buffer, offset: 0, size: buffer.size }, base: first };
  const start = Math.floor((DIGEST_BYTES * first) / OFFSET_ALIGNMENT) * OFFSET_ALIGNMENT;
  const end = DIGEST_BYTES * (first + count);
  return { range: { buffer, offset: start, size: end - start }, base: first - start / DIGEST_BYTES };
}

/** Leaf states, 32 bytes each; those of a shorter matrix serve 2^shift rows of a taller one each. */
export interface States {
  readonly buffer: GPUBuffer;
  readonly logRows: number;
}

/** The states that leaves begin with, for rows of these widths. */
export function openStates(work: Work, hash: ProofHash, widths: readonly number[]): States {
  const lanes = new Uint32Array(8);
  if (hash === 'eidos') {
    const length = widths.reduce((sum, w) => sum + alignedWidth(w, hash), 0);
    initLanes(lanes, 0, Domain.LMCS_LEAF, length);
  }
  return { buffer: work.upload(lanes), logRows: 0 };
}

/** Absorbs `count` rows of a view; they are rows `first` .. of an extension of 2^logRows. */
export async function absorb(
  work: Work,
  hash: ProofHash,
  view: RowView,
  width: number,
  rows: { readonly first: number; readonly count: number },
  before: States,
  after: States,
): Promise<void> {
  if (hash === 'blake3' && width > BLAKE3_MAX_COLUMNS)
    throw new RangeError(`${width} columns in a BLAKE3 leaf`);
  const stateShift = after.logRows - before.logRows;
  const firstState = Math.floor(rows.first / 2 ** stateShift);
  const lastState = Math.floor((rows.first + rows.count - 1) / 2 ** stateShift);
  const from = digests(work, before.buffer, firstState, lastState - firstState + 1);
  const to = digests(work, after.buffer, rows.first, rows.count);
  // A block has at least as many rows as share a state, or fewer than one state's.
  await work.run({
    kernel: HASH_KERNELS[hash].leaf,
    buffers: { data: view.buffer, before: from.range, after: to.range },
    params: {
      rows: rows.count,
      width,
      base: view.base,
      stride: view.stride,
      stateBase: from.base,
      stateShift,
      outBase: to.base,
    },
    groups: Math.ceil(rows.count / 64),
    cost: 64 * COMPRESSION * Math.ceil((width + 4) / 8),
  });
}

/** A Merkle tree on the device, layers in bit-reversed order. Layer 0 holds the leaves. */
export class Tree {
  readonly logLeaves: number;
  readonly #layers: readonly { readonly buffer: GPUBuffer; readonly base: number }[];

  private constructor(logLeaves: number, layers: Tree['layers']) {
    this.logLeaves = logLeaves;
    this.#layers = layers;
  }

  /** The buffer of leaf states of a tree of 2^logLeaves. */
  static leaves(work: Work, logLeaves: number): States {
    const nodes = logLeaves <= LOG_TOP ? 2 ** (logLeaves + 1) : 2 ** logLeaves;
    return { buffer: work.allocate(DIGEST_BYTES * nodes), logRows: logLeaves };
  }

  /** Hashes the layers over leaves in a buffer made by {@link Tree.leaves}. */
  static async over(work: Work, hash: ProofHash, leaves: States): Promise<Tree> {
    const { logRows: logLeaves } = leaves;
    const kernels = HASH_KERNELS[hash];
    const layers = [{ buffer: leaves.buffer, base: 0 }];
    for (let log = logLeaves - 1; log >= LOG_TOP; log--) {
      const below = layers[layers.length - 1].buffer;
      const size = 2 ** log;
      const parents = work.allocate(DIGEST_BYTES * size * (log === LOG_TOP ? 2 : 1));
      const piece = Math.min(size, Math.floor(work.gpu.bindingBytes / DIGEST_BYTES / 8) * 8);
      for (let first = 0; first < size; first += piece) {
        const count = Math.min(piece, size - first);
        const left = digests(work, below, first, count);
        const right = digests(work, below, size + first, count);
        const out = digests(work, parents, first, count);
        await work.run({
          kernel: kernels.nodes,
          buffers: { left: left.range, right: right.range, parents: out.range },
          params: { size: count, leftBase: left.base, rightBase: right.base, outBase: out.base },
          groups: Math.ceil(count / 64),
          cost: 64 * COMPRESSION,
        });
      }
      layers.push({ buffer: parents, base: 0 });
    }
    const top = layers[layers.length - 1].buffer;
    const logSize = Math.min(logLeaves, LOG_TOP);
    await work.run({
      kernel: kernels.top,
      buffers: { layers: top },
      params: { logSize, inBase: 0 },
      groups: 1,
      cost: 16 * 256 * COMPRESSION,
    });
    for (let log = logSize - 1, base = 2 ** logSize; log >= 0; base += 2 ** log, log--) {
      layers.push({ buffer: top, base });
    }
    return new Tree(logLeaves, layers);
  }

  get layers(): readonly { readonly buffer: GPUBuffer; readonly base: number }[] {
    return this.#layers;
  }
  get buffers(): GPUBuffer[] {
    return [...new Set(this.#layers.map(({ buffer }) => buffer))];
  }

  async root(work: Work): Promise<Digest> {
    const { buffer, base } = this.#layers[this.logLeaves];
    return (await work.read(buffer, DIGEST_BYTES * base, DIGEST_BYTES)).slice();
  }
}
