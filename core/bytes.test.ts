import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter, FormatError } from './bytes.ts';

test('vint: every value round-trips in its shortest form', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.integer({ min: 0, max: 63 }), (v, shift) => {
      const value = v >> BigInt(shift);
      const bytes = new ByteWriter().vint(value).finish();
      const reader = new ByteReader(bytes, 'number');
      assert.equal(reader.vint(), value);
      reader.end();
    }),
  );
  assert.deepEqual([...new ByteWriter().vint(0).finish()], [1]);
  assert.deepEqual([...new ByteWriter().vint(127).finish()], [255]);
  assert.deepEqual([...new ByteWriter().vint(128).finish()], [2, 2]);
  assert.equal(new ByteWriter().vint(2n ** 64n - 1n).finish().length, 9);
});

test('mixed content round-trips', () => {
  const bytes = new ByteWriter()
    .u8(7)
    .u16(65535)
    .u32(1 << 31)
    .u64(5n)
    .bool(true)
    .string('Größe')
    .word([1n, 2n, 3n, 4n])
    .finish();
  const r = new ByteReader(bytes, 'sample');
  assert.deepEqual(
    [r.u8(), r.u16(), r.u32(), r.u64(), r.bool(), r.string(100)],
    [7, 65535, 2 ** 31, 5n, true, 'Größe'],
  );
  assert.deepEqual(r.word(), [1n, 2n, 3n, 4n]);
  r.end();
});

const refuses = (bytes: number[], read: (r: ByteReader) => unknown, problem: RegExp) =>
  assert.throws(
    () => read(new ByteReader(Uint8Array.from(bytes), 'sample')),
    (e) => e instanceof FormatError && problem.test(e.details),
  );

test('the writer grows over its first buffer', () => {
  const out = new ByteWriter();
  for (let i = 0n; i < 1000n; i++) out.u64(i);
  const reader = new ByteReader(out.finish(), 'sample');
  for (let i = 0n; i < 1000n; i++) assert.equal(reader.u64(), i);
  reader.end();
});

test('what is refused', () => {
  refuses([1, 2], (r) => r.u32(), /ends 2 bytes early/);
  refuses([], (r) => r.vint(), /ends 1 byte early/);
  refuses([2, 0], (r) => r.vint(), /shortest form/);
  refuses([0, 1, 0, 0, 0, 0, 0, 0, 0], (r) => r.vint(), /shortest form/);
  refuses([2], (r) => r.bool(), /truth value/);
  refuses([1, 0, 0, 0, 255, 255, 255, 255], (r) => r.felt(), /canonical/);
  refuses([11, 1], (r) => r.count(8), /cannot fit/);
  refuses([11, 1, 1, 1, 1, 1], (r) => r.count(1, 4), /at most 4/);
  refuses([5, 255, 255], (r) => r.string(9), /UTF-8/);
  refuses([1], (r) => r.end(), /too many/);
});

test('a writer grows past any boundary', () => {
  for (let filler = 240; filler <= 256; filler++) {
    const bytes = new ByteWriter()
      .bytes(new Uint8Array(filler))
      .u8(1)
      .u16(2)
      .u32(3)
      .u64(4n)
      .vint(300)
      .finish();
    const r = new ByteReader(bytes, 'sample');
    r.bytes(filler);
    assert.deepEqual([r.u8(), r.u16(), r.u32(), r.u64(), r.vint()], [1, 2, 3, 4n, 300n]);
    r.end();
  }
});
