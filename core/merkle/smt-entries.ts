import { Domain } from '../hash/domains.ts';
import { initLanes, lanesToWord, wordToLanes } from '../hash/eidos.ts';
import { compressLanes } from '../hash/eidos-compress.ts';
import type { Word } from '../hash/word.ts';
import type { SmtEntry } from './smt-leaf.ts';

/** Lanes of an entry: eight of its key, eight of its value. Also the block that it is in its leaf's hash. */
export const ENTRY_LANES = 16;
/** No slot: the end of a leaf. */
export const NONE = -1;

export function entryToLanes([key, value]: SmtEntry, out: Uint32Array, at: number): void {
  wordToLanes(key, out, at);
  wordToLanes(value, out, at + 8);
}

/** The order of `compareWords` on lanes. */
export function compareLanes(a: Uint32Array, aAt: number, b: Uint32Array, bAt: number): number {
  for (let i = 7; i >= 0; i--) {
    if (a[aAt + i] !== b[bAt + i]) return a[aAt + i] < b[bAt + i] ? -1 : 1;
  }
  return 0;
}

/** Whether the entry at `at` has the empty word as value. */
export function isRemoval(lanes: Uint32Array, at: number): boolean {
  for (let i = at + 8; i < at + ENTRY_LANES; i++) if (lanes[i] !== 0) return false;
  return true;
}

/** Room for `wanted` items where there is room for `now`: half as much again, so that additions cost little each. */
export const grown = (now: number, wanted: number): number => Math.max(wanted, now + (now >> 1), 4);

export interface EntrySlotsImage {
  /** Slots, free ones included. */
  readonly used: number;
  readonly free: number;
  readonly count: number;
  readonly lanes: Uint32Array;
  readonly next: Int32Array;
}

/**
 * The entries of a sparse Merkle tree in typed arrays: 68 bytes each, where objects take about 500. A leaf is a list of
 * slots in increasing key order and goes by the first of them; slots that come free are used again.
 */
export class EntrySlots {
  #lanes: Uint32Array = new Uint32Array(0);
  /** The slot after this one, in its leaf or among those that are free. */
  #next: Int32Array = new Int32Array(0);
  #used = 0;
  #free = NONE;
  #count = 0;

  get count(): number {
    return this.#count;
  }
  /** Entries that fit before memory is taken again. */
  reserve(more: number): void {
    const [now, wanted] = [this.#next.length, this.#count + more];
    if (wanted <= now) return;
    const capacity = grown(now, wanted);
    const [lanes, next] = [this.#lanes, this.#next];
    this.#lanes = new Uint32Array(ENTRY_LANES * capacity);
    this.#next = new Int32Array(capacity);
    this.#lanes.set(lanes);
    this.#next.set(next);
  }

  clone(): EntrySlots {
    const copy = new EntrySlots();
    copy.#lanes = this.#lanes.slice();
    copy.#next = this.#next.slice();
    copy.#used = this.#used;
    copy.#free = this.#free;
    copy.#count = this.#count;
    return copy;
  }

  /** What the slots are made of, for {@link fromImage}. Views: to be copied before anything changes. */
  get image(): EntrySlotsImage {
    return {
      used: this.#used,
      free: this.#free,
      count: this.#count,
      lanes: this.#lanes.subarray(0, ENTRY_LANES * this.#used),
      next: this.#next.subarray(0, this.#used),
    };
  }
  static fromImage({ used, free, count, lanes, next }: EntrySlotsImage): EntrySlots {
    const slots = new EntrySlots();
    slots.#lanes = lanes;
    slots.#next = next;
    slots.#used = used;
    slots.#free = free;
    slots.#count = count;
    return slots;
  }

  key(slot: number): Word {
    return lanesToWord(this.#lanes, ENTRY_LANES * slot);
  }
  value(slot: number): Word {
    return lanesToWord(this.#lanes, ENTRY_LANES * slot + 8);
  }
  next(slot: number): number {
    return this.#next[slot];
  }
  /** The two halves of the leaf index of a slot's key. */
  indexHigh(slot: number): number {
    return this.#lanes[ENTRY_LANES * slot + 7];
  }
  indexLow(slot: number): number {
    return this.#lanes[ENTRY_LANES * slot + 6];
  }

  /** The slot of the key at lanes[at..+8] in the leaf that begins at `first`, or `NONE`. */
  find(first: number, lanes: Uint32Array, at: number): number {
    let slot = first;
    while (slot !== NONE && compareLanes(this.#lanes, ENTRY_LANES * slot, lanes, at) !== 0)
      slot = this.#next[slot];
    return slot;
  }
  hasValue(slot: number, lanes: Uint32Array, at: number): boolean {
    return compareLanes(this.#lanes, ENTRY_LANES * slot + 8, lanes, at) === 0;
  }
  size(first: number): number {
    let size = 0;
    for (let slot = first; slot !== NONE; slot = this.#next[slot]) size++;
    return size;
  }
  *ofLeaf(first: number): Generator<SmtEntry> {
    for (let slot = first; slot !== NONE; slot = this.#next[slot]) yield [this.key(slot), this.value(slot)];
  }

  /** Sets (or removes) the entry at lanes[at..+16] in the leaf that begins at `first`; returns where it begins now. */
  put(first: number, lanes: Uint32Array, at: number): number {
    let before = NONE;
    let slot = first;
    let order = -1;
    while (slot !== NONE && (order = compareLanes(this.#lanes, ENTRY_LANES * slot, lanes, at)) < 0) {
      before = slot;
      slot = this.#next[slot];
    }
    const found = slot !== NONE && order === 0;
    if (isRemoval(lanes, at)) {
      if (!found) return first;
      const after = this.#next[slot];
      this.#next[slot] = this.#free;
      this.#free = slot;
      this.#count--;
      if (before === NONE) return after;
      this.#next[before] = after;
      return first;
    }
    const own = found ? slot : this.#take(slot);
    this.#lanes.set(lanes.subarray(at, at + ENTRY_LANES), ENTRY_LANES * own);
    if (found) return first;
    if (before === NONE) return own;
    this.#next[before] = own;
    return first;
  }

  /** A slot that is followed by `next`. */
  #take(next: number): number {
    this.reserve(1);
    let slot = this.#free;
    if (slot === NONE) slot = this.#used++;
    else this.#free = this.#next[slot];
    this.#next[slot] = next;
    this.#count++;
    return slot;
  }

  /** Writes the hash of the leaf that begins at `first` to out[at..+8]. */
  hash(first: number, out: Uint32Array, at: number): void {
    initLanes(out, at, Domain.SMT_BUCKET_LEAF, this.size(first));
    for (let slot = first; slot !== NONE; slot = this.#next[slot])
      compressLanes(out, at, this.#lanes, ENTRY_LANES * slot, out, at);
  }
}
