import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { midenAirs } from '../../air/miden.ts';
import { claimFromJson } from '../proof/claim.ts';
import { midenRelationShape } from './relation.ts';
import { type Verified, verify } from './verify.ts';

interface Rooted {
  root: Value;
  beta: string[];
  powWitness: string | number;
}
type Value = string | string[];
interface Intermediates {
  mainRoot: Value;
  auxRoot: Value;
  quotientRoot: Value;
  preprocessedRoot: Value;
  lookupChallenges: string[][];
  auxValuesInProofOrder: string[][][];
  alpha: string[];
  beta: string[];
  z: string[];
  oodEvals: { rows: string[][][] }[][];
  deep: { challengeColumns: string[]; challengePoints: string[]; powWitness: string | number };
  fri: { rounds: Rooted[]; finalPoly: string[][] };
  queryPowWitness: string | number;
  queryIndices: number[];
}
interface ProofVector {
  program: string;
  hash: string;
  file: string;
  claim: unknown;
  intermediates?: Intermediates;
}
interface SecurityVector {
  program: string;
  hash: string;
  security: {
    terms: { label: string; bitsQ16: number }[];
    bindingTerm: string;
    attainedQ16: number;
    conjecturedSecurityLevel: number;
  };
}

const vectors = new URL('../../../test/vectors/', import.meta.url);
const json = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, vectors), 'utf8'));
const { proofs } = json<{ proofs: ProofVector[] }>('proofs.json');
const security = json<{ proofs: SecurityVector[] }>('security.json').proofs;
const bytesOf = (file: string) => new Uint8Array(readFileSync(new URL(file, vectors)));
const quad = (s: string[]) => s.map(BigInt);
const digest = (value: Value) =>
  typeof value === 'string'
    ? Uint8Array.from(Buffer.from(value, 'hex'))
    : new Uint8Array(BigUint64Array.from(value.map(BigInt)).buffer);

for (const { program, hash, file, claim, intermediates } of proofs) {
  test(`the official proof of ${program} with ${hash} is accepted`, () => {
    const seen = new Map<string, unknown[]>();
    const verified: Verified = verify(claimFromJson(claim), bytesOf(file), {
      profile: 'miden',
      minSecurityBits: 96,
      onTranscript: (name, value) => seen.set(name, [...(seen.get(name) ?? []), value]),
    });
    const expected = security.find((s) => s.program === program && s.hash === hash)!.security;
    assert.deepEqual(
      verified.security.terms.map(({ label, bitsQ16 }) => ({ label, bitsQ16: Number(bitsQ16) })),
      expected.terms,
    );
    assert.equal(verified.security.binding.label, expected.bindingTerm);
    assert.equal(Number(verified.security.binding.bitsQ16), expected.attainedQ16);
    assert.equal(verified.security.bits, expected.conjecturedSecurityLevel);
    if (intermediates) checkTranscript(intermediates, seen);
  });
}

function checkTranscript(official: Intermediates, seen: ReadonlyMap<string, unknown[]>): void {
  const only = (name: string) => seen.get(name)![0];
  assert.deepEqual(only('lookup'), official.lookupChallenges.map(quad));
  assert.deepEqual(only('sigmas'), official.auxValuesInProofOrder.flat().map(quad));
  assert.deepEqual(only('fold'), [quad(official.alpha), quad(official.beta)]);
  assert.deepEqual(only('z'), quad(official.z));
  assert.deepEqual(
    only('rows'),
    [0, 1].map((point) =>
      official.oodEvals.flatMap((group) => group.flatMap((m) => m.rows[point].map(quad))),
    ),
  );
  assert.deepEqual(only('roots'), {
    preprocessed: digest(official.preprocessedRoot),
    main: digest(official.mainRoot),
    aux: digest(official.auxRoot),
    quotient: digest(official.quotientRoot),
  });
  const { deep, fri } = official;
  assert.deepEqual(only('deepWitness'), BigInt(deep.powWitness));
  assert.deepEqual(only('deep'), [quad(deep.challengeColumns), quad(deep.challengePoints)]);
  assert.deepEqual(
    seen.get('fri'),
    fri.rounds.map(({ root, beta, powWitness }) => ({
      root: digest(root),
      witness: BigInt(powWitness),
      beta: quad(beta),
    })),
  );
  assert.deepEqual(only('final'), fri.finalPoly.map(quad));
  assert.deepEqual(only('queryWitness'), BigInt(official.queryPowWitness));
  assert.deepEqual(only('indices'), official.queryIndices);
}

test('the relation the security estimate assumes is the one the AIRs make', () => {
  const airs = midenAirs();
  const relation = midenRelationShape(claimFromJson(proofs[0].claim));
  assert.equal(
    relation.constraints,
    airs.reduce((sum, air) => sum + air.constraints.length, 0),
  );
  assert.equal(relation.airs, airs.length);
  assert.equal(relation.maxDegree, Math.max(...airs.map((air) => air.maxDegree)));
});
