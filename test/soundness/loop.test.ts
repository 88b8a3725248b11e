import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blockProgram } from '../../core/vm/test-forest.ts';
import { CHIPLETS, CONTROLLER, CONTROLLER_KINDS, CORE } from '../../core/vm/trace/layout.ts';
import type { Cells } from './cells.ts';
import { loopProgram } from './programs.ts';
import { Witness } from './witness.ts';

/**
 * A LOOP announces its body once, with the number of times that it will end; REPEAT starts it again and announces
 * nothing. The attacks run another body, none, or one that nobody announced; the hashes of what they run are true.
 * Official: miden-prover, `repeat_loop_schema_soundness_repro`, `first_row_repeat_soundness_repro`.
 */

/** A row of the controller from another trace; rows keep their own numbers. */
const copyController = (to: Cells, row: number, from: Cells, fromRow: number): void =>
  to.copyRow(row, from, fromRow, 0, CHIPLETS.clk);
/** The controller's row that hashed the block which the operation at `row` belongs to. */
const controllerRow = (core: Cells, row: number): number => Number(core.at(row, CORE.addr)) - 1;

const THREE_TIMES = [1n, 1n, 0n];
const honest = Witness.of(loopProgram('NOT', 'NOT'), { stack: THREE_TIMES });
const { core } = honest;
// LOOP, then SPAN NOT NOT END and REPEAT, for each time but the last.
const [loop] = core.rowsOf('LOOP');
const [span, secondSpan] = core.rowsOf('SPAN');
const [repeat, secondRepeat] = core.rowsOf('REPEAT');

test('the honest trace is what the attacks need', () => {
  assert.deepEqual(honest.refusals(), []);
  assert.deepEqual(
    [loop, span, repeat, secondSpan, secondRepeat].map((row) => row - loop),
    [0, 1, 5, 6, 10],
  );
  assert.equal(core.at(loop, CORE.groupCount), 3n);
});

test('another body in the first iteration, which leaves the stack as the announced one', () => {
  const attacker = Witness.of(loopProgram('NOOP', 'NOOP'), { stack: THREE_TIMES });
  assert.deepEqual(attacker.claim.stackOutputs, honest.claim.stackOutputs);
  const forged = honest.forge();
  for (let row = span; row <= repeat; row++) forged.core.copyRow(row, attacker.core, row);
  const body = controllerRow(core, span + 1);
  copyController(forged.chiplets, body, attacker.chiplets, body);
  forged.rehash();
  assert.deepEqual(forged.refusals(), ['bus BlockHash']);
});

test('no body at all, announced zero times', () => {
  const once = Witness.of(loopProgram('NOOP', 'NOOP'), { stack: [0n] });
  const [end] = once.core.rowsOf('END').filter((row) => once.core.at(row, CORE.isLoop) === 1n);
  assert.equal(once.core.op(end + 1), 'HALT');
  const forged = once.forge();
  for (let row = 1; row <= end; row++) {
    forged.core.copyRow(row, once.core, row === 1 ? end : end + 1);
    forged.core.set(row, CORE.clk, BigInt(row));
  }
  forged.core.set(0, CORE.groupCount, 0n);
  const body = controllerRow(once.core, 2);
  const [padding] = once.chiplets.rowsWhere((row) => {
    const kind = once.chiplets.range(row, CONTROLLER.s0, 3).map(Number);
    return once.chiplets.at(row, CHIPLETS.sCtrl) === 1n && kind.join() === CONTROLLER_KINDS.padding.join();
  });
  copyController(forged.chiplets, body, once.chiplets, padding);
  forged.rehash();
  assert.deepEqual(forged.refusals(), ['core/decoder/loop-enters-body']);
});

