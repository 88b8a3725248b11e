import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EidosRequests } from './eidos-requests.ts';
import { EIDOS_RECORD } from './types.ts';

/** Lanes with many repetitions, so that requests merge and the sort meets ties at every depth. */
const lane = fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe);
const state = fc.array(fc.tuple(fc.nat(23), lane), { maxLength: 3 }).map((changes) => {
  const lanes = new Uint32Array(24);
  for (const [i, value] of changes) lanes[i] = value;
  return lanes;
});
const request = fc.oneof(
  { weight: 4, arbitrary: fc.record({ state, clk: fc.constant(undefined) }) },
  { weight: 1, arbitrary: fc.record({ state, clk: fc.nat(5) }) },
);

const elements = (lanes: Uint32Array): bigint[] =>
  Array.from({ length: 12 }, (_, i) => (BigInt(lanes[2 * i + 1]) << 32n) | BigInt(lanes[2 * i]));
const order = (a: bigint[], b: bigint[]): number => {
  const i = a.findIndex((x, k) => x !== b[k]);
  return i < 0 ? 0 : a[i] < b[i] ? -1 : 1;
};

test('equal requests merge, key streams do not, and the rest is sorted by state, kind and clk', () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 200 }), (requests) => {
      const subject = new EidosRequests();
      const merged = new Map<string, bigint[]>();
      const streams: bigint[][] = [];
      for (const { state, clk } of requests) {
        if (clk !== undefined) {
          subject.addStream(state, clk);
          streams.push([...elements(state), 1n, BigInt(clk), 0n]);
          continue;
        }
        // A weak hash, so that slots collide.
        subject.add(state, 0, state, 16, state[0]);
        const key = state.join();
        const known = merged.get(key) ?? [...elements(state), 0n, 0n, 0n];
        known[14] += 1n;
        merged.set(key, known);
      }
      const expected = [...merged.values(), ...streams].sort(order);
      const { records, count, height } = subject.finish();
      const got = Array.from({ length: count }, (_, i) => {
        const record = records.subarray(i * EIDOS_RECORD, (i + 1) * EIDOS_RECORD);
        assert.equal(record[27], 0);
        return [...elements(record), BigInt(record[24]), BigInt(record[26]), BigInt(record[25])];
      });
      assert.deepEqual(got, expected);
      assert.equal(height, Math.max(64, 2 ** Math.ceil(Math.log2(32 * Math.max(1, count)))));
    }),
    { numRuns: 300 },
  );
});

test('a record asked for again by number counts once more', () => {
  const subject = new EidosRequests();
  const lanes = new Uint32Array(24).fill(7);
  const index = subject.add(lanes, 0, lanes, 16, 5);
  subject.repeat(index);
  assert.equal(subject.add(lanes, 0, lanes, 16, 5), index);
  const { records, count } = subject.finish();
  assert.equal(count, 1);
  assert.equal(records[25], 3);
});
