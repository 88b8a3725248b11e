import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ByteWriter, FormatError } from '../bytes.ts';
import type { Word } from '../hash/word.ts';
import { EMPTY_ROOTS } from './empty.ts';
import { MerkleError } from './errors.ts';
import { Mmr, type MmrDelta, type MmrProof, verifyMmr } from './mmr.ts';
import { paddedPeaks } from './mmr-shape.ts';
import { PartialMmr } from './partial-mmr.ts';
import { pathRoot, verifyPath } from './path.ts';
import { innerNodeCount, Smt } from './smt.ts';
import { MAX_LEAF_ENTRIES, SmtLeaf } from './smt-leaf.ts';
import { SmtProof } from './smt-proof.ts';
import { MerkleStore } from './store.ts';
import { MerkleTree } from './tree.ts';

const vectors = JSON.parse(readFileSync(new URL('../../test/vectors/merkle.json', import.meta.url), 'utf8'));
const word = (xs: string[]): Word => xs.map(BigInt) as unknown as Word;
const words = (xs: string[][]): Word[] => xs.map(word);
const kind = (k: string) => (e: unknown) => e instanceof MerkleError && e.kind === k;

test('roots of empty trees', () => {
  assert.deepEqual(EMPTY_ROOTS, words(vectors.emptyRoots));
});

test('Merkle trees: root, paths, update; the same through a store', () => {
  for (const v of vectors.trees) {
    const tree = new MerkleTree(words(v.leaves));
    assert.deepEqual([tree.depth, tree.root], [v.depth, word(v.root)]);
    const store = new MerkleStore();
    store.addAll(tree.innerNodes());
    for (const [i, p] of v.paths.entries()) {
      assert.deepEqual(tree.path(i), words(p));
      assert.ok(verifyPath(tree.root, tree.leaves[i], BigInt(i), tree.path(i)));
      assert.ok(!verifyPath(tree.root, tree.leaves[i], BigInt(i) + (1n << BigInt(v.depth)), tree.path(i)));
      assert.deepEqual(store.path(tree.root, v.depth, BigInt(i)), {
        node: tree.leaves[i],
        path: tree.path(i),
      });
    }
    const before = tree.root;
    const { index, value, root } = v.update;
    assert.deepEqual(store.setNode(before, v.depth, BigInt(index), word(value)), word(root));
    assert.deepEqual(store.node(before, v.depth, BigInt(index)), tree.leaves[index]);
    tree.update(index, word(value));
    assert.deepEqual(tree.root, word(root));
    assert.throws(() => tree.path(v.leaves.length), kind('merkle-index'));
    assert.throws(() => store.path([1n, 2n, 3n, 4n], 1, 0n), kind('merkle-missing-node'));
    assert.throws(() => store.path(before, v.depth, 1n << BigInt(v.depth)), kind('merkle-index'));

    const bytes = store.toBytes();
    assert.deepEqual(MerkleStore.fromBytes(bytes).toBytes(), bytes);
    bytes[bytes.length - 1] ^= 1;
    assert.throws(() => MerkleStore.fromBytes(bytes), FormatError);
    assert.throws(() => MerkleStore.fromBytes(bytes.slice(0, -1)), FormatError);
  }
  for (const n of [0, 1, 3])
    assert.throws(() => new MerkleTree(Array(n).fill([0n, 0n, 0n, 0n])), kind('merkle-shape'));
});

test('sparse Merkle tree: every step, openings, bytes', () => {
  for (const v of vectors.smt) {
    const smt = new Smt();
    for (const step of v.steps) {
      if (step.op === 'empty') assert.deepEqual(smt.root, word(step.root));
      else {
        assert.deepEqual(
          smt.insert(word(step.key), word(step.value ?? ['0', '0', '0', '0'])),
          word(step.old),
          step.op,
        );
        assert.deepEqual(smt.root, word(step.root));
        assert.deepEqual(smt.leaf(word(step.key)).hash, word(step.leafHash));
      }
    }
    assert.deepEqual([smt.entryCount, smt.leafCount], [v.numEntries, v.numLeaves]);
    const store = new MerkleStore();
    store.addAll(smt.innerNodes());
    for (const o of v.openings) {
      const proof = smt.open(word(o.key));
      assert.deepEqual(proof.path, words(o.path));
      assert.deepEqual([proof.root, proof.leaf.hash], [word(o.root), word(o.leafHash)]);
      assert.deepEqual(proof.leaf.entries, o.entries.map(words));
      assert.deepEqual(proof.sparse, { emptyNodesMask: BigInt(o.emptyNodesMask), nodes: words(o.nodes) });
      assert.ok(proof.verify(smt.root, word(o.key), smt.get(word(o.key))));
      assert.ok(!proof.verify(smt.root, word(o.key), [9n, 9n, 9n, 9n]));
      assert.ok(!proof.verify([0n, 0n, 0n, 0n], word(o.key), smt.get(word(o.key))));
      assert.equal(proof.get([0n, 0n, 0n, BigInt(o.leafIndex) ^ 1n]), undefined);
      const bytes = proof.toBytes();
      assert.deepEqual(SmtProof.fromBytes(bytes), proof);
      for (let cut = 0; cut < bytes.length; cut += 7)
        assert.throws(() => SmtProof.fromBytes(bytes.slice(0, cut)), FormatError);
      assert.deepEqual(store.path(smt.root, 64, BigInt(o.leafIndex)).path, words(o.path));
    }
    assert.deepEqual(Smt.fromBytes(smt.toBytes()).root, smt.root);
  }
});

