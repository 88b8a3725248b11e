import { invertAll, loadFelt } from '../../field/lanes.ts';
import type { Word } from '../../hash/word.ts';
import type { RunBlock } from '../nodes.ts';
import { Op } from '../opcodes.ts';
import type { OperandStack } from '../stack.ts';
import { CORE, CORE_WIDTH, traceHeight } from './layout.ts';
import type { TraceMatrix } from './types.ts';

/**
 * Rows gathered before they go to the trace. Columns of a trace lie a power of two apart, so writing row by row would
 * hit one cache set over and over; a chunk has columns of odd stride and fits the cache.
 */
const CHUNK_ROWS = 256;
const STRIDE = 2 * (CHUNK_ROWS + 8);
const VISIBLE = 16;

const STACK = CORE.stack * STRIDE;
const HASHER = CORE.hasher * STRIDE;

/** Columns written on some rows only, as ranges: cleared with each chunk. */
const SPARSE_START = CORE.hasher * STRIDE;
const SPARSE_END = (CORE.batchSizeCode + 1) * STRIDE;

/** Where the first helper is the inverse of what the operation left there. */
const INVERTS_FIRST: ReadonlySet<number> = new Set([Op.EQ, Op.EQZ]);
/** Where the fifth is. */
const INVERTS_FIFTH: ReadonlySet<number> = new Set([Op.U32SPLIT, Op.U32MUL, Op.U32MADD]);

/** For each opcode: which helper column to invert, 0 for none. */
const INVERTED_COLUMN: Uint8Array = Uint8Array.from({ length: 128 }, (_, op) =>
  INVERTS_FIRST.has(op) ? CORE.helpers : INVERTS_FIFTH.has(op) ? CORE.helpers + 4 : 0,
);

/** For each opcode: bits 0..6, then the two products of bits that lower degrees, one byte each. */
const OP_BITS: readonly Uint8Array[] = [
  ...Array.from({ length: 7 }, (_, bit) => Uint8Array.from({ length: 128 }, (_, op) => (op >> bit) & 1)),
  Uint8Array.from({ length: 128 }, (_, op) => (op >> 6) & ~(op >> 5) & (op >> 4) & 1),
  Uint8Array.from({ length: 128 }, (_, op) => (op >> 6) & (op >> 5) & 1),
];
const OP_BIT_COLUMNS: readonly number[] = [
  ...Array.from({ length: 7 }, (_, bit) => CORE.opBits + bit),
  CORE.extra0,
  CORE.extra1,
];

/** -1 as lanes, the code of a batch of two groups. */
const MINUS_ONE_LO = 0;
const MINUS_ONE_HI = 0xffff_ffff;

/**
 * Fills the Core trace, row by row, for a run whose number of cycles is known: so every column is written once, at
 * its place. System and stack columns show the state before the row's operation.
 */
export class CoreTrace {
  readonly #height: number;
  readonly #cycles: number;
  readonly #data: BigUint64Array;
  readonly #lanes: Uint32Array;
  readonly #chunk = new Uint32Array(CORE_WIDTH * STRIDE);
  /** Each column's part of a full chunk. */
  readonly #columns: readonly Uint32Array[];
  readonly #ops = new Uint8Array(CHUNK_ROWS);
  /** Row of the trace at which the chunk starts, and rows in it. */
  #base = 0;
  #rows = 0;
  /** Context and procedure digest, ten lanes, from row #systemFrom of the chunk on. */
  readonly #system = new Uint32Array(10);
  #systemFrom = 0;
  /** Inverses of depth - 16, two lanes each, as far as they were needed. */
  #depthInverses = new Uint32Array(2);
  readonly #toInvert = new Uint32Array(2 * CHUNK_ROWS);
  readonly #inverted = new Uint16Array(CHUNK_ROWS);
  readonly #scratch = new Uint32Array(2 * (CHUNK_ROWS + 1));

