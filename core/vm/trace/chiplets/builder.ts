import { storeFelt } from '../../../field/lanes.ts';
import type { Kernel } from '../../mast/types.ts';
import { EidosRequests } from '../eidos-requests.ts';
import { AND8, AND8_HEIGHT, CHIPLET_SELECTORS, KERNEL_ROM } from '../layout.ts';
import type { ChipletRecorder, ChipletTraces } from '../recorder.ts';
import { BYTE_COUNTS_LENGTH } from '../types.ts';
import { AeadStream } from './aead-stream.ts';
import { Bitwise } from './bitwise.ts';
import { Circuits } from './circuits.ts';
import { Controller } from './controller.ts';
import { MemoryAccesses } from './memory.ts';
import { countMerkleRanges } from './merkle-ranges.ts';
import { ChipletRows } from './rows.ts';

const RANGE_AT = AND8.range * AND8_HEIGHT;

/**
 * Records what the processor asks of the chiplets and builds their trace (miden-processor 1.0.0-rc.0,
 * src/trace/chiplets/mod.rs): controller, AEAD streams, bitwise, memory, circuits, kernel procedures, padding.
 * Any method may throw `TraceTooLongError`: the trace would be too long to prove.
 */
export class ChipletTraceBuilder implements ChipletRecorder {
  readonly #kernel: Kernel;
  readonly #kernelCalls: Uint32Array;
  readonly #byteCounts = new Uint32Array(BYTE_COUNTS_LENGTH);
  readonly #requests = new EidosRequests();
  readonly #controller = new Controller(this.#requests);
  readonly #streams = new AeadStream();
  readonly #bitwise = new Bitwise();
  readonly #memory = new MemoryAccesses();
  readonly #circuits = new Circuits();
  readonly rangeCounts = this.#byteCounts.subarray(RANGE_AT, RANGE_AT + AND8_HEIGHT);

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#kernelCalls = new Uint32Array(kernel.length);
  }

  controlBlock(key: number, opcode: number, lanes: Uint32Array): number {
    return this.#controller.controlBlock(key, opcode, lanes);
  }

  basicBlock(key: number, groups: Uint32Array, groupCount: number): number {
    return this.#controller.basicBlock(key, groups, groupCount);
  }

  compress(lanes: Uint32Array): number {
    return this.#controller.compress(lanes);
  }

  merkleVerify(
    depth: number,
    indexLo: number,
    indexHi: number,
    nodes: Uint32Array,
    path: Uint32Array,
  ): number {
    countMerkleRanges(this.rangeCounts, depth, indexLo, indexHi);
    return this.#controller.merkleVerify(depth, indexLo, indexHi, nodes, path);
  }

  merkleUpdate(
    depth: number,
    indexLo: number,
    indexHi: number,
    oldNodes: Uint32Array,
    newNodes: Uint32Array,
    path: Uint32Array,
  ): number {
    countMerkleRanges(this.rangeCounts, depth, indexLo, indexHi);
    return this.#controller.merkleUpdate(depth, indexLo, indexHi, oldNodes, newNodes, path);
  }

  bitwise(op: 0 | 1, a: number, b: number): void {
    this.#bitwise.add(op, a, b);
  }

  memory(access: number, ctx: number, address: number, clk: number, word: Uint32Array, at: number): void {
    this.#memory.add(access, ctx, address, clk, word, at);
  }

  aeadStream(
    ctx: number,
    clk: number,
    source: number,
    target: number,
    state: Uint32Array,
    plaintext: Uint32Array,
    keystream: Uint32Array,
  ): void {
    this.#requests.addStream(state, clk);
    this.#streams.add(ctx, clk, source, target, plaintext, keystream);
  }

  circuit(
    ctx: number,
    clk: number,
    pointer: number,
    numRead: number,
    numEval: number,
    variables: Uint32Array,
    instructions: Uint32Array,
    values: Uint32Array,
  ): void {
    this.#circuits.add(ctx, clk, pointer, numRead, numEval, variables, instructions, values);
  }

  kernelCall(procedure: number): void {
    this.#kernelCalls[procedure]++;
  }

  /** Distinct compressions so far. */
  get compressions(): number {
    return this.#requests.count;
  }
  /** Rows so far, without those of the kernel's procedures and of padding. */
  get rows(): number {
    const parts = [this.#controller, this.#streams, this.#bitwise, this.#memory, this.#circuits];
    return parts.reduce((sum, { rowCount }) => sum + rowCount, 0);
  }

  finish(): ChipletTraces {
    const streams = this.#controller.rowCount;
    const bitwise = streams + this.#streams.rowCount;
    const memory = bitwise + this.#bitwise.rowCount;
    const circuits = memory + this.#memory.rowCount;
    const kernel = circuits + this.#circuits.rowCount;
    const padding = kernel + this.#kernel.length;
    const rows = new ChipletRows(padding + 1);
    const counts = this.#byteCounts;
    this.#controller.fill(rows);
    this.#streams.fill(rows, streams, counts);
    this.#bitwise.fill(rows, bitwise, counts);
    this.#memory.fill(rows, memory, this.rangeCounts);
    this.#circuits.fill(rows, circuits);
    this.#fillKernel(rows, kernel);
    rows.select(CHIPLET_SELECTORS.padding, padding, rows.height);
    return { chiplets: rows.finish(), eidos: this.#requests.finish(), byteCounts: counts };
  }

  #fillKernel(rows: ChipletRows, start: number): void {
    rows.select(CHIPLET_SELECTORS.kernelRom, start, start + this.#kernel.length);
    for (const [i, digest] of this.#kernel.entries()) {
      rows.set(KERNEL_ROM.multiplicity, start + i, this.#kernelCalls[i]);
      for (let k = 0; k < 4; k++) storeFelt(rows.lanes, rows.at(KERNEL_ROM.digest + k, start + i), digest[k]);
    }
  }
}
