import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSTANCE, midenAirs } from '../../../air/miden.ts';
import { RowEvaluator } from '../../../air/row-evaluator.ts';
import { storeFelt } from '../../../field/lanes.ts';
import type { QuadFelt } from '../../../field/quad.ts';
import * as Q from '../../../field/quad.ts';
import { merge, wordToLanes } from '../../../hash/eidos.ts';
import type { Word } from '../../../hash/word.ts';
import type { Kernel } from '../../mast/types.ts';
import { ACE, AND8, AND8_HEIGHT, CONTROLLER, KERNEL_ROM, MEMORY } from '../layout.ts';
import { Access, type ChipletTraces } from '../recorder.ts';
import type { TraceMatrix } from '../types.ts';
import { ChipletTraceBuilder } from './builder.ts';

const TOP = 0xffff_ffff;
const air = midenAirs()[INSTANCE.chiplets];
const base = air.constraints.filter((c) => !c.expr.isExtension);

/** Finishes, and checks that every base constraint of the AIR holds on every row. */
function finish(builder: ChipletTraceBuilder): ChipletTraces {
  const traces = builder.finish();
  const evaluator = new RowEvaluator(
    air,
    base.map((c) => c.expr),
    {
      main: traces.chiplets,
      challenges: [
        [1n, 0n],
        [1n, 0n],
      ],
    },
  );
  for (let row = 0; row < traces.chiplets.height; row++) {
    evaluator.seek(row);
    for (const [i, { name }] of base.entries())
      assert.deepEqual(evaluator.value(i), [0n, 0n], `${name}, row ${row}`);
  }
  return traces;
}

const cell = (main: TraceMatrix, column: number, row: number): bigint =>
  main.data[column * main.height + row];
const word = (...elements: bigint[]): Uint32Array => {
  const lanes = new Uint32Array(2 * elements.length);
  for (const [i, element] of elements.entries()) storeFelt(lanes, 2 * i, element);
  return lanes;
};
const total = (counts: Uint32Array): number => counts.reduce((a, b) => a + b, 0);

/** A builder of a run with one block of one batch: no trace starts without. */
function started(kernel: Kernel = []): ChipletTraceBuilder {
  const builder = new ChipletTraceBuilder(kernel);
  assert.equal(builder.basicBlock(0, new Uint32Array(16), 1), 1);
  return builder;
}
const START = 8;

test('a node that runs again shows the same rows and asks again for its compressions', () => {
  const builder = new ChipletTraceBuilder([]);
  const groups = new Uint32Array(48).map((_, i) => (i & 1 ? 0 : i));
  assert.equal(builder.basicBlock(0, groups, 24), 1);
  assert.equal(builder.basicBlock(0, groups, 24), 4);
  const { chiplets, eidos } = finish(builder);
  assert.equal(chiplets.rows, 8 + 1);
  assert.equal(eidos.count, 3);
  for (let i = 0; i < 3; i++) assert.equal(eidos.records[28 * i + 25], 2);
  for (let column = CONTROLLER.s0; column <= CONTROLLER.opFinal; column++) {
    for (let row = 0; row < 3; row++)
      assert.equal(cell(chiplets, column, row), cell(chiplets, column, row + 3));
  }
});

test('memory is sorted by context, word and time, and shows the word after each access', () => {
  const builder = started();
  const a = word(1n, 2n, 3n, 4n);
  const b = word(1n, 2n, 0xffff_ffff_0000_0000n, 4n);
  const zero = new Uint32Array(8);
  builder.memory(Access.WRITE_WORD, 7, 8, 3, a, 0);
  builder.memory(Access.READ_ELEMENT, 0, 0xffff_fffd, 4, zero, 0);
  builder.memory(Access.READ_WORD, 7, 8, 5, a, 0);
  builder.memory(Access.READ_WORD, 7, 8, 5, a, 0);
  builder.memory(Access.WRITE_ELEMENT, 7, 10, 70_000, b, 0);
  builder.memory(Access.READ_WORD, 0, 4, 6, zero, 0);
  builder.memory(Access.READ_WORD, 7, 8192, 2, zero, 0);
  const { chiplets, byteCounts } = finish(builder);
  const rows = Array.from({ length: 7 }, (_, row) =>
    [MEMORY.ctx, MEMORY.wordAddr, MEMORY.clk, MEMORY.isRead, MEMORY.isWord, MEMORY.idx1, MEMORY.idx0].map(
      (column) => Number(cell(chiplets, column, START + row)),
    ),
  );
  assert.deepEqual(rows, [
    [0, 4, 6, 1, 1, 0, 0],
    [0, 0xffff_fffc, 4, 1, 0, 0, 1],
    [7, 8, 3, 0, 1, 0, 0],
    [7, 8, 5, 1, 1, 0, 0],
    [7, 8, 5, 1, 1, 0, 0],
    [7, 8, 70_000, 0, 0, 1, 0],
    [7, 8192, 2, 1, 1, 0, 0],
  ]);
  assert.equal(cell(chiplets, MEMORY.value + 2, START + 5), 0xffff_ffff_0000_0000n);
  assert.equal(total(byteCounts), 7 * 5);
});

