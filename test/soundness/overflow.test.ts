import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockProgram } from '../../core/vm/test-forest.ts';
import { CORE } from '../../core/vm/trace/layout.ts';
import { Witness } from './witness.ts';

/**
 * The overflow table gives out its entries in another order than they came in: each DROP takes a true entry, but
 * not the top one. The table itself is a set and would balance.
 * Official: miden-prover, `overflow_pointer_soundness_repro`.
 */
test('overflow entries in the wrong order', () => {
  const honest = Witness.of(
    blockProgram(['PUSH', 101n], ['PUSH', 102n], 'NOOP', 'DROP', 'NOOP', 'DROP', 'NOOP'),
    { stack: Array.from({ length: 16 }, (_, i) => BigInt(16 - i)) },
  );
  assert.deepEqual(honest.refusals(), []);
  const { core } = honest;
  const [first, second] = core.rowsOf('PUSH').map((row) => ({
    clk: core.at(row, CORE.clk),
    value: core.at(row, CORE.stack + 15),
    previous: core.at(row, CORE.overflowAddr),
  }));
  assert.deepEqual(
    [first, second],
    [
      { clk: 1n, value: 1n, previous: 0n },
      { clk: 2n, value: 2n, previous: 1n },
    ],
  );
  const [drop, lastDrop] = core.rowsOf('DROP');

  const forged = honest.forge();
  const rows = forged.core;
  // The first DROP takes the older entry, the second the newer one.
  rows.set(drop, CORE.overflowAddr, first.clk);
  rows.set(drop + 1, CORE.overflowAddr, first.previous);
  rows.fill(drop + 1, lastDrop + 1, CORE.stack + 15, first.value);
  rows.set(lastDrop, CORE.overflowAddr, second.clk);
  rows.fill(lastDrop + 1, rows.height, CORE.stack + 14, first.value, second.value);
  rows.set(lastDrop + 1, CORE.overflowAddr, second.previous);
  rows.fill(lastDrop + 2, rows.height, CORE.overflowAddr, 0n);
  forged.claim.stackOutputs = rows.range(rows.height - 1, CORE.stack, 16);
  assert.notDeepEqual(forged.claim.stackOutputs, honest.claim.stackOutputs);
  assert.deepEqual(forged.refusals(), ['core/stack/overflow-addr-kept']);
});
