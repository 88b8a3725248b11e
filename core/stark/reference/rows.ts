import { Challenges, type Evaluator } from '../../air/evaluate.ts';
import { Kind } from '../../air/expr.ts';
import type { Felt } from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as L from '../../field/quad-limbs.ts';

/** A column whose entry for row r is `data[at + ((r >> shift) & mask)]`. */
export interface RowSource {
  readonly data: BigUint64Array;
  readonly at: number;
  readonly mask: number;
  readonly shift: number;
}

/** What an AIR's leaves read at a row. Aux columns are flattened: 2 i and 2 i + 1 are the halves of column i. */
export interface RowSources {
  readonly main: readonly RowSource[];
  readonly aux: readonly RowSource[];
  readonly preprocessed: readonly RowSource[];
  readonly periodic: readonly RowSource[];
  /** First, last, transition. */
  readonly selectors: readonly RowSource[];
}

/** What they read that is the same at every row. */
export interface RowConstants {
  readonly public: readonly Felt[];
  readonly auxValues: readonly QuadFelt[];
  readonly challenges: readonly [QuadFelt, QuadFelt];
}

/** Columns of height 2^logHeight stored one after the other, as sources for rows of a domain of that size. */
export const columnSources = (data: BigUint64Array, width: number, logHeight: number): RowSource[] =>
  Array.from({ length: width }, (_, c) => ({
    data,
    at: c * 2 ** logHeight,
    mask: 2 ** logHeight - 1,
    shift: 0,
  }));

/** Writes rows of column data into an evaluator's leaves, without a bigint per cell. */
export class RowReader {
  readonly #evaluator: Evaluator;
  readonly #cells: Int32Array;
  readonly #next: Uint8Array;
  readonly #lanes: Uint32Array[] = [];
  readonly #at: Int32Array;
  readonly #mask: Int32Array;
  readonly #shift: Int32Array;

  constructor(evaluator: Evaluator, sources: RowSources, constants: RowConstants) {
    this.#evaluator = evaluator;
    const challenges = new Challenges(...constants.challenges);
    const reads: { cell: number; next: number; source: RowSource }[] = [];
    evaluator.leaves.forEach(({ kind, a, b }, i) => {
      const cell = i * L.LIMBS;
      if (kind === Kind.Main) reads.push({ cell, next: b, source: sources.main[a] });
      else if (kind === Kind.Preprocessed) reads.push({ cell, next: b, source: sources.preprocessed[a] });
      else if (kind === Kind.Periodic) reads.push({ cell, next: 0, source: sources.periodic[a] });
      else if (kind === Kind.IsFirst) reads.push({ cell, next: 0, source: sources.selectors[0] });
      else if (kind === Kind.IsLast) reads.push({ cell, next: 0, source: sources.selectors[1] });
      else if (kind === Kind.IsTransition) reads.push({ cell, next: 0, source: sources.selectors[2] });
      else if (kind === Kind.Aux) {
        reads.push({ cell, next: b, source: sources.aux[2 * a] });
        reads.push({ cell: cell + 3, next: b, source: sources.aux[2 * a + 1] });
      } else if (kind === Kind.Public) evaluator.storeLeaf(i, constants.public[a]);
      else if (kind === Kind.AuxValue) evaluator.storeLeaf(i, constants.auxValues[a]);
      else if (kind === Kind.BetaPower) evaluator.storeLeaf(i, challenges.betaPower(a));
      else if (kind === Kind.BusPrefix) evaluator.storeLeaf(i, challenges.busPrefix(a));
    });
    this.#cells = Int32Array.from(reads, (r) => r.cell);
    this.#next = Uint8Array.from(reads, (r) => r.next);
    this.#at = Int32Array.from(reads, (r) => r.source.at);
    this.#mask = Int32Array.from(reads, (r) => r.source.mask);
    this.#shift = Int32Array.from(reads, (r) => r.source.shift);
    this.#lanes = reads.map(
      ({ source: { data } }) => new Uint32Array(data.buffer, data.byteOffset, 2 * data.length),
    );
  }

  /** Evaluates at row `row`, whose successor is row `next`. */
  run(row: number, next: number): void {
    const { cells } = this.#evaluator;
    for (let i = 0; i < this.#cells.length; i++) {
      const r = this.#next[i] === 1 ? next : row;
      const lane = 2 * (this.#at[i] + ((r >> this.#shift[i]) & this.#mask[i]));
      L.storeWords(cells, this.#cells[i], this.#lanes[i][lane], this.#lanes[i][lane + 1]);
    }
    this.#evaluator.run();
  }
}
