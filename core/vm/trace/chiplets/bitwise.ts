import { AND8, AND8_HEIGHT, BITWISE, CHIPLET_SELECTORS } from '../layout.ts';
import type { ByteCounts } from '../types.ts';
import { U32Log } from '../u32-log.ts';
import { type ChipletRows, MAX_CHIPLET_ROWS } from './rows.ts';

const XOR_AT = AND8.canonicalXor * AND8_HEIGHT;

/** U32AND and U32XOR, one row each, in the order executed. */
export class Bitwise {
  readonly #log = new U32Log(3, 'bitwise operations', MAX_CHIPLET_ROWS);

  get rowCount(): number {
    return this.#log.count;
  }

  /** As `ChipletRecorder.bitwise`. */
  add(op: 0 | 1, a: number, b: number): void {
    const at = this.#log.append();
    const { data } = this.#log;
    data[at] = op;
    data[at + 1] = a;
    data[at + 2] = b;
  }

  /** Fills the region from row `start` and adds its byte requests. */
  fill(out: ChipletRows, start: number, counts: ByteCounts): void {
    const { data, count } = this.#log;
    out.select(CHIPLET_SELECTORS.bitwise, start, start + count);
    for (let i = 0; i < count; i++) {
      out.set(BITWISE.op, start + i, data[3 * i]);
      writeByteTriple(out, BITWISE.a, start + i, data[3 * i + 1], data[3 * i + 2], counts);
    }
  }
}

/** Twelve columns from `column`: four bytes of a, of b, and of a & b; four requests to the byte table. */
export function writeByteTriple(
  out: ChipletRows,
  column: number,
  row: number,
  a: number,
  b: number,
  counts: ByteCounts,
): void {
  for (let k = 0; k < 4; k++) {
    const x = (a >>> (8 * k)) & 255;
    const y = (b >>> (8 * k)) & 255;
    out.set(column + k, row, x);
    out.set(column + 4 + k, row, y);
    out.set(column + 8 + k, row, x & y);
    counts[XOR_AT + ((x << 8) | y)]++;
  }
}
