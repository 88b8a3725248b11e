import assert from 'node:assert/strict';
import { test } from 'node:test';
import { challengesFor, modelOf, ranks, relations, type Setting } from './leak/experiment.ts';
import { narrowToy, wideToy } from './leak/toys.ts';

/** As test/leak.test.ts, whole view and nothing taken out, with more queries and at greater heights. */
for (const [queries, logs] of [
  [2, [5, 6]],
  [3, [4, 7]],
] as const) {
  const challenges = challengesFor(logs[1], queries);
  const toys = { wide: wideToy(logs, challenges, true), narrow: narrowToy(logs[1], challenges) };
  const sound: Setting = {
    queries,
    maskLength: 2 * queries + 6,
    blinderLength: queries + 4,
    masking: 'full',
  };
  for (const [name, toy] of Object.entries(toys)) {
    test(`${queries} queries, heights 2^${logs}, ${name}: randomness covers all that the relations allow`, () => {
      const { dimension, random, both } = ranks(modelOf(toy, sound, challenges), toy);
      assert.equal(random, dimension - relations(queries));
      assert.equal(both, random);
    });
  }
  for (const change of [{ maskLength: 2 * queries + 5 }, { blinderLength: queries + 3 }]) {
    test(`${queries} queries, narrow, ${JSON.stringify(change)}: leaks`, () => {
      const { random, both } = ranks(modelOf(toys.narrow, { ...sound, ...change }, challenges), toys.narrow);
      assert.ok(both > random, `rank ${random} without the witness, ${both} with it`);
    });
  }
}
