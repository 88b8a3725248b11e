import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sub } from '../../core/field/felt.ts';
import { merge } from '../../core/hash/eidos.ts';
import type { Word } from '../../core/hash/word.ts';
import type { InnerNode } from '../../core/vm/advice/inputs.ts';
import { blockProgram, type OpText } from '../../core/vm/test-forest.ts';
import { AND8, AND8_HEIGHT, CHIPLETS, CONTROLLER, CONTROLLER_KINDS } from '../../core/vm/trace/layout.ts';
import { spreadLie } from './stack-lie.ts';
import { Witness } from './witness.ts';

const word = (value: bigint): Word => [value, value, value, value];
const [LEAF, A, B] = [3n, 5n, 7n].map(word);

/** The tree above `LEAF` at index 0 whose path is `siblings`. */
function tree(...siblings: readonly Word[]): { readonly root: Word; readonly nodes: readonly InnerNode[] } {
  const nodes: InnerNode[] = [];
  let node = LEAF;
  for (const sibling of siblings) {
    const parent = merge(node, sibling);
    nodes.push([parent, node, sibling]);
    node = parent;
  }
  return { root: node, nodes };
}
/** Operations that leave `items` on the stack, the first on top. */
const pushed = (...items: readonly bigint[]): OpText[] => items.toReversed().map((item) => ['PUSH', item]);
const DROPS = Array<OpText>(14).fill('DROP');
const differences = (to: Word, from: Word): bigint[] => to.map((element, i) => sub(element, from[i]));

/** The rows of the new paths, in order. */
function newPathRows({ chiplets }: Witness): number[] {
  const kind = CONTROLLER_KINDS.merkleNew.map(BigInt);
  return chiplets.rowsWhere(
    (row) =>
      chiplets.at(row, CHIPLETS.sCtrl) === 1n &&
      chiplets.range(row, CONTROLLER.s0, 3).every((value, i) => value === kind[i]),
  );
}

/**
 * An update whose new path has other siblings than its old path: a self-update, leaf by the same leaf, would change the
 * root. At index 0 every level has the same index and direction, so only the level tells siblings apart.
 * Official: miden-prover, `mrupdate_sibling_level_soundness_repro`.
 */
describe('MRUPDATE with a sibling of another level', () => {
  const update = ({ root }: { readonly root: Word }): OpText[] => [
    ...pushed(...LEAF, 2n, 0n, ...root, ...LEAF),
    'MRUPDATE',
  ];

  test('in one update, whose new path goes up past the siblings in the other order', () => {
    const before = tree(A, B);
    const honest = Witness.of(blockProgram(...update(before), 'SWAPW3', ...DROPS), {
      advice: { nodes: before.nodes },
    });
    assert.deepEqual(honest.refusals(), []);

    const { root, nodes } = tree(B, A);
    const forged = honest.forge();
    const rows = newPathRows(forged);
    assert.equal(rows.length, nodes.length);
    for (const [level, [parent, left, right]] of nodes.entries()) {
      forged.chiplets.set(rows[level], CONTROLLER.block, ...left, ...right);
      forged.chiplets.set(rows[level], CONTROLLER.digestOut, ...parent);
    }
    forged.rehash();
    spreadLie(forged, (_, op, lie) => {
      if (op === 'MRUPDATE') lie.splice(0, 4, ...differences(root, before.root));
    });
    assert.notDeepEqual(forged.claim.stackOutputs, honest.claim.stackOutputs);
    assert.deepEqual(forged.refusals(), ['bus Sibling']);
  });

  test('between two updates, which exchange their new paths and so their results', () => {
    const trees = [tree(A, B), tree(B, A)];
    const honest = Witness.of(
      blockProgram(...update(trees[0]), ...DROPS, ...update(trees[1]), 'SWAPW3', ...DROPS),
      { advice: { nodes: trees.flatMap(({ nodes }) => nodes) } },
    );
    assert.deepEqual(honest.refusals(), []);

    const forged = honest.forge();
    const rows = newPathRows(honest);
    assert.equal(rows.length, 4);
    for (const [i, row] of rows.entries()) {
      forged.chiplets.copyRow(row, honest.chiplets, rows[i ^ 2], CONTROLLER.block, CONTROLLER.nodeIndex);
    }
    let updates = 0;
    spreadLie(forged, (_, op, lie) => {
      if (op !== 'MRUPDATE') return;
      const [mine, other] = [trees[updates], trees[1 - updates]];
      lie.splice(0, 4, ...differences(other.root, mine.root));
      updates++;
    });
    assert.notDeepEqual(forged.claim.stackOutputs, honest.claim.stackOutputs);
    assert.deepEqual(forged.refusals(), ['bus Sibling']);
  });
});

/**
 * Two paths that exchange their ends. MPVERIFY finds the last row of its path by the depth: the first claims the depth
 * of both together and so the root of the second; the second is left with depth 0 and the root of the first. Every
 * hash is true and every message is taken once. Official: miden-processor, `src/trace/tests/range.rs`
 * (`forged_merkle_depths_emit_unbalanced_lookup_requests`).
 */
describe('MPVERIFY of a leaf that is not in the tree', () => {
  const [mine, other] = [tree(A), tree(B)];
  const honest = Witness.of(
    blockProgram(
      'MPVERIFY',
      ...Array<OpText>(10).fill('DROP'),
      ...Array<OpText>(10).fill('ADVPOP'),
      'MPVERIFY',
      ...Array<OpText>(10).fill('DROP'),
    ),
    {
      stack: [...LEAF, 1n, 0n, ...mine.root],
      advice: {
        stack: [...LEAF, 1n, 0n, ...other.root].toReversed(),
        nodes: [...mine.nodes, ...other.nodes],
      },
    },
  );

  test('the honest trace is what the attack needs', () => {
    assert.deepEqual(honest.refusals(), []);
    assert.deepEqual(honest.core.rowsOf('MPVERIFY').length, 2);
  });

  test('but in that of the other path, one level further down: only the range of the depth is against it', () => {
    const forged = honest.forge();
    const [, second] = honest.core.rowsOf('MPVERIFY');
    const toOther = differences(other.root, mine.root);
    const toMine = differences(mine.root, other.root);
    const pops = honest.core.rowsOf('ADVPOP');
    // The tuple comes root first, from its last element on; the leaf, last, is the same in both.
    spreadLie(
      forged,
      (row, op, lie) => {
        const popped = pops.indexOf(row);
        if (op !== 'ADVPOP') return;
        if (popped < 4) lie[0] = toMine[3 - popped];
        if (popped === 5) lie[0] = sub(0n, 1n);
      },
      [0n, 0n, 0n, 0n, 1n, 0n, ...toOther, 0n, 0n, 0n, 0n, 0n, 0n],
    );
    assert.deepEqual(forged.claim.stackInputs.slice(0, 10), [...LEAF, 2n, 0n, ...other.root]);
    assert.deepEqual(forged.core.range(second, 29, 10), [...LEAF, 0n, 0n, ...mine.root]);
    // Depth d asks for the ranges of d and (d - 1) 1024: all that can be given is given.
    const counts = forged.byteCounts.subarray(AND8.range * AND8_HEIGHT);
    counts[1] -= 2;
    counts[0] -= 2;
    counts[2]++;
    counts[1024]++;
    counts[0]++;
    assert.deepEqual(forged.refusals(), ['bus RangeCheck']);
  });
});
