import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sub } from '../../core/field/felt.ts';
import { Domain } from '../../core/hash/domains.ts';
import { compress, initWord } from '../../core/hash/eidos.ts';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { blockProgram } from '../../core/vm/test-forest.ts';
import { CONTROLLER, CORE } from '../../core/vm/trace/layout.ts';
import { spreadLie } from './stack-lie.ts';
import { Witness } from './witness.ts';

/**
 * LOGDEFERRED folds a statement that somebody else must still check into a root, which the proof's claim names. A
 * prover would like to leave a statement out that is false. None of the official tests does this to a trace.
 */
const FIRST: Word = [1n, 2n, 3n, 4n];
const SECOND: Word = [5n, 6n, 7n, 8n];
const honest = Witness.of(blockProgram('LOGDEFERRED', 'SWAPW', 'LOGDEFERRED'), {
  stack: [...FIRST, ...SECOND],
});
const rows = honest.core.rowsOf('LOGDEFERRED');
const statements = [FIRST, SECOND];

const folded = (root: Word, statement: Word): Word =>
  compress(initWord(Domain.DEFERRED_AND), [...root, ...statement]);

/** Both operations with these roots to start from instead; all else follows, hashes and results included. */
function startingFrom(...roots: readonly Word[]): Witness {
  const forged = honest.forge();
  const results = roots.map((root, i) => folded(root, statements[i]));
  for (const [i, row] of rows.entries()) {
    forged.core.set(row, CORE.helpers + 1, ...roots[i]);
    const controller = Number(honest.core.at(row, CORE.helpers)) - 1;
    forged.chiplets.set(controller, CONTROLLER.block, ...roots[i]);
    forged.chiplets.set(controller, CONTROLLER.cvOut, ...results[i]);
  }
  spreadLie(forged, (row, _, lie) => {
    const i = rows.indexOf(row);
    if (i < 0) return;
    const honestResult = honest.core.range(row + 1, CORE.stack, 4);
    lie.splice(0, 4, ...results[i].map((element, k) => sub(element, honestResult[k])));
  });
  forged.rehash();
  return forged;
}

test('the honest trace is what the attacks need', () => {
  const root = folded(folded(EMPTY_WORD, FIRST), SECOND);
  assert.deepEqual(honest.claim.deferredRoot, root);
  assert.deepEqual(honest.refusals(), []);
  assert.deepEqual(startingFrom(EMPTY_WORD, folded(EMPTY_WORD, FIRST)).refusals(), []);
});

describe('a claim that leaves statements out', () => {
  test('both of them', () => {
    const forged = honest.forge();
    forged.claim.deferredRoot = EMPTY_WORD;
    assert.deepEqual(forged.refusals(), ['bus LogDeferred']);
  });

  test('the second', () => {
    const forged = honest.forge();
    forged.claim.deferredRoot = folded(EMPTY_WORD, FIRST);
    assert.deepEqual(forged.refusals(), ['bus LogDeferred']);
  });

  test('the first, the second starting afresh', () => {
    const forged = startingFrom(EMPTY_WORD, EMPTY_WORD);
    forged.claim.deferredRoot = folded(EMPTY_WORD, SECOND);
    assert.deepEqual(forged.refusals(), ['bus LogDeferred']);
  });
});

test('a claim of a statement that nobody logged', () => {
  const forged = honest.forge();
  forged.claim.deferredRoot = folded(forged.claim.deferredRoot, FIRST);
  assert.deepEqual(forged.refusals(), ['bus LogDeferred']);
});

test("a first statement that starts from a root of the prover's choice", () => {
  const root: Word = [9n, 9n, 9n, 9n];
  const forged = startingFrom(root, folded(root, FIRST));
  forged.claim.deferredRoot = folded(folded(root, FIRST), SECOND);
  assert.deepEqual(forged.refusals(), ['bus LogDeferred']);
});

/**
 * What the AIR does not say, here and in the official prover: entries of the log carry a root and no time, so the rows
 * need only form a path from zero to the claimed root. The statements behind the root are the program's, all of them and
 * no others; their order, and with it the root that each LOGDEFERRED leaves on the stack, is for the prover to choose.
 * The verifier here accepts no proof with deferred statements, in whatever order.
 */
test('the statements in another order: not refused', () => {
  const forged = startingFrom(folded(EMPTY_WORD, SECOND), EMPTY_WORD);
  forged.claim.deferredRoot = folded(folded(EMPTY_WORD, SECOND), FIRST);
  assert.notDeepEqual(forged.claim.deferredRoot, honest.claim.deferredRoot);
  assert.deepEqual(forged.refusals(), []);
});
