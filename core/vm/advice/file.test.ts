import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { merge } from '../../hash/eidos.ts';
import { AdviceFileError, readAdvice } from './file.ts';

const A = ['1', '2', '3', '4'];
const B = ['5', '6', '7', '8'];

test('each part is read, and each may be absent', () => {
  assert.deepEqual(readAdvice({}), { stack: [], map: [], nodes: [] });
  const advice = readAdvice({ stack: ['7', '8'], map: [[A, ['9']]], trees: [[A, B]], smts: [[[A, B]]] });
  assert.deepEqual(advice.stack, [7n, 8n]);
  const map = [...(advice.map ?? [])];
  assert.deepEqual(map[0], [[1n, 2n, 3n, 4n], [9n]]);
  // The leaf of the sparse tree: its entries under its digest.
  assert.deepEqual(map[1][1], [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]);
  const nodes = [...(advice.nodes ?? [])];
  assert.equal(nodes.length, 1 + 64);
  assert.deepEqual(nodes[0], [merge([1n, 2n, 3n, 4n], [5n, 6n, 7n, 8n]), [1n, 2n, 3n, 4n], [5n, 6n, 7n, 8n]]);
});

test('anything else is refused with a reason', () => {
  const refused: unknown[] = [
    null,
    [],
    'stack',
    { stak: [] },
    { stack: 5 },
    { stack: [5] },
    { stack: ['0x5'] },
    { stack: ['18446744069414584321'] },
    { map: [[A]] },
    { map: [[A, ['1'], 2]] },
    { map: [[['1'], ['1']]] },
    { trees: [[A]] },
    { trees: [[A, B, A]] },
    { smts: [[A]] },
    { smts: [Array(2).fill([A, B])] },
    { stack: ['123456789012345678901'] },
    // More than the advice can hold, refused before it is built.
    { trees: [Array(2 ** 18).fill(A)] },
    { smts: [Array.from({ length: 5000 }, (_, i) => [['0', '0', '0', String(i * 1_000_003_000_001)], B])] },
    { smts: [Array.from({ length: 1025 }, (_, i) => [[String(i), '0', '0', '0'], B])] },
  ];
  for (const json of refused)
    assert.throws(() => readAdvice(json), AdviceFileError, JSON.stringify(json)?.slice(0, 100));
});

test('what is nested deeply or is large is read, or refused, like anything else', () => {
  const depth = 200_000;
  const deep = JSON.parse(`{"stack": [${'['.repeat(depth)}${']'.repeat(depth)}]}`);
  assert.throws(() => readAdvice(deep), AdviceFileError);
  const leaves = 2 ** 17;
  const { nodes } = readAdvice({ trees: [Array(leaves).fill(A)] });
  assert.equal([...(nodes ?? [])].length, leaves - 1);
});

test('random JSON either reads or is refused', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('stack', 'map', 'trees', 'smts'), (json, part) => {
      try {
        readAdvice({ [part]: json });
      } catch (error) {
        assert.ok(error instanceof AdviceFileError);
      }
    }),
    { numRuns: 2000 },
  );
});
