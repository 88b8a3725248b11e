import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as Q from '../core/field/quad.ts';
import { challengesFor, masksOf, type Ranks, ranks } from './zk/leak/experiment.ts';
import { realFamily } from './zk/leak/real.ts';
import { QUOTIENT_RELATIONS, ReducedModel } from './zk/leak/reduced.ts';

/**
 * The leak test on the VM's own AIRs, at the heights that a small program has (the byte table at its real 2^16 rows) with
 * one query; npm run test:zk has real parameters, real heights and a real proof. Secrets are read from the advice.
 */
const QUERIES = 1;
const challenges = challengesFor(16, QUERIES);
const family = realFamily(challenges);
const measure = (maskLength: number): Ranks => {
  const masks = masksOf(family, { maskLength });
  return ranks(new ReducedModel({ ...family, challenges, masks, boundary: Q.ZERO }), family);
};

test('the four AIRs: randomness covers every view that the relations allow', () => {
  const { dimension, random, both } = measure(2 * QUERIES + 6);
  assert.equal(random, dimension - QUOTIENT_RELATIONS);
  assert.equal(both, random);
});

test('leaks: masks that count queries and out-of-domain points only, q + 4', () => {
  const { random, both } = measure(QUERIES + 4);
  assert.ok(both > random, `rank ${random} without the witness, ${both} with it`);
});
