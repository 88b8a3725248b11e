import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as F from '../core/field/felt.ts';
import type { QuadFelt } from '../core/field/quad.ts';
import * as Q from '../core/field/quad.ts';
import { ldePoint } from '../core/stark/domain.ts';
import { HIDING, HOLDER, LOG_LEAVES, OPEN } from './zk/statistics/toy.ts';
import { type View, viewOf, WITNESSES } from './zk/statistics/view.ts';

/** Cells of the first column that the attacker does not know: a key of four words, say. All others are public. */
const SECRET_ROWS = [3, 9, 20, 31];
const { trace } = WITNESSES[0][HOLDER.instance];
assert.ok(trace.kind === 'matrix');
const { data, height } = trace.matrix;
const cells = Array.from(data.subarray(0, height));

/** The polynomial that is 1 on row `row` of the trace and 0 on all others, at x. */
function lagrange(row: number, x: QuadFelt): QuadFelt {
  const log = Math.log2(height);
  const w = Q.fromBase(F.pow(F.rootOfUnity(log), BigInt(row)));
  let power = x;
  for (let i = 0; i < log; i++) power = Q.mul(power, power);
  const vanishing = Q.sub(power, Q.ONE);
  return Q.mul(Q.mulBase(Q.mul(w, vanishing), F.inv(BigInt(height))), Q.inv(Q.sub(x, w)));
}

/** What the proof says of the column: points, in and out of the domain, and values there. */
function* openings({ main, rows, z }: View): Generator<[x: QuadFelt, value: QuadFelt]> {
  for (const [i, leaf] of main.leaves.entries())
    yield [Q.fromBase(ldePoint(LOG_LEAVES, leaf)), Q.fromBase(main.rows[i][HOLDER.column])];
  const next = Q.mulBase(z, F.rootOfUnity(Math.log2(height)));
  for (const [i, x] of [z, next].entries()) yield [x, rows[i][HOLDER.column]];
}

/** Linear equations for the secret cells, right side last: two for each value, which has two coordinates. */
function equations(view: View): F.Felt[][] {
  return [...openings(view)].flatMap(([x, value]) => {
    const known = cells.reduce(
      (sum, cell, row) => (SECRET_ROWS.includes(row) ? sum : Q.add(sum, Q.mulBase(lagrange(row, x), cell))),
      Q.ZERO,
    );
    const terms = [...SECRET_ROWS.map((row) => lagrange(row, x)), Q.sub(value, known)];
    return [terms.map(([c0]) => c0), terms.map(([, c1]) => c1)];
  });
}

/** The only solution of a system; undefined if it has none. */
function solve(system: readonly F.Felt[][]): F.Felt[] | undefined {
  const rows = system.map((row) => row.slice());
  const unknowns = rows[0].length - 1;
  for (let c = 0; c < unknowns; c++) {
    const pivot = rows.findIndex((row, i) => i >= c && row[c] !== 0n);
    assert.notEqual(pivot, -1, 'too few equations');
    [rows[c], rows[pivot]] = [rows[pivot], rows[c]];
    const inverse = F.inv(rows[c][c]);
    rows[c] = rows[c].map((value) => F.mul(value, inverse));
    for (const [i, row] of rows.entries()) {
      if (i !== c) rows[i] = row.map((value, k) => F.sub(value, F.mul(row[c], rows[c][k])));
    }
  }
  return rows.slice(unknowns).every((row) => row[unknowns] === 0n)
    ? rows.slice(0, unknowns).map((row) => row[unknowns])
    : undefined;
}

test('a proof that does not hide gives away the cells of a column that nobody knows', async () => {
  const secret = SECRET_ROWS.map((row) => cells[row]);
  assert.deepEqual(solve(equations(await viewOf(0, 'attacked', OPEN))), secret);
  // The mask is what is missing: all else that hides does not help.
  assert.deepEqual(solve(equations(await viewOf(0, 'attacked', HIDING, { maskLength: 0 }))), secret);
});

test('a hiding proof does not', async () => {
  assert.equal(solve(equations(await viewOf(0, 'attacked', HIDING))), undefined);
});
