import assert from 'node:assert/strict';
import { test } from 'node:test';
import { challengesFor, degreeBound, optionsOf, type Setting } from './zk/leak/experiment.ts';
import { explain, Unexplained } from './zk/leak/explain.ts';
import { narrowToy, type Toy, wideToy } from './zk/leak/toys.ts';
import { Model } from './zk/leak/view.ts';

/**
 * Not to first order but in full: randomness is found under which another witness gives the very same view, number for
 * number. Whoever saw it cannot know which witness it came from, whatever he can compute.
 */
const QUERIES = 2;
const SOUND: Setting = {
  queries: QUERIES,
  maskLength: 2 * QUERIES + 6,
  blinderLength: QUERIES + 4,
  masking: 'full',
};
const LOGS = [4, 5] as const;
const challenges = challengesFor(LOGS[1], QUERIES);
const wide = [7n, 8n].map((seed) => wideToy(LOGS, challenges, true, seed));
const open = [7n, 8n].map((seed) => wideToy(LOGS, challenges, false, seed));
const narrow = (
  [
    [3n, 5n],
    [4n, 9n],
  ] as const
).map((start) => narrowToy(LOGS[1], challenges, start));

const views = ([one, other]: readonly Toy[], change: Partial<Setting> = {}, at = challenges) => {
  const setting = { ...SOUND, ...change };
  const options = optionsOf(one, setting, at);
  const bound = degreeBound(one, setting);
  const randomness = explain(options, other.witness, bound);
  return [options, { ...options, witness: other.witness, randomness }].map((each) =>
    new Model(each, bound).view(),
  );
};

for (const [name, toys] of [
  ['two lifted AIRs', wide],
  ['one narrow AIR', narrow],
] as const) {
  test(`${name}: a view is that of another witness too`, () => {
    assert.notDeepEqual(toys[0].witness, toys[1].witness);
    const [view, again] = views(toys);
    assert.deepEqual(again, view);
  });
}

test('queries that fall together, or on the next row of each other, only show less', () => {
  // A short trace of n rows sees index i as i mod 8 n, and its next row 8 further.
  const rows = 8 * 2 ** LOGS[0];
  const at = { ...challenges, indices: [5, 5 + rows, 5 + 8, 5 + 16 + rows] };
  const maskLength = 2 * at.indices.length + 6;
  const blinderLength = at.indices.length + 4;
  const [view, again] = views(wide, { maskLength, blinderLength }, at);
  assert.deepEqual(again, view);
});

for (const [name, change] of [
  ['masks of 2 q + 5', { maskLength: 2 * QUERIES + 5 }],
  ['blinders of q + 3', { blinderLength: QUERIES + 3 }],
] as const) {
  test(`${name}: a view is its own witness's only`, () => {
    assert.throws(() => views(narrow, change), Unexplained);
  });
}

test("sums in the open: a view is its own witness's only", () => {
  assert.throws(() => views(open), Unexplained);
});