test('Merkle paths of every depth and of the largest indices', () => {
  for (const [depth, low, high] of [
    [1, 1, 0],
    [33, 5, 1],
    [64, 0, TOP],
    [64, TOP, TOP - 1],
  ]) {
    const builder = started();
    const siblings = Array.from({ length: depth }, (_, i): Word => [BigInt(i), 5n, 6n, 7n]);
    const climb = (leaf: Word): Uint32Array => {
      const lanes = new Uint32Array(8 * (depth + 1));
      let node = leaf;
      let index = (BigInt(high) << 32n) | BigInt(low);
      wordToLanes(node, lanes, 0);
      for (const [i, sibling] of siblings.entries()) {
        node = index & 1n ? merge(sibling, node) : merge(node, sibling);
        index >>= 1n;
        wordToLanes(node, lanes, 8 * (i + 1));
      }
      return lanes;
    };
    const path = new Uint32Array(8 * depth);
    for (const [i, sibling] of siblings.entries()) wordToLanes(sibling, path, 8 * i);
    const before = climb([1n, 2n, 3n, 4n]);
    const after = climb([5n, 6n, 7n, 8n]);
    assert.equal(builder.merkleVerify(depth, low, high, before, path), 2);
    assert.equal(builder.merkleUpdate(depth, low, high, before, after, path), depth + 2);
    assert.equal(builder.merkleUpdate(depth, low, high, after, before, path), 3 * depth + 2);
    assert.equal(total(builder.rangeCounts), 3 * 7);
    const { chiplets, eidos } = finish(builder);
    assert.equal(eidos.count, 2 * depth + 1);
    assert.equal(cell(chiplets, CONTROLLER.mrupdateId, depth), 0n);
    assert.equal(cell(chiplets, CONTROLLER.mrupdateId, depth + 1), 1n);
    assert.equal(cell(chiplets, CONTROLLER.mrupdateId, 3 * depth + 1), 2n);
  }
});

test('bitwise operations and key streams, streams first', () => {
  const builder = started();
  builder.bitwise(0, 0xdead_beef, TOP);
  builder.bitwise(1, 0, 0x1234_5678);
  const plaintext = word(
    1n,
    0xffff_ffff_0000_0000n,
    0x1234_5678_9abc_def0n,
    0n,
    5n,
    6n,
    7n,
    0xffff_fffe_ffff_ffffn,
  );
  const keystream = new Uint32Array(16).map((_, i) => Math.imul(i + 1, 0x9e37_79b9));
  builder.aeadStream(3, 100, 40, 400, new Uint32Array(24).fill(9), plaintext, keystream);
  const { chiplets, eidos, byteCounts } = finish(builder);
  assert.equal(chiplets.rows, START + 16 + 2 + 1);
  const stream = eidos.records.subarray(28, 56);
  assert.deepEqual([...stream.subarray(24)], [1, 0, 100, 0]);
  assert.equal(total(byteCounts.subarray(0, AND8.range * AND8_HEIGHT)), 4 * (16 + 2));
});

test('a circuit: wires numbered backwards, each with its number of uses', () => {
  const builder = started();
  const x: QuadFelt = [3n, 4n];
  const y: QuadFelt = [5n, 6n];
  // Wires 5 and 4 are x and y; gates 3 = x y, 2 = x + y, 1 = 3 - 3, 0 = 1 + 1.
  const instruction = (op: bigint, left: bigint, right: bigint): bigint =>
    (op << 60n) | (right << 30n) | left;
  const instructions = word(
    instruction(1n, 5n, 4n),
    instruction(2n, 5n, 4n),
    instruction(0n, 3n, 3n),
    instruction(2n, 1n, 1n),
  );
  const values = word(...Q.mul(x, y), ...Q.add(x, y), 0n, 0n, 0n, 0n);
  builder.circuit(2, 50, 1000, 2, 4, word(...x, ...y), instructions, values);
  const { chiplets } = finish(builder);
  const column = (c: number): number[] =>
    Array.from({ length: 5 }, (_, row) => Number(cell(chiplets, c, START + row)));
  assert.deepEqual(column(ACE.id0), [5, 3, 2, 1, 0]);
  assert.deepEqual(column(ACE.m0), [2, 2, 0, 2, 0]);
  assert.deepEqual(column(ACE.ptr), [1000, 1004, 1005, 1006, 1007]);
  assert.equal(cell(chiplets, ACE.m1, START), 2n);
  assert.equal(cell(chiplets, ACE.numEval, START), 3n);
});

test('a row for each kernel procedure, called or not', () => {
  const builder = started([
    [1n, 2n, 3n, 4n],
    [5n, 6n, 7n, 8n],
  ]);
  builder.kernelCall(1);
  builder.kernelCall(1);
  const { chiplets } = finish(builder);
  assert.deepEqual(
    [0, 1].map((row) => cell(chiplets, KERNEL_ROM.multiplicity, START + row)),
    [0n, 2n],
  );
  assert.equal(cell(chiplets, KERNEL_ROM.digest + 3, START + 1), 8n);
  assert.equal(chiplets.rows, START + 3);
});
