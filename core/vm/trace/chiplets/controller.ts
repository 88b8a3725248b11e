import { Domain } from '../../../hash/domains.ts';
import { initLanes } from '../../../hash/eidos.ts';
import { compressLanes } from '../../../hash/eidos-compress.ts';
import type { EidosRequests } from '../eidos-requests.ts';
import {
  CHIPLET_SELECTORS,
  CHIPLETS,
  CONTROLLER,
  CONTROLLER_ALIGNMENT,
  CONTROLLER_KINDS,
} from '../layout.ts';
import { EIDOS_RECORD } from '../types.ts';
import { U32Log } from '../u32-log.ts';
import { type ChipletRows, MAX_CHIPLET_ROWS } from './rows.ts';

// A step: a compression as a row shows it. A program node that runs again shows the steps it had before.
/** Number of its record among the Eidos requests. */
const RECORD = 0;
const KIND = 1;
const IS_FINAL = 2;
const LEVEL = 3;
/** 2 lanes, Merkle rows. */
const INDEX = 4;
/** 8 lanes. */
const RESULT = 6;
const STEP = 14;

const HASH_START = 0;
const HASH_ABSORB = 1;
const MERKLE_VERIFY = 2;
const MERKLE_OLD = 3;
const MERKLE_NEW = 4;
const KINDS = [
  CONTROLLER_KINDS.hashStart,
  CONTROLLER_KINDS.hashAbsorb,
  CONTROLLER_KINDS.merkleVerify,
  CONTROLLER_KINDS.merkleOld,
  CONTROLLER_KINDS.merkleNew,
];
const SELECTORS = [CONTROLLER.s0, CONTROLLER.s1, CONTROLLER.s2];
const CHUNK = 512;

const MERKLE_CV = new Uint32Array(8);
initLanes(MERKLE_CV, 0, 0);

/**
 * The hash controller: one row per compression that the program asks for, in the order asked
 * (miden-processor 1.0.0-rc.0, src/trace/chiplets/hasher/mod.rs). Arguments and results are those of
 * `ChipletRecorder`.
 */
export class Controller {
  readonly #requests: EidosRequests;
  readonly #steps = new U32Log(STEP, 'hash controller rows', MAX_CHIPLET_ROWS);
  /** The step each row shows. */
  readonly #rows = new U32Log(1, 'hash controller rows', MAX_CHIPLET_ROWS);
  /** First step, and number of steps, of each program node by its key; undefined until it runs. */
  readonly #nodeStep: (number | undefined)[] = [];
  readonly #nodeLength: number[] = [];
  /** Rows at which an MRUPDATE starts. */
  readonly #updates: number[] = [];
  readonly #cv = new Uint32Array(8);
  readonly #out = new Uint32Array(8);
  readonly #block = new Uint32Array(16);

  constructor(requests: EidosRequests) {
    this.#requests = requests;
  }

