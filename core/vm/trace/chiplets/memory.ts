import { invertAll } from '../../../field/lanes.ts';
import { CHIPLET_SELECTORS, MEMORY } from '../layout.ts';
import { U32Log } from '../u32-log.ts';
import { type ChipletRows, MAX_CHIPLET_ROWS } from './rows.ts';

// An access's record.
const CTX = 0;
const WORD_ADDR = 1;
const CLK = 2;
/** Bits 0 and 1 of `Access`, then two bits of the element's place in its word. */
const KIND = 3;
/** 8 lanes. */
const VALUE = 4;
const RECORD = 12;

/** Columns that are fields of the record as they are, and columns that are the bits of its kind. */
const COPIED = [
  [MEMORY.ctx, CTX],
  [MEMORY.wordAddr, WORD_ADDR],
  [MEMORY.clk, CLK],
];
const KIND_BITS = [MEMORY.isRead, MEMORY.isWord, MEMORY.idx0, MEMORY.idx1];
const CHUNK = 512;

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/**
 * All accesses to memory, sorted by context, then word address, then time (miden-processor 1.0.0-rc.0,
 * src/trace/chiplets/memory/mod.rs).
 */
export class MemoryAccesses {
  readonly #log = new U32Log(RECORD, 'memory accesses', MAX_CHIPLET_ROWS);

  get rowCount(): number {
    return this.#log.count;
  }

  /** As `ChipletRecorder.memory`. */
  add(access: number, ctx: number, address: number, clk: number, word: Uint32Array, wordAt: number): void {
    const at = this.#log.append();
    const { data } = this.#log;
    data[at + CTX] = ctx;
    data[at + WORD_ADDR] = address & ~3;
    data[at + CLK] = clk;
    data[at + KIND] = access | ((address & 3) << 2);
    for (let i = 0; i < 8; i++) data[at + VALUE + i] = word[wordAt + i];
  }

  /** Fills the region from row `start` and adds its range requests. */
  fill(out: ChipletRows, start: number, rangeCounts: Uint32Array): void {
    const count = this.#log.count;
    if (count === 0) return;
    out.select(CHIPLET_SELECTORS.memory, start, start + count);
    const places = this.#sorted();
    for (let from = 0; from < count; from += CHUNK) {
      this.#fillAccesses(out, start, places, from, Math.min(from + CHUNK, count));
    }
    this.#fillOrder(out, start, places, rangeCounts);
  }

  /** Places of the records, in the order of the trace. */
  #sorted(): Uint32Array {
    const { data, count } = this.#log;
    let places = new Uint32Array(count);
    for (let i = 0; i < count; i++) places[i] = i * RECORD;
    let spare = new Uint32Array(count);
    for (const field of [WORD_ADDR, CTX]) {
      for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
        if (!sortByDigit(data, field, shift, places, spare)) continue;
        [places, spare] = [spare, places];
      }
    }
    return places;
  }

  /** Columns copied from the records places[from..to), a chunk at a time so that they are fetched once. */
  #fillAccesses(out: ChipletRows, start: number, places: Uint32Array, from: number, to: number): void {
    const { data } = this.#log;
    const { lanes } = out;
    for (const [column, field] of COPIED) {
      let at = out.at(column, start + from);
      for (let i = from; i < to; i++, at += 2) lanes[at] = data[places[i] + field];
    }
    for (let k = 0; k < 4; k++) {
      let at = out.at(MEMORY.value + k, start + from);
      for (let i = from; i < to; i++, at += 2) {
        const value = places[i] + VALUE + 2 * k;
        lanes[at] = data[value];
        lanes[at + 1] = data[value + 1];
      }
    }
    for (let bit = 0; bit < KIND_BITS.length; bit++) {
      let at = out.at(KIND_BITS[bit], start + from);
      for (let i = from; i < to; i++, at += 2) lanes[at] = (data[places[i] + KIND] >>> bit) & 1;
    }
  }

  /** Columns that show the order: the step from the row before, and the limbs of the word's number. */
  #fillOrder(out: ChipletRows, start: number, places: Uint32Array, rangeCounts: Uint32Array): void {
    const { data } = this.#log;
    const count = places.length;
    const deltas = new Uint32Array(2 * count);
    // The first row counts as the second of two accesses one cycle apart.
    let ctx = data[places[0] + CTX];
    let address = data[places[0] + WORD_ADDR];
    let clk = data[places[0] + CLK] - 1;
    for (let i = 0; i < count; i++) {
      const from = places[i];
      const row = start + i;
      const nextCtx = data[from + CTX];
      const nextAddress = data[from + WORD_ADDR];
      const nextClk = data[from + CLK];
      let delta = nextClk - clk;
      if (nextCtx !== ctx) delta = nextCtx - ctx;
      else if (nextAddress !== address) delta = nextAddress - address;
      else out.set(MEMORY.sameCtxAndAddr, row, 1);
      deltas[2 * i] = delta;

      const low = (nextAddress >>> 2) & 0xffff;
      const high = nextAddress >>> 18;
      out.set(MEMORY.deltaLow, row, delta & 0xffff);
      out.set(MEMORY.deltaHigh, row, delta >>> 16);
      out.set(MEMORY.wordAddrLow, row, low);
      out.set(MEMORY.wordAddrHigh, row, high);
      rangeCounts[delta & 0xffff]++;
      rangeCounts[delta >>> 16]++;
      rangeCounts[low]++;
      rangeCounts[high]++;
      // Four times the high limb: it is below 2^14, so the address is a u32.
      rangeCounts[high << 2]++;
      ctx = nextCtx;
      address = nextAddress;
      clk = nextClk;
    }
    invertAll(deltas, 0, count, new Uint32Array(2 * (count + 1)));
    out.lanes.set(deltas, out.at(MEMORY.deltaInverse, start));
  }
}

/** Stable counting sort of `places` into `sorted` by one digit; false, and nothing done, if all agree in it. */
function sortByDigit(
  data: Uint32Array,
  field: number,
  shift: number,
  places: Uint32Array,
  sorted: Uint32Array,
): boolean {
  const mask = DIGITS - 1;
  const starts = new Uint32Array(DIGITS);
  for (let i = 0; i < places.length; i++) starts[(data[places[i] + field] >>> shift) & mask]++;
  if (starts[(data[places[0] + field] >>> shift) & mask] === places.length) return false;
  let sum = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const size = starts[digit];
    starts[digit] = sum;
    sum += size;
  }
  for (let i = 0; i < places.length; i++) {
    sorted[starts[(data[places[i] + field] >>> shift) & mask]++] = places[i];
  }
  return true;
}
