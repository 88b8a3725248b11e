import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleLibrary } from '../../assembly/assemble.ts';
import type { Package } from '../../assembly/package/package.ts';
import { type Word, wordKey } from '../../hash/word.ts';
import { readForest, writeForest } from './format.ts';
import { definedProcedures, pruneForests } from './prune.ts';

const library = (name: string, text: string, libraries: readonly Package[] = []): Package =>
  assembleLibrary({
    name,
    root: { path: `::${name}`, file: { name: `${name}.masm`, text } },
    libraries: libraries.map((each) => ({ package: each })),
  });
const rootOf = ({ manifest }: Package, name: string): Word => {
  const found = manifest.exports.find((each) => each.path.endsWith(`::${name}`));
  assert.equal(found?.kind, 'procedure');
  return found!.kind === 'procedure' ? found.digest : [0n, 0n, 0n, 0n];
};

const base = library('base', 'pub proc far\n push.1 drop\nend\npub proc unused\n push.2 drop\nend\n');
const own = library(
  'own',
  `use ::base
pub proc plain
  push.3 if.true push.4 drop else while.true push.0 end end
end
pub proc caller
  call.plain exec.base::far
end
pub proc hidden
  push.5 push.6 drop drop
end
pub proc dynamic
  procref.hidden mem_storew_le.0 dropw push.0 dynexec
end
`,
  [base],
);
const forests = [own.forest, base.forest];
const left = (...names: string[]) =>
  pruneForests(
    forests,
    names.map((name) => rootOf(own, name)),
  );
const has = (pruned: readonly (typeof own.forest)[], digest: Word): boolean =>
  pruned.some((forest) => definedProcedures(forest).has(wordKey(digest)));

test('what a procedure does not reach is gone, what it reaches stays with its digest', () => {
  const pruned = left('plain');
  assert.equal(pruned.length, 1);
  assert.ok(pruned[0].nodes.length < own.forest.nodes.length);
  assert.ok(has(pruned, rootOf(own, 'plain')));
  for (const name of ['caller', 'hidden', 'dynamic']) assert.ok(!has(pruned, rootOf(own, name)), name);
  // A reader computes all digests anew.
  const read = readForest(writeForest(pruned[0]));
  assert.deepEqual([...definedProcedures(read).keys()], [...definedProcedures(pruned[0]).keys()]);
});

test('what is named in other forests stays there, and nothing else of them', () => {
  const pruned = left('caller');
  assert.equal(pruned.length, 2);
  assert.ok(has(pruned, rootOf(own, 'plain')));
  assert.ok(has(pruned, rootOf(base, 'far')));
  assert.ok(!has(pruned, rootOf(base, 'unused')));
});

test('a procedure whose digest is pushed stays: it is reached dynamically', () => {
  const pruned = left('dynamic');
  assert.ok(has(pruned, rootOf(own, 'hidden')));
  assert.ok(!has(pruned, rootOf(own, 'plain')));
});

test('what several forests hold stays once; what none holds is left out', () => {
  assert.equal(pruneForests([base.forest, base.forest], [rootOf(base, 'far')]).length, 1);
  assert.deepEqual(pruneForests(forests, [[1n, 2n, 3n, 4n]]), []);
  const [whole] = pruneForests(
    [base.forest],
    ['far', 'unused'].map((name) => rootOf(base, name)),
  );
  assert.equal(whole, base.forest);
});
