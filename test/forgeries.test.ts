import assert from 'node:assert/strict';
import { test } from 'node:test';
import { honestTrace, readForgeries } from './forge/corpus.ts';
import { brokenAt, forge, windowsOf } from './forge/forgery.ts';
import { SUBJECTS } from './forge/subjects.ts';

/**
 * For each base constraint a forged trace that breaks it: `forge/<air>.json`, found by `forge/find.ts`. Constraints of
 * the lookups are `lookup-forgeries.test.ts`'s business: here the liar fills the auxiliary trace as his cells ask for.
 */
for (const subject of SUBJECTS) {
  const { air } = subject;
  const forgeries = readForgeries(air.name);
  const base = air.constraints.filter(({ expr }) => !expr.isExtension).map(({ name }) => name);
  const claims = base.filter((name) => name.startsWith(`${air.name}/public/`));

  test(`${air.name}: every base constraint has a forgery`, () => {
    const forged = forgeries.map(({ constraint }) => constraint);
    assert.deepEqual(
      base.filter((name) => !claims.includes(name)),
      forged,
    );
  });

  for (const program of new Set(forgeries.map(({ program }) => program))) {
    test(`${air.name}: the honest trace of ${program} breaks no constraint`, () => {
      const main = honestTrace(program, air.name);
      assert.deepEqual(brokenAt(subject, main, Array(main.height).keys()), []);
    });
  }

  for (const { constraint, program, edits, also } of forgeries) {
    test(`${constraint}: ${describe(edits.length)} of ${program} forged`, () => {
      const main = forge(honestTrace(program, air.name), edits);
      const broken = brokenAt(subject, main, windowsOf(main.height, edits));
      assert.deepEqual(new Set(broken), new Set([constraint, ...also]));
    });
  }

  for (const [i, constraint] of claims.entries()) {
    test(`${constraint}: a false claim`, () => {
      const [{ program }] = forgeries;
      const main = honestTrace(program, air.name);
      const claim = subject.claim(main).with(i, subject.claim(main)[i] + 1n);
      assert.deepEqual(brokenAt(subject, main, [0, main.height - 1], claim), [constraint]);
    });
  }
}

function describe(edits: number): string {
  return edits === 1 ? 'one cell' : `${edits} cells`;
}
