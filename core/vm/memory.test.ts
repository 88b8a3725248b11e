import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Memory } from './memory.ts';

test('memory behaves like a map from context and word, zero where nothing was written', () => {
  const address = fc.oneof(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 0xffff_ffff }));
  const write = fc.record({ ctx: fc.integer({ min: 0, max: 3 }), address, value: fc.nat() });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 2000 }), fc.array(write, { maxLength: 50 }), (writes, reads) => {
      const memory = new Memory(2 ** 20);
      const model = new Map<string, number>();
      for (const { ctx, address, value } of writes) {
        memory.lanes[memory.slot(ctx, address) + 2 * (address & 3)] = value;
        model.set(`${ctx}:${address}`, value);
      }
      for (const { ctx, address } of [...writes, ...reads]) {
        const at = memory.find(ctx, address) + 2 * (address & 3);
        assert.equal(memory.lanes[at], model.get(`${ctx}:${address}`) ?? 0);
      }
      const words = new Set(writes.map(({ ctx, address }) => `${ctx}:${address >>> 2}`));
      assert.equal(memory.words, words.size);
    }),
    { numRuns: 50 },
  );
});

test('writes are limited, in whole words; reads and writes to known words are not', () => {
  const memory = new Memory(7);
  memory.slot(0, 0);
  memory.slot(0, 4);
  assert.throws(() => memory.slot(1, 0), { kind: 'memory-limit' });
  memory.slot(0, 7);
  assert.equal(memory.find(5, 400), 0);
});
