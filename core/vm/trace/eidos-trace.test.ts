import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSTANCE, midenAirs } from '../../air/miden.ts';
import { RowEvaluator } from '../../air/row-evaluator.ts';
import { compressLanes } from '../../hash/eidos-compress.ts';
import { EIDOS, EIDOS_ROWS, EIDOS_WIDTH } from './eidos-layout.ts';
import { EidosRequests } from './eidos-requests.ts';
import { fillEidosTrace } from './eidos-trace.ts';
import { AND8, AND8_HEIGHT } from './layout.ts';
import { BYTE_COUNTS_LENGTH, type EidosBlocks, type TraceMatrix } from './types.ts';

/** States of interest: zero, random, and elements with the largest high half, which are canonical with a zero low. */
function states(): Uint32Array[] {
  let seed = 1;
  const random = (): number => (seed = Math.imul(seed, 1664525) + 1013904223) >>> 0;
  const canonical = (): Uint32Array => {
    const lanes = new Uint32Array(24).map(random);
    for (let i = 1; i < 24; i += 2) if (lanes[i] === 0xffff_ffff) lanes[i - 1] = 0;
    return lanes;
  };
  const extreme = new Uint32Array(24).map((_, i) => (i & 1 ? 0xffff_ffff : 0));
  return [canonical(), canonical(), extreme, canonical(), new Uint32Array(24)];
}

function blocksOf(list: readonly Uint32Array[]): EidosBlocks {
  const requests = new EidosRequests();
  for (const [i, lanes] of list.entries()) {
    if (i === 3) requests.addStream(lanes, 1234);
    else requests.add(lanes, 0, lanes, 16, i);
  }
  return requests.finish();
}

function fill(blocks: EidosBlocks): { main: TraceMatrix; counts: Uint32Array } {
  const data = new BigUint64Array(EIDOS_WIDTH * blocks.height);
  const counts = new Uint32Array(BYTE_COUNTS_LENGTH);
  fillEidosTrace(blocks, data, counts);
  return { main: { width: EIDOS_WIDTH, height: blocks.height, rows: blocks.height, data }, counts };
}

test('every base constraint of the AIR holds on every row, dummies included', () => {
  const air = midenAirs()[INSTANCE.eidos];
  const base = air.constraints.filter((c) => !c.expr.isExtension);
  const { main } = fill(blocksOf(states()));
  const evaluator = new RowEvaluator(
    air,
    base.map((c) => c.expr),
    {
      main,
      challenges: [
        [1n, 0n],
        [1n, 0n],
      ],
    },
  );
  assert.equal(main.height, 8 * EIDOS_ROWS);
  for (let row = 0; row < main.height; row++) {
    evaluator.seek(row);
    for (const [i, { name }] of base.entries())
      assert.deepEqual(evaluator.value(i), [0n, 0n], `${name}, row ${row}`);
  }
});

test('a footer shows the compressed chaining value, or the clk of a key stream', () => {
  const blocks = blocksOf(states());
  const { main } = fill(blocks);
  const cell = (column: number, row: number): bigint => main.data[column * main.height + row];
  for (let block = 0; block < blocks.count; block++) {
    const record = blocks.records.subarray(28 * block, 28 * (block + 1));
    const out = new Uint32Array(8);
    compressLanes(record, 16, record, 0, out, 0);
    const stream = record[24] === 1;
    const expected = stream ? [1234n, 0n, 0n, 0n] : [...new BigUint64Array(out.buffer)];
    for (let row = 32 * block + 28; row < 32 * block + 32; row++) {
      assert.deepEqual(
        expected.map((_, i) => cell(EIDOS.output + i, row)),
        expected,
      );
      assert.equal(cell(EIDOS.mode, row), stream ? 1n : 0n);
      assert.equal(cell(EIDOS.multiplicity, row), stream ? 0n : 1n);
      assert.equal(cell(EIDOS.cycleId, row), BigInt(block));
    }
  }
});

test('a block asks for 964 byte pairs and 32 ranges, a dummy too', () => {
  const { counts } = fill(blocksOf(states().slice(0, 1)));
  const total = (from: number, to: number): number => counts.subarray(from, to).reduce((a, b) => a + b, 0);
  assert.equal(total(0, AND8.range * AND8_HEIGHT), 2 * 964);
  assert.equal(total(AND8.range * AND8_HEIGHT, counts.length), 2 * 32);
});
