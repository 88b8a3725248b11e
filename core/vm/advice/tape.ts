import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { loadFelt, storeFelt } from '../../field/lanes.ts';

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

  /** Its elements behind their number. A tape that is not complete cannot be written. */
  writeTo(writer: ByteWriter): void {
    if (!this.#complete) throw new RangeError('the tape is not complete');
    writer.vint(this.#length / 2);
    for (let at = 0; at < this.#length; at += 2) writer.felt(loadFelt(this.#lanes, at));
  }
  static readFrom(reader: ByteReader): AdviceTape {
    const tape = new AdviceTape();
    const count = reader.count(8, MAX_TAPE_LANES / 2);
    const lanes = new Uint32Array(2);
    for (let i = 0; i < count; i++) {
      storeFelt(lanes, 0, reader.felt());
      tape.write(lanes, 0, 2);
    }
    return tape;
  }
}
