import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Digest } from '../backend.ts';
import type { ProofHash } from '../profile.ts';
import { leafHasher } from './hasher.ts';
import { openedRoot } from './opening.ts';
import { type Columns, LiftedTree, lanesToDigest } from './tree.ts';

type Value = string | readonly string[];
interface Vectors {
  lmcs: {
    hash: ProofHash;
    leaves: { rows: string[][]; leaf: Value }[];
    compress: { left: Value; right: Value; out: Value }[];
    trees: { matrices: { width: number; values: string[] }[]; root: Value; alignedRoot: Value }[];
  }[];
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/eidos.json', import.meta.url), 'utf8'),
);
const digest = (value: Value): Digest =>
  typeof value === 'string'
    ? Uint8Array.from(Buffer.from(value, 'hex'))
    : new Uint8Array(BigUint64Array.from(value.map(BigInt)).buffer);
const lanes = (values: readonly string[]) => new Uint32Array(BigUint64Array.from(values.map(BigInt)).buffer);
const columns = ({ width, values }: { width: number; values: string[] }): Columns => {
  const height = values.length / width;
  const data = new BigUint64Array(values.length);
  for (const [i, v] of values.entries()) data[(i % width) * height + Math.floor(i / width)] = BigInt(v);
  return { width, logHeight: Math.log2(height), data };
};
const ascending = (matrices: Columns[]) => [...matrices].sort((a, b) => a.logHeight - b.logHeight);

for (const v of vectors.lmcs) {
  test(`official leaves and nodes (${v.hash})`, () => {
    const hasher = leafHasher(v.hash);
    for (const { rows, leaf } of v.leaves) {
      const state = new Uint32Array(8);
      hasher.open(
        rows.map((r) => r.length),
        state,
      );
      for (const row of rows) hasher.absorb(state, 0, lanes(row), 0, row.length);
      assert.deepEqual(lanesToDigest(state, 0), digest(leaf));
    }
    for (const { left, right, out } of v.compress) {
      const nodes = new Uint32Array(16);
      nodes.set(new Uint32Array(digest(left).buffer), 0);
      nodes.set(new Uint32Array(digest(right).buffer), 8);
      hasher.merge(nodes, 0, nodes, 0);
      assert.deepEqual(lanesToDigest(nodes, 0), digest(out));
    }
  });

  test(`official trees over matrices of different heights, opened and verified (${v.hash})`, async () => {
    const hasher = leafHasher(v.hash);
    for (const { matrices, root } of v.trees) {
      const list = ascending(matrices.map(columns));
      const tree = await LiftedTree.build(hasher, list);
      assert.deepEqual(tree.root(), digest(root));
      const size = 2 ** tree.logLeaves;
      for (const indices of [[0], [size - 1], [...Array(size).keys()], [0, size - 1], [0, 1, 2, 5]]) {
        const unique = [...new Set(indices.filter((i) => i < size))];
        const states = new Uint32Array(8 * unique.length);
        hasher.open(
          list.map((m) => m.width),
          states,
        );
        for (const [k, index] of unique.entries()) {
          for (const { width, logHeight, data } of list) {
            const row = Array.from({ length: width }, (_, c) =>
              String(data[c * 2 ** logHeight + (index % 2 ** logHeight)]),
            );
            hasher.absorb(states, 8 * k, lanes(row), 0, width);
          }
        }
        const siblings = tree.siblings(unique);
        let used = 0;
        const computed = openedRoot(hasher, unique, tree.logLeaves, states, (out, at) =>
          out.set(new Uint32Array(siblings[used++].buffer), at),
        );
        assert.equal(used, siblings.length);
        assert.deepEqual(lanesToDigest(computed, 0), digest(root));
      }
    }
  });

  test(`a salt is one more row of four elements at the end of every leaf (${v.hash})`, async () => {
    const hasher = leafHasher(v.hash);
    const width = 4;
    const last = (leaf: number) =>
      BigUint64Array.from({ length: width }, (_, i) => BigInt(leaf) * 0x1234_5678_9abcn + BigInt(i));
    for (const { matrices, root } of v.trees) {
      const list = ascending(matrices.map(columns));
      const { logHeight } = list[list.length - 1];
      const data = new BigUint64Array(width * 2 ** logHeight);
      for (let leaf = 0; leaf < 2 ** logHeight; leaf++)
        for (const [c, value] of last(leaf).entries()) data[c * 2 ** logHeight + leaf] = value;
      const salted = await LiftedTree.build(hasher, list, undefined, { width, row: last });
      const asMatrix = await LiftedTree.build(hasher, [...list, { width, logHeight, data }]);
      assert.deepEqual(salted.root(), asMatrix.root());
      assert.notDeepEqual(salted.root(), digest(root));
    }
  });
}
