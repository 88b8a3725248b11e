import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MODULUS } from './felt.ts';
import { ByteReader, ByteWriter, MalformedBytesError } from './wire.ts';

const read = (bytes: number[] | Uint8Array) => new ByteReader(Uint8Array.from(bytes), 'test');
const malformed = (pattern: RegExp) => (error: unknown) =>
  error instanceof MalformedBytesError && pattern.test(error.message);

test('variable-length integers: the official form of each width', () => {
  const forms: [number, number[]][] = [
    [0, [0x01]],
    [1, [0x03]],
    [127, [0xff]],
    [128, [0x02, 0x02]],
    [16_383, [0xfe, 0xff]],
    [16_384, [0x04, 0x00, 0x02]],
    [Number.MAX_SAFE_INTEGER, [0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f]],
  ];
  for (const [value, bytes] of forms) {
    assert.deepEqual([...new ByteWriter().vint(value).finish()], bytes);
    assert.equal(read(bytes).vint(), value);
  }
});

test('every value reads back, across buffer growth', () => {
  const item = fc.record({
    small: fc.nat(255),
    length: fc.maxSafeNat(),
    felt: fc.bigInt(0n, MODULUS - 1n),
    text: fc.string({ unit: 'grapheme' }),
  });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), (items) => {
      const writer = new ByteWriter();
      for (const { small, length, felt, text } of items) {
        writer.u8(small).vint(length).felt(felt).string(text).u16(small).u32(small).bool(true);
      }
      const reader = read(writer.finish());
      for (const { small, length, felt, text } of items) {
        assert.equal(reader.u8(), small);
        assert.equal(reader.vint(), length);
        assert.equal(reader.felt(), felt);
        assert.equal(reader.text(reader.count(1)), text);
        assert.equal(reader.u16(), small);
        assert.equal(reader.u32(), small);
        assert.equal(reader.bool(), true);
      }
      reader.end();
    }),
  );
});

test('bytes that break the rules are refused', () => {
  assert.throws(() => read([]).u8(), malformed(/too early/));
  assert.throws(() => read([]).vint(), malformed(/too early/));
  assert.throws(() => read([1, 2, 3]).u32(), malformed(/too early/));
  assert.throws(() => read([0x02, 0x00]).vint(), malformed(/shortest form/));
  assert.throws(() => read(new Array(9).fill(0)).vint(), malformed(/shortest form/));
  assert.throws(() => read([0, ...new Array(8).fill(0xff)]).vint(), malformed(/absurd/));
  assert.throws(() => read([0xff, 0, 0]).count(1), malformed(/announces 127 items/));
  assert.throws(() => read(new Array(8).fill(0xff)).felt(), malformed(/modulus/));
  assert.throws(() => read([0xc3]).text(1), malformed(/UTF-8/));
  assert.throws(() => read([2]).bool(), malformed(/flag/));
  assert.throws(() => read([2]).end(), malformed(/follow its end/));
});
