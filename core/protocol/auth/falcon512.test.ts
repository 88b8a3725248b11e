import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Word } from '../../hash/word.ts';
import {
  FALCON_N,
  FALCON_NORM_BOUND,
  FALCON_Q,
  type FalconSignature,
  falconKeyCommitment,
  falconVerifies,
  hashToPoint,
  otherHalf,
  squaredNorm,
} from './falcon512.ts';
import {
  readFalconPublicKey,
  readFalconSignature,
  writeFalconPublicKey,
  writeFalconSignature,
} from './falcon512-format.ts';

const { keys } = JSON.parse(
  readFileSync(new URL('../../../test/vectors/falcon.json', import.meta.url), 'utf8'),
);
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const word = (values: readonly string[]): Word => values.map(BigInt) as unknown as Word;
const official = keys.flatMap((key: { commitment: string[]; signatures: object[] }) =>
  key.signatures.map((each) => ({ commitment: key.commitment, ...each })),
) as { commitment: string[]; message: string[]; signature: string }[];

const some = bytes(official[0].signature);
const message = word(official[0].message);
const signature = readFalconSignature(some);

test('official signatures hold; keys and signatures have the official bytes and commitments', () => {
  for (const each of official) {
    const bytesOfIt = bytes(each.signature);
    const read = readFalconSignature(bytesOfIt);
    assert.ok(falconVerifies(read, word(each.message)));
    assert.deepEqual(writeFalconSignature(read), bytesOfIt);
    assert.deepEqual(writeFalconPublicKey(read.publicKey), bytesOfIt.slice(-897));
    assert.deepEqual(readFalconPublicKey(bytesOfIt.slice(-897)), read.publicKey);
    assert.deepEqual(falconKeyCommitment(read.publicKey), word(each.commitment));
  }
});

test('a commitment as the official library froze it', () => {
  const h = Array.from({ length: FALCON_N }, (_, i) => i);
  assert.deepEqual(falconKeyCommitment({ h }), [
    404_049_173_810_884_556n,
    9_081_898_896_579_124_497n,
    7_242_774_609_851_667_830n,
    7_466_572_463_465_226_028n,
  ]);
});

test('a signature holds for its message and its key only, and if nothing of it is changed', () => {
  const refused = (changed: FalconSignature, about: Word): void => assert.ok(!falconVerifies(changed, about));
  for (let i = 0; i < 4; i++) {
    refused(signature, message.map((x, k) => (k === i ? x + 1n : x)) as unknown as Word);
  }
  const other = official.find(({ commitment }) => commitment.join() !== official[0].commitment.join())!;
  refused({ ...signature, publicKey: readFalconSignature(bytes(other.signature)).publicKey }, message);
  for (const at of [0, 255, 511]) {
    refused({ ...signature, s2: signature.s2.map((x, i) => (i === at ? x + 1 : x)) }, message);
  }
});

test('the squared norm must be less than the bound', () => {
  // With s2 = 1, a key can be made for any s1.
  const keyFor = (s1: readonly number[]): FalconSignature => {
    const s2 = Array.from({ length: FALCON_N }, (_, i) => (i === 0 ? 1 : 0));
    const h = hashToPoint(message).map(
      (c, i) => (Number(c % BigInt(FALCON_Q)) - (s1[i] ?? 0) + FALCON_Q) % FALCON_Q,
    );
    return { s2, publicKey: { h } };
  };
  const longest = [5833, 104, 4, 1, 1, 1];
  for (const [s1, holds] of [
    [longest, true],
    [[...longest, 1], false],
  ] as const) {
    const made = keyFor(s1);
    assert.equal(squaredNorm(otherHalf(made, message), made.s2), FALCON_NORM_BOUND - (holds ? 1 : 0));
    assert.equal(falconVerifies(made, message), holds);
  }
});

const malformed = (read: (from: Uint8Array) => unknown, from: Uint8Array, problem: string): void =>
  assert.throws(
    () => read(from),
    (error: Error & { kind: string }) => error.kind === 'malformed' && error.message.includes(problem),
    problem,
  );
const changed = (from: Uint8Array, at: number, ...values: number[]): Uint8Array => {
  const copy = from.slice();
  copy.set(values, at);
  return copy;
};

test('keys: one form only', () => {
  const key = some.slice(-897);
  malformed(readFalconPublicKey, changed(key, 0, 10), 'its degree is not 512');
  // 12289 in 14 bits.
  malformed(readFalconPublicKey, changed(key, 1, 0b1100_0000, 0b0000_0100 | (key[2] & 3)), 'not below 12289');
  malformed(readFalconPublicKey, key.slice(0, -1), 'ends');
  malformed(readFalconPublicKey, Uint8Array.of(...key, 0), 'too many');
});

test('signatures: one form only', () => {
  malformed(readFalconSignature, changed(some, 0, 0x39), 'not compressed');
  malformed(readFalconSignature, changed(some, 0, 0xba), 'not of degree 512');
  malformed(readFalconSignature, changed(some, 1, 1), 'nonce');
  malformed(readFalconSignature, changed(some, 2, 0x80, 0x80 | (some[3] & 0x7f)), 'a zero has a sign');
  malformed(readFalconSignature, changed(some, 2, 0x7f, 0, 0), 'not below 2048');
  malformed(readFalconSignature, changed(some, 2 + 624, 1), 'behind its polynomial');
  malformed(readFalconSignature, changed(some, 2, ...new Uint8Array(625).fill(1)), 'does not end');
  malformed(readFalconSignature, some.slice(0, -1), 'ends');
  malformed(readFalconSignature, Uint8Array.of(...some, 0), 'too many');
  malformed(readFalconSignature, changed(some, 2 + 625, 10), 'its degree is not 512');
});

test('what is read is written the same, and what cannot be read is malformed', () => {
  const changes = fc.array(fc.tuple(fc.nat(some.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(changes, (list) => {
      const bytesOfIt = list.reduce((from, [at, value]) => changed(from, at, value), some);
      try {
        assert.deepEqual(writeFalconSignature(readFalconSignature(bytesOfIt)), bytesOfIt);
      } catch (error) {
        assert.equal((error as { kind?: string }).kind, 'malformed', String(error));
      }
    }),
    { numRuns: 100 },
  );
});

test('a polynomial that does not fit is not written', () => {
  const kind = { kind: 'signature' };
  const poly = (value: number): number[] => new Array<number>(FALCON_N).fill(value);
  assert.throws(() => writeFalconSignature({ ...signature, s2: poly(400) }), kind);
  assert.throws(() => writeFalconSignature({ ...signature, s2: [2048, ...poly(0).slice(1)] }), kind);
  const extreme = { ...signature, s2: [2047, -2047, ...poly(0).slice(2)] };
  assert.deepEqual(readFalconSignature(writeFalconSignature(extreme)), extreme);
});
