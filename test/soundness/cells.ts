import { felt } from '../../core/field/felt.ts';
import { OP_NAMES, type OpName } from '../../core/vm/opcodes.ts';
import { CORE } from '../../core/vm/trace/layout.ts';
import type { TraceMatrix } from '../../core/vm/trace/types.ts';

/** A trace that a liar writes in. Columns are those of the layouts; rows count from 0. */
export class Cells {
  readonly matrix: TraceMatrix;

  /** A copy of a trace. */
  constructor(source: TraceMatrix) {
    this.matrix = { ...source, data: source.data.slice() };
  }

  get height(): number {
    return this.matrix.height;
  }
  at(row: number, column: number): bigint {
    return this.matrix.data[column * this.height + row];
  }
  /** `count` cells of a row, from `column` on. */
  range(row: number, column: number, count: number): bigint[] {
    return Array.from({ length: count }, (_, i) => this.at(row, column + i));
  }
  set(row: number, column: number, ...values: readonly bigint[]): void {
    for (const [i, value] of values.entries()) {
      this.matrix.data[(column + i) * this.height + row] = felt(value);
    }
  }
  /** Writes the same cells in the rows [from, to). */
  fill(from: number, to: number, column: number, ...values: readonly bigint[]): void {
    for (let row = from; row < to; row++) this.set(row, column, ...values);
  }
  /** Copies the columns [first, end) of another trace's row. */
  copyRow(row: number, source: Cells, from: number, first = 0, end = this.matrix.width): void {
    this.set(row, first, ...source.range(from, first, end - first));
  }
  /** Numbers of all rows that satisfy the predicate. */
  rowsWhere(holds: (row: number) => boolean): number[] {
    return Array.from({ length: this.height }, (_, row) => row).filter(holds);
  }
}

/** A Core trace by the names of its operations. */
export class CoreCells extends Cells {
  op(row: number): OpName {
    const code = this.range(row, CORE.opBits, 7).reduce((sum, bit, i) => sum | (Number(bit) << i), 0);
    const name = OP_NAMES[code];
    if (name === undefined) throw new RangeError(`row ${row} has no operation`);
    return name;
  }
  rowsOf(op: OpName): number[] {
    return this.rowsWhere((row) => this.op(row) === op);
  }
  /** Rows of ENDs that restore a caller's frame, or of those that do not. */
  ends(restoresFrame: boolean): number[] {
    const flag = restoresFrame ? 1n : 0n;
    return this.rowsOf('END').filter((row) => this.at(row, CORE.restoresCallerFrame) === flag);
  }
}
