import { invertAll, mulLanes, storeReduced } from '../../field/lanes.ts';
import { IV } from '../../hash/eidos-compress.ts';
import {
  EIDOS,
  EIDOS_COLUMN_LANES,
  EIDOS_CV_STORAGE,
  EIDOS_CV_STORAGE_BYTES,
  EIDOS_DIAGONAL_LANES,
  EIDOS_FOOTER_DATA,
  EIDOS_FOOTER_ROWS,
  EIDOS_QUEUE,
  EIDOS_RANGE,
  EIDOS_ROUND_ROWS,
  EIDOS_ROWS,
  EIDOS_SIGMA,
  EIDOS_WIDTH,
  eidosMessageUse,
  eidosRotations,
} from './eidos-layout.ts';
import { AND8, AND8_HEIGHT } from './layout.ts';
import { type ByteCounts, EIDOS_RECORD, type EidosBlocks } from './types.ts';

/**
 * Fills the Eidos trace from its records: the reference that the WASM and WGSL kernels restate
 * (miden-air 1.0.0-rc.0, src/constraints/eidos_compression/trace.rs).
 *
 * The 32 x 108 cells of a block are a function of its record and its number alone:
 *
 * 1. Working words v[0..8] = chaining value, v[8..16] = IV.
 * 2. Rows 0 to 27, each for g = 0..3 with (a, b, c, d) = v at the row's quadruple and m its message word: a' = a+b+m,
 *    d' = (d ^ a') >>> r1, c' = c+d', b' = (b ^ c') >>> r2. Cells: bytes of d, a' and d & a'; bytes of b, c' and each
 *    XOR byte's part in b'; m; the carries of both sums.
 * 3. Rows 28 to 31, footer f. All cells are below 2^32 but the packed elements (output, carried message elements), the
 *    inverses, and the corrections that come last: each makes one linear expression of the row, which the round rows
 *    satisfy by themselves, true on the footer as well.
 *
 * Every byte pair written is one request to the byte table, every message limb one range request.
 */

/** Byte-table relation of the XOR byte k of b ^ c', by rotation. */
const ROT12_RELATIONS = [AND8.canonicalXor, AND8.rot12Pos1, AND8.canonicalXor, AND8.rot12Pos3];
const ROT7_RELATIONS = [AND8.rot7Pos0, AND8.canonicalXor, AND8.rot7Pos2, AND8.rot7Pos3];

const RANGE_AT = AND8.range * AND8_HEIGHT;
const ALL_ONES = 0xffff_ffff;
const TWO_32 = 2 ** 32;

/** 2^(-8 n) for n = 0..4, as lanes. */
const INVERSE_POWERS = new Uint32Array([
  1, 0, 0x100_0001, 0xfeff_ffff, 0x1_0001, 0xfffe_ffff, 0x101, 0xffff_feff, 2, 0xffff_fffe,
]);

/** Right rotations of even rows and of odd rows. */
const ROTATIONS = [eidosRotations(0), eidosRotations(1)];
/** Message word of quadruple g in each of the 28 rows. */
const MESSAGE_INDEX = new Uint8Array(4 * EIDOS_ROUND_ROWS);
for (let row = 0; row < EIDOS_ROUND_ROWS; row++) {
  for (let g = 0; g < 4; g++) MESSAGE_INDEX[4 * row + g] = EIDOS_SIGMA[row >> 2][eidosMessageUse(row & 3, g)];
}
/** Working words of quadruple g: 16 for the column rows, then 16 for the diagonal rows. */
const QUADRUPLES = new Uint8Array([...EIDOS_COLUMN_LANES.flat(), ...EIDOS_DIAGONAL_LANES.flat()]);

/**
 * Writes all cells of the trace into `out` (EIDOS_WIDTH columns of blocks.height cells, zero on entry) and adds its
 * byte and range requests to `counts`.
 */
export function fillEidosTrace(blocks: EidosBlocks, out: BigUint64Array, counts: ByteCounts): void {
  const { records, count, height } = blocks;
  const cells = new Uint32Array(out.buffer, out.byteOffset, 2 * out.length);
  const filler = new BlockFiller();
  for (let block = 0; block < count; block++) {
    filler.fill(records, block * EIDOS_RECORD, counts);
    filler.store(cells, height, block);
  }
  const dummies = height / EIDOS_ROWS - count;
  if (dummies === 0) return;
  const dummyCounts = new Uint32Array(counts.length);
  filler.fill(new Uint32Array(EIDOS_RECORD), 0, dummyCounts);
  for (let block = count; block < height / EIDOS_ROWS; block++) filler.store(cells, height, block);
  for (let i = 0; i < counts.length; i++) counts[i] += dummies * dummyCounts[i];
}