  /** Rows of the region, padding included. */
  get rowCount(): number {
    return Math.ceil(this.#rows.count / CONTROLLER_ALIGNMENT) * CONTROLLER_ALIGNMENT;
  }

  controlBlock(key: number, opcode: number, lanes: Uint32Array): number {
    const known = this.#nodeStep[key];
    if (known !== undefined) return this.#repeat(known, 1);
    initLanes(this.#cv, 0, opcode, 8);
    const step = this.#step(HASH_START, lanes, 0, this.#cv, 0, lanes, 16);
    this.#steps.data[step * STEP + IS_FINAL] = 1;
    this.#nodeStep[key] = step;
    this.#nodeLength[key] = 1;
    return this.#show(step);
  }

  basicBlock(key: number, groups: Uint32Array, groupCount: number): number {
    const known = this.#nodeStep[key];
    if (known !== undefined) return this.#repeat(known, this.#nodeLength[key]);
    const batches = Math.ceil(groupCount / 8);
    const address = this.#rows.count + 1;
    const first = this.#steps.count;
    const out = this.#out;
    initLanes(this.#cv, 0, Domain.GENERIC_FELT_SEQUENCE, groupCount);
    for (let batch = 0; batch < batches; batch++) {
      compressLanes(this.#cv, 0, groups, 16 * batch, out, 0);
      const kind = batch === 0 ? HASH_START : HASH_ABSORB;
      const step = this.#step(kind, groups, 16 * batch, this.#cv, 0, out, 0);
      this.#steps.data[step * STEP + IS_FINAL] = batch === batches - 1 ? 1 : 0;
      this.#show(step);
      this.#cv.set(out);
    }
    this.#nodeStep[key] = first;
    this.#nodeLength[key] = batches;
    return address;
  }

  compress(lanes: Uint32Array): number {
    const step = this.#step(HASH_START, lanes, 0, lanes, 16, lanes, 24);
    this.#steps.data[step * STEP + IS_FINAL] = 1;
    return this.#show(step);
  }

  merkleVerify(
    depth: number,
    indexLo: number,
    indexHi: number,
    nodes: Uint32Array,
    path: Uint32Array,
  ): number {
    return this.#merklePath(MERKLE_VERIFY, depth, indexLo, indexHi, nodes, path);
  }

  merkleUpdate(
    depth: number,
    indexLo: number,
    indexHi: number,
    oldNodes: Uint32Array,
    newNodes: Uint32Array,
    path: Uint32Array,
  ): number {
    this.#updates.push(this.#rows.count);
    const address = this.#merklePath(MERKLE_OLD, depth, indexLo, indexHi, oldNodes, path);
    this.#merklePath(MERKLE_NEW, depth, indexLo, indexHi, newNodes, path);
    return address;
  }

  /** Fills the region, from row 0. */
  fill(out: ChipletRows): void {
    const count = this.#rows.count;
    const end = this.rowCount;
    out.select(CHIPLET_SELECTORS.controller, 0, end);
    for (let from = 0; from < count; from += CHUNK) {
      this.#fillRows(out, from, Math.min(from + CHUNK, count));
    }
    for (const [i, start] of this.#updates.entries()) {
      const next = this.#updates[i + 1] ?? end;
      for (let row = start; row < next; row++) out.set(CONTROLLER.mrupdateId, row, i + 1);
    }
    for (const [i, value] of CONTROLLER_KINDS.padding.entries()) {
      if (value === 1) out.ones(SELECTORS[i], count, end);
    }
    out.ones(CHIPLETS.mode, count, end);
  }

  /** Rows [from, to), column after column, a chunk at a time so that their steps and records are fetched once. */
  #fillRows(out: ChipletRows, from: number, to: number): void {
    const rows = this.#rows.data;
    const steps = this.#steps.data;
    const records = this.#requests.records;
    const { lanes } = out;
    for (let k = 0; k < 8; k++) {
      let at = out.at(CONTROLLER.block + k, from);
      for (let row = from; row < to; row++, at += 2) {
        const record = steps[rows[row] * STEP + RECORD] * EIDOS_RECORD + 2 * k;
        lanes[at] = records[record];
        lanes[at + 1] = records[record + 1];
      }
    }
    for (let i = 0; i < SELECTORS.length; i++) {
      let at = out.at(SELECTORS[i], from);
      for (let row = from; row < to; row++, at += 2) lanes[at] = KINDS[steps[rows[row] * STEP + KIND]][i];
    }
    let at = out.at(CONTROLLER.opFinal, from);
    for (let row = from; row < to; row++, at += 2) lanes[at] = steps[rows[row] * STEP + IS_FINAL];
    for (let k = 0; k < 4; k++) {
      for (let row = from; row < to; row++) {
        const step = rows[row] * STEP;
        const result = step + RESULT + 2 * k;
        if (steps[step + KIND] >= MERKLE_VERIFY) {
          out.set(CONTROLLER.digestOut + k, row, steps[result], steps[result + 1]);
        } else {
          const cv = steps[step + RECORD] * EIDOS_RECORD + 16 + 2 * k;
          out.set(CONTROLLER.cvIn + k, row, records[cv], records[cv + 1]);
          out.set(CONTROLLER.cvOut + k, row, steps[result], steps[result + 1]);
        }
      }
    }
    for (let row = from; row < to; row++) {
      const step = rows[row] * STEP;
      if (steps[step + KIND] >= MERKLE_VERIFY) this.#fillMerkle(out, row, step);
    }
  }

  #fillMerkle(out: ChipletRows, row: number, step: number): void {
    const steps = this.#steps.data;
    const low = steps[step + INDEX];
    const high = steps[step + INDEX + 1];
    const level = steps[step + LEVEL];
    out.set(CHIPLETS.mode, row, 1);
    out.set(CONTROLLER.nodeIndex, row, low, high);
    out.set(CONTROLLER.nodeIndexNext, row, (low >>> 1) | (high << 31), high >>> 1);
    out.set(CONTROLLER.isStart, row, level === 0 ? 1 : 0);
    out.set(CONTROLLER.level, row, level);
  }

  #merklePath(
    kind: number,
    depth: number,
    indexLo: number,
    indexHi: number,
    nodes: Uint32Array,
    path: Uint32Array,
  ): number {
    const address = this.#rows.count + 1;
    const block = this.#block;
    let low = indexLo;
    let high = indexHi;
    for (let level = 0; level < depth; level++) {
      const bit = low & 1;
      for (let i = 0; i < 8; i++) {
        block[8 * bit + i] = nodes[8 * level + i];
        block[8 * (1 - bit) + i] = path[8 * level + i];
      }
      const step = this.#step(kind, block, 0, MERKLE_CV, 0, nodes, 8 * (level + 1));
      const steps = this.#steps.data;
      steps[step * STEP + IS_FINAL] = level === depth - 1 ? 1 : 0;
      steps[step * STEP + LEVEL] = level;
      steps[step * STEP + INDEX] = low;
      steps[step * STEP + INDEX + 1] = high;
      this.#show(step);
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
    }
    return address;
  }

  /** Asks for a compression and notes how a row shows it. Returns the step's number. */
  #step(
    kind: number,
    block: Uint32Array,
    blockAt: number,
    cv: Uint32Array,
    cvAt: number,
    result: Uint32Array,
    resultAt: number,
  ): number {
    const at = this.#steps.append();
    const steps = this.#steps.data;
    steps[at + RECORD] = this.#requests.add(block, blockAt, cv, cvAt, result[resultAt]);
    steps[at + KIND] = kind;
    for (let i = 0; i < 8; i++) steps[at + RESULT + i] = result[resultAt + i];
    return this.#steps.count - 1;
  }

  /** Appends the row of a step. Returns its address. */
  #show(step: number): number {
    const at = this.#rows.append();
    this.#rows.data[at] = step;
    return at + 1;
  }

  /** Appends the rows of a node that ran before, each asking again for its compression. Returns the address. */
  #repeat(step: number, length: number): number {
    const address = this.#rows.count + 1;
    for (let i = step; i < step + length; i++) {
      this.#requests.repeat(this.#steps.data[i * STEP + RECORD]);
      this.#show(i);
    }
    return address;
  }
}
