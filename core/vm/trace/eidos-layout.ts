/**
 * The Eidos trace: 32 rows and 108 columns per compression (miden-air 1.0.0-rc.0,
 * src/constraints/eidos_compression/layout.rs and schedule.rs).
 *
 * Rows 0 to 27 are seven rounds of four rows. A row does half of the G function on four quadruples of words at once:
 * a += b + m, d = (d ^ a) >>> r1, c += d, b = (b ^ c) >>> r2. Rows 28 to 31, the footers f = 0..3, finish output lanes
 * 2f and 2f + 1, hold message words 4f to 4f + 3, and face the other tables.
 */
export const EIDOS_WIDTH = 108;
export const EIDOS_ROWS = 32;
export const EIDOS_ROUND_ROWS = 28;
export const EIDOS_FOOTER_ROWS = 4;

/** Byte slots: 16 per half (lane quadruple g, byte k: slot 4g + k), three columns each. */
export const EIDOS_SLOT_WIDTH = 3;

export const EIDOS = {
  /** 16 slots (byte of d, byte of the new a, their AND). */
  acSlots: 0,
  /**
   * 16 slots (byte of b, byte of the new c, contribution of their XOR to the rotated word); the last slot has only
   * its two inputs.
   */
  bdSlots: 48,
  /** 4: the message words of the row, m of each quadruple; on footers words 4f to 4f + 3. */
  message: 95,
  /** Number of the compression in the trace, on all 32 rows. */
  cycleId: 99,
  /** 4: carries of a + b + m, 0 to 2. */
  k3: 100,
  /** 4: carries of c + d. */
  k2: 104,

  // Footers.
  /**
   * 16 slots (left byte, right byte, AND): v[8+2f] ^ cv[2f] in slots 0..3, v[9+2f] ^ cv[2f+1] in 4..7, v[2f] ^ v[8+2f]
   * in 8..11, v[2f+1] ^ v[9+2f] in 12..15.
   */
  xorSlots: 0,
  /** 3: top byte of the odd output, 128, and their XOR times 2^20. */
  topBit: 48,
  /** 4: the compressed chaining value as field elements; AEAD rows have clk, 0, 0, 0. */
  output: 55,
  clk: 55,
  /** 2: 1 / (high word - (2^32 - 1)) or 0, for message words 4f + 1 and 4f + 3. */
  rCanonInverse: 61,
  /** The same for cv[2f + 1]. */
  cCanonInverse: 63,
  multiplicity: 64,
  /** 0 packed output, 1 AEAD key stream. */
  mode: 100,
  /** 2: whether the high word is 2^32 - 1, for the pairs of `rCanonInverse`. */
  rCanonZero: 101,
  cCanonZero: 103,
  /** Footer 0 only; the same cell as the last of {@link EIDOS_CV_STORAGE}. */
  bSumCorrection: 90,
} as const;

/** Column of byte `byte` of quadruple `g` in a slot half that starts at `base`. */
export const eidosSlot = (base: number, g: number, byte: number): number =>
  base + EIDOS_SLOT_WIDTH * (4 * g + byte);

/** Footer cells that correct the universal expression of each cv lane to its value. */
export const EIDOS_CV_STORAGE: readonly number[] = [104, 105, 106, 107, 54, 60, 81, 90];
/** Which byte of b, of quadruples 0 to 3, the last four of {@link EIDOS_CV_STORAGE} overlay. */
export const EIDOS_CV_STORAGE_BYTES: readonly number[] = [2, 0, 3, 2];

/**
 * Footer cells of the 16-bit limbs of the row's message words, low limb first. Slot 27 stays free, hence the gap that
 * slot 17 fills.
 */
export const EIDOS_RANGE: readonly number[] = [22, 23, 24, 25, 26, 17, 28, 29].map((slot) => 3 * slot);

/**
 * Footer f first carries the 2f packed message elements that earlier footers completed, then the queue of the working
 * words still to be used, {@link EIDOS_QUEUE} from 4f on.
 */
export const EIDOS_FOOTER_DATA: readonly (readonly number[])[] = [
  [59, 65, 82, 83, 91, 92, 93, 94, 106, 107, 54, 60],
  [59, 65, 82, 83, 91, 92, 93, 94, 54, 60],
  [59, 65, 82, 83, 91, 92, 93, 94],
  [59, 65, 82, 83, 91, 92],
];
export const EIDOS_QUEUE: readonly number[] = [2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15];

/** Working words (a, b, c, d) of each quadruple: rows 0 and 1 of a round, and rows 2 and 3. */
export const EIDOS_COLUMN_LANES: readonly (readonly number[])[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
];
export const EIDOS_DIAGONAL_LANES: readonly (readonly number[])[] = [
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];

/** Message word of each use, per round (BLAKE3's schedule). */
export const EIDOS_SIGMA: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8],
  [3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1],
  [10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6],
  [12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4],
  [9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7],
  [11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13],
];

/** Index into a round's schedule of the message word of quadruple `g` in row 0..3 of the round. */
export const eidosMessageUse = (roundRow: number, g: number): number =>
  (roundRow >= 2 ? 8 : 0) + 2 * g + (roundRow & 1);

/** Right rotations (of d ^ a, of b ^ c) in row 0..3 of a round. */
export const eidosRotations = (roundRow: number): readonly [number, number] =>
  roundRow & 1 ? [8, 7] : [16, 12];
