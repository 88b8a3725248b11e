import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Felt } from '../../core/field/felt.ts';
import { Domain } from '../../core/hash/domains.ts';
import { hashFramed } from '../../core/hash/eidos.ts';
import { EMPTY_WORD, type Word, wordKey } from '../../core/hash/word.ts';
import { Smt } from '../../core/merkle/smt.ts';
import { MerkleStore } from '../../core/merkle/store.ts';
import type { AdviceInputs } from '../../core/vm/advice/inputs.ts';
import { top, traps } from './harness.ts';

const adviceOf = (smt: Smt): AdviceInputs => ({
  map: [...smt.leaves()].map((leaf): [Word, Felt[]] => [leaf.hash, leaf.elements]),
  nodes: [...smt.innerNodes()],
});

const GET = 'exec.smt::get';
const SET = 'exec.smt::set';

// Few leaves and keys, so that they collide; one leaf at the end of the field.
const key = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 2n }),
    fc.bigInt({ min: 0n, max: 2n }),
    fc.constantFrom(0n, 5n, 0xffff_ffff_0000_0000n),
  )
  .map(([a, b, leaf]): Word => [a, b, 7n, leaf]);
const value = fc.oneof(
  { weight: 2, arbitrary: fc.constant(EMPTY_WORD) },
  { weight: 5, arbitrary: fc.bigInt({ min: 0n, max: 9n }).map((x): Word => [x, 1n, 2n, x << 40n]) },
);
const entries = fc.uniqueArray(fc.tuple(key, value), { maxLength: 12, selector: ([k]) => wordKey(k) });

test('get: the value of every key, present or absent', () => {
  fc.assert(
    fc.property(entries, key, (all, wanted) => {
      const smt = new Smt(all);
      const stack = [...wanted, ...smt.root, 77n];
      assert.deepEqual(top(9, GET, { stack, advice: adviceOf(smt) }), [...smt.get(wanted), ...smt.root, 77n]);
    }),
    { numRuns: 60 },
  );
});

test('set: old value and new root, whatever is inserted, replaced or removed', () => {
  fc.assert(
    fc.property(entries, key, value, (all, changed, to) => {
      const smt = new Smt(all);
      const [advice, stack] = [adviceOf(smt), [...to, ...changed, ...smt.root, 77n]];
      const old = smt.insert(changed, to);
      assert.deepEqual(top(9, SET, { stack, advice }), [...old, ...smt.root, 77n]);
    }),
    { numRuns: 100 },
  );
});

test('what is set can be read and set again, with the advice of the first tree alone', () => {
  const smt = new Smt([
    [
      [1n, 0n, 0n, 5n],
      [1n, 1n, 1n, 1n],
    ],
  ]);
  const advice = adviceOf(smt);
  const second: Word = [0n, 0n, 0n, 5n];
  const third: Word = [2n, 0n, 0n, 5n];
  const stack = [9n, 9n, 9n, 9n, ...second, ...smt.root, 8n, 8n, 8n, 8n, ...third];
  smt.insert(second, [9n, 9n, 9n, 9n]);
  smt.insert(third, [8n, 8n, 8n, 8n]);
  const body = `${SET} dropw movdnw.2 ${SET} dropw push.5.0.0.0 ${GET}`;
  assert.deepEqual(top(8, body, { stack, advice }), [9n, 9n, 9n, 9n, ...smt.root]);
});

const twoInOneLeaf: [Word, Word][] = [
  [
    [1n, 0n, 0n, 5n],
    [1n, 1n, 1n, 1n],
  ],
  [
    [2n, 0n, 0n, 5n],
    [2n, 2n, 2n, 2n],
  ],
];

test('a host that lies about a leaf is found out', () => {
  const smt = new Smt(twoInOneLeaf);
  const { nodes = [] } = adviceOf(smt);
  const leaf = smt.leaf([1n, 0n, 0n, 5n]);
  const [first, second] = [leaf.elements.slice(0, 8), leaf.elements.slice(8)];
  const lies: Felt[][] = [
    [],
    first,
    second,
    [...second, ...first],
    [...first.slice(0, 7), 3n, ...second],
    [...first, ...second, ...first],
    [...first, ...second, ...new Array<Felt>(8).fill(0n)],
    [...first, ...second.slice(0, 7)],
    new Array<Felt>(8 * 1025).fill(1n),
  ];
  for (const lie of lies) {
    const advice: AdviceInputs = { map: [[leaf.hash, lie]], nodes };
    traps(GET, { stack: [1n, 0n, 0n, 5n, ...smt.root], advice });
    traps(SET, { stack: [1n, 2n, 3n, 4n, 1n, 0n, 0n, 5n, ...smt.root], advice });
  }
  traps(GET, { stack: [1n, 0n, 0n, 5n, ...smt.root], advice: { nodes } }, 'advice-key-missing');
});

test('a host that lies about the tree is found out', () => {
  const { root } = new Smt(twoInOneLeaf);
  const other = new Smt([
    [
      [1n, 0n, 0n, 5n],
      [6n, 6n, 6n, 6n],
    ],
  ]);
  const { map = [], nodes = [] } = adviceOf(other);
  // Below the root of one tree, the other one.
  const [, left, right] = [...nodes].at(-1)!;
  const advice: AdviceInputs = { map, nodes: [...nodes, [root, left, right]] };
  for (const leaf of [5n, 6n]) {
    traps(GET, { stack: [1n, 0n, 0n, leaf, ...root], advice }, 'merkle-path-mismatch');
    traps(SET, { stack: [9n, 9n, 9n, 9n, 1n, 0n, 0n, leaf, ...root], advice }, 'merkle-path-mismatch');
  }
});

test('a leaf takes 1024 entries, not one more', () => {
  const leaf = Array.from({ length: 1024 }, (_, i): [Word, Word] => [
    [BigInt(i), 0n, 0n, 5n],
    [1n, 0n, 0n, 0n],
  ]);
  const full = leaf.flatMap(([k, v]) => [...k, ...v]);
  const hash = hashFramed(full, Domain.SMT_BUCKET_LEAF, 1024);
  const store = new MerkleStore();
  const root = store.setNode(new Smt().root, 64, 5n, hash);
  const advice: AdviceInputs = { map: [[hash, full]], nodes: [...store.innerNodes()] };
  const get = [1023n, 0n, 0n, 5n, ...root];
  assert.deepEqual(top(4, GET, { stack: get, advice }), [1n, 0n, 0n, 0n]);
  traps(SET, { stack: [1n, 1n, 1n, 1n, 5000n, 0n, 0n, 5n, ...root], advice });
});
