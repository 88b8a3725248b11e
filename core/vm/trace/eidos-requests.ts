import { EIDOS_ROWS } from './eidos-layout.ts';
import { traceHeight } from './layout.ts';
import { EIDOS_RECORD, type EidosBlocks } from './types.ts';
import { U32Log } from './u32-log.ts';

/** Distinct compressions in one run, a trace of 2^25 rows. */
const MAX_COMPRESSIONS = 1 << 20;

// Fields of a record (see EidosBlocks).
const KIND = 24;
const MULTIPLICITY = 25;
const CLK = 26;
/** While recording, the record's hash; zero in the finished blocks. */
const HASH = 27;

const AEAD = 1;
const INITIAL_SLOTS = 1024;

/** Order of the trace: the twelve elements, high halves first, then output kind, then clk. */
const SORT_LANES = [
  1,
  0,
  3,
  2,
  5,
  4,
  7,
  6,
  9,
  8,
  11,
  10,
  13,
  12,
  15,
  14,
  17,
  16,
  19,
  18,
  21,
  20,
  23,
  22,
  KIND,
  CLK,
];
const INSERTION_LIMIT = 12;

/**
 * Collects compressions, merges equal ones, and puts them in the order of the trace
 * (miden-processor 1.0.0-rc.0, src/trace/chiplets/hasher/mod.rs). Key streams of AEAD are never merged.
 */
export class EidosRequests {
  readonly #log = new U32Log(EIDOS_RECORD, 'different compressions', MAX_COMPRESSIONS);
  /** Open addressing; record number plus one, 0 is free. */
  #slots = new Int32Array(INITIAL_SLOTS);

  /** Records as filled so far; {@link EIDOS_RECORD} u32 each. */
  get records(): Uint32Array {
    return this.#log.data;
  }
  /** How many there are. */
  get count(): number {
    return this.#log.count;
  }

  /**
   * Adds one request for the compression of `block[blockAt..+16]` into `cv[cvAt..+8]` and returns its record number.
   * `hash`: any lane of the result, which spreads requests evenly whatever a program hashes.
   */
  add(block: Uint32Array, blockAt: number, cv: Uint32Array, cvAt: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const records = this.#log.data;
    let slot = hash & mask;
    for (let entry = slots[slot]; entry !== 0; entry = slots[slot]) {
      const at = (entry - 1) * EIDOS_RECORD;
      if (records[at + HASH] === hash >>> 0 && sameState(records, at, block, blockAt, cv, cvAt)) {
        records[at + MULTIPLICITY]++;
        return entry - 1;
      }
      slot = (slot + 1) & mask;
    }
    const at = this.#append(block, blockAt, cv, cvAt);
    const grown = this.#log.data;
    grown[at + MULTIPLICITY] = 1;
    grown[at + HASH] = hash;
    slots[slot] = this.#log.count;
    if (2 * this.#log.count > slots.length) this.#rehash();
    return this.#log.count - 1;
  }

  /** One more request for record `index`. */
  repeat(index: number): void {
    this.#log.data[index * EIDOS_RECORD + MULTIPLICITY]++;
  }

  /** Adds the key stream that CRYPTOSTREAM asks for at `clk`. */
  addStream(state: Uint32Array, clk: number): void {
    const at = this.#append(state, 0, state, 16);
    this.#log.data[at + KIND] = AEAD;
    this.#log.data[at + CLK] = clk;
  }

  /** The distinct compressions in trace order. */
  finish(): EidosBlocks {
    const count = this.#log.count;
    const order = new Uint32Array(count);
    for (let i = 0; i < count; i++) order[i] = i;
    const source = this.#log.data;
    new RecordSorter(source, order).sort(0, count, 0);
    const records = new Uint32Array(count * EIDOS_RECORD);
    for (let i = 0; i < count; i++) {
      const from = order[i] * EIDOS_RECORD;
      const to = i * EIDOS_RECORD;
      for (let k = 0; k < HASH; k++) records[to + k] = source[from + k];
    }
    return { records, count, height: traceHeight(count * EIDOS_ROWS) };
  }

  #append(block: Uint32Array, blockAt: number, cv: Uint32Array, cvAt: number): number {
    const at = this.#log.append();
    const records = this.#log.data;
    for (let i = 0; i < 16; i++) records[at + i] = block[blockAt + i];
    for (let i = 0; i < 8; i++) records[at + 16 + i] = cv[cvAt + i];
    return at;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    const records = this.#log.data;
    for (let i = 0; i < this.#log.count; i++) {
      if (records[i * EIDOS_RECORD + KIND] === AEAD) continue;
      let slot = records[i * EIDOS_RECORD + HASH] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = i + 1;
    }
    this.#slots = slots;
  }
}

