/**
 * Records of `stride` u32 each, appended to one array that doubles as it fills. The hot-path form of a list of
 * objects: take `data` after {@link append}, never before.
 */
export class U32Log {
  readonly stride: number;
  data: Uint32Array;
  /** Number of records. */
  count = 0;

  constructor(stride: number, capacity = 256) {
    this.stride = stride;
    this.data = new Uint32Array(stride * capacity);
  }

  /** Makes room for one more record and returns the place of its first u32. */
  append(): number {
    const at = this.count++ * this.stride;
    if (at === this.data.length) {
      const grown = new Uint32Array(2 * at);
      grown.set(this.data);
      this.data = grown;
    }
    return at;
  }
}
