import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Op, type OpName } from '../../core/vm/opcodes.ts';
import { CORE } from '../../core/vm/trace/layout.ts';
import { assembled } from './programs.ts';
import { Witness } from './witness.ts';

/**
 * An operation that no block holds, on a row spliced in between the END of one block and the SPAN of the next. Blocks
 * are bound by their hashes, what lies between them only by the rule that nothing does.
 * Official: miden-prover, `span_entry_soundness_repro`.
 */
const honest = Witness.of(assembled('begin if.true nop end nop end'), { stack: [1n, 7n, 3n] });
const { core } = honest;
const splice = core.rowsOf('SPAN').findLast((row) => core.op(row - 1) === 'END')!;

test('the honest trace is what the attack needs: from the splice on nothing touches the stack', () => {
  assert.deepEqual(honest.refusals(), []);
  for (let row = splice; row < core.height; row++) {
    assert.ok(['SPAN', 'NOOP', 'END', 'HALT'].includes(core.op(row)));
    assert.deepEqual(core.range(row, CORE.stack, 19), core.range(splice, CORE.stack, 19));
  }
});

/** One more row at `splice`; the rows from there on move down, the last one falls off. */
function spliceIn(op: OpName): Witness {
  const forged = honest.forge();
  const rows = forged.core;
  for (let row = rows.height - 1; row > splice; row--) rows.copyRow(row, core, row - 1);
  for (let row = 0; row < rows.height; row++) rows.set(row, CORE.clk, BigInt(row));
  const bits = [0, 1, 2, 3, 4, 5, 6].map((i) => BigInt((Op[op] >> i) & 1));
  rows.set(splice, CORE.opBits, ...bits);
  rows.set(splice, CORE.hasher, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n);
  rows.set(splice, CORE.inSpan, 1n);
  rows.set(splice, CORE.opIndex, 0n, 0n, 0n);
  rows.set(splice, CORE.extra0, bits[6] & (1n - bits[5]) & bits[4], bits[6] & bits[5]);
  return forged;
}
function swapped(witness: Witness): Witness {
  const { core, claim } = witness;
  for (let row = splice + 1; row < core.height; row++) {
    core.set(row, CORE.stack, core.at(row, CORE.stack + 1), core.at(row, CORE.stack));
  }
  const [first, second, ...rest] = claim.stackOutputs;
  assert.notEqual(first, second);
  claim.stackOutputs = [second, first, ...rest];
  return witness;
}

test('a NOOP: harmless, and refused all the same', () => {
  assert.deepEqual(spliceIn('NOOP').refusals(), ['core/decoder/in-span-steps']);
});

test('a SWAP, and its effect claimed', () => {
  assert.deepEqual(swapped(spliceIn('SWAP')).refusals(), ['core/decoder/in-span-steps']);
});

test('a NOOP that swaps', () => {
  const shifts = ['core/stack/shift-0', 'core/stack/shift-1'];
  assert.deepEqual(swapped(spliceIn('NOOP')).refusals(), [...shifts, 'core/decoder/in-span-steps']);
});

test('the effect without an operation', () => {
  assert.deepEqual(swapped(honest.forge()).refusals(), ['core/stack/shift-0', 'core/stack/shift-1']);
});
