import { GATHER } from '../../../shaders/open.ts';
import type { Range, Work } from './work.ts';

const WORD_BYTES = 8;

/** Collects words of 8 bytes from many places, to be read in one go. */
export class Gather {
  readonly #work: Work;
  readonly #places: { buffer: GPUBuffer; index: number }[] = [];

  constructor(work: Work) {
    this.#work = work;
  }

  /** Asks for `count` words from word `index` of a buffer; returns the position of the first in the results. */
  add(buffer: GPUBuffer, index: number, count = 1): number {
    const first = this.#places.length;
    for (let i = 0; i < count; i++) this.#places.push({ buffer, index: index + i });
    return first;
  }

  /** Gathers what was asked for from buffers that still hold it; call before they change. */
  async read(): Promise<BigUint64Array> {
    const count = this.#places.length;
    if (count === 0) return new BigUint64Array();
    const work = this.#work;
    // Places of one window of one buffer stand together.
    const window = Math.floor(work.gpu.bindingBytes / WORD_BYTES);
    const groups = new Map<GPUBuffer, Map<number, number[]>>();
    this.#places.forEach(({ buffer, index }, i) => {
      const windows = groups.get(buffer) ?? new Map<number, number[]>();
      groups.set(buffer, windows);
      const w = Math.floor(index / window);
      const list = windows.get(w);
      if (list) list.push(i);
      else windows.set(w, [i]);
    });
    const order: number[] = [];
    const indices: number[] = [];
    const jobs: { source: Range; at: number; count: number }[] = [];
    for (const [buffer, windows] of groups) {
      for (const [w, places] of windows) {
        const offset = w * window * WORD_BYTES;
        const size = Math.min(window * WORD_BYTES, buffer.size - offset);
        jobs.push({ source: { buffer, offset, size }, at: order.length, count: places.length });
        for (const i of places) {
          order.push(i);
          indices.push(this.#places[i].index - w * window);
        }
      }
    }
    const list = work.upload(Uint32Array.from(indices));
    const out = work.allocate(WORD_BYTES * count);
    for (const { source, at, count: own } of jobs) {
      await work.run({
        kernel: GATHER,
        buffers: { source, indices: list, out },
        params: { count: own, at },
        groups: Math.ceil(own / 64),
        cost: 64,
      });
    }
    const words = new BigUint64Array((await work.read(out, 0, WORD_BYTES * count)).slice().buffer);
    work.free(list, out);
    const results = new BigUint64Array(count);
    order.forEach((i, at) => {
      results[i] = words[at];
    });
    return results;
  }
}
