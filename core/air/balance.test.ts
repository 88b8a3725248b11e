import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KilnError } from '../errors.ts';
import * as Q from '../field/quad.ts';
import { EMPTY_WORD, type Word } from '../hash/word.ts';
import { lookupBalance, lookupCorrection } from './balance.ts';
import { Challenges } from './evaluate.ts';
import { Bus } from './lookup.ts';

const alpha: Q.QuadFelt = [3n, 5n];
const beta: Q.QuadFelt = [7n, 11n];
const programHash: Word = [1n, 2n, 3n, 4n];
const digest: Word = [5n, 6n, 7n, 8n];
const plain = { programHash, kernel: [], deferredRoot: EMPTY_WORD };

const fraction = (bus: Bus, word: Word): Q.QuadFelt => {
  const challenges = new Challenges(alpha, beta);
  const fields = word.map((element, i) => Q.mulBase(challenges.betaPower(i), element));
  return Q.inv(fields.reduce<Q.QuadFelt>(Q.add, challenges.busPrefix(bus)));
};

test('the program and each kernel procedure count once, and a deferred root that stays zero cancels', () => {
  assert.deepEqual(lookupCorrection(plain, alpha, beta), fraction(Bus.BlockHash, programHash));
  const withKernel = { ...plain, kernel: [digest, digest] };
  const twice = Q.mulBase(fraction(Bus.KernelRomInit, digest), 2n);
  assert.deepEqual(
    lookupCorrection(withKernel, alpha, beta),
    Q.add(fraction(Bus.BlockHash, programHash), twice),
  );
});

test('a deferred root is what the log ends with', () => {
  const difference = Q.sub(
    lookupCorrection({ ...plain, deferredRoot: digest }, alpha, beta),
    lookupCorrection(plain, alpha, beta),
  );
  assert.deepEqual(
    difference,
    Q.sub(fraction(Bus.LogDeferred, EMPTY_WORD), fraction(Bus.LogDeferred, digest)),
  );
});

test('sums of traces count by height', () => {
  const correction = lookupCorrection(plain, alpha, beta);
  const sigmas: Q.QuadFelt[] = [Q.neg(Q.mulBase(correction, Q.inv([8n, 0n])[0])), [0n, 0n]];
  assert.deepEqual(lookupBalance(plain, [alpha, beta], [3, 6], sigmas), Q.ZERO);
  assert.notDeepEqual(lookupBalance(plain, [alpha, beta], [4, 6], sigmas), Q.ZERO);
});

test('challenges that make a denominator zero are refused', () => {
  const rest = Q.sub(new Challenges(alpha, beta).busPrefix(Bus.LogDeferred), alpha);
  assert.throws(
    () => lookupCorrection(plain, Q.neg(rest), beta),
    (error) => error instanceof KilnError && error.kind === 'lookup-denominator',
  );
});