/** One block's cells, column by column, as lanes; only footers have high lanes. */
class BlockFiller {
  readonly #low = new Uint32Array(EIDOS_WIDTH * EIDOS_ROWS);
  readonly #high = new Uint32Array(EIDOS_WIDTH * EIDOS_FOOTER_ROWS);
  readonly #v = new Uint32Array(16);
  readonly #inverses = new Uint32Array(2 * 3 * EIDOS_FOOTER_ROWS);
  readonly #scratch = new Uint32Array(2 * (3 * EIDOS_FOOTER_ROWS + 1));
  readonly #sum = new Uint32Array(2);
  #sumLow = 0;
  #sumHigh = 0;

  /** Computes the cells for the record at `records[at]`, all but the block's number. */
  fill(records: Uint32Array, at: number, counts: ByteCounts): void {
    const v = this.#v;
    for (let i = 0; i < 8; i++) {
      v[i] = records[at + 16 + i];
      v[8 + i] = IV[i];
    }
    this.#low.fill(0);
    this.#high.fill(0);
    for (let row = 0; row < EIDOS_ROUND_ROWS; row++) this.#roundRow(row, records, at, counts);
    this.#invertHighWords(records, at);
    for (let f = 0; f < EIDOS_FOOTER_ROWS; f++) this.#footer(f, records, at, counts);
  }

  /** Copies the cells to rows 32·block.. of the trace. */
  store(cells: Uint32Array, height: number, block: number): void {
    const low = this.#low;
    const high = this.#high;
    for (let column = 0; column < EIDOS_WIDTH; column++) {
      const from = column * EIDOS_ROWS;
      const to = 2 * (column * height + block * EIDOS_ROWS);
      for (let row = 0; row < EIDOS_ROWS; row++) cells[to + 2 * row] = low[from + row];
      const footer = to + 2 * EIDOS_ROUND_ROWS;
      for (let f = 0; f < EIDOS_FOOTER_ROWS; f++) {
        cells[footer + 2 * f + 1] = high[column * EIDOS_FOOTER_ROWS + f];
      }
    }
    const id = 2 * (EIDOS.cycleId * height + block * EIDOS_ROWS);
    for (let row = 0; row < EIDOS_ROWS; row++) cells[id + 2 * row] = block;
  }