test('a sparse Merkle tree made at once', () => {
  const value: Word = [1n, 2n, 3n, 4n];
  const key = (position: bigint, rest = 0n): Word => [rest, 0n, 0n, position];
  const positions = [0n, 1n, 7n, 2n ** 40n, 2n ** 40n + 1n, 2n ** 63n, 0xffff_ffff_0000_0000n];
  const entries = [...positions.map((p) => [key(p), value] as const), [key(7n, 1n), value] as const];
  const smt = new Smt(entries);
  const oneByOne = new Smt();
  for (const [k, v] of entries) oneByOne.insert(k, v);
  assert.deepEqual([smt.root, [...smt.entries()]], [oneByOne.root, [...oneByOne.entries()]]);
  assert.equal(smt.entryCount, entries.length);
  assert.equal([...smt.innerNodes()].length, innerNodeCount(positions));
  assert.equal(innerNodeCount([]), 0);

  const empty: Word = [0n, 0n, 0n, 0n];
  assert.deepEqual(new Smt([...entries, [key(9n), empty]]).root, smt.root);
  assert.throws(() => new Smt([entries[0], entries[0]]), kind('merkle-inconsistent'));
  const crowd = Array.from({ length: MAX_LEAF_ENTRIES + 1 }, (_, i) => [key(5n, BigInt(i)), value] as const);
  assert.throws(() => new Smt(crowd), kind('merkle-leaf-full'));
  for (const bad of [[entries[0], entries[0]], [[key(9n), empty] as const], crowd]) {
    const bytes = new ByteWriter().vint(bad.length);
    for (const [k, v] of bad) bytes.word(k).word(v);
    assert.throws(() => Smt.fromBytes(bytes.finish()), FormatError);
  }
});

test('sparse Merkle leaves', () => {
  for (const v of vectors.smtLeaves) {
    if (v.kind === 'empty') assert.deepEqual(new SmtLeaf(0n, []).hash, word(v.hash));
    else {
      const entries = v.entries.map(words);
      const leaf = new SmtLeaf(entries[0][0][3], entries);
      assert.deepEqual(leaf.hash, word(v.hash));
      assert.deepEqual(leaf.elements, v.elements.map(BigInt));
    }
  }
  assert.throws(
    () =>
      new SmtLeaf(1n, [
        [
          [0n, 0n, 0n, 2n],
          [1n, 0n, 0n, 0n],
        ],
      ]),
    kind('merkle-inconsistent'),
  );
  const full = Array.from({ length: MAX_LEAF_ENTRIES }, (_, i): [Word, Word] => [
    [BigInt(i), 0n, 0n, 5n],
    [1n, 1n, 1n, 1n],
  ]);
  assert.throws(
    () => new SmtLeaf(5n, full).with([0n, 1n, 0n, 5n], [1n, 0n, 0n, 0n]),
    kind('merkle-leaf-full'),
  );
});

test('an entry set and removed leaves no trace', () => {
  const smt = new Smt();
  const empty = smt.root;
  for (let i = 0n; i < 20n; i++) smt.insert([i, 0n, 0n, i % 7n], [i + 1n, 0n, 0n, 0n]);
  for (let i = 0n; i < 20n; i++) smt.insert([i, 0n, 0n, i % 7n], [0n, 0n, 0n, 0n]);
  assert.deepEqual([smt.root, smt.leafCount, [...smt.innerNodes()].length], [empty, 0, 0]);
});

