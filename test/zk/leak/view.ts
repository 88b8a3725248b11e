import * as F from '../../../core/field/felt.ts';
import type { QuadFelt } from '../../../core/field/quad.ts';
import * as Q from '../../../core/field/quad.ts';
import { powerOfTwo } from '../../../core/stark/domain.ts';
import { proofOrder } from '../../../core/stark/order.ts';
import { blinded, divided, PARTS } from './parts.ts';
import {
  add,
  cosetPoints,
  evaluate,
  fromCoset,
  interpolate,
  maskDirection,
  masked,
  type Polynomial,
  type QuadPolynomial,
  valuesOnCoset,
  X,
} from './polynomial.ts';
import { denseRow, type SparseRow } from './row-space.ts';
import {
  type Challenges,
  type Columns,
  FoldedAir,
  type Instance,
  LOG_BLOWUP,
  MATRICES,
  openSums,
  queryPoints,
  type Values,
  type Witness,
} from './system.ts';

/** Randomness of a proof: coefficients by column; an empty mask is no mask. */
export interface Randomness {
  readonly masks: readonly Columns<BigUint64Array>[];
  /** Halves of the blinders of all parts but the last: 2 t and 2 t + 1 belong to part t. */
  readonly blinders: readonly BigUint64Array[];
  /** Halves of the masking polynomial, of any length; empty without one. */
  readonly masking: readonly [BigUint64Array, BigUint64Array];
}

/** The DEEP combination's weight of every base column. */
export interface Weights {
  readonly columns: readonly Columns<QuadFelt>[];
  readonly preprocessed: readonly (readonly QuadFelt[])[];
  /** Halves of the parts, then those of the masking polynomial. */
  readonly quotient: readonly QuadFelt[];
}

export interface ModelOptions {
  /** Instance order. */
  readonly instances: readonly Instance[];
  readonly challenges: Challenges;
  readonly weights: Weights;
  readonly witness: Witness;
  readonly randomness: Randomness;
  /** What the messages of the statement add to the sums' balance; all masks and traces leave it alone. */
  readonly boundary: QuadFelt;
}

/** The polynomials of which the view is a linear function; absent ones are zero. */
interface Committed {
  readonly columns: readonly Columns<Polynomial | undefined>[];
  readonly quotient: readonly (Polynomial | undefined)[];
  readonly sums?: readonly QuadFelt[];
}

/** Values of a column at the queries, at z and at z h. */
export interface Opened {
  readonly queries: readonly F.Felt[];
  readonly z: QuadFelt;
  readonly next: QuadFelt;
}

/** A verifier's view of a proof. */
export interface View {
  /** Coefficients of the DEEP combination of all columns: FRI and the final polynomial are functions of it. */
  readonly combined: QuadPolynomial;
  readonly columns: readonly Columns<Opened>[];
  /** Halves of the parts, then those of the masking polynomial. */
  readonly quotient: readonly Opened[];
}

/**
 * The whole prover as a function of witness and randomness, challenges fixed, in exact polynomial arithmetic; and its
 * derivative. Written from docs/zero-knowledge.md and not from the prover: coefficients instead of cosets, division with
 * remainder instead of an extra coset. For small heights; every number of the view is there.
 */
export class Model {
  readonly #options: ModelOptions;
  readonly #folded: readonly FoldedAir[];
  readonly #order: readonly number[];
  readonly #logMax: number;
  readonly #columns: readonly Columns<Polynomial>[];
  /** By instance: quotient and gradient at the points of a coset of order 16 n. */
  readonly #points: readonly { value: QuadFelt; gradient: readonly QuadFelt[] }[][];
  readonly #hidden: boolean;
  /** Coefficients of the combination; all committed polynomials have at most so many. */
  readonly #length: number;

