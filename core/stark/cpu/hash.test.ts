import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPool } from '../../../test/cpu-pool.ts';
import { smallestNonce } from '../../hash/grind.ts';
import type { GrindJob } from '../backend.ts';
import { leafHasher } from '../lmcs/hasher.ts';
import { type Columns, LiftedTree } from '../lmcs/tree.ts';
import { reverseBits } from '../order.ts';
import type { ProofHash } from '../profile.ts';
import { grind } from './grind.ts';
import { absorbTask, CommittedTree, DIGEST_BYTES, openStates, SAME_STATE, treeBytes } from './tree.ts';

const pool = await testPool(2);

function matrix(width: number, logHeight: number, seed: bigint): Columns {
  let x = seed;
  const data = BigUint64Array.from({ length: width << logHeight }, () => {
    x = BigInt.asUintN(64, x * 0x5851_f42d_4c95_7f2dn + 1n);
    return x % 0xffff_ffff_0000_0001n;
  });
  return { width, logHeight, data };
}

/** Hashes matrices of ascending height: each absorbs into states of its own. */
async function build(hash: ProofHash, matrices: readonly Columns[]): Promise<CommittedTree> {
  const logLeaves = matrices[matrices.length - 1].logHeight;
  let before = pool.allocate(DIGEST_BYTES);
  openStates(
    pool,
    before,
    hash,
    matrices.map((m) => m.width),
  );
  let logRows = -1;
  for (const { width, logHeight, data } of matrices) {
    const rows = 2 ** logHeight;
    const address = pool.allocate(8 * data.length);
    const words = pool.words(address, data.length);
    for (let c = 0; c < width; c++) {
      for (let r = 0; r < rows; r++) words[c * rows + reverseBits(r, logHeight)] = data[c * rows + r];
    }
    const after = pool.allocate(treeBytes(logLeaves));
    const shift = logRows < 0 ? SAME_STATE : logHeight - logRows;
    await pool.run([
      absorbTask(hash, { address, stride: 8 * rows, width, rows }, { address: before, shift }, after),
    ]);
    before = after;
    logRows = logHeight;
  }
  return CommittedTree.overLeaves(pool, hash, before, logLeaves, {});
}

const shapes: [number, number][][] = [
  [[3, 2]],
  [[8, 9]],
  [
    [5, 3],
    [16, 4],
    [1, 6],
  ],
  [
    [24, 6],
    [9, 8],
    [48, 8],
    [108, 9],
  ],
  [
    [130, 3], // two BLAKE3 chunks, and five
    [600, 8],
  ],
];

for (const hash of ['eidos', 'blake3'] as ProofHash[]) {
  test(`${hash}: trees of matrices of several heights equal the reference`, async () => {
    for (const shape of shapes) {
      const matrices = shape.map(([w, h], i) => matrix(w, h, BigInt(17 * i + w)));
      const reference = await LiftedTree.build(leafHasher(hash), matrices);
      const tree = await build(hash, matrices);
      assert.deepEqual(tree.root(), reference.root());
      const indices = [0, 1, 2 ** tree.logLeaves - 2].filter((i, k, all) => i >= 0 && all.indexOf(i) === k);
      indices.sort((a, b) => a - b);
      assert.deepEqual(tree.siblings(indices), reference.siblings(indices));
    }
  });

  test(`${hash}: grinding finds the smallest nonce`, async () => {
    const jobs: GrindJob[] =
      hash === 'eidos'
        ? [0, 3, 7].map((count) => ({
            hash,
            bits: 9 + count,
            cv: Uint32Array.from({ length: 8 }, (_, i) => 0x1234_5678 * (i + 1)),
            pending: Array.from({ length: count }, (_, i) => 2n ** 40n + BigInt(i)),
          }))
        : [0, 32, 56].map((length) => ({ hash, bits: 10, input: new Uint8Array(length).fill(length) }));
    for (const job of jobs) assert.equal(await grind(pool, job, {}), BigInt(smallestNonce(job)));
  });
}

test('a transcript that no kernel block holds is refused', async () => {
  await assert.rejects(grind(pool, { hash: 'blake3', bits: 4, input: new Uint8Array(57) }, {}), RangeError);
});
