import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bSum, cvWord } from '../../core/air/eidos/words.ts';
import type { Expr } from '../../core/air/expr.ts';
import { INSTANCE, midenAirs } from '../../core/air/miden.ts';
import { Row } from '../../core/air/row.ts';
import { RowEvaluator } from '../../core/air/row-evaluator.ts';
import { inv, mul, sub } from '../../core/field/felt.ts';
import * as Q from '../../core/field/quad.ts';
import { compress, wordToLanes } from '../../core/hash/eidos.ts';
import type { Word } from '../../core/hash/word.ts';
import { blockProgram } from '../../core/vm/test-forest.ts';
import {
  EIDOS,
  EIDOS_CV_STORAGE,
  EIDOS_FOOTER_DATA,
  EIDOS_FOOTER_ROWS,
  EIDOS_RANGE,
  EIDOS_ROUND_ROWS,
  EIDOS_ROWS,
  eidosSlot,
} from '../../core/vm/trace/eidos-layout.ts';
import { AND8, AND8_HEIGHT, CONTROLLER, CORE } from '../../core/vm/trace/layout.ts';
import { type ByteCounts, EIDOS_RECORD } from '../../core/vm/trace/types.ts';
import type { Cells } from './cells.ts';
import { spreadLie } from './stack-lie.ts';
import { Witness } from './witness.ts';

/**
 * Two compressions that work on each other's inputs. A cycle of the Eidos trace computes in its 28 rounds and tells the
 * other tables in its four footers what it was asked; messages carry the inputs from one to the other. Anonymous messages
 * would balance if two cycles exchanged them: only the number of the cycle in each keeps them apart.
 * Official: miden-air, `constraints/eidos_compression/lookup_tests.rs` (`..._two_cycle_...`), on single cells; here both
 * hashes, their results on the stack and the outputs of the program are forged.
 */
const LOW: Word = [11n, 12n, 13n, 14n];
const HIGH: Word = [21n, 22n, 23n, 24n];
const CVS: readonly Word[] = [
  [31n, 32n, 33n, 34n],
  [41n, 42n, 43n, 44n],
];

interface Input {
  readonly block: readonly bigint[];
  readonly cv: Word;
}
const resultOf = ({ block, cv }: Input): Word => compress(cv, block);
const lanesOf = (elements: readonly bigint[]): Uint32Array => {
  const lanes = new Uint32Array(2 * elements.length);
  for (let i = 0; i < elements.length; i += 4) {
    const [a, b, c, d] = elements.slice(i);
    wordToLanes([a, b, c, d], lanes, 2 * i);
  }
  return lanes;
};

const eidos = midenAirs()[INSTANCE.eidos];
const graph = eidos.graph;
const here = new Row(graph, 0);

/** Sets a free cell so that a linear expression of its row gets a value. */
function solve(trace: Cells, row: number, expr: Expr, value: bigint, cell: number): void {
  const evaluate = (): bigint => {
    const evaluator = new RowEvaluator(eidos, [expr], { main: trace.matrix, challenges: [Q.ONE, Q.ONE] });
    evaluator.seek(row);
    return evaluator.value(0)[0];
  };
  trace.set(row, cell, 0n);
  const without = evaluate();
  trace.set(row, cell, 1n);
  const coefficient = sub(evaluate(), without);
  trace.set(row, cell, mul(sub(value, without), inv(coefficient)));
  assert.equal(evaluate(), value);
}

/** Lets the footers of a cycle say that it was asked for `input`, whatever its rounds worked on. */
function advertise(trace: Cells, counts: ByteCounts, cycle: number, { block, cv }: Input): void {
  const message = lanesOf(block);
  const chaining = lanesOf(cv);
  const first = EIDOS_ROWS * cycle + EIDOS_ROUND_ROWS;
  const ranges = counts.subarray(AND8.range * AND8_HEIGHT);
  const evaluator = new RowEvaluator(eidos, [bSum(here)], {
    main: trace.matrix,
    challenges: [Q.ONE, Q.ONE],
  });
  evaluator.seek(first);
  const sumOfB = evaluator.value(0)[0];
  for (let f = 0; f < EIDOS_FOOTER_ROWS; f++) {
    const row = first + f;
    for (let i = 0; i < 4; i++) {
      const value = message[4 * f + i];
      trace.set(row, EIDOS.message + i, BigInt(value));
      for (const [half, limb] of [value & 0xffff, value >>> 16].entries()) {
        const cell = EIDOS_RANGE[2 * i + half];
        ranges[Number(trace.at(row, cell))]--;
        ranges[limb]++;
        trace.set(row, cell, BigInt(limb));
      }
    }
    for (let i = 0; i < 2 * f; i++) trace.set(row, EIDOS_FOOTER_DATA[f][i], block[i]);
    const top = 2n ** 32n - 1n;
    // None of the words here is all ones.
    for (const i of [0, 1])
      trace.set(row, EIDOS.rCanonInverse + i, inv(sub(BigInt(message[4 * f + 2 * i + 1]), top)));
    trace.set(row, EIDOS.cCanonInverse, inv(sub(BigInt(chaining[2 * f + 1]), top)));
    for (const g of [0, 1]) {
      for (let k = 0; k < 4; k++) {
        const slot = eidosSlot(EIDOS.xorSlots, g, k);
        const [left, old] = trace.range(row, slot, 2).map(Number);
        const byte = (chaining[2 * f + g] >>> (8 * k)) & 255;
        counts[256 * left + old]--;
        counts[256 * left + byte]++;
        trace.set(row, slot + 1, BigInt(byte), BigInt(left & byte));
      }
    }
    // The expressions that hold on rounds by themselves, in an order in which no solution spoils another.
    if (f === 0) solve(trace, row, bSum(here), sumOfB, EIDOS.bSumCorrection);
    const live = Array.from({ length: 2 * f + 2 }, (_, lane) => lane);
    for (const lane of [...live.filter((i) => i >= 4), ...live.filter((i) => i < 4)])
      solve(trace, row, cvWord(here, lane), BigInt(chaining[lane]), EIDOS_CV_STORAGE[lane]);
  }
}

