import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inv } from '../../core/field/felt.ts';
import type { Program } from '../../core/vm/mast/types.ts';
import { CORE } from '../../core/vm/trace/layout.ts';
import { assembled } from './programs.ts';
import { Witness } from './witness.ts';

/**
 * DYNCALL takes the callee's address from the stack and keeps the caller's depth and overflow address not in their own
 * columns but in two cells of the decoder. Each of them, and the item that moves up to position 15, is bound only if
 * somebody thought of it.
 */

/** Cells of a DYNCALL row. */
const SAVED_DEPTH = CORE.hasher + 4;
const SAVED_OVERFLOW_ADDR = CORE.hasher + 5;
const CALLEE_ADDRESS = 40n;
const FN_HASH_KEPT = [0, 1, 2, 3].map((i) => `core/system/fn-hash-kept-${i}`);

/** `foo` is called both ways: statically, so that it is part of the program, and by its digest from the stack. */
function calling(text: string): Witness {
  const program = assembled(text);
  return Witness.of(program, { stack: [...fooDigest(program), CALLEE_ADDRESS] });
}
function fooDigest({ forest }: Program): readonly bigint[] {
  const call = forest.nodes.find((node) => node.kind === 'call');
  assert.ok(call?.kind === 'call');
  return forest.nodes[call.callee].digest;
}

const AT_ROOT = `
  proc foo nop end
  begin call.foo mem_storew_le.40 movup.4 dyncall end`;
const nested = (setup: string): string => `
  proc foo nop end
  proc bar ${setup} dyncall end
  begin call.foo call.bar end`;

/** Official: miden-prover, `dyncall_bottom_slot_soundness_repro`. */
describe('an item of the stack out of nothing', () => {
  const honest = calling(AT_ROOT);
  const { core } = honest;
  const [dyncall] = core.rowsOf('DYNCALL');
  const noop = core.rowsOf('NOOP').find((row) => row > dyncall)!;
  const BOTTOM = CORE.stack + 15;

  test('the honest trace is what the attack needs', () => {
    assert.deepEqual(honest.refusals(), []);
    assert.equal(core.at(dyncall, CORE.depth), 16n);
    assert.equal(core.at(dyncall + 1, BOTTOM), 0n);
  });

  for (const [where, row, refusal] of [
    ['that DYNCALL lets move up', dyncall, 'core/stack/bottom-refill'],
    ['on a row that moves nothing', noop, 'core/stack/shift-15'],
  ] as const) {
    test(where, () => {
      const forged = honest.forge();
      forged.core.fill(row + 1, core.height, BOTTOM, 12345n);
      forged.claim.stackOutputs = honest.claim.stackOutputs.with(15, 12345n);
      assert.deepEqual(forged.refusals(), [refusal]);
    });
  }
});

/** Official: miden-prover, `dyncall_end_relabel_repro`. */
describe('a DYNCALL whose END restores nothing', () => {
  const honest = calling(AT_ROOT);
  const { core } = honest;
  const [dyncall] = core.rowsOf('DYNCALL');
  const end = core.ends(true).find((row) => row > dyncall)!;

  test('the honest trace is what the attack needs', () => {
    assert.deepEqual(honest.refusals(), []);
    // Nothing in the frame but the depth is not zero.
    assert.deepEqual(core.range(dyncall, SAVED_DEPTH, 2), [16n, 0n]);
    assert.deepEqual(core.range(dyncall, CORE.ctx, 5), [0n, 0n, 0n, 0n, 0n]);
    assert.notEqual(core.at(end, CORE.ctx), 0n);
    assert.equal(core.at(end + 1, CORE.ctx), 0n);
  });

  const forgetDepth = ({ core }: Witness): void => core.set(dyncall, SAVED_DEPTH, 0n);
  const relabel = ({ core }: Witness): void => core.set(end, CORE.restoresCallerFrame, 0n);
  /** The callee's context and digest, to the end of the trace. */
  const staysInside = (forged: Witness): void =>
    forged.core.fill(end + 1, core.height, CORE.ctx, ...core.range(end, CORE.ctx, 5));

  for (const [what, lies, refusals] of [
    [
      'with the saved depth forgotten, so that the entry holds nothing',
      [forgetDepth, relabel, staysInside],
      ['core/decoder/dyncall-depth', 'bus BlockStack'],
    ],
    ['with the saved depth as it is', [relabel, staysInside], ['bus BlockStack']],
    ['in name only', [forgetDepth, staysInside], ['core/decoder/dyncall-depth', 'bus BlockStack']],
    [
      'as a plain END would have to go on',
      [relabel],
      ['core/system/ctx-kept', ...FN_HASH_KEPT, 'bus BlockStack'],
    ],
  ] as const) {
    test(what, () => {
      const forged = honest.forge();
      for (const lie of lies) lie(forged);
      assert.deepEqual(forged.refusals(), refusals);
    });
  }
});

