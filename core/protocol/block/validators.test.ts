import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteReader, ByteWriter, FormatError } from '../../bytes.ts';
import type { Word } from '../../hash/word.ts';
import { ProtocolError } from '../errors.ts';
import {
  checkSignatures,
  signaturesFromBytes,
  signaturesToBytes,
  signBlock,
  ValidatorSet,
  validatorKey,
} from './validators.ts';

const secrets = [1, 2, 3].map((n) => new Uint8Array(32).fill(n));
const keys = secrets.map(validatorKey);
const set = new ValidatorSet(2, keys);
/** Secrets in the order of the set. */
const ordered = set.keys.map((key) => secrets[keys.indexOf(key)]);
const commitment: Word = [1n, 2n, 3n, 4n];
const [first, second, third] = ordered.map((secret) => signBlock(commitment, secret));
const refuses = (pattern: RegExp) => (error: unknown) =>
  error instanceof ProtocolError && error.kind === 'block' && pattern.test(error.message);

test('as many signatures as the quorum asks for, each in its place', () => {
  for (const good of [
    [first, second, third],
    [first, undefined, third],
    [undefined, second, third],
  ])
    assert.doesNotThrow(() => checkSignatures(set, commitment, good));
  const forged = Uint8Array.from(first);
  forged[40] ^= 1;
  const wrong: [(Uint8Array | undefined)[], RegExp][] = [
    [[first, undefined, undefined], /Too few/],
    [[first, second], /a place/],
    [[first, second, third, third], /a place/],
    [[second, first, undefined], /is wrong/],
    [[first, first, undefined], /is wrong/],
    // A quorum of good ones does not excuse a wrong one.
    [[forged, second, third], /is wrong/],
    [[first.subarray(1), second, third], /is wrong/],
    [[new Uint8Array(64), second, third], /is wrong/],
  ];
  for (const [signatures, message] of wrong)
    assert.throws(() => checkSignatures(set, commitment, signatures), refuses(message));
  assert.throws(() => checkSignatures(set, [1n, 2n, 3n, 5n], [first, second, third]), refuses(/is wrong/));
});

test('the other signature of the same key and block, with s negated, is refused', () => {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = BigInt(`0x${Buffer.from(first.subarray(32)).toString('hex')}`);
  const other = Uint8Array.from(first);
  other.set(Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex'), 32);
  assert.throws(() => checkSignatures(set, commitment, [other, second, third]), refuses(/is wrong/));
});

test('a set does not depend on the order of its keys, and on all else', () => {
  assert.deepEqual(new ValidatorSet(2, [...keys].reverse()).commitment, set.commitment);
  assert.notDeepEqual(new ValidatorSet(1, keys).commitment, set.commitment);
  assert.notDeepEqual(new ValidatorSet(2, keys.slice(1)).commitment, set.commitment);
  const wrong: [number, Uint8Array[], RegExp][] = [
    [1, [], /1 to 5/],
    [3, keys.slice(1), /1 to 5/],
    [0, keys, /1 to 5/],
    [1, [keys[0], keys[0]], /twice/],
    [1, [keys[0].subarray(1)], /not the key/],
    [1, [new Uint8Array(33)], /not the key/],
    [1, [4, 5, 6, 7, 8, 9].map((n) => validatorKey(new Uint8Array(32).fill(n))), /1 to 5/],
  ];
  for (const [quorum, list, message] of wrong)
    assert.throws(() => new ValidatorSet(quorum, list), refuses(message));
});

test('bytes of sets and signatures, and bytes that are none', () => {
  const writer = new ByteWriter();
  set.write(writer);
  const bytes = writer.finish();
  const read = (from: Uint8Array) => ValidatorSet.read(new ByteReader(from, 'validators'));
  assert.deepEqual(read(bytes).commitment, set.commitment);
  for (const wrong of [bytes.subarray(0, -1), Uint8Array.of(2, ...bytes.subarray(1)), Uint8Array.of(1, 1, 6)])
    assert.throws(() => read(wrong), FormatError);
  const list = [first, undefined, third];
  const signatures = signaturesToBytes(list);
  assert.deepEqual(signaturesFromBytes(signatures), list);
  for (const wrong of [
    signatures.subarray(0, -1),
    Uint8Array.of(...signatures, 0),
    Uint8Array.of(2, ...signatures.subarray(1)),
    Uint8Array.of(1, 6),
  ])
    assert.throws(() => signaturesFromBytes(wrong), FormatError);
});
