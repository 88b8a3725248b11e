import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineAir } from '../../air/define.ts';
import { type Expr, ExprGraph } from '../../air/expr.ts';
import { lookupColumn } from '../../air/lookup.ts';
import type { Air } from '../../air/types.ts';
import { add, felt, mul, rootOfUnity } from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import { extraShift, ldeShift } from '../domain.ts';
import { privateProfile } from '../profile.ts';
import { proofShape } from '../shape.ts';
import { blinded, excess } from './blind.ts';
import { type Extended, extendCoefficients, interpolate, valuesOn } from './extension.ts';
import { Pacer } from './pacer.ts';
import { airQuotient, type QuadColumn, splitQuotient } from './quotient.ts';

const [LOG, LOG_BLOWUP, LOG_PARTS] = [6, 3, 3];
const MASK = 5;
const shape = { logHeight: LOG, logBlowup: LOG_BLOWUP, logParts: LOG_PARTS };
const pacer = new Pacer();
const ALPHA: QuadFelt = [5n, 3n];

/** One column of ones and a constraint of degree nine on it. */
function nineAir(constraint: (g: ExprGraph, value: Expr, next: Expr) => Expr): Air {
  const g = new ExprGraph();
  const nothing = lookupColumn(g, 'nothing', (column) =>
    column.group((group) => group.add(g.lift(0), g.busPrefix(0))),
  );
  return defineAir({
    name: 'nine',
    graph: g,
    mainWidth: 1,
    constraints: [{ name: 'nine', expr: constraint(g, g.main(0), g.main(0, 1)) }],
    lookups: [nothing],
  });
}

/** Its quotient where the parts run and on the extra coset, the column masked, its values 1 but for one row. */
async function quotients(air: Air, wrongRow?: number) {
  const ones = new BigUint64Array(2 ** LOG).fill(1n);
  if (wrongRow !== undefined) ones[wrongRow] = 2n;
  const maskOf = (column: number) =>
    BigUint64Array.from({ length: MASK }, (_, i) => felt(2 ** 40 * (i + 2) + 7 * column + 1));
  const widen = async (data: BigUint64Array, width: number) => {
    const columns = await interpolate(data, width, LOG, maskOf, pacer, 'commit-main');
    return extendCoefficients(columns, LOG, LOG_BLOWUP, 1n, pacer, 'commit-main');
  };
  const main = await widen(ones, 1);
  const aux = await widen(new BigUint64Array(2 * 2 ** LOG), 2);
  const on = async (
    shift: bigint,
    logBlowup: number,
    columns: (matrix: Extended) => Promise<Extended['lde']>,
  ) =>
    airQuotient(
      {
        air,
        logHeight: LOG,
        shift,
        logBlowup,
        logParts: logBlowup,
        main: await columns(main),
        aux: await columns(aux),
        preprocessed: undefined,
        constants: { public: [], auxValues: [[0n, 0n]], challenges: [ALPHA, ALPHA] },
      },
      ALPHA,
      pacer,
    );
  const extra = extraShift(LOG, LOG_BLOWUP, LOG_PARTS);
  return {
    parts: splitQuotient(
      await on(ldeShift(LOG + LOG_BLOWUP), LOG_BLOWUP, async ({ lde }) => lde),
      LOG,
      LOG_PARTS,
    ),
    outside: await on(extra, 0, (matrix) => valuesOn(matrix, extra, pacer)),
  };
}

const power = (value: Expr, count: number): Expr =>
  Array.from({ length: count - 1 }, () => value).reduce((product, factor) => product.mul(factor), value);
const withTransition = nineAir((g, value, next) =>
  g.isTransition().mul(power(value, 8).mul(next.sub(value))),
);
const plain = nineAir((_, value, next) => power(value, 8).mul(next.sub(value)));
const bound = (air: Air) =>
  proofShape([air], [LOG], { ...privateProfile('eidos'), slack: 64, maskLength: MASK }).excessLength;

test('the quotient of a constraint of degree nine under a transition factor reaches the bound, and no further', async () => {
  assert.equal(withTransition.maxDegree, 9);
  assert.equal(bound(withTransition), 9 * MASK - 7);
  const { parts, outside } = await quotients(withTransition);
  const s = excess(parts, outside, shape, bound(withTransition), true);
  assert.ok(s[0][s[0].length - 1] !== 0n || s[1][s[1].length - 1] !== 0n);
  assert.throws(() => excess(parts, outside, shape, bound(withTransition) - 1, true), {
    kind: 'invalid-trace',
    details: /38 coefficients, 37/,
  });
});

test('without that factor it stays one below', async () => {
  assert.equal(plain.maxDegree, 9);
  const { parts, outside } = await quotients(plain);
  excess(parts, outside, shape, bound(plain) - 1, true);
  assert.throws(() => excess(parts, outside, shape, bound(plain) - 2, true), { kind: 'invalid-trace' });
});

test('a row that breaks the constraint makes a quotient that is no polynomial', async () => {
  for (const row of [0, 9]) {
    const { parts, outside } = await quotients(withTransition, row);
    assert.throws(() => excess(parts, outside, shape, bound(withTransition), true), {
      kind: 'invalid-trace',
    });
  }
});

test('blinded parts still make the whole quotient, whatever blinds them', async () => {
  const { parts, outside } = await quotients(withTransition);
  const length = bound(withTransition);
  const s = excess(parts, outside, shape, length, true);
  const n = 2 ** LOG;
  const blinder = (column: number) =>
    BigUint64Array.from({ length: 50 }, (_, i) => felt(2 ** 41 * (i + 1) + column));
  const committed = blinded(parts, s, shape, 2 * n, blinder);
  const zero: QuadColumn = [new BigUint64Array(n), new BigUint64Array(n)];
  // Nothing is left beyond the committed parts: out there their interpolation takes the quotient's values.
  const rest = excess(committed.map(foldExtra), outside, shape, n, false);
  assert.deepEqual(rest, zero);
  for (const [c, column] of committed.entries()) assert.notDeepEqual(column.slice(0, n), parts[c]);
});

/** A column of 2 n coefficients in x / shift as the n that agree with it on the extra coset. */
function foldExtra(column: BigUint64Array): BigUint64Array {
  const n = 2 ** LOG;
  const power = rootOfUnity(LOG_PARTS + 1);
  return BigUint64Array.from({ length: n }, (_, k) => add(column[k], mul(power, column[n + k])));
}
