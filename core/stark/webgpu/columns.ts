import { outOfMemory } from './errors.ts';
import type { Work } from './work.ts';

const CELL_BYTES = 8;
/** Chunks hold a multiple of this many columns where they can. */
const CHUNK_ALIGNMENT = 8;

/** Rows side by side in one buffer: cell (row q, column c) is `buffer[base + c * stride + q]`. */
export interface RowView {
  readonly buffer: GPUBuffer;
  readonly base: number;
  readonly stride: number;
}

/** Some of the columns, in one buffer: column `first + c` starts at entry `c * rows`. */
export interface Chunk {
  readonly buffer: GPUBuffer;
  readonly first: number;
  readonly width: number;
}

/** Columns of `rows` field elements, in as few buffers as the device's bindings allow. */
export class Columns {
  readonly rows: number;
  readonly width: number;
  readonly chunks: readonly Chunk[];

  constructor(work: Work, width: number, rows: number) {
    this.rows = rows;
    this.width = width;
    const fit = Math.floor(work.gpu.bindingBytes / (CELL_BYTES * rows));
    if (fit === 0) throw outOfMemory(`a column of ${rows} rows does not fit a binding`);
    const aligned = fit >= CHUNK_ALIGNMENT ? fit - (fit % CHUNK_ALIGNMENT) : fit;
    const perChunk = fit >= width ? width : aligned;
    const chunks: Chunk[] = [];
    for (let first = 0; first < width; first += perChunk) {
      const own = Math.min(perChunk, width - first);
      chunks.push({ buffer: work.allocate(CELL_BYTES * own * rows), first, width: own });
    }
    this.chunks = chunks;
  }

  /** Whether all columns are in one buffer. */
  get isWhole(): boolean {
    return this.chunks.length === 1;
  }
  get buffers(): GPUBuffer[] {
    return this.chunks.map(({ buffer }) => buffer);
  }

  /** Where a column is. */
  locate(column: number): { readonly buffer: GPUBuffer; readonly at: number } {
    const chunk = this.chunks.find(({ first, width }) => column < first + width)!;
    return { buffer: chunk.buffer, at: (column - chunk.first) * this.rows };
  }

  /** Fills all columns from the host, column after column. */
  upload(work: Work, data: BigUint64Array): void {
    for (const { buffer, first, width } of this.chunks) {
      work.write(buffer, 0, data.subarray(first * this.rows, (first + width) * this.rows));
    }
  }

  /** Copies rows [first, first + count) of all columns to a buffer, columns `stride` entries apart; rows wrap around. */
  copyRows(work: Work, first: number, count: number, to: GPUBuffer, stride: number): RowView {
    const inside = Math.min(count, this.rows - first);
    for (let c = 0; c < this.width; c++) {
      const { buffer, at } = this.locate(c);
      work.copy(buffer, CELL_BYTES * (at + first), to, CELL_BYTES * c * stride, CELL_BYTES * inside);
      if (inside < count) {
        const rest = CELL_BYTES * (count - inside);
        work.copy(buffer, CELL_BYTES * at, to, CELL_BYTES * (c * stride + inside), rest);
      }
    }
    return { buffer: to, base: 0, stride };
  }

  /** The columns where they are; only if they are whole. */
  get view(): RowView {
    return { buffer: this.chunks[0].buffer, base: 0, stride: this.rows };
  }
}
