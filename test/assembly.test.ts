import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blake3 } from '@noble/hashes/blake3.js';
import { assemble } from '../core/assembly/assemble.ts';
import { AssemblyError } from '../core/assembly/errors.ts';
import { wordKey } from '../core/hash/word.ts';
import { writeForest } from '../core/vm/mast/format.ts';
import { buildCase, masm, readVector, skipReason } from './masm-vectors.ts';

const { forests } = JSON.parse(readVector('mast/forests.json')) as { forests: Record<string, string> };

for (const each of [...masm.programs, ...masm.executionErrors]) {
  test(`${each.name}: digest, kernel and forest are the official ones`, { skip: skipReason(each) }, () => {
    const program = buildCase(each);
    const { digest } = program.forest.nodes[program.entry];
    assert.deepEqual(digest.map(String), 'result' in each ? each.result.digest : each.digest);
    assert.deepEqual(
      program.kernel.map((word) => word.map(String)),
      'result' in each ? each.result.kernel : [],
    );
    const hash = Buffer.from(blake3(writeForest(program.forest))).toString('hex');
    assert.equal(hash, forests[each.name]);
  });
}

test('every instruction with every form of operand, and programs of all structures', () => {
  const { programs } = JSON.parse(readVector('mast/instructions.json')) as { programs: [string, string?][] };
  assert.ok(programs.length > 1800);
  for (const [text, digest] of programs) {
    const run = () => assemble({ program: { name: 'program', text } });
    if (digest === undefined) {
      assert.throws(run, AssemblyError, text);
    } else {
      const { forest, entry } = run();
      assert.equal(wordKey(forest.nodes[entry].digest), digest, text);
    }
  }
});

for (const each of masm.assemblyErrors) {
  test(`${each.name} is refused, with a caret under the place`, () => {
    assert.throws(
      () => buildCase(each),
      (error) => error instanceof AssemblyError && /\n +\| +\^/.test(error.details),
    );
  });
}
