import * as F from '../../../core/field/felt.ts';
import type { QuadFelt } from '../../../core/field/quad.ts';
import * as Q from '../../../core/field/quad.ts';
import { powerOfTwo, vanishingAt } from '../../../core/stark/domain.ts';
import { proofOrder } from '../../../core/stark/order.ts';
import { conjugate, evaluateAll, interpolate, masked, type Polynomial, X } from './polynomial.ts';
import { RowBuilder, type SparseRow } from './row-space.ts';
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

export interface ReducedOptions {
  readonly instances: readonly Instance[];
  readonly challenges: Challenges;
  readonly witness: Witness;
  readonly masks: readonly Columns<BigUint64Array>[];
  readonly boundary: QuadFelt;
}

/**
 * The view with two blocks taken out by hand, so that it is small at real heights, with real parameters:
 *
 * - the DEEP combination and the masking polynomial: that polynomial, uniform over the extension below the degree bound,
 *   makes the combination uniform whatever the rest is, and its own openings follow from the combination's;
 * - the quotient's parts, where blinders of full rank ({@link file://./blocks.ts}) make all but one value at each point uniform
 *   whatever the rest is: what remains of a point is the quotient itself, sum_t L_t(x) part_t(x).
 *
 * Left are the openings of all columns and the quotient at the queries, z, z h and the conjugates of those two: functions
 * of the columns' values at these points and, for the quotient, at the next row's points. `reduction` adds the ranks of
 * the blocks back; on AIRs where the whole view is within reach, a test compares.
 */
export class ReducedModel {
  readonly #options: ReducedOptions;
  readonly #folded: readonly FoldedAir[];
  readonly #logMax: number;
  /** Queries, z, z h, conjugates of z and z h. */
  readonly #points: readonly QuadFelt[];
  /** beta's power that each AIR's quotient has, instance order. */
  readonly #weights: readonly QuadFelt[];
  readonly #hidden: boolean;
  readonly #seen: readonly Seen[];
  readonly #quotients: readonly { value: QuadFelt; gradient: readonly QuadFelt[] }[][];
  /** First equation of each column. */
  readonly #place: readonly Columns<number>[];
  readonly #firstQuotient: number;

