import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PlainSmt } from '../../test/plain-smt.ts';
import { FormatError } from '../bytes.ts';
import { MODULUS } from '../field/felt.ts';
import { EMPTY_WORD, type Word, wordKey, wordsEqual } from '../hash/word.ts';
import { MerkleError } from './errors.ts';
import { Smt } from './smt.ts';
import { MAX_LEAF_ENTRIES, type SmtEntry } from './smt-leaf.ts';

type Nodes = Iterable<readonly [node: Word, left: Word, right: Word]>;

const kind = (k: string) => (e: unknown) => e instanceof MerkleError && e.kind === k;
const entry = (index: bigint, rest = 0n, value = 1n): SmtEntry => [
  [rest, 0n, 0n, index],
  [value, 0n, 0n, 0n],
];
const nodes = (tree: { innerNodes(): Nodes }): string[] =>
  Array.from(tree.innerNodes(), (triple) => triple.map(wordKey).join()).sort();

/** Everything a tree says. The root is asked for last in one and first in the other: when it is hashed is no matter. */
function assertSame(tree: Smt, plain: PlainSmt, keys: Iterable<Word>): void {
  for (const key of keys) {
    assert.deepEqual(tree.open(key), plain.open(key));
    assert.deepEqual(tree.get(key), plain.get(key));
    assert.deepEqual(tree.leaf(key), plain.leaf(key));
  }
  assert.deepEqual([tree.entryCount, tree.leafCount], [plain.entryCount, plain.leafCount]);
  assert.deepEqual([...tree.entries()], [...plain.entries()]);
  assert.deepEqual(
    [...tree.leaves()],
    [...plain.leaves()].sort((a, b) => (a.index < b.index ? -1 : 1)),
  );
  assert.deepEqual(nodes(tree), nodes(plain));
  assert.deepEqual(tree.root, plain.root);
  assert.deepEqual(tree.toBytes(), plain.toBytes());
  assert.deepEqual(Smt.fromBytes(tree.toBytes()).root, plain.root);
}

/** Few, so that leaves are shared, changed and removed; close to each other, far, and at the edges of the halves. */
const index = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 3n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, MODULUS - 1n),
  fc.integer({ min: 0, max: 63 }).map((bit) => (1n << BigInt(bit)) % MODULUS),
  fc.bigInt({ min: 0n, max: MODULUS - 1n }),
);
const key = fc
  .tuple(fc.constantFrom(0n, 1n, MODULUS - 1n), fc.constantFrom(0n, 1n), index)
  .map(([a, b, d]): Word => [a, b, 0n, d]);
const value = fc.oneof(
  fc.constant(EMPTY_WORD),
  fc
    .tuple(fc.constantFrom(0n, 1n, MODULUS - 1n), fc.constantFrom(0n, 2n))
    .map(([a, b]): Word => [0n, a, 0n, b]),
);
const batch = fc.uniqueArray(fc.tuple(key, value), { maxLength: 20, selector: ([k]) => wordKey(k) });

test('a tree made at once and changed in batches is the one that single insertions make', () => {
  fc.assert(
    fc.property(batch, fc.array(batch, { maxLength: 5 }), fc.array(key), (first, batches, others) => {
      const [tree, plain] = [new Smt(first), new PlainSmt(first)];
      const keys = [...first.map(([k]) => k), ...others];
      assertSame(tree, plain, keys);
      for (const entries of batches) {
        tree.insertMany(entries);
        for (const [k, v] of entries) plain.insert(k, v);
        keys.push(...entries.map(([k]) => k));
        assertSame(tree, plain, keys);
      }
    }),
    { numRuns: 40 },
  );
});

