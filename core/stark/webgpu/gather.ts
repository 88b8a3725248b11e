import { GATHER } from '../../../shaders/open.ts';
import type { Work } from './work.ts';

const WORD_BYTES = 8;

/** Collects words of 8 bytes from many places, to be read in one go. */
export class Gather {
  readonly #work: Work;
  #places: { readonly buffer: GPUBuffer; readonly index: number; readonly position: number }[] = [];
  /** What has been fetched: word i of `out` is at position `order[i]` of the results. */
  readonly #fetched: { readonly out: GPUBuffer; readonly order: readonly number[] }[] = [];
  #count = 0;

  constructor(work: Work) {
    this.#work = work;
  }

  /** Asks for `count` words from word `index` of a buffer; returns the position of the first in the results. */
  add(buffer: GPUBuffer, index: number, count = 1): number {
    const first = this.#count;
    for (let i = 0; i < count; i++) {
      this.#places.push({ buffer, index: index + i, position: this.#count++ });
    }
    return first;
  }

  /** Fetches what was asked for so far: call before the buffers change. */
  async fetch(): Promise<void> {
    const places = this.#places;
    this.#places = [];
    if (places.length === 0) return;
    const work = this.#work;
    // Places of one window of one buffer stand together.
    const window = Math.floor(work.gpu.bindingBytes / WORD_BYTES);
    const groups = new Map<GPUBuffer, Map<number, typeof places>>();
    for (const place of places) {
      const windows = groups.get(place.buffer) ?? new Map<number, typeof places>();
      groups.set(place.buffer, windows);
      const w = Math.floor(place.index / window);
      const list = windows.get(w);
      if (list) list.push(place);
      else windows.set(w, [place]);
    }
    const sorted = [...groups].flatMap(([buffer, windows]) =>
      [...windows].map(([w, own]) => ({ buffer, first: w * window, own })),
    );
    const indices = sorted.flatMap(({ first, own }) => own.map(({ index }) => index - first));
    const list = work.upload(Uint32Array.from(indices));
    const out = work.allocate(WORD_BYTES * places.length);
    let at = 0;
    for (const { buffer, first, own } of sorted) {
      const offset = WORD_BYTES * first;
      const size = Math.min(WORD_BYTES * window, buffer.size - offset);
      await work.run({
        kernel: GATHER,
        buffers: { source: { buffer, offset, size }, indices: list, out },
        params: { count: own.length, at },
        groups: Math.ceil(own.length / 64),
        cost: 64,
      });
      at += own.length;
    }
    work.free(list);
    this.#fetched.push({ out, order: sorted.flatMap(({ own }) => own.map(({ position }) => position)) });
  }

  /** All words asked for. */
  async read(): Promise<BigUint64Array> {
    await this.fetch();
    const results = new BigUint64Array(this.#count);
    for (const { out, order } of this.#fetched) {
      const bytes = await this.#work.read(out, 0, WORD_BYTES * order.length);
      const words = new BigUint64Array(bytes.slice().buffer);
      order.forEach((position, i) => {
        results[position] = words[i];
      });
      this.#work.free(out);
    }
    return results;
  }
}
