import { TraceTooLongError } from './errors.ts';

/**
 * Records of `stride` u32 each, appended to one array that doubles as it fills: the hot-path form of a list of
 * objects. Take `data` after {@link append}, which may replace it.
 */
export class U32Log {
  readonly stride: number;
  data: Uint32Array;
  /** Number of records. */
  count = 0;
  readonly #what: string;
  readonly #limit: number;

  /** Holds up to `limit` records; `what` names them in the error beyond. */
  constructor(stride: number, what: string, limit: number) {
    this.stride = stride;
    this.#what = what;
    this.#limit = limit;
    this.data = new Uint32Array(stride * 64);
  }

  /** Makes room for one more record and returns the place of its first u32. Throws {@link TraceTooLongError}. */
  append(): number {
    const at = this.count * this.stride;
    if (at >= this.data.length) this.#grow();
    this.count++;
    return at;
  }

  #grow(): void {
    if (this.count >= this.#limit) throw new TraceTooLongError(this.#what, this.#limit);
    const grown = new Uint32Array(this.stride * Math.min(2 * this.count, this.#limit));
    grown.set(this.data);
    this.data = grown;
  }
}
