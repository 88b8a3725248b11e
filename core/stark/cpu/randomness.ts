import type { ProofHash } from '../profile.ts';
import { type Stream, streamLanes } from '../randomness/stream.ts';
import type { Pool, Task } from './pool.ts';
import { hashNumber } from './tree.ts';

/** Elements, and blocks of two salts each, of one job. */
const ELEMENTS = 4096;
const SALT_BLOCKS = 128;
const LANES = 11;

/** A stream in kernel memory, there until it is overwritten. */
export class LoadedStream {
  readonly #pool: Pool;
  readonly #address: number;

  /** Throws `randomness-closed` if the proof it belonged to is over. */
  constructor(pool: Pool, stream: Stream) {
    const lanes = streamLanes(stream);
    this.#pool = pool;
    this.#address = pool.allocate(4 * LANES);
    pool.words32(this.#address, LANES).set(lanes);
    lanes.fill(0);
  }

  /** Puts `count` elements, from element `first` on, at `address`. */
  elements(address: number, count: number, first = 0): Task {
    return {
      kernel: 'randomElements',
      params: [address, count, first, this.#address],
      jobs: Math.ceil(count / ELEMENTS),
    };
  }

  /** Absorbs its salts as the last row of 2^logLeaves (at least 8) leaf states at `address`, in place. */
  salts(hash: ProofHash, address: number, logLeaves: number): Task {
    return {
      kernel: 'saltLeaves',
      params: [address, logLeaves, hashNumber(hash), this.#address],
      jobs: Math.ceil(2 ** (logLeaves - 1) / SALT_BLOCKS),
    };
  }

  /** Overwrites the key. */
  close(): void {
    this.#pool.words32(this.#address, LANES).fill(0);
  }
}