test('single insertions, with and without the root asked for in between', () => {
  // A pool of keys, so that most of them are set more than once.
  const steps = fc
    .array(key, { minLength: 1, maxLength: 12 })
    .chain((pool) => fc.array(fc.tuple(fc.constantFrom(...pool), value, fc.boolean()), { maxLength: 40 }));
  fc.assert(
    fc.property(steps, (changes) => {
      const [tree, plain] = [new Smt(), new PlainSmt()];
      for (const [k, v, look] of changes) {
        assert.deepEqual(tree.insert(k, v), plain.insert(k, v));
        if (look) assert.deepEqual(tree.root, plain.root);
      }
      assertSame(
        tree,
        plain,
        changes.map(([k]) => k),
      );
    }),
    { numRuns: 60 },
  );
});

test('a dense range: a branch at every level', () => {
  // Every index once, far from the one before.
  const all = Array.from({ length: 256 }, (_, i) => entry(BigInt((i * 167) % 256), 0n, BigInt(i + 1)));
  for (const shift of [0n, 28n, 55n]) {
    const shifted = all.map(([[a, b, c, d], v]): SmtEntry => [[a, b, c, d << shift], v]);
    const [tree, plain] = [new Smt(), new PlainSmt(shifted)];
    for (const [k, v] of shifted) tree.insert(k, v);
    assert.deepEqual(nodes(tree), nodes(plain));
    assertSame(
      tree,
      plain,
      shifted.slice(0, 20).map(([k]) => k),
    );
  }
});

test('memory that removed entries had is used again', () => {
  const [tree, plain] = [new Smt(), new PlainSmt()];
  const all = Array.from({ length: 60 }, (_, i) => entry(BigInt(i >> 1) << BigInt((i >> 1) % 40), BigInt(i)));
  for (let round = 0; round < 3; round++) {
    const half = all.filter((_, i) => i % 2 === round % 2);
    const gone = half.map(([k]): SmtEntry => [k, EMPTY_WORD]);
    tree.insertMany(all);
    for (const [k, v] of all) plain.insert(k, v);
    tree.insertMany(gone);
    for (const [k, v] of gone) plain.insert(k, v);
    assertSame(
      tree,
      plain,
      all.map(([k]) => k),
    );
  }
  tree.insertMany(all.map(([k]) => [k, EMPTY_WORD]));
  assertSame(tree, new PlainSmt(), [all[0][0]]);
});

test('a copy and its origin change apart', () => {
  fc.assert(
    fc.property(batch, batch, batch, batch, (first, before, mine, yours) => {
      const [tree, plain, other] = [new Smt(first), new PlainSmt(first), new PlainSmt(first)];
      // The origin has free slots, branches with stale sides, perhaps nothing.
      tree.insertMany(before);
      const copy = tree.clone();
      tree.insertMany(mine);
      copy.insertMany(yours);
      for (const [k, v] of [...before, ...mine]) plain.insert(k, v);
      for (const [k, v] of [...before, ...yours]) other.insert(k, v);
      const keys = [first, before, mine, yours].flatMap((list) => list.map(([k]) => k));
      assertSame(tree, plain, keys);
      assertSame(copy, other, keys);
    }),
    { numRuns: 40 },
  );
  // Where memory is full but for what came free, a copy must know of it.
  const all = Array.from({ length: 64 }, (_, i) => entry(BigInt(i)));
  const full = new Smt(all);
  // One by one: many at once would take memory first.
  for (const [k] of all.slice(8)) full.insert(k, EMPTY_WORD);
  const refilled = full.clone();
  refilled.insertMany(all.slice(8));
  assertSame(refilled, new PlainSmt(all), [all[0][0], all[63][0]]);
  const gone = new Smt([entry(1n)]);
  gone.insert(entry(1n)[0], EMPTY_WORD);
  const copy = gone.clone();
  assert.deepEqual(copy.root, new Smt().root);
  copy.insert(...entry(2n));
  assert.deepEqual(copy.root, new Smt([entry(2n)]).root);
  assert.deepEqual(gone.root, new Smt().root);
});