/** [low, high, cv, cv'] to results of both compressions; between them words 2 and 3 change places. */
const EXCHANGE_CVS = ['SWAPW2', 'SWAPW3', 'SWAPW2'] as const;

/** Two compressions, each done on the other's block, or chaining value, or both. */
function crossed(exchangeBlocks: boolean, what: 'block' | 'cv' | 'nothing'): [Witness, Witness] {
  const honest = Witness.of(
    blockProgram('COMPRESS', ...EXCHANGE_CVS, ...(exchangeBlocks ? (['SWAPW'] as const) : []), 'COMPRESS'),
    { stack: [LOW, HIGH, ...CVS].flat() },
  );
  const asked: Input[] = [
    { block: [...LOW, ...HIGH], cv: CVS[0] },
    { block: exchangeBlocks ? [...HIGH, ...LOW] : [...LOW, ...HIGH], cv: CVS[1] },
  ];
  const worked = asked.map((input, i) => ({
    ...input,
    ...(what !== 'nothing' && { [what]: asked[1 - i][what] }),
  }));
  const results = worked.map(resultOf);

  const forged = honest.forge();
  const rows = honest.core.rowsOf('COMPRESS');
  assert.equal(rows.length, 2);
  for (const [i, row] of rows.entries()) {
    const controller = Number(honest.core.at(row, CORE.helpers)) - 1;
    forged.chiplets.set(controller, CONTROLLER.cvOut, ...results[i]);
  }
  spreadLie(forged, (row, _, lie) => {
    const i = rows.indexOf(row);
    if (i < 0) return;
    const honestResult = honest.core.range(row + 1, CORE.stack + 8, 4);
    lie.splice(8, 4, ...results[i].map((element, k) => sub(element, honestResult[k])));
  });

  const { eidosBlocks } = honest;
  const records = eidosBlocks.records.slice();
  const cycles = asked.map(({ block, cv }) => {
    const lanes = lanesOf([...block, ...cv]);
    const starts = Array.from({ length: eidosBlocks.count }, (_, i) => i * EIDOS_RECORD);
    return starts.findIndex((at) => lanes.every((lane, i) => eidosBlocks.records[at + i] === lane));
  });
  for (const [i, cycle] of cycles.entries()) {
    const { block, cv } = worked[i];
    records.set(lanesOf([...block, ...cv]), cycle * EIDOS_RECORD);
  }
  forged.eidosBlocks = { ...eidosBlocks, records };
  forged.eidosLie = (trace, counts) => {
    for (const [i, cycle] of cycles.entries()) advertise(trace, counts, cycle, asked[i]);
  };
  return [honest, forged];
}

test('two cycles exchange their blocks', () => {
  const [honest, forged] = crossed(true, 'block');
  assert.deepEqual(honest.refusals(), []);
  assert.notDeepEqual(forged.claim.stackOutputs, honest.claim.stackOutputs);
  assert.deepEqual(forged.refusals(), ['bus MessageWord']);
});

test('two cycles exchange their chaining values', () => {
  const [honest, forged] = crossed(false, 'cv');
  assert.deepEqual(honest.refusals(), []);
  assert.notDeepEqual(forged.claim.stackOutputs, honest.claim.stackOutputs);
  assert.deepEqual(forged.refusals(), ['bus EidosInputCv']);
});

test('footers that say again what the rounds worked on are not refused', () => {
  const [, forged] = crossed(true, 'nothing');
  assert.deepEqual(forged.refusals(), []);
});
