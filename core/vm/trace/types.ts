/**
 * A trace: `width` columns of `height` (a power of two, at least 64) canonical field elements, column after column:
 * cell (row r, column c) stands at `data[c * height + r]`. `rows` counts the rows before padding.
 */
export interface TraceMatrix {
  readonly width: number;
  readonly height: number;
  readonly rows: number;
  readonly data: BigUint64Array;
}

/** Number of u32 per record of {@link EidosBlocks}. */
export const EIDOS_RECORD = 28;

/**
 * The compressions a run needed, distinct, in trace order: all a backend needs to fill the 32 x 108 cells of each.
 * `records` holds per block: 16 lanes of the message block, 8 lanes of the chaining value, output kind (the mode
 * cell's value), multiplicity, clk of an AEAD request (else 0), and one spare zero. Blocks from `count` on (up to
 * height / 32) are the zero-state dummies, not stored.
 */
export interface EidosBlocks {
  readonly records: Uint32Array;
  readonly count: number;
  readonly height: number;
}

/**
 * Requests to the byte-pair table: 7 x 65,536 counts, column-major in the order of And8Lookup's main columns
 * (six byte relations, then 16-bit ranges).
 */
export type ByteCounts = Uint32Array;
export const BYTE_COUNTS_LENGTH = 7 * 65_536;

/** What execution leaves for the prover. `byteCounts` holds the requests of core and chiplets only. */
export interface VmTraces {
  readonly core: TraceMatrix;
  readonly chiplets: TraceMatrix;
  readonly eidos: EidosBlocks;
  readonly byteCounts: ByteCounts;
}