function sameState(
  records: Uint32Array,
  at: number,
  block: Uint32Array,
  blockAt: number,
  cv: Uint32Array,
  cvAt: number,
): boolean {
  for (let i = 0; i < 16; i++) if (records[at + i] !== block[blockAt + i]) return false;
  for (let i = 0; i < 8; i++) if (records[at + 16 + i] !== cv[cvAt + i]) return false;
  return true;
}

/**
 * Sorts record numbers, one lane after the other. A group is sorted by the numbers lane·2^20 + position, which a
 * double holds exactly: the engine's own sort of doubles is several times faster than one with a comparator.
 */
class RecordSorter {
  readonly #records: Uint32Array;
  readonly #order: Uint32Array;
  readonly #keys: Float64Array;
  readonly #moved: Uint32Array;

  constructor(records: Uint32Array, order: Uint32Array) {
    this.#records = records;
    this.#order = order;
    this.#keys = new Float64Array(order.length);
    this.#moved = new Uint32Array(order.length);
  }

  /** Sorts order[from..to), whose records agree in the first `depth` of {@link SORT_LANES}. */
  sort(from: number, to: number, depth: number): void {
    if (to - from <= INSERTION_LIMIT) {
      this.#insertionSort(from, to, depth);
      return;
    }
    const order = this.#order;
    const records = this.#records;
    let level = depth;
    while (level < SORT_LANES.length && this.#constant(from, to, SORT_LANES[level])) level++;
    if (level === SORT_LANES.length) return;
    const lane = SORT_LANES[level];
    const size = to - from;
    const keys = this.#keys.subarray(0, size);
    for (let i = 0; i < size; i++) {
      keys[i] = records[order[from + i] * EIDOS_RECORD + lane] * MAX_COMPRESSIONS + i;
    }
    keys.sort();
    const moved = this.#moved;
    for (let i = 0; i < size; i++) moved[i] = order[from + (keys[i] % MAX_COMPRESSIONS)];
    for (let i = 0; i < size; i++) order[from + i] = moved[i];
    let start = from;
    while (start < to) {
      const value = records[order[start] * EIDOS_RECORD + lane];
      let end = start + 1;
      while (end < to && records[order[end] * EIDOS_RECORD + lane] === value) end++;
      if (end - start > 1) this.sort(start, end, level + 1);
      start = end;
    }
  }

  #constant(from: number, to: number, lane: number): boolean {
    const value = this.#records[this.#order[from] * EIDOS_RECORD + lane];
    for (let i = from + 1; i < to; i++) {
      if (this.#records[this.#order[i] * EIDOS_RECORD + lane] !== value) return false;
    }
    return true;
  }

  #insertionSort(from: number, to: number, depth: number): void {
    const order = this.#order;
    for (let i = from + 1; i < to; i++) {
      const record = order[i];
      let j = i;
      while (j > from && this.#before(record, order[j - 1], depth)) {
        order[j] = order[j - 1];
        j--;
      }
      order[j] = record;
    }
  }

  #before(a: number, b: number, depth: number): boolean {
    const records = this.#records;
    for (let level = depth; level < SORT_LANES.length; level++) {
      const x = records[a * EIDOS_RECORD + SORT_LANES[level]];
      const y = records[b * EIDOS_RECORD + SORT_LANES[level]];
      if (x !== y) return x < y;
    }
    return false;
  }
}
