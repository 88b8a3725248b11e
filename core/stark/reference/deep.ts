import * as F from '../../field/felt.ts';
import { addLanes, mulLanes, storeFelt } from '../../field/lanes.ts';
import { powers } from '../../field/ntt.ts';
import * as Q from '../../field/quad.ts';
import { ldeShift, powerOfTwo } from '../domain.ts';
import type { Placed } from '../placed.ts';
import type { ProofShape } from '../shape.ts';
import type { Extended } from './extension.ts';
import type { Pacer } from './pacer.ts';
import type { QuadColumn } from './quotient.ts';

/** One out-of-domain row: every column at `z`, short traces lifted, zeros at the alignment's padding. */
export async function openAt(
  z: Q.QuadFelt,
  shape: ProofShape,
  matrices: readonly Placed<Extended>[],
  pacer: Pacer,
): Promise<Q.QuadFelt[]> {
  const row = new Array<Q.QuadFelt>(shape.columns).fill(Q.ZERO);
  for (const { shape: place, matrix: extended } of matrices) {
    const point = Q.mulBase(powerOfTwo(z, shape.logMaxHeight - place.logHeight), F.inv(extended.scale));
    const n = extended.length;
    const [p0, p1] = quadPowers(point, n);
    for (let c = 0; c < place.width; c++) {
      let [sum0, sum1] = [0n, 0n];
      for (let k = 0; k < n; k++) {
        const coefficient = extended.coefficients[c * n + k];
        sum0 += coefficient * p0[k];
        sum1 += coefficient * p1[k];
      }
      row[place.column + c] = [sum0 % F.MODULUS, sum1 % F.MODULUS];
      await pacer.tick('deep', 0);
    }
  }
  return row;
}

function quadPowers(base: Q.QuadFelt, n: number): QuadColumn {
  const out: QuadColumn = [new BigUint64Array(n), new BigUint64Array(n)];
  let power = Q.ONE;
  for (let k = 0; k < n; k++) {
    out[0][k] = power[0];
    out[1][k] = power[1];
    power = Q.mul(power, base);
  }
  return out;
}

/** challenge^(columns - 1 - i) for every column i: the first has the highest power. */
function columnWeights(columns: number, challenge: Q.QuadFelt): Q.QuadFelt[] {
  const weights = new Array<Q.QuadFelt>(columns);
  let power = Q.ONE;
  for (let i = columns - 1; i >= 0; i--) {
    weights[i] = power;
    power = Q.mul(power, challenge);
  }
  return weights;
}

/**
 * The DEEP codeword on the largest LDE coset, domain order: sum over points z_j of pointChallenge^j
 * (F(z_j) - F(x)) / (z_j - x), where F is all columns combined by {@link columnWeights}.
 */
export async function deepCodeword(
  shape: ProofShape,
  matrices: readonly Placed<Extended>[],
  points: readonly Q.QuadFelt[],
  rows: readonly (readonly Q.QuadFelt[])[],
  columnChallenge: Q.QuadFelt,
  pointChallenge: Q.QuadFelt,
  pacer: Pacer,
): Promise<QuadColumn> {
  const weights = columnWeights(shape.columns, columnChallenge);
  const size = 2 ** shape.logLde;
  const combined = await combine(shape, matrices, weights, pacer);
  const opened = rows.map((row) =>
    row.reduce<Q.QuadFelt>((sum, value, i) => Q.add(sum, Q.mul(value, weights[i])), Q.ZERO),
  );
  const domain = powers(F.rootOfUnity(shape.logLde), size, ldeShift(shape.logLde));
  const chunk = 256;
  for (let start = 0; start < size; start += chunk) {
    const count = Math.min(chunk, size - start);
    const inverses = invertAll(
      Array.from({ length: count * points.length }, (_, k) =>
        Q.sub(points[k % points.length], Q.fromBase(domain[start + Math.floor(k / points.length)])),
      ),
    );
    for (let i = 0; i < count; i++) {
      const at: Q.QuadFelt = [combined[0][start + i], combined[1][start + i]];
      let value = Q.ZERO;
      for (let j = points.length - 1; j >= 0; j--) {
        const term = Q.mul(Q.sub(opened[j], at), inverses[i * points.length + j]);
        value = Q.add(Q.mul(value, pointChallenge), term);
      }
      combined[0][start + i] = value[0];
      combined[1][start + i] = value[1];
    }
    await pacer.tick('deep', start / size);
  }
  return combined;
}

/** All columns combined over the largest coset; matrices of one height are summed before they are lifted. */
async function combine(
  shape: ProofShape,
  matrices: readonly Placed<Extended>[],
  weights: readonly Q.QuadFelt[],
  pacer: Pacer,
): Promise<QuadColumn> {
  let sum: QuadColumn = [new BigUint64Array(1), new BigUint64Array(1)];
  const ascending = [...matrices].sort((a, b) => a.shape.logHeight - b.shape.logHeight);
  for (const { shape: place, matrix: extended } of ascending) {
    const size = 2 ** extended.lde.logHeight;
    sum = [repeat(sum[0], size), repeat(sum[1], size)];
    for (let c = 0; c < place.width; c++) {
      const column = extended.lde.data.subarray(c * size, (c + 1) * size);
      for (const half of [0, 1] as const) addScaled(sum[half], column, weights[place.column + c][half]);
      await pacer.tick('deep', 0);
    }
  }
  const size = 2 ** shape.logLde;
  return [repeat(sum[0], size), repeat(sum[1], size)];
}

/** sum = sum + weight * column. */
function addScaled(sum: BigUint64Array, column: BigUint64Array, weight: F.Felt): void {
  const [to, from] = [lanesOf(sum), lanesOf(column)];
  // [weight, product]
  const r = new Uint32Array(4);
  storeFelt(r, 0, weight);
  for (let i = 0; i < to.length; i += 2) {
    mulLanes(r, 2, from, i, r, 0);
    addLanes(to, i, to, i, r, 2);
  }
}

const lanesOf = (data: BigUint64Array): Uint32Array =>
  new Uint32Array(data.buffer, data.byteOffset, 2 * data.length);

function repeat(column: BigUint64Array, size: number): BigUint64Array {
  if (column.length === size) return column;
  const out = new BigUint64Array(size);
  for (let at = 0; at < size; at += column.length) out.set(column, at);
  return out;
}

/** Inverses of non-zero values with a single inversion. */
function invertAll(values: readonly Q.QuadFelt[]): Q.QuadFelt[] {
  const prefix: Q.QuadFelt[] = [];
  let product = Q.ONE;
  for (const v of values) {
    prefix.push(product);
    product = Q.mul(product, v);
  }
  let inverse = Q.inv(product);
  const out = new Array<Q.QuadFelt>(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    out[i] = Q.mul(inverse, prefix[i]);
    inverse = Q.mul(inverse, values[i]);
  }
  return out;
}