/** Official: miden-prover, `dyncall_saved_frame_soundness_repro`. */
describe('a caller that goes on with another depth or overflow address', () => {
  const FORGED_DEPTH = 99n;
  const FORGED_ADDR = 1234n;

  for (const [table, setup, depth] of [
    ['empty', 'mem_storew_le.40 movup.4', 16n],
    ['with an entry', 'mem_storew_le.40 push.111 movup.5', 17n],
  ] as const) {
    const honest = calling(nested(setup));
    const { core } = honest;
    const [dyncall] = core.rowsOf('DYNCALL');
    const [end, outerEnd] = core.ends(true).filter((row) => row > dyncall);

    test(`overflow table ${table}: the honest trace is what the attack needs`, () => {
      assert.deepEqual(honest.refusals(), []);
      assert.equal(core.at(dyncall, CORE.depth), depth);
      assert.deepEqual(core.range(dyncall, SAVED_DEPTH, 2), [16n, 0n]);
      assert.equal(core.at(end + 1, CORE.depth), 16n);
      assert.equal(core.at(outerEnd + 1, CORE.depth), 16n);
    });

    test(`overflow table ${table}: the depth, until the END of the call around it`, () => {
      const forged = honest.forge();
      forged.core.set(dyncall, SAVED_DEPTH, FORGED_DEPTH);
      forged.core.fill(end + 1, outerEnd + 1, CORE.depth, FORGED_DEPTH);
      forged.core.fill(end + 1, outerEnd + 1, CORE.depthInverse, inv(FORGED_DEPTH - 16n));
      assert.deepEqual(forged.refusals(), ['core/decoder/dyncall-depth']);
    });

    test(`overflow table ${table}: the depth in the saved frame alone`, () => {
      const forged = honest.forge();
      forged.core.set(dyncall, SAVED_DEPTH, FORGED_DEPTH);
      assert.deepEqual(forged.refusals(), ['core/decoder/dyncall-depth', 'bus BlockStack']);
    });

    // Where there is an entry, its own link to the one below says which address it must be.
    const refusal = depth === 16n ? 'core/decoder/dyncall-overflow-addr' : 'bus StackOverflow';
    test(`overflow table ${table}: the overflow address, until the END of the call around it`, () => {
      const forged = honest.forge();
      forged.core.set(dyncall, SAVED_OVERFLOW_ADDR, FORGED_ADDR);
      forged.core.fill(end + 1, outerEnd + 1, CORE.overflowAddr, FORGED_ADDR);
      assert.deepEqual(forged.refusals(), [refusal]);
    });

    test(`overflow table ${table}: the overflow address in the saved frame alone`, () => {
      const forged = honest.forge();
      forged.core.set(dyncall, SAVED_OVERFLOW_ADDR, FORGED_ADDR);
      assert.deepEqual(new Set(forged.refusals()), new Set([refusal, 'bus BlockStack']));
    });
  }
});