  constructor(cycles: number) {
    this.#cycles = cycles;
    this.#height = traceHeight(cycles + 1);
    this.#data = new BigUint64Array(CORE_WIDTH * this.#height);
    this.#lanes = new Uint32Array(this.#data.buffer);
    this.#columns = Array.from({ length: CORE_WIDTH }, (_, c) =>
      this.#chunk.subarray(c * STRIDE, c * STRIDE + 2 * CHUNK_ROWS),
    );
  }

  /** The row of one operation of a block, before the operation runs. */
  operation(stack: OperandStack, block: RunBlock, index: number, address: number, parent: number): void {
    const row = this.#begin(stack, block.ops[index], address);
    const chunk = this.#chunk;
    chunk[HASHER + row] = block.rowGroupOps[2 * index];
    chunk[HASHER + row + 1] = block.rowGroupOps[2 * index + 1];
    chunk[CORE.parentAddr * STRIDE + row] = parent;
    chunk[CORE.inSpan * STRIDE + row] = 1;
    chunk[CORE.groupCount * STRIDE + row] = block.rowGroupsLeft[index];
    chunk[CORE.opIndex * STRIDE + row] = block.rowOpIndex[index];
  }

  /** The helpers of the operation whose row came last, after it ran. */
  helpers(values: Uint32Array): void {
    const row = 2 * (this.#rows - 1);
    for (let i = 0; i < 6; i++) {
      const at = (CORE.helpers + i) * STRIDE + row;
      this.#chunk[at] = values[2 * i];
      this.#chunk[at + 1] = values[2 * i + 1];
    }
  }

  /** SPAN or RESPAN. */
  batch(stack: OperandStack, opcode: number, block: RunBlock, index: number, address: number): void {
    const row = this.#begin(stack, opcode, address);
    const groupsLeft = block.groupsLeft[index];
    const chunk = this.#chunk;
    this.#hasher(row, block.groups, 16 * index, 8);
    chunk[CORE.groupCount * STRIDE + row] = groupsLeft;
    const code = CORE.batchSizeCode * STRIDE + row;
    if (groupsLeft >= 8) {
      chunk[CORE.fullBatch * STRIDE + row] = 1;
    } else if (groupsLeft === 4) {
      chunk[code] = 1;
    } else if (groupsLeft === 2) {
      chunk[code] = MINUS_ONE_LO;
      chunk[code + 1] = MINUS_ONE_HI;
    }
  }

  /** A control row: `hasher[at..]` are its `count` hasher cells, the rest zero. */
  control(
    stack: OperandStack,
    opcode: number,
    address: number,
    hasher: Uint32Array,
    at: number,
    count: number,
  ): void {
    const row = this.#begin(stack, opcode, address);
    this.#hasher(row, hasher, at, count);
  }

  /** Sets the lower lanes of hasher cells 4, 5 and 6 of the row that came last. */
  tail(h4: number, h5: number, h6: number): void {
    const row = 2 * (this.#rows - 1);
    this.#chunk[HASHER + 4 * STRIDE + row] = h4;
    this.#chunk[HASHER + 5 * STRIDE + row] = h5;
    this.#chunk[HASHER + 6 * STRIDE + row] = h6;
  }

  /** How often the body of the loop that started at `row` ran. */
  loopCount(row: number, count: number): void {
    if (row >= this.#base) this.#chunk[CORE.groupCount * STRIDE + 2 * (row - this.#base)] = count;
    else this.#lanes[2 * (CORE.groupCount * this.#height + row)] = count;
  }

  /** Context and procedure digest from the next row on. */
  system(ctx: number, fnHash: Uint32Array): void {
    this.#fillSystem();
    this.#system[0] = ctx;
    this.#system.set(fnHash, 2);
  }

  /** Pads with HALT rows, which keep the final stack and show the program's digest. */
  finish(stack: OperandStack, programDigest: Word): TraceMatrix {
    this.#flush();
    const data = this.#data;
    const height = this.#height;
    const fill = (column: number, value: bigint): void => {
      if (value !== 0n) data.fill(value, column * height + this.#cycles, (column + 1) * height);
    };
    for (let row = this.#cycles; row < height; row++) this.#lanes[2 * row] = row;
    OP_BIT_COLUMNS.forEach((column, i) => {
      fill(column, BigInt(OP_BITS[i][Op.HALT]));
    });
    for (let i = 0; i < 4; i++) fill(CORE.hasher + i, programDigest[i]);
    for (let i = 0; i < VISIBLE; i++) fill(CORE.stack + i, loadFelt(stack.lanes, stack.top - 2 - 2 * i));
    fill(CORE.depth, BigInt(stack.depth));
    return { width: CORE_WIDTH, height, rows: this.#cycles + 1, data };
  }

  /** Opens a row: stack and address. Returns its first lane in each column of the chunk. */
  #begin(stack: OperandStack, opcode: number, address: number): number {
    if (this.#rows === CHUNK_ROWS) this.#flush();
    const chunk = this.#chunk;
    const index = this.#rows++;
    const row = 2 * index;
    this.#ops[index] = opcode;
    const { lanes, top } = stack;
    for (let i = 0, at = STACK + row, from = top - 2; i < VISIBLE; i++, at += STRIDE, from -= 2) {
      chunk[at] = lanes[from];
      chunk[at + 1] = lanes[from + 1];
    }
    chunk[CORE.addr * STRIDE + row] = address;
    chunk[CORE.depth * STRIDE + row] = stack.depth;
    chunk[CORE.overflowAddr * STRIDE + row] = stack.overflowAddress;
    return row;
  }

  #hasher(row: number, from: Uint32Array, at: number, count: number): void {
    for (let i = 0; i < count; i++) {
      this.#chunk[HASHER + i * STRIDE + row] = from[at + 2 * i];
      this.#chunk[HASHER + i * STRIDE + row + 1] = from[at + 2 * i + 1];
    }
  }

  /** Writes the chunk to the trace and empties it. */
  #flush(): void {
    const rows = this.#rows;
    if (rows === 0) return;
    this.#fillSystem();
    this.#expandRows(rows);
    this.#invertHelpers(rows);
    this.#invertDepths(rows);
    for (let column = 0; column < CORE_WIDTH; column++) {
      const part = rows === CHUNK_ROWS ? this.#columns[column] : this.#columns[column].subarray(0, 2 * rows);
      // Untouched pages of a new trace cost nothing, so zeros are not written.
      if (anySet(part)) this.#lanes.set(part, 2 * (column * this.#height + this.#base));
    }
    this.#chunk.fill(0, SPARSE_START, SPARSE_END);
    this.#base += rows;
    this.#rows = 0;
    this.#systemFrom = 0;
  }

  #fillSystem(): void {
    for (let i = 0; i < 5; i++) {
      const lo = this.#system[2 * i];
      const hi = this.#system[2 * i + 1];
      const column = (CORE.ctx + i) * STRIDE;
      for (let row = this.#systemFrom; row < this.#rows; row++) {
        this.#chunk[column + 2 * row] = lo;
        this.#chunk[column + 2 * row + 1] = hi;
      }
    }
    this.#systemFrom = this.#rows;
  }

  #expandRows(rows: number): void {
    const chunk = this.#chunk;
    const ops = this.#ops;
    for (let row = 0; row < rows; row++) chunk[CORE.clk * STRIDE + 2 * row] = this.#base + row;
    for (let i = 0; i < OP_BITS.length; i++) {
      const bits = OP_BITS[i];
      const column = OP_BIT_COLUMNS[i] * STRIDE;
      for (let row = 0; row < rows; row++) chunk[column + 2 * row] = bits[ops[row]];
    }
  }

  #invertHelpers(rows: number): void {
    const chunk = this.#chunk;
    const values = this.#toInvert;
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const column = INVERTED_COLUMN[this.#ops[row]];
      if (column === 0) continue;
      const at = column * STRIDE + 2 * row;
      values[2 * count] = chunk[at];
      values[2 * count + 1] = chunk[at + 1];
      this.#inverted[count++] = at;
    }
    if (count === 0) return;
    invertAll(values, 0, count, this.#scratch);
    for (let i = 0; i < count; i++) {
      chunk[this.#inverted[i]] = values[2 * i];
      chunk[this.#inverted[i] + 1] = values[2 * i + 1];
    }
  }

  #invertDepths(rows: number): void {
    const chunk = this.#chunk;
    for (let row = 0; row < rows; row++) {
      const excess = chunk[CORE.depth * STRIDE + 2 * row] - VISIBLE;
      const at = CORE.depthInverse * STRIDE + 2 * row;
      if (2 * excess >= this.#depthInverses.length) this.#extendDepthInverses(excess);
      chunk[at] = this.#depthInverses[2 * excess];
      chunk[at + 1] = this.#depthInverses[2 * excess + 1];
    }
  }

  #extendDepthInverses(excess: number): void {
    const count = 2 * (excess + 1);
    const inverses = new Uint32Array(2 * count);
    for (let i = 0; i < count; i++) inverses[2 * i] = i;
    invertAll(inverses, 0, count, new Uint32Array(2 * (count + 1)));
    this.#depthInverses = inverses;
  }
}

function anySet(lanes: Uint32Array): boolean {
  for (let i = 0; i < lanes.length; i++) if (lanes[i] !== 0) return true;
  return false;
}
