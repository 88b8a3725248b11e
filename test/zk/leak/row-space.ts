import * as F from '../../../core/field/felt.ts';
import { loadFelt, mulLanes, storeFelt, subLanes } from '../../../core/field/lanes.ts';
import type { QuadFelt } from '../../../core/field/quad.ts';

/** A vector by its entries that may be nonzero: `values[i]` stands in column `columns[i]`; no column twice. */
export interface SparseRow {
  readonly columns: readonly number[];
  readonly values: readonly F.Felt[];
}

/** A row in the making. */
export class RowBuilder {
  readonly #entries = new Map<number, F.Felt>();
  add(column: number, value: F.Felt): void {
    this.#entries.set(column, F.add(this.#entries.get(column) ?? 0n, value));
  }
  addQuad(column: number, value: QuadFelt): void {
    this.add(column, value[0]);
    this.add(column + 1, value[1]);
  }
  sparse(): SparseRow {
    return { columns: [...this.#entries.keys()], values: [...this.#entries.values()] };
  }
}

interface Pivot {
  /** Columns after the pivot's own, whose entry is one. */
  readonly columns: Uint32Array;
  readonly values: Uint32Array;
}

/**
 * The span of rows over Goldilocks, in echelon form, by exact elimination. Pivots keep their nonzero entries only, so
 * rows that touch few columns (a mask: those of its own openings and of the quotient) cost little.
 */
export class RowSpace {
  readonly #pivots: (Pivot | undefined)[];
  readonly #scratch: Uint32Array;
  #rank = 0;

  constructor(width: number) {
    this.#pivots = new Array<Pivot | undefined>(width).fill(undefined);
    this.#scratch = new Uint32Array(2 * width);
  }

  get rank(): number {
    return this.#rank;
  }

  /** Adds a row; whether it lay outside the span. */
  insert(row: SparseRow): boolean {
    const s = this.#scratch.fill(0);
    for (const [i, c] of row.columns.entries()) storeFelt(s, 2 * c, row.values[i]);
    const factor = new Uint32Array(4);
    for (let c = 0; c < this.#pivots.length; c++) {
      if ((s[2 * c] | s[2 * c + 1]) === 0) continue;
      const pivot = this.#pivots[c];
      if (!pivot) {
        this.#pivots[c] = normalized(s, c);
        this.#rank++;
        return true;
      }
      factor[0] = s[2 * c];
      factor[1] = s[2 * c + 1];
      for (let k = 0; k < pivot.columns.length; k++) {
        const at = 2 * pivot.columns[k];
        mulLanes(factor, 2, pivot.values, 2 * k, factor, 0);
        subLanes(s, at, s, at, factor, 2);
      }
    }
    return false;
  }

  /** Adds rows; by how much the rank grew. */
  insertAll(rows: Iterable<SparseRow>): number {
    const before = this.#rank;
    for (const row of rows) this.insert(row);
    return this.#rank - before;
  }
}

function normalized(s: Uint32Array, c: number): Pivot {
  const columns: number[] = [];
  for (let k = c + 1; 2 * k < s.length; k++) if ((s[2 * k] | s[2 * k + 1]) !== 0) columns.push(k);
  const inverse = new Uint32Array(2);
  storeFelt(inverse, 0, F.inv(loadFelt(s, 2 * c)));
  const values = new Uint32Array(2 * columns.length);
  for (const [i, k] of columns.entries()) mulLanes(values, 2 * i, s, 2 * k, inverse, 0);
  return { columns: Uint32Array.from(columns), values };
}

/** A row given in full. */
export const denseRow = (values: readonly F.Felt[]): SparseRow => {
  const columns = values.flatMap((v, c) => (v === 0n ? [] : [c]));
  return { columns, values: columns.map((c) => values[c]) };
};

/** The rank of rows of `width` entries. */
export function rankOf(rows: Iterable<SparseRow>, width: number): number {
  const space = new RowSpace(width);
  return space.insertAll(rows);
}
