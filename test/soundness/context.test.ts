import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blockProgram } from '../../core/vm/test-forest.ts';
import { CORE } from '../../core/vm/trace/layout.ts';
import { rewriteMemory } from './memory-lie.ts';
import { assembled } from './programs.ts';
import { spreadLie } from './stack-lie.ts';
import { Witness } from './witness.ts';

/**
 * A context, or the digest of the procedure that runs in it, that changes where it must not. Only calls and the ENDs
 * that restore a caller's frame may change them; the block stack says nothing about any other END. A context is what
 * keeps the caller's memory from the callee, and CALLER puts the digest on the stack.
 * Official: miden-prover, `ctx_continuation_end_soundness_repro`.
 */
const ODD_CONTEXT = 7n;
const ODD_DIGEST = [11n, 22n, 33n, 44n];
const FN_HASH_KEPT = [0, 1, 2, 3].map((i) => `core/system/fn-hash-kept-${i}`);

describe('the context changes in a program of one block', () => {
  const honest = Witness.of(blockProgram(['PUSH', 101n], 'NOOP', 'DROP', 'NOOP'), {
    stack: Array.from({ length: 16 }, (_, i) => BigInt(16 - i)),
  });
  const { core } = honest;
  const places = [
    ["at the block's END", core.ends(false)[0]],
    ['in the block', core.rowsOf('NOOP')[0]],
  ] as const;

  test('the honest trace is what the attack needs', () => {
    assert.deepEqual(honest.refusals(), []);
    assert.equal(core.at(places[0][1], CORE.ctx), 0n);
    assert.ok(places[1][1] < places[0][1]);
  });

  for (const [where, row] of places) {
    test(`the context, ${where}`, () => {
      const forged = honest.forge();
      forged.core.fill(row + 1, core.height, CORE.ctx, ODD_CONTEXT);
      assert.deepEqual(forged.refusals(), ['core/system/ctx-kept']);
    });

    test(`the digest, ${where}`, () => {
      const forged = honest.forge();
      forged.core.fill(row + 1, core.height, CORE.fnHash, ...ODD_DIGEST);
      assert.deepEqual(forged.refusals(), FN_HASH_KEPT);
    });
  }
});

describe("a callee goes on in its caller's context", () => {
  const honest = Witness.of(
    assembled(`
      proc inner
          push.1
          if.true push.7 drop else push.8 drop end
          push.9 drop
      end
      begin call.inner end`),
  );
  const { core } = honest;
  const [call] = core.rowsOf('CALL');
  const [callEnd] = core.ends(true);
  const nestedEnd = core.ends(false).find((row) => row > call)!;
  const ordinary = core.rowsWhere((row) => row > call && row < nestedEnd && core.op(row) !== 'END')[0];

  test('the honest trace is what the attack needs', () => {
    assert.deepEqual(honest.refusals(), []);
    assert.notEqual(core.at(call + 1, CORE.ctx), 0n);
    assert.equal(core.at(callEnd + 1, CORE.ctx), 0n);
    assert.ok(ordinary < nestedEnd && nestedEnd + 1 < callEnd);
  });

  for (const [where, row] of [
    ['from the END of a block in it', nestedEnd],
    ['from an ordinary row', ordinary],
  ] as const) {
    test(where, () => {
      const forged = honest.forge();
      forged.core.fill(row + 1, callEnd + 1, CORE.ctx, 0n);
      assert.deepEqual(forged.refusals(), ['core/system/ctx-kept']);
    });
  }
});

describe("a callee reads its caller's memory", () => {
  // The caller keeps a secret at address 8; the callee reads the word of its own memory there, which is zero.
  const SECRET = 42n;
  const honest = Witness.of(
    assembled(`
      proc thief
          push.1
          if.true nop else nop end
          mem_load.8 swap drop
      end
      begin
          push.42 mem_store.8
          call.thief
      end`),
  );
  const { core } = honest;
  const [load] = core.rowsOf('MLOAD');
  const [callEnd] = core.ends(true);
  const nestedEnd = core.ends(false).findLast((row) => row < load)!;

  test('the honest trace is what the attack needs', () => {
    assert.deepEqual(honest.refusals(), []);
    assert.equal(core.at(load + 1, CORE.stack), 0n);
    assert.deepEqual(honest.claim.stackOutputs[0], 0n);
  });

  test('in its context, from the END of a block on; the memory trace shows the access as one of the caller', () => {
    const forged = honest.forge();
    forged.core.fill(nestedEnd + 1, callEnd + 1, CORE.ctx, 0n);
    const clk = core.at(load, CORE.clk);
    rewriteMemory(forged, (access) =>
      access.clk === clk ? { ...access, ctx: 0n, word: [SECRET, 0n, 0n, 0n] } : access,
    );
    spreadLie(forged, (row, _, lie) => {
      if (row === load) lie[0] = SECRET;
    });
    assert.equal(forged.claim.stackOutputs[0], SECRET);
    assert.deepEqual(forged.refusals(), ['core/system/ctx-kept']);
  });
});
