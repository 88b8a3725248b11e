import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../bytes.ts';
import { hasExecutionTag } from './execution-proof.ts';
import { hasPrivateTag, readPrivateProof, writePrivateProof } from './private-proof.ts';

const stark = Uint8Array.from({ length: 200 }, (_, i) => i);
const bytes = writePrivateProof({ hash: 'eidos', stark });

test('a private proof is tag, format, profile, hash and the proof behind its length', () => {
  const length = [0x22, 0x03];
  assert.deepEqual([...bytes], [...Buffer.from('KLNP'), 1, 1, 6, ...length, ...stark]);
  for (const hash of ['eidos', 'blake3'] as const)
    assert.deepEqual(readPrivateProof(writePrivateProof({ hash, stark })), { hash, stark });
  assert.ok(hasPrivateTag(bytes) && !hasExecutionTag(bytes));
});

test('malformed private proofs: each defect is named', () => {
  const patched = (at: number, value: number) => bytes.map((byte, i) => (i === at ? value : byte));
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(), /KLNP/],
    [patched(0, 0x6b), /KLNP/],
    [patched(3, 0x51), /KLNP/],
    [bytes.subarray(0, 4), /early/],
    [patched(4, 2), /format 2/],
    [patched(5, 0), /profile 0/],
    [patched(5, 2), /profile 2/],
    [patched(6, 5), /Keccak/],
    [patched(6, 0), /not a hash/],
    [patched(8, 0x04), /cannot fit/],
    // 200 in three bytes instead of two.
    [Uint8Array.of(...bytes.subarray(0, 7), 0x44, 0x06, 0, ...stark), /shortest/],
    [bytes.subarray(0, -1), /cannot fit/],
    [Uint8Array.of(...bytes, 0), /too many/],
  ];
  for (const [damaged, message] of cases)
    assert.throws(
      () => readPrivateProof(damaged),
      (error) => error instanceof FormatError && message.test(error.message),
      String(message),
    );
});

test('whatever is read is written back the same', () => {
  const changed = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(changed, fc.nat(bytes.length), ([at, value], length) => {
      const damaged = bytes.slice(0, length);
      if (at < length) damaged[at] = value;
      let read: ReturnType<typeof readPrivateProof>;
      try {
        read = readPrivateProof(damaged);
      } catch (error) {
        assert.ok(error instanceof FormatError);
        return;
      }
      assert.deepEqual(writePrivateProof(read), damaged);
    }),
  );
});
