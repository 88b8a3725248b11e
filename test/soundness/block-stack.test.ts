import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inv, neg } from '../../core/field/felt.ts';
import { CORE } from '../../core/vm/trace/layout.ts';
import { assembled } from './programs.ts';
import { Witness } from './witness.ts';

/**
 * An END that passes for another kind of END. A block-stack entry of a CALL keeps the caller's state, that of any other
 * block nothing; if the two kinds could be confused where that state is zero, a callee could take its context, its
 * identity and its stack depth along into the caller. Official: miden-prover, `block_stack_entry_kind_repro`.
 */
describe("an END of a block inside a call that passes for the call's", () => {
  const honest = Witness.of(assembled('proc inner nop nop end begin call.inner end'));
  const { core } = honest;
  const [callEnd] = core.ends(true);
  const blockEnd = callEnd - 1;

  test('the honest trace is what the attack needs', () => {
    assert.deepEqual(honest.refusals(), []);
    assert.equal(core.op(blockEnd), 'END');
    assert.equal(core.at(blockEnd, CORE.restoresCallerFrame), 0n);
    assert.notEqual(core.at(callEnd, CORE.ctx), 0n);
    assert.equal(core.at(callEnd + 1, CORE.ctx), 0n);
  });

  const relabel = ({ core }: Witness): void => core.set(blockEnd, CORE.restoresCallerFrame, 1n);
  /** The frame to restore is all zero, as if the entry were not a frame at all. */
  const zeroFrame = ({ core }: Witness): void => {
    core.set(callEnd, CORE.ctx, 0n, 0n, 0n, 0n, 0n);
    core.set(callEnd, CORE.depth, 0n, 0n, inv(neg(16n)));
  };

  test('with an empty frame: only the tag in the entry tells the kinds apart', () => {
    const forged = honest.forge();
    relabel(forged);
    zeroFrame(forged);
    assert.deepEqual(forged.refusals(), ['bus BlockStack']);
  });

  test('with the frame as it is', () => {
    const forged = honest.forge();
    relabel(forged);
    assert.deepEqual(forged.refusals(), ['bus BlockStack']);
  });

  test('the empty frame alone', () => {
    const forged = honest.forge();
    zeroFrame(forged);
    assert.deepEqual(forged.refusals(), [
      'core/system/ctx-kept',
      'core/system/fn-hash-kept-0',
      'core/system/fn-hash-kept-1',
      'core/system/fn-hash-kept-2',
      'core/system/fn-hash-kept-3',
      'core/stack/depth-steps',
    ]);
  });
});