  #roundRow(row: number, records: Uint32Array, at: number, counts: ByteCounts): void {
    const low = this.#low;
    const v = this.#v;
    const lanes = (row & 2) * 8;
    const odd = (row & 1) === 1;
    const relations = odd ? ROT7_RELATIONS : ROT12_RELATIONS;
    const [r1, r2] = ROTATIONS[row & 1];
    for (let g = 0; g < 4; g++) {
      const ai = QUADRUPLES[lanes + 4 * g];
      const bi = QUADRUPLES[lanes + 4 * g + 1];
      const ci = QUADRUPLES[lanes + 4 * g + 2];
      const di = QUADRUPLES[lanes + 4 * g + 3];
      const b = v[bi];
      const d = v[di];
      const m = records[at + MESSAGE_INDEX[4 * row + g]];

      const sum3 = v[ai] + b + m;
      const a = sum3 >>> 0;
      const dx = d ^ a;
      const dNew = ((dx >>> r1) | (dx << (32 - r1))) >>> 0;
      const sum2 = v[ci] + dNew;
      const c = sum2 >>> 0;
      const bx = b ^ c;

      for (let k = 0; k < 4; k++) {
        const shift = 8 * k;
        const slot = 3 * (4 * g + k) * EIDOS_ROWS + row;
        const db = (d >>> shift) & 255;
        const ab = (a >>> shift) & 255;
        low[slot] = db;
        low[slot + EIDOS_ROWS] = ab;
        low[slot + 2 * EIDOS_ROWS] = db & ab;
        counts[(db << 8) | ab]++;

        const bd = slot + EIDOS.bdSlots * EIDOS_ROWS;
        const bb = (b >>> shift) & 255;
        const cb = (c >>> shift) & 255;
        const x = bx & (255 << shift);
        low[bd] = bb;
        low[bd + EIDOS_ROWS] = cb;
        // The sixteenth contribution has no cell: message words start in its place and overwrite it.
        low[bd + 2 * EIDOS_ROWS] = (x >>> r2) | (x << (32 - r2));
        counts[relations[k] * AND8_HEIGHT + ((bb << 8) | cb)]++;
      }
      low[(EIDOS.k3 + g) * EIDOS_ROWS + row] = (sum3 - a) / TWO_32;
      low[(EIDOS.k2 + g) * EIDOS_ROWS + row] = (sum2 - c) / TWO_32;
      v[ai] = a;
      v[bi] = (bx >>> r2) | (bx << (32 - r2));
      v[ci] = c;
      v[di] = dNew;
    }
    for (let g = 0; g < 4; g++) {
      low[(EIDOS.message + g) * EIDOS_ROWS + row] = records[at + MESSAGE_INDEX[4 * row + g]];
    }
  }

  /** 1 / (w - (2^32 - 1)) of the high words each footer shows: two of the message, one of the chaining value. */
  #invertHighWords(records: Uint32Array, at: number): void {
    const inverses = this.#inverses;
    for (let f = 0; f < EIDOS_FOOTER_ROWS; f++) {
      inverses[6 * f] = ALL_ONES - records[at + 4 * f + 1];
      inverses[6 * f + 2] = ALL_ONES - records[at + 4 * f + 3];
      inverses[6 * f + 4] = ALL_ONES - records[at + 16 + 2 * f + 1];
      inverses[6 * f + 1] = inverses[6 * f + 3] = inverses[6 * f + 5] = 0;
    }
    invertAll(inverses, 0, 3 * EIDOS_FOOTER_ROWS, this.#scratch);
    for (let i = 0; i < 3 * EIDOS_FOOTER_ROWS; i++) {
      storeReduced(inverses, 2 * i, -inverses[2 * i], -inverses[2 * i + 1]);
    }
  }

  #footer(f: number, records: Uint32Array, at: number, counts: ByteCounts): void {
    const v = this.#v;
    const cv = at + 16;
    const even = 2 * f;
    const odd = even + 1;
    this.#xorSlots(f, 0, v[8 + even], records[cv + even], counts);
    this.#xorSlots(f, 1, v[8 + odd], records[cv + odd], counts);
    this.#xorSlots(f, 2, v[even], v[8 + even], counts);
    this.#xorSlots(f, 3, v[odd], v[8 + odd], counts);

    const top = (v[odd] ^ v[8 + odd]) >>> 24;
    this.#put(f, EIDOS.topBit, top);
    this.#put(f, EIDOS.topBit + 1, 128);
    this.#put(f, EIDOS.topBit + 2, (top ^ 128) << 20);
    counts[(top << 8) | 128]++;

    for (let i = 0; i < 4; i++) {
      const word = records[at + 4 * f + i];
      this.#put(f, EIDOS.message + i, word);
      this.#put(f, EIDOS_RANGE[2 * i], word & 0xffff);
      this.#put(f, EIDOS_RANGE[2 * i + 1], word >>> 16);
      counts[RANGE_AT + (word & 0xffff)]++;
      counts[RANGE_AT + (word >>> 16)]++;
    }

    const data = EIDOS_FOOTER_DATA[f];
    for (let i = 0; i < even; i++) this.#put(f, data[i], records[at + 2 * i], records[at + 2 * i + 1]);
    for (let i = even; i < data.length; i++) this.#put(f, data[i], v[EIDOS_QUEUE[4 * f + i - even]]);

    const inverses = this.#inverses;
    for (let i = 0; i < 3; i++) {
      const column = i < 2 ? EIDOS.rCanonInverse + i : EIDOS.cCanonInverse;
      this.#put(f, column, inverses[6 * f + 2 * i], inverses[6 * f + 2 * i + 1]);
    }
    this.#put(f, EIDOS.rCanonZero, records[at + 4 * f + 1] === ALL_ONES ? 1 : 0);
    this.#put(f, EIDOS.rCanonZero + 1, records[at + 4 * f + 3] === ALL_ONES ? 1 : 0);
    this.#put(f, EIDOS.cCanonZero, records[cv + odd] === ALL_ONES ? 1 : 0);

    this.#put(f, EIDOS.multiplicity, records[at + 25]);
    if (records[at + 24] === 1) {
      this.#put(f, EIDOS.mode, 1);
      this.#put(f, EIDOS.clk, records[at + 26]);
    } else {
      for (let i = 0; i < 4; i++) {
        const hi = (v[2 * i + 1] ^ v[2 * i + 9]) & 0x7fff_ffff;
        this.#put(f, EIDOS.output + i, (v[2 * i] ^ v[2 * i + 8]) >>> 0, hi);
      }
    }
    this.#corrections(f, records, at);
  }

  /** Slots 4 slot.. of a footer: bytes of both words and of their AND. */
  #xorSlots(f: number, slot: number, left: number, right: number, counts: ByteCounts): void {
    for (let k = 0; k < 4; k++) {
      const l = (left >>> (8 * k)) & 255;
      const r = (right >>> (8 * k)) & 255;
      const column = 3 * (4 * slot + k);
      this.#put(f, column, l);
      this.#put(f, column + 1, r);
      this.#put(f, column + 2, l & r);
      counts[(l << 8) | r]++;
    }
  }

  #put(f: number, column: number, low: number, high = 0): void {
    this.#low[column * EIDOS_ROWS + EIDOS_ROUND_ROWS + f] = low;
    this.#high[column * EIDOS_FOOTER_ROWS + f] = high;
  }

  /**
   * The cells that make the row's universal expressions true. Read as a round row, a row says: chaining word g is
   * a' + 2^32 k3 - b - m + c' - ((d ^ a') >>> 16) + 2^32 k2 - IV[g], chaining word 4 + g is b; and the sum of all b is
   * that of the b' of the row before. On footers k2, and one byte of each b, are free to correct that.
   */
  #corrections(f: number, records: Uint32Array, at: number): void {
    const v = this.#v;
    const cv = at + 16;
    if (f === 0) {
      this.#clearSum(v[4] + v[5] + v[6] + v[7], 0);
      for (let g = 0; g < 4; g++) this.#addWord(f, g, 0, -1);
      this.#putSum(f, EIDOS.bSumCorrection, EIDOS_CV_STORAGE_BYTES[3]);
    }
    const live = 2 * f + 2;
    for (let i = 4; i < live; i++) {
      this.#clearSum(records[cv + i], 0);
      this.#addWord(f, i - 4, 0, -1);
      this.#putSum(f, EIDOS_CV_STORAGE[i], EIDOS_CV_STORAGE_BYTES[i - 4]);
    }
    for (let g = 0; g < Math.min(live, 4); g++) {
      // What the quadruple shows in place of d and a': see #footer.
      const lane = 2 * f + (g & 1);
      const left = g < 2 ? v[8 + lane] : v[lane];
      const right = g < 2 ? records[cv + lane] : v[8 + lane];
      const x = left ^ right;
      const rotated = ((x >>> 16) | (x << 16)) >>> 0;
      const k3 = this.#low[(EIDOS.k3 + g) * EIDOS_ROWS + EIDOS_ROUND_ROWS + f];
      this.#clearSum(records[cv + g] + IV[g] - right + records[at + 4 * f + g] + rotated, -k3);
      this.#addWord(f, g, 0, 1);
      this.#addWord(f, g, 1, -1);
      this.#putSum(f, EIDOS_CV_STORAGE[g], 4);
    }
  }

  #clearSum(low: number, high: number): void {
    this.#sumLow = low;
    this.#sumHigh = high;
  }

  /** Adds `sign` times the word that the cells of b (`field` 0) or c' (1) of quadruple g stand for, bytes or not. */
  #addWord(f: number, g: number, field: number, sign: number): void {
    for (let k = 0; k < 4; k++) {
      const column = EIDOS.bdSlots + 3 * (4 * g + k) + field;
      const low = this.#low[column * EIDOS_ROWS + EIDOS_ROUND_ROWS + f];
      const high = this.#high[column * EIDOS_FOOTER_ROWS + f];
      // 2^(8k) (low + 2^32 high) in base 2^32, with 2^64 = 2^32 - 1.
      const scale = 256 ** k;
      const lowScaled = (low << (8 * k)) >>> 0;
      const highScaled = (high << (8 * k)) >>> 0;
      const over = (high * scale - highScaled) / TWO_32;
      this.#sumLow += sign * (lowScaled - over);
      this.#sumHigh += sign * ((low * scale - lowScaled) / TWO_32 + highScaled + over);
    }
  }

  /** Writes the sum divided by 2^(8 bytes). */
  #putSum(f: number, column: number, bytes: number): void {
    const sum = this.#sum;
    storeReduced(sum, 0, this.#sumLow, this.#sumHigh);
    mulLanes(sum, 0, sum, 0, INVERSE_POWERS, 2 * bytes);
    this.#put(f, column, sum[0], sum[1]);
  }
}
