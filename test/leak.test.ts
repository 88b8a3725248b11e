import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as Q from '../core/field/quad.ts';
import { blinderValues, maskValues, reduction } from './zk/leak/blocks.ts';
import {
  challengesFor,
  degreeBound,
  masksOf,
  modelOf,
  type Ranks,
  ranks,
  relations,
  type Setting,
} from './zk/leak/experiment.ts';
import { QUOTIENT_RELATIONS, ReducedModel } from './zk/leak/reduced.ts';
import { rankOf } from './zk/leak/row-space.ts';
import { narrowToy, type Toy, wideToy } from './zk/leak/toys.ts';

/**
 * The exact leak test (docs/zero-knowledge.md) on AIRs small enough to leave nothing out: rank of the whole view's
 * derivative by all random coefficients, against the same with changes of the witness besides. Equal: whatever the witness
 * does to the view, to first order, randomness does too. A proof system that lacks something must fail.
 */
const QUERIES = 1;
const SOUND: Setting = {
  queries: QUERIES,
  maskLength: 2 * QUERIES + 6,
  blinderLength: QUERIES + 4,
  masking: 'full',
};
const LOGS = [4, 5] as const;
const challenges = challengesFor(LOGS[1], QUERIES);
const wide = wideToy(LOGS, challenges, true);
const narrow = narrowToy(LOGS[1], challenges);

const measure = (toy: Toy, change: Partial<Setting> = {}): Ranks => {
  const setting = { ...SOUND, ...change };
  return ranks(modelOf(toy, setting, challenges), toy);
};

for (const [name, toy] of [
  ['two lifted AIRs', wide],
  ['one narrow AIR', narrow],
] as const) {
  test(`${name}: randomness covers every view that the relations allow`, () => {
    const { dimension, random, both } = measure(toy);
    assert.equal(random, dimension - relations(QUERIES));
    assert.equal(both, random);
  });
}

const LEAKS: readonly (readonly [string, Toy, Partial<Setting>])[] = [
  ['masks that count queries and out-of-domain points only, q + 4', wide, { maskLength: QUERIES + 4 }],
  ['masks of 2 q + 5, no slack', narrow, { maskLength: 2 * QUERIES + 5 }],
  ['blinders of q + 3', wide, { blinderLength: QUERIES + 3 }],
  ['blinders of q + 3, no slack', narrow, { blinderLength: QUERIES + 3 }],
  ['no masking polynomial', wide, { masking: 'none' }],
  ['a masking polynomial over the base field', wide, { masking: 'base' }],
  ['a masking polynomial below degree N', wide, { masking: 'short' }],
  ['sums in the open', wideToy(LOGS, challenges, false), {}],
  ['one main column without mask', wide, { unmasked: { instance: 0, matrix: 'main', column: 1 } }],
  ['the hidden sum without mask', wide, { unmasked: { instance: 1, matrix: 'aux', column: 2 } }],
];
for (const [name, toy, change] of LEAKS) {
  test(`leaks: ${name}`, () => {
    const { random, both } = measure(toy, change);
    assert.ok(both > random, `rank ${random} without the witness, ${both} with it`);
  });
}

test('masks and blinders alone are of the rank that the argument needs, and one coefficient less is not', () => {
  const [seen, parts] = [2 * QUERIES + 6, QUERIES + 4];
  for (const log of LOGS) {
    for (const [length, rank] of [
      [seen, seen],
      [seen - 1, seen - 1],
    ]) {
      assert.equal(rankOf(maskValues(log, LOGS[1], challenges, length), seen), rank);
    }
  }
  assert.equal(rankOf(blinderValues(LOGS[1], challenges, parts), 8 * parts), 7 * parts);
  assert.ok(rankOf(blinderValues(LOGS[1], challenges, parts - 1), 8 * parts) < 7 * parts);
});

/** At real sizes two blocks of the view are taken out by hand; here the whole is within reach, and shows it right. */
for (const [name, toy] of [
  ['two lifted AIRs', wide],
  ['one narrow AIR', narrow],
] as const) {
  for (const maskLength of [2 * QUERIES + 6, 2 * QUERIES + 5, QUERIES + 4]) {
    test(`${name}, masks of ${maskLength}: what is left without two blocks has the rank that is left`, () => {
      const setting = { ...SOUND, maskLength };
      const masks = masksOf(toy, setting);
      const reduced = ranks(new ReducedModel({ ...toy, challenges, masks, boundary: Q.ZERO }), toy);
      const whole = ranks(modelOf(toy, setting, challenges), toy);
      const taken = reduction(degreeBound(toy, setting), QUERIES);
      assert.equal(whole.random, taken + reduced.random);
      assert.equal(whole.both, taken + reduced.both);
      assert.equal(relations(QUERIES) - (whole.dimension - taken - reduced.dimension), QUOTIENT_RELATIONS);
    });
  }
}
