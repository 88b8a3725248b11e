/** As many as the Merkle paths of the longest trace take, and 256 MiB. */
export const MAX_TAPE_LANES = 2 ** 26;

/**
 * What a run drew from the advice, in order, as lanes: popped elements and the siblings of Merkle paths. With it the
 * run can be repeated, to fill its traces, without advice, host or hashing of whole trees.
 */
export class AdviceTape {
  readonly #maxLanes: number;
  #lanes = new Uint32Array(1024);
  #length = 0;
  #next = 0;
  #complete = true;

  constructor(maxLanes: number = MAX_TAPE_LANES) {
    this.#maxLanes = maxLanes;
  }

  /** Whether all was kept. A run too long for the tape has no traces, but its outputs hold. */
  get complete(): boolean {
    return this.#complete;
  }

  write(from: Uint32Array, at: number, count: number): void {
    if (this.#length + count > this.#maxLanes) this.#complete = false;
    if (!this.#complete) return;
    if (this.#length + count > this.#lanes.length) {
      const grown = new Uint32Array(Math.max(2 * this.#lanes.length, this.#length + count));
      grown.set(this.#lanes);
      this.#lanes = grown;
    }
    for (let i = 0; i < count; i++) this.#lanes[this.#length++] = from[at + i];
  }

  /** Copies the next `count` lanes to `out`. The caller repeats the run that wrote them. */
  read(out: Uint32Array, at: number, count: number): void {
    for (let i = 0; i < count; i++) out[at + i] = this.#lanes[this.#next++];
  }

  rewind(): void {
    this.#next = 0;
  }
}