  constructor(options: ReducedOptions) {
    const { instances, challenges, witness, masks } = options;
    this.#options = options;
    const logs = instances.map(({ logHeight }) => logHeight);
    this.#logMax = Math.max(...logs);
    this.#hidden = instances.some(({ air }) => air.hiddenSum);
    const { z, indices, fold } = challenges;
    const next = Q.mulBase(z, F.rootOfUnity(this.#logMax));
    const queries = queryPoints(indices, this.#logMax + LOG_BLOWUP).map((x): QuadFelt => [x, 0n]);
    this.#points = [...queries, z, next, conjugate(z), conjugate(next)];
    const order = proofOrder(logs);
    const steps = order.length - 1 + (this.#hidden ? 1 : 0);
    this.#weights = instances.map((_, i) => Q.pow(fold[1], BigInt(steps - order.indexOf(i))));
    this.#folded = instances.map((instance) => new FoldedAir(instance, challenges));
    this.#seen = instances.map(({ preprocessed }, i) =>
      this.#evaluate(i, {
        main: witness.traces[i].main.map((t, c) => masked(t, masks[i].main[c])),
        aux: witness.traces[i].aux.map((t, c) => masked(t, masks[i].aux[c])),
        fixed: preprocessed.map(interpolate),
      }),
    );
    this.#quotients = this.#folded.map((folded, i) =>
      this.#points.map((_, p) => {
        const { current, next: following } = this.#seen[i];
        return folded.quotient(this.#lifted(i, p), current[p], following[p], witness.sums[i]);
      }),
    );
    let equation = 0;
    const place = (columns: readonly unknown[]) =>
      columns.map(() => {
        equation += this.#equationsPerColumn;
        return equation - this.#equationsPerColumn;
      });
    this.#place = witness.traces.map(({ main, aux }) => ({ main: place(main), aux: place(aux) }));
    this.#firstQuotient = equation;
  }

  get #equationsPerColumn(): number {
    return this.#options.challenges.indices.length + 4;
  }

  get #firstSum(): number {
    return this.#firstQuotient + 2 * this.#points.length;
  }

  /** Base-field equations. */
  get dimension(): number {
    return this.#firstSum + 2 * openSums(this.#options.instances).length;
  }

  /** Values of every column at the queries, z and z h. */
  columnsAt(instance: number, point: number): Columns<QuadFelt> {
    return this.#seen[instance].current[point];
  }

  /** The quotient at the queries, z, z h and the conjugates of those two. */
  quotient(): QuadFelt[] {
    const { boundary } = this.#options;
    return this.#points.map((x, p) => {
      const folded = this.#quotients.reduce(
        (sum, each, i) => Q.add(sum, Q.mul(each[p].value, this.#weights[i])),
        Q.ZERO,
      );
      if (!this.#hidden) return folded;
      const sums = this.#seen.reduce((sum, { current }, i) => {
        const { air, logHeight } = this.#options.instances[i];
        const { aux } = current[p];
        const own = Q.add(aux[2 * air.auxWidth - 2], Q.mul(aux[2 * air.auxWidth - 1], X));
        return Q.add(sum, Q.mulBase(own, F.felt(2 ** logHeight)));
      }, boundary);
      return Q.add(folded, Q.mul(sums, Q.inv(vanishingAt(x, this.#logMax))));
    });
  }

  /** Derivatives by every coefficient of every mask. */
  *randomDirections(): Generator<SparseRow> {
    const { instances, masks } = this.#options;
    for (const [i, { logHeight }] of instances.entries()) {
      const points = this.#points.map((_, p) => this.#lifted(i, p));
      const root = F.rootOfUnity(logHeight);
      for (const matrix of MATRICES) {
        for (const [c, mask] of masks[i][matrix].entries()) {
          // (Y^n - 1) Y^k at each point, and at the next row's, where Y^n is the same.
          let current = points.map((y) => vanishingAt(y, logHeight));
          let next = current;
          for (let k = 0; k < mask.length; k++) {
            const row = new RowBuilder();
            this.#move(row, { instance: i, matrix, column: c, current, next });
            yield row.sparse();
            current = current.map((v, p) => Q.mul(v, points[p]));
            next = next.map((v, p) => Q.mul(v, Q.mulBase(points[p], root)));
          }
        }
      }
    }
  }

  /** Derivative along a change of the witness, given as values on the trace domains. */
  witnessDirection({ traces, sums }: Witness): SparseRow {
    const row = new RowBuilder();
    for (const [i, columns] of traces.entries()) {
      for (const matrix of MATRICES) {
        for (const [column, values] of columns[matrix].entries()) {
          if (values.every((v) => v === 0n)) continue;
          const none = { main: [], aux: [], fixed: [] };
          const { current, next } = this.#evaluate(i, {
            ...none,
            [matrix]: [masked(values, new BigUint64Array())],
          });
          const moved = (seen: readonly Values[]) => seen.map((values) => values[matrix][0]);
          this.#move(row, { instance: i, matrix, column, current: moved(current), next: moved(next) });
        }
      }
      const open = openSums(this.#options.instances).indexOf(i);
      if (open < 0) continue;
      row.addQuad(this.#firstSum + 2 * open, sums[i]);
      for (const [cell, { matrix }] of this.#folded[i].cells.entries())
        if (matrix === 'sum')
          for (const p of this.#points.keys())
            this.#moveQuotient(row, p, Q.mul(this.#factor(i, p, cell), sums[i]));
    }
    return row.sparse();
  }

  #lifted(i: number, p: number): QuadFelt {
    return powerOfTwo(this.#points[p], this.#logMax - this.#options.instances[i].logHeight);
  }

  /** Derivative of the quotient at point p by a cell of AIR i. */
  #factor(i: number, p: number, cell: number): QuadFelt {
    return Q.mul(this.#quotients[i][p].gradient[cell], this.#weights[i]);
  }

  #moveQuotient(row: RowBuilder, p: number, change: QuadFelt): void {
    row.addQuad(this.#firstQuotient + 2 * p, change);
  }

  #move(row: RowBuilder, { instance: i, matrix, column, current, next }: MovedColumn): void {
    const queries = this.#points.length - 4;
    const place = this.#place[i][matrix][column];
    for (let p = 0; p < queries; p++) row.add(place + p, current[p][0]);
    row.addQuad(place + queries, current[queries]);
    row.addQuad(place + queries + 2, current[queries + 1]);
    const extension = matrix === 'aux' && column % 2 === 1 ? X : Q.ONE;
    const own = matrix === 'aux' ? column >> 1 : column;
    for (const [cell, each] of this.#folded[i].cells.entries()) {
      if (each.matrix !== matrix || each.column !== own) continue;
      const values = each.row === 0 ? current : next;
      for (const [p, value] of values.entries())
        this.#moveQuotient(row, p, Q.mul(Q.mul(this.#factor(i, p, cell), extension), value));
    }
    const { air, logHeight } = this.#options.instances[i];
    if (!air.hiddenSum || matrix !== 'aux' || own !== air.auxWidth - 1) return;
    for (const [p, value] of current.entries()) {
      const over = Q.inv(vanishingAt(this.#points[p], this.#logMax));
      const scaled = Q.mulBase(Q.mul(Q.mul(value, extension), over), F.felt(2 ** logHeight));
      this.#moveQuotient(row, p, scaled);
    }
  }

  /** Columns of AIR i at its points, and at the next row's. Conjugates follow from the points they belong to. */
  #evaluate(i: number, { main, aux, fixed }: Polynomials): Seen {
    const own = this.#points.slice(0, -2).map((_, p) => this.#lifted(i, p));
    const root = F.rootOfUnity(this.#options.instances[i].logHeight);
    const seen = (points: readonly QuadFelt[]) => {
      const values = evaluateAll([...main, ...aux, ...fixed], points);
      const conjugated = values.slice(-2).map((row) => row.map(conjugate));
      return [...values, ...conjugated].map(
        (row): Values => ({
          main: row.slice(0, main.length),
          aux: row.slice(main.length, main.length + aux.length),
          fixed: row.slice(main.length + aux.length),
        }),
      );
    };
    return { current: seen(own), next: seen(own.map((y) => Q.mulBase(y, root))) };
  }
}

interface Polynomials extends Columns<Polynomial> {
  readonly fixed: readonly Polynomial[];
}

/** Base columns of one AIR at every point and at the next row's points. */
interface Seen {
  readonly current: readonly Values[];
  readonly next: readonly Values[];
}

interface MovedColumn {
  readonly instance: number;
  readonly matrix: 'main' | 'aux';
  readonly column: number;
  /** By how much its value moves, at each point and at the next row's. */
  readonly current: readonly QuadFelt[];
  readonly next: readonly QuadFelt[];
}

/** Of the reduced view: the quotient at z and at its conjugate follows from openings. */
export const QUOTIENT_RELATIONS = 4;
