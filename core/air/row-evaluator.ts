import type { Felt } from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import * as L from '../field/quad-limbs.ts';
import type { TraceMatrix } from '../vm/trace/types.ts';
import { Challenges, Evaluator } from './evaluate.ts';
import { type Expr, Kind } from './expr.ts';
import type { Air } from './types.ts';

/** The data of one AIR's trace; what the chosen expressions do not read may be absent. */
export interface RowSource {
  readonly main: TraceMatrix;
  /** Columns c0, c1 of each extension column in turn. */
  readonly aux?: TraceMatrix;
  readonly preprocessed?: TraceMatrix;
  readonly publicValues?: readonly Felt[];
  readonly sigma?: QuadFelt;
  readonly challenges: readonly [alpha: QuadFelt, beta: QuadFelt];
}

/** One leaf that changes from row to row: where its u32 words come from. */
interface CellLoad {
  readonly offset: number;
  readonly words: Uint32Array;
  /** Index of the column's first cell. */
  readonly column: number;
  readonly next: 0 | 1;
}

/**
 * Evaluates expressions of an AIR row after row of a trace, as on the trace domain itself: the selectors are 1 or 0 and
 * the row after the last is the first. The reference for faster evaluators, and for tests.
 */
export class RowEvaluator {
  readonly #evaluator: Evaluator;
  readonly #height: number;
  readonly #cells: CellLoad[] = [];
  readonly #periodic: { readonly leaf: number; readonly values: readonly Felt[] }[] = [];
  readonly #selectors: { readonly leaf: number; readonly kind: number }[] = [];

  constructor(air: Air, roots: readonly Expr[], source: RowSource) {
    this.#evaluator = new Evaluator(air.graph, roots);
    this.#height = source.main.height;
    const challenges = new Challenges(...source.challenges);
    const words = (name: 'main' | 'aux' | 'preprocessed'): Uint32Array => {
      const matrix = source[name];
      if (!matrix || matrix.height !== this.#height)
        throw new TypeError(`${air.name}: no ${name} trace of this height`);
      return new Uint32Array(matrix.data.buffer, matrix.data.byteOffset, matrix.data.length * 2);
    };
    const load = (offset: number, data: Uint32Array, column: number, next: number): void => {
      this.#cells.push({ offset, words: data, column: column * this.#height, next: next === 0 ? 0 : 1 });
    };
    this.#evaluator.leaves.forEach(({ kind, a, b }, leaf) => {
      const offset = leaf * L.LIMBS;
      switch (kind) {
        case Kind.Main:
          load(offset, words('main'), a, b);
          break;
        case Kind.Preprocessed:
          load(offset, words('preprocessed'), a, b);
          break;
        case Kind.Aux:
          load(offset, words('aux'), 2 * a, b);
          load(offset + 3, words('aux'), 2 * a + 1, b);
          break;
        case Kind.Periodic:
          this.#periodic.push({ leaf, values: air.periodic[a] });
          break;
        case Kind.Public:
          this.#evaluator.storeLeaf(leaf, present(source.publicValues, 'public values')[a]);
          break;
        case Kind.AuxValue:
          this.#evaluator.storeLeaf(leaf, present(source.sigma, 'sigma'));
          break;
        case Kind.BetaPower:
          this.#evaluator.storeLeaf(leaf, challenges.betaPower(a));
          break;
        case Kind.BusPrefix:
          this.#evaluator.storeLeaf(leaf, challenges.busPrefix(a));
          break;
        case Kind.Const:
          break;
        default:
          this.#selectors.push({ leaf, kind });
      }
    });
  }

  /** Evaluates at `row`; {@link value} and {@link copy} then read the results. */
  seek(row: number): void {
    const cells = this.#evaluator.cells;
    const following = row + 1 === this.#height ? 0 : row + 1;
    for (const { offset, words, column, next } of this.#cells) {
      const at = 2 * (column + (next ? following : row));
      L.storeWords(cells, offset, words[at], words[at + 1]);
    }
    for (const { leaf, values } of this.#periodic)
      this.#evaluator.storeLeaf(leaf, values[row % values.length]);
    for (const { leaf, kind } of this.#selectors) {
      const isLast = row + 1 === this.#height;
      const on = kind === Kind.IsFirst ? row === 0 : kind === Kind.IsLast ? isLast : !isLast;
      this.#evaluator.storeLeaf(leaf, on ? 1n : 0n);
    }
    this.#evaluator.run();
  }

  /** Value of root `i` at the row last sought. */
  value(i: number): QuadFelt {
    return this.#evaluator.root(i);
  }

  /** Writes the six limbs of root `i` to `out` at `offset`. */
  copy(i: number, out: Float64Array, offset: number): void {
    const from = this.#evaluator.roots[i];
    for (let k = 0; k < L.LIMBS; k++) out[offset + k] = this.#evaluator.cells[from + k];
  }
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new TypeError(`no ${name} given`);
  return value;
}
