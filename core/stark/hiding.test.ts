import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withHiddenSum } from '../air/hidden-sum.ts';
import { midenAirs } from '../air/miden.ts';
import { checkHiding, isListed } from './hiding.ts';
import { HEIGHT_CLASSES, midenProfile, type Profile, privateProfile } from './profile.ts';
import { toy, toyPrivateProfile } from './toy-airs.ts';

const airs = midenAirs();
const profile = privateProfile('blake3');
const heights = [13, 13, 15, 16];
const anyHeights: Profile = { ...profile, heightClasses: [] };

const refused = (change: Partial<Profile>, details: RegExp, logHeights = heights) =>
  assert.throws(() => checkHiding({ ...anyHeights, ...change }, airs, logHeights), {
    kind: 'cannot-hide',
    details,
  });

test('every class of the profile hides, with sums hidden in the AIRs or not yet', () => {
  for (const each of HEIGHT_CLASSES) {
    checkHiding(profile, airs, each);
    checkHiding(profile, airs.map(withHiddenSum), each);
  }
});

test('the toy profile hides at the heights it is used at, and not below', () => {
  const airsOf = toy(2).instances.map((i) => i.air);
  for (const each of [
    [6, 7, 6],
    [6, 10, 6],
    [6, 7, 9],
  ])
    checkHiding(toyPrivateProfile('eidos'), airsOf, each);
  assert.throws(() => checkHiding(toyPrivateProfile('eidos'), airsOf, [6, 6, 6]), { kind: 'cannot-hide' });
});

test('as many random coefficients as values are seen, not one fewer', () => {
  const { numQueries } = profile;
  checkHiding({ ...anyHeights, maskLength: 2 * numQueries + 6 }, airs, heights);
  refused({ maskLength: 2 * numQueries + 5 }, /mask: 61, 62 are needed/);
  // What would do if only opened values counted.
  refused({ maskLength: numQueries + 4 }, /mask/);
  checkHiding({ ...anyHeights, blinderLength: numQueries + 4 }, airs, heights);
  refused({ blinderLength: numQueries + 3 }, /blinder: 31, 32 are needed/);
  refused({ numQueries: 30 }, /mask/);
});

test('no part of hiding may be missing', () => {
  refused({ saltWidth: 0 }, /salt/);
  refused({ saltWidth: 2 }, /salt/);
  refused({ maskingColumns: 0 }, /masking/);
  refused({ maskingColumns: 1 }, /masking/);
  refused({ hiddenSums: false }, /sums/);
  refused({ slack: 65 }, /slack/);
  assert.throws(() => checkHiding(midenProfile('eidos'), airs, heights), { kind: 'cannot-hide' });
});

test('at 2^13 rows a mask of 71 coefficients fits and one of 72 does not', () => {
  checkHiding({ ...anyHeights, maskLength: 71 }, airs, heights);
  refused({ maskLength: 72 }, /excess: 5121 coefficients, 5120 fit/);
});

test('traces that are too short for what hides them are refused', () => {
  refused({}, /excess/, [12, 13, 15, 16]);
  refused({}, /excess/, [13, 12, 15, 16]);
  refused({}, /mask of eidos/, [13, 13, 9, 16]);
  checkHiding(anyHeights, airs, [13, 13, 10, 16]);
  // A last codeword whose length has no such fraction.
  refused({ logFinalDegree: 4 }, /last codeword/);
});

test('heights that are no class are refused, whatever would fit', () => {
  for (const each of [
    [13, 13, 16, 16],
    [13, 13, 15, 17],
    [14, 13, 15, 16],
    [13, 13, 15],
  ]) {
    assert.ok(!isListed(profile, each));
    assert.throws(() => checkHiding(profile, airs, each), { kind: 'unlisted-heights' });
  }
  assert.ok(isListed(anyHeights, [13, 13, 16, 16]));
});
