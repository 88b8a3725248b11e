import assert from 'node:assert/strict';
import { test } from 'node:test';
import { and8Preprocessed } from '../core/air/and8/table.ts';
import { type AuxTrace, buildAuxTrace } from '../core/air/aux-trace.ts';
import { lookupBalance } from '../core/air/balance.ts';
import { selectors } from '../core/air/eidos/periodic.ts';
import { cvWord, footerWords } from '../core/air/eidos/words.ts';
import { Bus, encode } from '../core/air/lookup.ts';
import { INSTANCE, midenAirs } from '../core/air/miden.ts';
import { Row } from '../core/air/row.ts';
import { RowEvaluator, type RowSource } from '../core/air/row-evaluator.ts';
import type { Air } from '../core/air/types.ts';
import { inv } from '../core/field/felt.ts';
import type { QuadFelt } from '../core/field/quad.ts';
import * as Q from '../core/field/quad.ts';
import { EIDOS } from '../core/vm/trace/eidos-layout.ts';
import type { TraceMatrix } from '../core/vm/trace/types.ts';
import { masm, type ProgramCase, type TraceName } from './masm-vectors.ts';
import { allTraces, run } from './traces.ts';

/**
 * For each constraint of the lookups a prover who lies in the auxiliary trace: it keeps everything else in order, so
 * that this constraint alone breaks.
 */
const program = masm.programs.find(({ name }) => name === 'merkle_set') as ProgramCase;
const execution = run(program);
const traces = allTraces(execution);
const CHALLENGES: readonly [QuadFelt, QuadFelt] = [
  [1_234_567_890_123n, 987_654_321n],
  [55_555_555_555n, 4_242_424_242n],
];

const sourceOf = (air: Air, challenges = CHALLENGES): RowSource => ({
  main: traces[air.name as TraceName],
  preprocessed: and8Preprocessed(),
  publicValues: [...execution.stackInputs, ...Array<bigint>(16).fill(0n)]
    .slice(0, 16)
    .concat(execution.stack),
  challenges,
});

/** Names of the constraints that do not vanish on some row. */
function broken(air: Air, source: RowSource, { matrix, sigma }: AuxTrace): string[] {
  const constraints = air.constraints.filter(({ expr }) => expr.isExtension);
  const roots = constraints.map(({ expr }) => expr);
  const evaluator = new RowEvaluator(air, roots, { ...source, aux: matrix, sigma });
  const names = new Set<string>();
  for (let row = 0; row < matrix.height; row++) {
    evaluator.seek(row);
    for (const [i, { name }] of constraints.entries()) if (!Q.isZero(evaluator.value(i))) names.add(name);
  }
  return [...names];
}

const cell = ({ data, height }: TraceMatrix, row: number, column: number): QuadFelt => [
  data[2 * column * height + row],
  data[(2 * column + 1) * height + row],
];
function add({ data, height }: TraceMatrix, row: number, column: number, by: QuadFelt): void {
  const [c0, c1] = Q.add(cell({ data, height } as TraceMatrix, row, column), by);
  data[2 * column * height + row] = c0;
  data[(2 * column + 1) * height + row] = c1;
}

/** Adds `by` to a fraction and lets the running sum follow, as if the lie were the truth. */
function lieInFraction(honest: AuxTrace, row: number, column: number, by: QuadFelt): AuxTrace {
  const matrix = { ...honest.matrix, data: honest.matrix.data.slice() };
  const { height } = matrix;
  add(matrix, row, column, by);
  const share = Q.mulBase(by, inv(BigInt(height)));
  for (let r = 0; r < height; r++) {
    const shift = Q.neg(Q.mulBase(share, BigInt(r)));
    add(matrix, r, 0, r > row ? Q.add(shift, by) : shift);
  }
  return { matrix, sigma: Q.add(honest.sigma, share) };
}