  constructor(options: ModelOptions, degreeBound: number) {
    const { instances, challenges, witness, randomness } = options;
    this.#options = options;
    this.#length = degreeBound;
    const logs = instances.map(({ logHeight }) => logHeight);
    this.#order = proofOrder(logs);
    this.#logMax = Math.max(...logs);
    this.#hidden = instances.some(({ air }) => air.hiddenSum);
    this.#folded = instances.map((instance) => new FoldedAir(instance, challenges));
    this.#columns = instances.map((_, i) => ({
      main: witness.traces[i].main.map((t, c) => masked(t, randomness.masks[i].main[c])),
      aux: witness.traces[i].aux.map((t, c) => masked(t, randomness.masks[i].aux[c])),
    }));
    this.#points = this.#folded.map((folded, i) => this.#quotientOnCoset(folded, i));
  }

  /** The view itself. */
  view(): View {
    const { witness, randomness } = this.#options;
    const quotient = this.#parts(
      this.#points.map((points) => points.map(({ value }) => value)),
      this.#columns,
      this.#options.boundary,
    );
    const blinders = blinded(randomness.blinders, this.#logMax);
    const parts = quotient.map((part, k) => add(part, blinders[k]));
    const committed = {
      columns: this.#columns,
      quotient: [...parts, ...randomness.masking],
      sums: witness.sums,
    };
    return {
      combined: this.#combined(committed, true),
      columns: this.#columns.map((columns, i) => {
        const log = this.#options.instances[i].logHeight;
        return {
          main: columns.main.map((p) => this.#opened(p, log)),
          aux: columns.aux.map((p) => this.#opened(p, log)),
        };
      }),
      quotient: committed.quotient.map((p) => this.#opened(p, this.#logMax)),
    };
  }

  /** Base-field equations of the view. */
  get dimension(): number {
    const columns = this.#columns.reduce((n, { main, aux }) => n + main.length + aux.length, 0);
    const quotient = 2 * PARTS + 2;
    const each = this.#options.challenges.indices.length + 4;
    return 2 * this.#length + (columns + quotient) * each + 2 * openSums(this.#options.instances).length;
  }

  /** Derivatives of the view by every random coefficient, masking polynomial first. */
  *randomDirections(): Generator<SparseRow> {
    yield* this.maskingDirections();
    yield* this.blinderDirections();
    yield* this.maskDirections();
  }

  *maskingDirections(): Generator<SparseRow> {
    const { masking } = this.#options.randomness;
    for (const [half, column] of masking.entries()) {
      for (let k = 0; k < column.length; k++) {
        const quotient = new Array<Polynomial | undefined>(2 * PARTS + 2).fill(undefined);
        quotient[2 * PARTS + half] = unit(k);
        yield this.#row({ columns: this.#none(), quotient });
      }
    }
  }

  *blinderDirections(): Generator<SparseRow> {
    const { blinders } = this.#options.randomness;
    for (const [column, coefficients] of blinders.entries()) {
      for (let k = 0; k < coefficients.length; k++) {
        const direction: (Polynomial | undefined)[] = [];
        direction[column] = unit(k);
        yield this.#row({ columns: this.#none(), quotient: blinded(direction, this.#logMax) });
      }
    }
  }

  *maskDirections(): Generator<SparseRow> {
    const { instances, randomness } = this.#options;
    for (const [i, { logHeight }] of instances.entries()) {
      for (const matrix of MATRICES) {
        for (const [c, mask] of randomness.masks[i][matrix].entries()) {
          for (let k = 0; k < mask.length; k++) {
            const columns = this.#none();
            columns[i][matrix][c] = maskDirection(2 ** logHeight, k);
            yield this.#row(this.#moved(columns));
          }
        }
      }
    }
  }

  /** Derivative along a change of the witness: values of all columns on the trace domains, and of the sums. */
  witnessDirection({ traces, sums }: Witness): SparseRow {
    const columns = traces.map(({ main, aux }) => ({
      main: main.map(interpolate),
      aux: aux.map(interpolate),
    }));
    return this.#row({ ...this.#moved(columns, sums), sums });
  }

  #none(): { main: (Polynomial | undefined)[]; aux: (Polynomial | undefined)[] }[] {
    return this.#columns.map(({ main, aux }) => ({
      main: new Array<undefined>(main.length).fill(undefined),
      aux: new Array<undefined>(aux.length).fill(undefined),
    }));
  }

  /** What moves when columns move: the quotient's parts, to first order. */
  #moved(columns: readonly Columns<Polynomial | undefined>[], sums?: readonly QuadFelt[]): Committed {
    const quotients = columns.map((moved, i) => this.#quotientMoved(moved, sums?.[i] ?? Q.ZERO, i));
    return { columns, quotient: this.#parts(quotients, columns, Q.ZERO) };
  }

  #quotientOnCoset(folded: FoldedAir, i: number): { value: QuadFelt; gradient: readonly QuadFelt[] }[] {
    const log = folded.instance.logHeight + 4;
    const onCoset = (p: Polynomial) => valuesOnCoset(p, log);
    const size = 2 ** log;
    const [main, aux] = MATRICES.map((matrix) => this.#columns[i][matrix].map(onCoset));
    const fixed = folded.instance.preprocessed.map((values) => onCoset(interpolate(values)));
    const row = (k: number): Values => {
      const cut = (columns: readonly BigUint64Array[]) =>
        columns.map((column): QuadFelt => [column[k % size], 0n]);
      return { main: cut(main), aux: cut(aux), fixed: cut(fixed) };
    };
    const sum = this.#options.witness.sums[i];
    return cosetPoints(log).map((y, k) => folded.quotient([y, 0n], row(k), row(k + 16), sum));
  }

  /** Derivative of an AIR's quotient on its coset when its columns move. */
  #quotientMoved(moved: Columns<Polynomial | undefined>, movedSum: QuadFelt, i: number): QuadFelt[] {
    const { cells, instance } = this.#folded[i];
    const log = instance.logHeight + 4;
    const size = 2 ** log;
    const out = new Array<QuadFelt>(size).fill(Q.ZERO);
    const add = (p: Polynomial | undefined, cell: number, row: number, factor: QuadFelt): void => {
      if (!p) return;
      const values = valuesOnCoset(p, log);
      this.#points[i].forEach(({ gradient }, k) => {
        const change = Q.mulBase(Q.mul(gradient[cell], factor), values[(k + 16 * row) % size]);
        out[k] = Q.add(out[k], change);
      });
    };
    for (const [index, { matrix, column, row }] of cells.entries()) {
      if (matrix === 'main') add(moved.main[column], index, row, Q.ONE);
      else if (matrix === 'aux') {
        add(moved.aux[2 * column], index, row, Q.ONE);
        add(moved.aux[2 * column + 1], index, row, X);
      } else add(unit(0), index, 0, movedSum);
    }
    return out;
  }

  /**
   * Halves of the quotient's parts, without blinders, from the AIRs' quotients on their cosets: linear.
   */
  #parts(
    quotients: readonly (readonly QuadFelt[])[],
    columns: readonly Columns<Polynomial | undefined>[],
    boundary: QuadFelt,
  ): Polynomial[] {
    const n = 2 ** this.#logMax;
    const size = n * PARTS;
    const total: QuadPolynomial = [new BigUint64Array(2 * size), new BigUint64Array(2 * size)];
    const beta = this.#options.challenges.fold[1];
    const fold = (terms: QuadPolynomial, stride: number): void => {
      for (let k = 0; k < 2 * size; k++) {
        const value = Q.mul([total[0][k], total[1][k]], beta);
        const term: QuadFelt = k % stride ? Q.ZERO : [terms[0][k / stride] ?? 0n, terms[1][k / stride] ?? 0n];
        [total[0][k], total[1][k]] = Q.add(value, term);
      }
    };
    for (const i of this.#order) {
      const halves = [0, 1].map((h) => fromCoset(BigUint64Array.from(quotients[i], (v) => v[h])));
      fold([halves[0], halves[1]], 2 ** (this.#logMax - this.#options.instances[i].logHeight));
    }
    if (this.#hidden) fold(this.#crossQuotient(columns, boundary), 1);

    return divided(total, this.#logMax, this.#length);
  }

  /** (sum_j n_j S_j(X^(r_j)) + B) / (X^N - 1). */
  #crossQuotient(columns: readonly Columns<Polynomial | undefined>[], boundary: QuadFelt): QuadPolynomial {
    const n = 2 ** this.#logMax;
    const halves = [0, 1].map((h) => {
      const total = new BigUint64Array(2 * this.#length);
      total[0] = boundary[h];
      columns.forEach(({ aux }, i) => {
        const { logHeight, air } = this.#options.instances[i];
        const column = aux[2 * (air.auxWidth - 1) + h];
        column?.forEach((v, k) => {
          const at = k * 2 ** (this.#logMax - logHeight);
          total[at] = F.add(total[at], F.mul(v, F.felt(2 ** logHeight)));
        });
      });
      for (let k = total.length - 1; k >= n; k--) total[k - n] = F.add(total[k - n], total[k]);
      if (total.subarray(0, n).some((v) => v !== 0n)) throw new Error('the sums do not balance');
      return total.subarray(n);
    });
    return [halves[0], halves[1]];
  }

  #opened(p: Polynomial, logHeight: number): Opened {
    const { z, indices } = this.#options.challenges;
    const lift = this.#logMax - logHeight;
    const points = queryPoints(indices, this.#logMax + LOG_BLOWUP);
    const next = Q.mulBase(z, F.rootOfUnity(this.#logMax));
    return {
      queries: points.map((x) => evaluate(p, powerOfTwo([x, 0n], lift))[0]),
      z: evaluate(p, powerOfTwo(z, lift)),
      next: evaluate(p, powerOfTwo(next, lift)),
    };
  }

  /** Coefficients of the weighted sum of all polynomials, lifted; fixed columns only on demand: they never move. */
  #combined({ columns, quotient }: Committed, withFixed: boolean): QuadPolynomial {
    const { instances, weights } = this.#options;
    const out: QuadPolynomial = [new BigUint64Array(this.#length), new BigUint64Array(this.#length)];
    const add = (p: Polynomial | undefined, weight: QuadFelt, lift: number): void => {
      p?.forEach((v, k) => {
        if (v === 0n) return;
        const at = k * 2 ** lift;
        if (at >= this.#length) throw new Error(`coefficient ${at} is above the degree bound`);
        for (const h of [0, 1] as const) out[h][at] = F.add(out[h][at], F.mul(v, weight[h]));
      });
    };
    instances.forEach(({ logHeight, preprocessed }, i) => {
      const lift = this.#logMax - logHeight;
      for (const matrix of MATRICES)
        columns[i][matrix].forEach((p, c) => {
          add(p, weights.columns[i][matrix][c], lift);
        });
      if (withFixed)
        preprocessed.forEach((values, c) => {
          add(interpolate(values), weights.preprocessed[i][c], lift);
        });
    });
    quotient.forEach((p, c) => {
      add(p, weights.quotient[c], 0);
    });
    return out;
  }

  /** The view's equations when polynomials move: the combination, the columns in order, the quotient's, the sums. */
  #row(moved: Committed): SparseRow {
    const each = this.#options.challenges.indices.length + 4;
    const out: F.Felt[] = [];
    const [c0, c1] = this.#combined(moved, false);
    c0.forEach((v, k) => {
      out.push(v, c1[k]);
    });
    const open = (p: Polynomial | undefined, logHeight: number): void => {
      if (!p) {
        out.push(...new Array<F.Felt>(each).fill(0n));
        return;
      }
      const { queries, z, next } = this.#opened(p, logHeight);
      out.push(...queries, ...z, ...next);
    };
    moved.columns.forEach((columns, i) => {
      for (const matrix of MATRICES)
        for (const p of columns[matrix]) open(p, this.#options.instances[i].logHeight);
    });
    for (let c = 0; c < 2 * PARTS + 2; c++) open(moved.quotient[c], this.#logMax);
    for (const i of openSums(this.#options.instances)) out.push(...(moved.sums?.[i] ?? Q.ZERO));
    return denseRow(out);
  }
}

const unit = (k: number): Polynomial => {
  const out = new BigUint64Array(k + 1);
  out[k] = 1n;
  return out;
};
