import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSTANCE, midenAirs } from '../core/air/miden.ts';
import { RowEvaluator } from '../core/air/row-evaluator.ts';
import * as F from '../core/field/felt.ts';
import * as Q from '../core/field/quad.ts';
import { OP_NAMES } from '../core/vm/opcodes.ts';
import { CORE } from '../core/vm/trace/layout.ts';
import type { TraceMatrix } from '../core/vm/trace/types.ts';
import { honestTrace } from './forge/corpus.ts';

/**
 * State cannot drift: a register that takes another value after some row and keeps it to the end breaks a constraint, or
 * the trace no longer balances against the honest others, whatever stack the claim ends with. The
 * faults that official soundness tests recall were of this kind: the bottom of the stack after DYNCALL, the context
 * and the caller's hash at the end of a block, the overflow pointer (miden-prover 1.0.0-rc.0, src/*_repro.rs).
 */
const PROGRAMS = ['dyncall', 'dynexec', 'syscalls', 'calls', 'do_while_loop', 'if_else'];
const STATE: readonly (readonly [name: string, first: number, count: number])[] = [
  ['clk', CORE.clk, 1],
  ['ctx', CORE.ctx, 1],
  ['fnHash', CORE.fnHash, 4],
  ['stack', CORE.stack, 16],
  ['depth', CORE.depth, 1],
  ['overflowAddr', CORE.overflowAddr, 1],
];
const CHALLENGES: readonly [Q.QuadFelt, Q.QuadFelt] = [
  [1_234_567n, 7_654_321n],
  [998_877n, 112_233n],
];
const SHIFT = 1_234_567n;

const air = midenAirs()[INSTANCE.core];
const base = air.constraints.filter(({ expr }) => !expr.isExtension).map(({ expr }) => expr);
const fractions = air.lookups.flatMap(({ u, v }) => [u, v]);

const opAt = ({ data, height }: TraceMatrix, row: number): string => {
  const bits = [0, 1, 2, 3, 4, 5, 6].map((i) => Number(data[(CORE.opBits + i) * height + row]) << i);
  return OP_NAMES[bits.reduce((code, bit) => code | bit)] as string;
};

const seen = new Set<string>();
for (const program of PROGRAMS) {
  test(`${program}: no register drifts`, () => {
    const honest = honestTrace(program, 'core');
    const main = { ...honest, data: honest.data.slice() };
    const { data, height } = main;
    const stackAt = (row: number) =>
      Array.from({ length: 16 }, (_, i) => data[(CORE.stack + i) * height + row]);
    // The liar claims the stack his trace ends with.
    const source = () => ({
      main,
      publicValues: [...stackAt(0), ...stackAt(height - 1)],
      challenges: CHALLENGES,
    });
    const messages = (evaluator: RowEvaluator, row: number): Q.QuadFelt => {
      evaluator.seek(row);
      return air.lookups
        .map((_, i) => Q.mul(evaluator.value(2 * i + 1), Q.inv(evaluator.value(2 * i))))
        .reduce(Q.add);
    };
    const rows = Array.from({ length: height }, (_, row) => row);
    const total = (): Q.QuadFelt => {
      const evaluator = new RowEvaluator(air, fractions, source());
      return rows.map((row) => messages(evaluator, row)).reduce(Q.add);
    };
    const balance = total();

    for (let row = 0; row < height - 1; row++) {
      const kind = `${opAt(main, row)} ${opAt(main, row + 1)}`;
      if (seen.has(kind)) continue;
      seen.add(kind);
      for (const [name, first, count] of STATE) {
        for (let column = first; column < first + count; column++) {
          const cells = data.subarray(column * height, (column + 1) * height);
          const kept = cells.slice();
          for (let r = row + 1; r < height; r++) cells[r] = F.add(cells[r], SHIFT);
          const constraints = new RowEvaluator(air, base, source());
          const breaksAt = (at: number): boolean => {
            constraints.seek(at);
            return base.some((_, i) => !Q.isZero(constraints.value(i)));
          };
          const isCaught = rows.slice(row).some(breaksAt) || breaksAt(0) || !Q.equal(total(), balance);
          cells.set(kept);
          assert.ok(isCaught, `${name}[${column - first}] after row ${row}, ${kind}`);
        }
      }
    }
  });
}