describe('a REPEAT in a program without loops', () => {
  const victim = Witness.of(blockProgram('NOOP'), { stack: [1n, 1n] });
  const once = Witness.of(loopProgram('NOT'), { stack: [1n] });
  const twice = Witness.of(loopProgram('NOT'), { stack: [0n, 1n] });

  test('the honest traces are what the attacks need', () => {
    for (const witness of [victim, once, twice]) assert.deepEqual(witness.refusals(), []);
    assert.equal(victim.core.op(2), 'END');
    assert.equal(twice.core.op(4), 'REPEAT');
  });

  test('with a body: SPAN NOOP REPEAT SPAN NOT END END', () => {
    const forged = victim.forge();
    const { core } = forged;
    core.copyRow(2, twice.core, 4);
    for (const row of [1, 2, 3]) core.copyRow(row + 2, once.core, row);
    core.copyRow(6, victim.core, 2);
    for (let row = 2; row <= 6; row++) core.set(row, CORE.clk, BigInt(row));
    const stack = core.range(5, CORE.stack, CORE.depthInverse + 1 - CORE.stack);
    core.fill(6, core.height, CORE.stack, ...stack);
    const body = controllerRow(core, 4);
    copyController(forged.chiplets, body, once.chiplets, body);
    forged.rehash();
    forged.claim.stackOutputs = stack.slice(0, 16);
    assert.notDeepEqual(forged.claim.stackOutputs, victim.claim.stackOutputs);
    assert.deepEqual(forged.refusals(), [
      'core/decoder/in-span-steps',
      'core/decoder/repeat-after-body',
      'bus BlockHash',
    ]);
  });

  test('instead of the END', () => {
    const forged = victim.forge();
    const { core } = forged;
    core.copyRow(2, twice.core, 4);
    core.set(2, CORE.clk, 2n);
    const stack = [...core.range(2, CORE.stack + 1, 15), 0n];
    core.fill(3, core.height, CORE.stack, ...stack);
    forged.claim.stackOutputs = stack;
    assert.deepEqual(forged.refusals(), [
      'core/decoder/in-span-steps',
      'core/decoder/repeat-after-body',
      'core/decoder/addr-kept',
      'bus BlockHash',
      'bus ReturnHash',
      'bus BlockStack',
    ]);
  });

  test('before the program: it takes an item that the program then never saw', () => {
    const inputs = [1n, 5n, 7n];
    const program = blockProgram('ADD');
    const whole = Witness.of(program, { stack: inputs });
    const popped = Witness.of(program, { stack: inputs.slice(1) });
    const forged = popped.forge();
    const { core } = forged;
    for (let row = core.height - 1; row > 0; row--) {
      core.copyRow(row, popped.core, row - 1);
      core.set(row, CORE.clk, BigInt(row));
    }
    core.copyRow(0, twice.core, 4, CORE.addr, CORE.stack);
    core.set(0, CORE.addr, popped.core.at(0, CORE.addr));
    core.copyRow(0, whole.core, 0, CORE.stack);
    forged.claim.stackInputs = whole.claim.stackInputs;
    assert.notDeepEqual(forged.claim.stackOutputs, whole.claim.stackOutputs);
    assert.deepEqual(forged.refusals(), ['core/decoder/repeat-first']);
  });
});

test('the mark of a body on another END', () => {
  const forged = honest.forge();
  const [other] = core.rowsWhere(
    (row) => row > repeat && core.op(row) === 'END' && core.at(row, CORE.isLoopBody) === 0n,
  );
  forged.core.set(repeat - 1, CORE.isLoopBody, 0n);
  forged.core.set(other, CORE.isLoopBody, 1n);
  assert.deepEqual(forged.refusals(), ['core/decoder/repeat-after-body', 'bus BlockHash']);
});

test('a REPEAT that hands its body to another parent', () => {
  const forged = honest.forge();
  forged.core.set(secondSpan, CORE.addr, 99n);
  forged.core.set(secondRepeat, CORE.addr, 99n);
  assert.deepEqual(forged.refusals(), ['core/decoder/addr-kept', 'bus BlockHash']);
});
