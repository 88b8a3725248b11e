import { invertAll, mulLanes } from '../../../field/lanes.ts';
import {
  AEAD_HIGH_FIRST,
  AEAD_HIGH_SECOND,
  AEAD_LOW_SECOND,
  AEAD_READ,
  AEAD_ROWS,
  CHIPLET_SELECTORS,
  CHIPLETS,
} from '../layout.ts';
import type { ByteCounts } from '../types.ts';
import { U32Log } from '../u32-log.ts';
import { writeByteTriple } from './bitwise.ts';
import { type ChipletRows, MAX_CHIPLET_ROWS } from './rows.ts';

// An operation's record.
const CTX = 0;
const CLK = 1;
const SOURCE = 2;
const TARGET = 3;
/** 16 lanes: two words. */
const PLAINTEXT = 4;
/** 16 u32. */
const KEYSTREAM = 20;
const RECORD = 36;

const OPERATION_ROWS = 2 * AEAD_ROWS;

/**
 * CRYPTOSTREAM: two entries of eight rows each, in the order executed (miden-processor 1.0.0-rc.0,
 * src/trace/chiplets/bitwise/mod.rs). An entry reads a word of four elements and writes its eight lanes, each XORed
 * with a key lane, as eight elements.
 */
export class AeadStream {
  readonly #log = new U32Log(RECORD, 'stream cipher operations', MAX_CHIPLET_ROWS / OPERATION_ROWS);

  get rowCount(): number {
    return this.#log.count * OPERATION_ROWS;
  }

  /** As `ChipletRecorder.aeadStream`. */
  add(
    ctx: number,
    clk: number,
    source: number,
    target: number,
    plaintext: Uint32Array,
    keystream: Uint32Array,
  ): void {
    const at = this.#log.append();
    const { data } = this.#log;
    data[at + CTX] = ctx;
    data[at + CLK] = clk;
    data[at + SOURCE] = source;
    data[at + TARGET] = target;
    for (let i = 0; i < 16; i++) {
      data[at + PLAINTEXT + i] = plaintext[i];
      data[at + KEYSTREAM + i] = keystream[i];
    }
  }

  /** Fills the region from row `start`, a multiple of eight, and adds its byte requests. */
  fill(out: ChipletRows, start: number, counts: ByteCounts): void {
    const { data, count } = this.#log;
    const end = start + this.rowCount;
    out.select(CHIPLET_SELECTORS.bitwise, start, end);
    out.ones(CHIPLETS.mode, start, end);
    const quotients = highQuotients(data, count);
    for (let i = 0; i < count; i++) {
      for (let quarter = 0; quarter < 4; quarter++) {
        const row = start + i * OPERATION_ROWS + quarter * 4;
        fillQuarter(out, row, data, i * RECORD, quarter, quotients.subarray(16 * i + 4 * quarter), counts);
      }
    }
  }
}

/** Per plaintext element (low, high): low / (2^32 - 1 - high), or 0, which shows that it is canonical. */
function highQuotients(data: Uint32Array, count: number): Uint32Array {
  const elements = 8 * count;
  const quotients = new Uint32Array(2 * elements);
  for (let i = 0; i < elements; i++) {
    quotients[2 * i] = 0xffff_ffff - data[(i >> 3) * RECORD + PLAINTEXT + 2 * (i & 7) + 1];
  }
  invertAll(quotients, 0, elements, new Uint32Array(2 * (elements + 1)));
  const low = new Uint32Array(2);
  for (let i = 0; i < elements; i++) {
    low[0] = data[(i >> 3) * RECORD + PLAINTEXT + 2 * (i & 7)];
    mulLanes(quotients, 2 * i, quotients, 2 * i, low, 0);
  }
  return quotients;
}

/** Four rows: two elements, lanes 4·quarter to 4·quarter + 3, of the operation at `data[at]`. */
function fillQuarter(
  out: ChipletRows,
  row: number,
  data: Uint32Array,
  at: number,
  quarter: number,
  quotients: Uint32Array,
  counts: ByteCounts,
): void {
  const ctx = data[at + CTX];
  const clk = data[at + CLK];
  const entry = quarter >> 1;
  const source = data[at + SOURCE] + 4 * entry;
  const target = data[at + TARGET] + 4 * quarter;
  const laneBase = 4 * quarter;
  const plaintext = at + PLAINTEXT + 4 * quarter;
  const keystream = at + KEYSTREAM + 4 * quarter;
  const cipher = (lane: number): number => (data[plaintext + lane] ^ data[keystream + lane]) >>> 0;
  const bytes = (column: number, lane: number): void => {
    writeByteTriple(out, column, row + lane, data[plaintext + lane], data[keystream + lane], counts);
  };

  out.set(AEAD_READ.ctx, row, ctx);
  out.set(AEAD_READ.clk, row, clk);
  out.set(AEAD_READ.srcPtr, row, source);
  out.set(AEAD_READ.laneBase, row, laneBase);
  for (let k = 0; k < 4; k++) {
    const element = at + PLAINTEXT + 8 * entry + 2 * k;
    out.set(AEAD_READ.plaintext + k, row, data[element], data[element + 1]);
  }
  bytes(AEAD_READ.bytes, 0);

  out.set(AEAD_HIGH_FIRST.ctx, row + 1, ctx);
  out.set(AEAD_HIGH_FIRST.clk, row + 1, clk);
  out.set(AEAD_HIGH_FIRST.srcPtr, row + 1, source);
  out.set(AEAD_HIGH_FIRST.laneBase, row + 1, laneBase);
  out.set(AEAD_HIGH_FIRST.nextPlaintext, row + 1, data[plaintext + 2], data[plaintext + 3]);
  out.set(AEAD_HIGH_FIRST.cPrev0, row + 1, cipher(0));
  out.set(AEAD_HIGH_FIRST.hiQuotient, row + 1, quotients[0], quotients[1]);
  bytes(AEAD_HIGH_FIRST.bytes, 1);

  out.set(AEAD_LOW_SECOND.ctx, row + 2, ctx);
  out.set(AEAD_LOW_SECOND.clk, row + 2, clk);
  out.set(AEAD_LOW_SECOND.srcPtr, row + 2, source);
  out.set(AEAD_LOW_SECOND.dstPtr, row + 2, target);
  out.set(AEAD_LOW_SECOND.laneBase, row + 2, laneBase);
  out.set(AEAD_LOW_SECOND.activePlaintext, row + 2, data[plaintext + 2], data[plaintext + 3]);
  out.set(AEAD_LOW_SECOND.cPrev0, row + 2, cipher(0));
  out.set(AEAD_LOW_SECOND.cPrev1, row + 2, cipher(1));
  bytes(AEAD_LOW_SECOND.bytes, 2);

  out.set(AEAD_HIGH_SECOND.ctx, row + 3, ctx);
  out.set(AEAD_HIGH_SECOND.clk, row + 3, clk);
  out.set(AEAD_HIGH_SECOND.dstPtr, row + 3, target);
  out.set(AEAD_HIGH_SECOND.laneBase, row + 3, laneBase);
  out.set(AEAD_HIGH_SECOND.cPrev0, row + 3, cipher(0));
  out.set(AEAD_HIGH_SECOND.cPrev1, row + 3, cipher(1));
  out.set(AEAD_HIGH_SECOND.cPrev2, row + 3, cipher(2));
  out.set(AEAD_HIGH_SECOND.hiQuotient, row + 3, quotients[2], quotients[3]);
  bytes(AEAD_HIGH_SECOND.bytes, 3);
}
