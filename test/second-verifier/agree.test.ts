import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { withHiddenSum } from '../../core/air/hidden-sum.ts';
import { neg } from '../../core/field/felt.ts';
import { privateProfile } from '../../core/stark/profile.ts';
import { claimFromJson } from '../../core/stark/proof/claim.ts';
import { writePrivateProof } from '../../core/stark/proof/private-proof.ts';
import { proveSegments } from '../../core/stark/testing/segment-proof.ts';
import { TRUTH } from '../../core/stark/testing/segments.ts';
import { toyPrivateProfile } from '../../core/stark/toy-airs.ts';
import { proofs } from '../official-proofs.ts';
import { Agreement } from './compare/agreement.ts';
import { parametersOf } from './compare/both.ts';
import { damagedFiles, official, otherClaims } from './compare/miden.ts';
import { segmentCase } from './compare/segments.ts';
import { PROFILES, proveToy, toyCase } from './compare/toys.ts';
import { PRIVATE } from './miden.ts';
import type { Reason } from './rejection.ts';

/**
 * Two verifiers that share no code above field and hash agree on every proof, changed proof and lie. Each test compares
 * some hundred; the last sees to it that there were enough, and that every reason to refuse came up.
 */
const HASHES = ['eidos', 'blake3'] as const;
const agreement = new Agreement();
const readVector = (file: string) =>
  new Uint8Array(readFileSync(new URL(`../vectors/${file}`, import.meta.url)));

test('the numbers of the two are the same', () => {
  for (const hash of HASHES) assert.deepEqual(parametersOf(privateProfile(hash)), PRIVATE);
});

// Some of the changes: test/zk tries all.
for (const hash of HASHES)
  for (const [name, profile] of Object.entries(PROFILES))
    test(`changed proofs, statements and parameters (${name}, ${hash})`, async () => {
      const of = await toyCase(7, profile(hash));
      const stark = await proveToy(of, 1);
      agreement.onMutations(of, stark, 1, 2);
      agreement.onOthers(of, stark);
    });

test('liars', async () => {
  await agreement.onLies(await toyCase(7, PROFILES['hiding']('blake3')), 2);
});

test('a short trace of different segments, behind sums that are not constant', async () => {
  const profile = { ...toyPrivateProfile('blake3'), slack: 32 };
  for (const [claimed, multiplicities, expected] of [
    [TRUTH, [1n, 1n], 'accepted'],
    [TRUTH + 1n, [1n, neg(1n)], 'constraints'],
  ] as const) {
    const forged = await proveSegments(profile, claimed, multiplicities, withHiddenSum);
    const { of, stark } = segmentCase(forged, profile);
    assert.equal(agreement.on(of, stark, `${claimed}`), expected);
  }
});

test('official proofs, also when they are given as private', () => {
  for (const { hash, file, claim } of proofs.slice(0, 4)) {
    const bytes = readVector(file);
    const { plain, hiding, stark } = official(claimFromJson(claim), bytes, hash);
    agreement.onAccepted(plain, stark, file);
    agreement.onRefused(hiding, stark, file);
  }
});

test('files and claims that are not what they should be', () => {
  const [{ hash, file, claim }] = proofs;
  const { stark } = official(claimFromJson(claim), readVector(file), hash);
  const statement = claimFromJson(claim);
  for (const [name, damaged] of damagedFiles(stark, hash))
    assert.equal(agreement.onFile(statement, damaged, name), 'format', name);
  const other = writePrivateProof({ hash: hash === 'eidos' ? 'blake3' : 'eidos', stark });
  assert.notEqual(agreement.onFile(statement, other, 'the other hash'), 'accepted');
  for (const [name, other] of otherClaims(statement))
    assert.notEqual(agreement.onFile(other, writePrivateProof({ hash, stark }), name), 'accepted', name);
});

test('enough was compared, and every reason to refuse came up', () => {
  assert.ok(agreement.compared > 900, `only ${agreement.compared} compared`);
  const reasons: Reason[] = [
    'format',
    'heights',
    'incomplete',
    'work',
    'opening',
    'fri',
    'final-polynomial',
    'lookups',
    'constraints',
    'trailing',
  ];
  for (const reason of reasons) assert.ok(agreement.tally.get(reason), `no proof was refused for ${reason}`);
});