for (const air of midenAirs()) {
  const source = sourceOf(air);
  const honest = buildAuxTrace(air, source);
  const copy = (): TraceMatrix => ({ ...honest.matrix, data: honest.matrix.data.slice() });
  const lookups = air.constraints.map(({ name }) => name).filter((name) => name.includes('/lookup/'));

  test(`${air.name}: an honest auxiliary trace breaks no constraint`, () => {
    assert.equal(lookups.length, air.auxWidth + 1);
    assert.deepEqual(broken(air, source, honest), []);
  });

  test(`${lookups[0]}: the running sum starts at something else than zero`, () => {
    const matrix = copy();
    for (let row = 0; row < matrix.height; row++) add(matrix, row, 0, Q.ONE);
    assert.deepEqual(broken(air, source, { matrix, sigma: honest.sigma }), [lookups[0]]);
  });

  test(`${lookups[1]}: the running sum jumps, or ends elsewhere than claimed`, () => {
    const matrix = copy();
    add(matrix, 5, 0, Q.ONE);
    assert.deepEqual(broken(air, source, { matrix, sigma: honest.sigma }), [lookups[1]]);
    assert.deepEqual(broken(air, source, { matrix: honest.matrix, sigma: Q.add(honest.sigma, Q.ONE) }), [
      lookups[1],
    ]);
  });

  for (let column = 1; column < air.auxWidth; column++) {
    test(`${lookups[1 + column]}: a fraction that is not the row's`, () => {
      // Row 31 is the last footer, where no fraction of the Eidos trace is forced to zero for being idle.
      const idle = air.name === 'eidos_compression' && column === 19;
      const forged = lieInFraction(honest, 31, column, [0n, 1n]);
      const names = broken(air, source, forged);
      assert.deepEqual(
        names,
        idle ? ['eidos_compression/idle-key-stream', lookups[1 + column]] : [lookups[1 + column]],
      );
    });
  }
}

const eidos = midenAirs()[INSTANCE.eidos];
const row = new Row(eidos.graph, 0);
const period = selectors(eidos.graph);
const idleCases = [
  {
    name: 'eidos_compression/idle-compression',
    column: 18,
    idle: period.firstRow.not().sub(period.footers[3]),
    message: encode(eidos.graph, Bus.EidosInputCv, [
      row.at(EIDOS.cycleId),
      ...Array.from({ length: 8 }, (_, lane) => cvWord(row, lane)),
    ]),
  },
  {
    name: 'eidos_compression/idle-key-stream',
    column: 19,
    idle: period.footer.mul(row.at(EIDOS.mode)).not(),
    message: encode(eidos.graph, Bus.AeadOutputPair, [
      row.at(EIDOS.clk),
      0,
      ...footerWords(row).output.map(({ xor }) => xor),
    ]),
  },
];
const IDLE_ROW = 1;

for (const { name, column, idle, message } of idleCases) {
  test(`${name}: an idle row's fraction, free because its denominator is zero`, () => {
    // An alpha that makes the message vanish on the row.
    const withoutAlpha = sourceOf(eidos, [Q.ZERO, CHALLENGES[1]]);
    const evaluator = new RowEvaluator(eidos, [message], withoutAlpha);
    evaluator.seek(IDLE_ROW);
    const source = sourceOf(eidos, [Q.neg(evaluator.value(0)), CHALLENGES[1]]);
    // An honest trace exists nonetheless: idle fractions are zero.
    const { u, v } = eidos.lookups[column];
    const total = { ...eidos, lookups: eidos.lookups.with(column, { u: u.add(idle), v }) };
    const honest = buildAuxTrace(total, source);
    assert.deepEqual(broken(eidos, source, honest), []);
    assert.deepEqual(broken(eidos, source, lieInFraction(honest, IDLE_ROW, column, Q.ONE)), [name]);
  });
}

/** Sum of all fractions of one row. */
function rowSum(air: Air, source: RowSource, at: number): QuadFelt {
  const evaluator = new RowEvaluator(
    air,
    air.lookups.flatMap(({ u, v }) => [u, v]),
    source,
  );
  evaluator.seek(at);
  const fractions = air.lookups.map((_, c) =>
    Q.mul(evaluator.value(2 * c + 1), Q.inv(evaluator.value(2 * c))),
  );
  return fractions.reduce(Q.add);
}

test('a count in the byte table that nobody asked for unbalances the buses', () => {
  const [a, b, c, d] = program.result.digest.map(BigInt);
  const statement = { programHash: [a, b, c, d], kernel: [], deferredRoot: execution.deferredRoot } as const;
  const airs = midenAirs();
  const logHeights = airs.map((air) => Math.log2(traces[air.name as TraceName].height));
  const sigmas = airs.map((air) => buildAuxTrace(air, sourceOf(air)).sigma);
  assert.deepEqual(lookupBalance(statement, CHALLENGES, logHeights, sigmas), Q.ZERO);

  const and8 = airs[INSTANCE.and8];
  const at = 4711;
  for (let column = 0; column < and8.mainWidth; column++) {
    const source = sourceOf(and8);
    const main = { ...source.main, data: source.main.data.slice() };
    main.data[column * main.height + at]++;
    const gain = Q.sub(rowSum(and8, { ...source, main }, at), rowSum(and8, source, at));
    const sigma = Q.add(sigmas[INSTANCE.and8], Q.mulBase(gain, inv(BigInt(main.height))));
    const forged = lookupBalance(statement, CHALLENGES, logHeights, sigmas.with(INSTANCE.and8, sigma));
    assert.deepEqual(forged, gain);
    assert.ok(!Q.isZero(gain));
  }
});