test('a batch is refused whole: nothing of it is in the tree', () => {
  const full = Array.from({ length: MAX_LEAF_ENTRIES }, (_, i) => entry(5n, BigInt(i)));
  const tree = new Smt(full);
  const [root, bytes] = [tree.root, tree.toBytes()];
  const unchanged = (): void => assert.deepEqual([tree.root, tree.toBytes()], [root, bytes]);

  assert.throws(
    () => tree.insertMany([entry(1n), entry(2n), entry(1n, 0n, 2n)]),
    kind('merkle-inconsistent'),
  );
  unchanged();
  assert.throws(() => tree.insertMany([entry(1n), [entry(1n)[0], EMPTY_WORD]]), kind('merkle-inconsistent'));
  unchanged();
  assert.throws(() => tree.insertMany([entry(1n), entry(5n, 2000n), entry(9n)]), kind('merkle-leaf-full'));
  unchanged();
  assert.throws(() => tree.insert(...entry(5n, 2000n)), kind('merkle-leaf-full'));
  unchanged();
  // One that fails while it is listed.
  const broken = function* (): Generator<SmtEntry> {
    yield entry(1n);
    throw new RangeError('broken');
  };
  assert.throws(() => tree.insertMany(broken()), RangeError);
  unchanged();
});

test('a full leaf still takes what does not make it larger', () => {
  const full = Array.from({ length: MAX_LEAF_ENTRIES }, (_, i) => entry(5n, BigInt(i)));
  const tree = new Smt(full);
  const [changed, gone, added] = [entry(5n, 3n, 7n), entry(5n, 4n)[0], entry(5n, 2000n)];
  tree.insert(...changed);
  // In key order the added entry comes last, but it need not: what counts is the leaf in the end.
  tree.insertMany([added, [gone, EMPTY_WORD], [entry(5n, 3000n)[0], EMPTY_WORD]]);
  const expected = full.filter(([k]) => !wordsEqual(k, gone) && !wordsEqual(k, changed[0]));
  assert.deepEqual(tree.root, new PlainSmt([...expected, changed, added]).root);
  assert.equal(tree.entryCount, MAX_LEAF_ENTRIES);
  const smaller = entry(5n, 4n);
  tree.insertMany([smaller, [added[0], EMPTY_WORD]]);
  assert.deepEqual(tree.root, new PlainSmt([...expected, changed, smaller]).root);
});

test('an image is the tree, with what came free in it, and goes on as the tree would', () => {
  const joined = (parts: readonly Uint8Array[]): Uint8Array =>
    Uint8Array.from(parts.flatMap((part) => [...part]));
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 40 }), { maxLength: 60 }),
      fc.array(fc.nat({ max: 40 }), { maxLength: 30 }),
      fc.array(fc.nat({ max: 60 }), { maxLength: 30 }),
      (there, gone, later) => {
        const tree = new Smt();
        for (const i of there) tree.insert(...entry(BigInt(i % 20), BigInt(i), 3n));
        for (const i of gone) tree.insert(entry(BigInt(i % 20), BigInt(i))[0], EMPTY_WORD);
        const again = Smt.fromImage(joined(tree.image()));
        assert.deepEqual(again.root, tree.root);
        for (const i of later) {
          const [key, value] = entry(BigInt(i % 20), BigInt(i), 4n);
          assert.deepEqual(again.insert(key, value), tree.insert(key, value));
        }
        assert.deepEqual([again.root, again.entryCount], [tree.root, tree.entryCount]);
        assert.deepEqual([...again.entries()], [...tree.entries()]);
        for (const i of later) {
          const [key] = entry(BigInt(i % 20), BigInt(i));
          assert.deepEqual(again.open(key).toBytes(), tree.open(key).toBytes());
        }
      },
    ),
    { numRuns: 60 },
  );
  const bytes = joined(new Smt([entry(1n), entry(2n)]).image());
  assert.throws(() => Smt.fromImage(bytes.subarray(0, -1)), FormatError);
  assert.throws(() => Smt.fromImage(bytes.subarray(0, 10)), FormatError);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  assert.deepEqual(Smt.fromImage(shifted.subarray(1)).root, new Smt([entry(1n), entry(2n)]).root);
});