test('mountain range: peaks, commitment, openings, deltas', () => {
  const mmr = new Mmr();
  const leaves = words(vectors.mmrLeaves);
  for (const v of vectors.mmr) {
    mmr.add(leaves[v.size - 1]);
    assert.deepEqual(mmr.peaks(), words(v.peaks));
    assert.deepEqual(mmr.commitment(), word(v.hashPeaks));
    assert.equal(paddedPeaks(mmr.peaks()).length, 4 * v.paddedPeaks);
    for (const p of v.proofs) {
      const proof = mmr.open(p.position);
      assert.deepEqual(proof.path, words(p.path));
      assert.ok(verifyMmr(v.size, mmr.peaks(), proof));
      assert.ok(!verifyMmr(v.size, mmr.peaks(), { ...proof, leaf: [1n, 2n, 3n, 4n] }));
      assert.ok(!verifyMmr(v.size + 1, mmr.peaks(), proof));
      assert.ok(
        !verifyMmr(v.size, mmr.peaks(), {
          ...proof,
          path: proof.path.slice(1),
          leaf: pathRoot(proof.leaf, BigInt(p.relativePosition) & 1n, proof.path.slice(0, 1)),
        }) || proof.path.length === 0,
      );
    }
    assert.deepEqual(mmr.delta(v.delta.from).data, words(v.delta.data));
    const bytes = mmr.toBytes();
    assert.deepEqual(Mmr.fromBytes(bytes).toBytes(), bytes);
    // The last node is a leaf in odd sizes, where another value is another range; else it must fit its children.
    bytes[bytes.length - 30] ^= 1;
    assert.equal(
      v.size % 2 === 0,
      throwsFormat(() => Mmr.fromBytes(bytes)),
    );
  }
  assert.deepEqual(mmr.peaks(13), words(vectors.mmr[12].peaks));
  assert.throws(() => mmr.open(40), kind('merkle-index'));
});

function throwsFormat(f: () => unknown): boolean {
  try {
    f();
    return false;
  } catch (e) {
    assert.ok(e instanceof FormatError);
    return true;
  }
}

test('partial range: tracks leaves through additions and deltas, from every size to every other', () => {
  const leaves = words(vectors.mmrLeaves);
  for (let from = 0; from <= 20; from++) {
    for (let to = from; to <= 40; to += 1 + (to >> 3)) {
      const full = Mmr.of(leaves.slice(0, to));
      const part = new PartialMmr(from, full.peaks(from));
      for (let p = 0; p < from; p += 3) part.track(full.open(p, from));
      part.apply(full.delta(from, to));
      check(part, full);
    }
  }
  const [part, full] = [new PartialMmr(), new Mmr()];
  leaves.forEach((leaf, i) => {
    part.add(leaf, i % 5 === 1);
    full.add(leaf);
    check(part, full);
  });
  part.untrack(6);
  assert.equal(part.open(6), undefined);
  check(part, full);
  const bytes = part.toBytes();
  assert.deepEqual(PartialMmr.fromBytes(bytes).toBytes(), bytes);
  for (let i = 0; i < bytes.length; i++) {
    const bad = bytes.slice();
    bad[i] ^= 0x40;
    try {
      assert.notDeepEqual(PartialMmr.fromBytes(bad).toBytes(), bytes);
    } catch (e) {
      assert.ok(e instanceof FormatError, String(e));
    }
  }
});

function check(part: PartialMmr, full: Mmr): void {
  assert.deepEqual(part.peaks, full.peaks());
  assert.deepEqual(part.commitment, full.commitment());
  for (const p of part.tracked) assert.deepEqual(part.open(p), full.open(p));
}

test('partial range: what is refused', () => {
  const leaves = words(vectors.mmrLeaves);
  const full = Mmr.of(leaves);
  const part = new PartialMmr(5, full.peaks(5));
  const delta: MmrDelta = full.delta(5, 9);
  const proof: MmrProof = full.open(2, 5);
  assert.throws(() => part.apply({ ...delta, from: 4 }), kind('merkle-inconsistent'));
  assert.throws(() => part.apply({ ...delta, data: delta.data.slice(1) }), kind('merkle-inconsistent'));
  assert.throws(() => part.track({ ...proof, position: 3 }), kind('merkle-path-mismatch'));
  assert.throws(() => part.track(full.open(2)), kind('merkle-path-mismatch'));
  assert.throws(() => new PartialMmr(5, []), kind('merkle-inconsistent'));
});
