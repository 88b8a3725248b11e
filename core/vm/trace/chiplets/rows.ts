import { TraceTooLongError } from '../errors.ts';
import { CHIPLETS, CHIPLETS_WIDTH, traceHeight } from '../layout.ts';
import type { TraceMatrix } from '../types.ts';

/** Rows of one Chiplets trace, and so of any one of its regions. */
export const MAX_CHIPLET_ROWS = 1 << 23;

/** The cells of a Chiplets trace while its regions are filled, top down. Cells start at zero. */
export class ChipletRows {
  readonly height: number;
  /** Cell (row, column) is lanes[2 (column·height + row)], and the next for the high half. */
  readonly lanes: Uint32Array;
  readonly #data: BigUint64Array;
  readonly #rows: number;

  constructor(rows: number) {
    if (rows > MAX_CHIPLET_ROWS) throw new TraceTooLongError('rows in the chiplets trace', MAX_CHIPLET_ROWS);
    this.height = traceHeight(rows);
    this.#rows = rows;
    this.#data = new BigUint64Array(CHIPLETS_WIDTH * this.height);
    this.lanes = new Uint32Array(this.#data.buffer);
  }

  /** Place of a cell in {@link lanes}. */
  at(column: number, row: number): number {
    return 2 * (column * this.height + row);
  }

  set(column: number, row: number, low: number, high = 0): void {
    const at = 2 * (column * this.height + row);
    this.lanes[at] = low;
    this.lanes[at + 1] = high;
  }

  /** Writes the values of a region's leading columns, from column 0, on rows [from, to). */
  select(values: readonly (0 | 1)[], from: number, to: number): void {
    for (const [column, value] of values.entries()) {
      if (value === 1) this.ones(column, from, to);
    }
  }

  ones(column: number, from: number, to: number): void {
    this.#data.fill(1n, column * this.height + from, column * this.height + to);
  }

  finish(): TraceMatrix {
    const clk = this.at(CHIPLETS.clk, 0);
    for (let row = 0; row < this.height; row++) this.lanes[clk + 2 * row] = row + 1;
    return { width: CHIPLETS_WIDTH, height: this.height, rows: this.#rows, data: this.#data };
  }
}
