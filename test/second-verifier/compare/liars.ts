import type { AuxTrace } from '../../../core/air/aux-trace.ts';
import * as F from '../../../core/field/felt.ts';
import * as Q from '../../../core/field/quad.ts';
import type { Instance } from '../../../core/stark/backend.ts';
import type { Lies } from '../../../core/stark/testing/liar.ts';
import type { ToyCase } from './toys.ts';

const off = (value: Q.QuadFelt): Q.QuadFelt => Q.add(value, Q.ONE);
const at = <T>(values: readonly T[], index: number, change: (value: T) => T): T[] =>
  values.map((value, i) => (i === index ? change(value) : value));

/**
 * What malicious provers do, by name: each is consistent with itself, so a verifier has to find out by its checks.
 * `values` of the `columns` columns have their values lied about, the first and the last among them.
 */
export function* lies(of: ToyCase, columns: number, values: number): Generator<[name: string, lies: Lies]> {
  yield ['constraints folded otherwise', { quotientChallenge: off }];
  yield ['folded otherwise', { foldChallenge: off }];
  if (of.parameters.queryWork > 0) yield ['another nonce', { witness: (_, __, honest) => honest + 1n }];
  yield ['opened elsewhere', { indices: (indices) => indices.map((i) => i ^ 1) }];
  yield ['opened once', { indices: (indices) => indices.map(() => indices[0]) }];
  yield ['another final coefficient', { final: (c) => at(c, 1, off) }];
  yield ['one final coefficient more', { final: (c) => [Q.ZERO, ...c] }];
  yield ['one final coefficient less', { final: (c) => c.slice(1) }];
  for (let i = 0; i < values; i++) {
    const column = Math.round((i / (values - 1)) * (columns - 1));
    for (const point of [0, 1] as const) {
      const name = `value of column ${column} at point ${point}`;
      yield [name, { rows: (rows) => at(rows, point, (row) => at(row, column, off)) }];
      yield [
        `${name}, also in the codeword`,
        {
          rows(rows) {
            rows[point][column] = off(rows[point][column]);
            return rows;
          },
        },
      ];
    }
  }

  const { instances } = of.toy;
  for (const [i, { air }] of instances.entries()) {
    const falsified = at(instances, i, (instance) => withFalseCell(instance));
    yield [`a false cell of ${air.name}`, { instances: falsified }];
    yield [
      `a lookup sum of ${air.name}`,
      { auxTrace: (j, honest) => (j === i ? withSums(honest, [1n]) : honest) },
    ];
  }
  for (const phase of ['commit-main', 'commit-aux', 'commit-quotient'] as const) {
    const changed = (coefficient: (length: number) => number) => ({
      polynomials: (p: string, position: number, all: BigUint64Array[]) =>
        p === phase && position === 0 ? withCoefficient(all, coefficient(all[0].length)) : all,
    });
    yield [`${phase}: another polynomial`, changed(() => 3)];
    yield [`${phase}: another last coefficient`, changed((length) => length - 1)];
    // The first matrix is the shortest; that of the quotient has the height of the tallest.
    const logs = instances.map(({ logHeight }) => logHeight);
    const height = 2 ** (phase === 'commit-quotient' ? Math.max(...logs) : Math.min(...logs));
    // DEEP divides by X - z, so that a degree of the bound itself still passes.
    const bound = (height * (64 + (of.parameters.hiding?.slack ?? 0))) / 64;
    yield [`${phase}: a polynomial of too high a degree`, changed(() => bound + 1)];
  }
  if (of.parameters.hiding) {
    // Two instances of one height, so that what one gains the other loses, in total or on every row.
    const [first, second] = [0, 2];
    for (const [name, steps] of [
      ['moved between instances', [1n]],
      ['that change from row to row', [1n, F.neg(1n)]],
    ] as const)
      yield [
        `hidden sums ${name}`,
        {
          auxTrace(i, honest) {
            if (i === first) return withSums(honest, steps);
            return i === second ? withSums(honest, steps.map(F.neg)) : honest;
          },
        },
      ];
    yield ['a sum that counts twice', { sumWeight: (i, honest) => (i === 0 ? 2 * honest : honest) }];
  }
}

/** The first cell of the third column, or of the last that there is, plus one. */
function withFalseCell(instance: Instance): Instance {
  if (instance.trace.kind !== 'matrix') throw new TypeError('the toys have traces');
  const { matrix } = instance.trace;
  const data = matrix.data.slice();
  const cell = Math.min(2, matrix.width - 1) * matrix.height;
  data[cell] = F.add(data[cell], 1n);
  return { ...instance, trace: { kind: 'matrix', matrix: { ...matrix, data } } };
}

/** The honest sum plus `steps`, over and over, row by row; where it has a column, the running sum follows it. */
function withSums({ matrix, sigma }: AuxTrace, steps: readonly bigint[]): AuxTrace {
  const { height, width } = matrix;
  const data = matrix.data.slice();
  let drift = 0n;
  for (let row = 0; row < height; row++) {
    const step = steps[row % steps.length];
    data[row] = F.add(data[row], drift);
    data[(width - 2) * height + row] = F.add(data[(width - 2) * height + row], step);
    drift = F.sub(drift, step);
  }
  return { matrix: { ...matrix, data }, sigma: Q.add(sigma, Q.fromBase(steps[0])) };
}

/** The same columns, the first with one coefficient changed, all made longer where that is beyond their end. */
function withCoefficient(columns: readonly BigUint64Array[], index: number): BigUint64Array[] {
  const longer = columns.map((column) => {
    const copy = new BigUint64Array(Math.max(column.length, index + 1));
    copy.set(column);
    return copy;
  });
  longer[0][index] = F.add(longer[0][index], 1n);
  return longer;
}
