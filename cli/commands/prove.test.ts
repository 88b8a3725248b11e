import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { json, kiln, scratchFolder, vectorPath } from '../../test/cli.ts';
import { masm } from '../../test/masm-vectors.ts';

const folder = scratchFolder();
const at = (name: string): string => join(folder.path, name);
const each = masm.programs.find(({ name }) => name === 'fib_loop')!;
const prove = (out: string, claim: string, ...more: string[]) =>
  kiln(['prove', vectorPath(each.file), '--stack', '0,1', '--out', out, '--claim', claim, ...more, '--json']);

test('a proof and its claim are written, and verify', async () => {
  const miden = ['--profile', 'miden'];
  const answer = await prove(at('p.bin'), at('c.json'), '--hash', 'blake3', '--threads', '2', ...miden);
  assert.equal(answer.code, 0, answer.out);
  const { profile, ms, peakMiB, bytes, heights, logHeights, backend } = json(answer);
  assert.deepEqual(heights, each.result.heights);
  assert.deepEqual([profile, logHeights], ['miden', [10, 7, 8]]);
  assert.equal(backend, 'cpu');
  assert.ok(ms.prove > 0 && ms.execute > 0 && ms.constraints > 0 && peakMiB > 0 && bytes > 100_000);

  const verified = json(await kiln(['verify', '--claim', at('c.json'), at('p.bin'), ...miden, '--json']));
  assert.equal(verified.ok, true);
});

test('traces are padded to the heights asked for, or refused', async () => {
  const miden = (heights: string) =>
    prove(at('tall.bin'), at('tall.json'), '--profile', 'miden', '--hash', 'blake3', '--heights', heights);
  const answer = await miden('11,9,10');
  assert.equal(answer.code, 0, answer.out);
  const { logHeights, heights } = json(answer);
  assert.deepEqual(logHeights, [11, 9, 10]);
  assert.deepEqual(heights.core, { rows: each.result.heights.core.rows, height: 2048 });
  const verify = ['verify', '--claim', at('tall.json'), at('tall.bin'), '--profile', 'miden', '--json'];
  assert.equal((await kiln(verify)).code, 0);

  const small = await miden('9,9,9');
  assert.deepEqual([small.code, json(small).error.kind], [1, 'heights-too-small']);
  const unlisted = await prove(at('u.bin'), at('u.json'), '--profile', 'private', '--heights', '13,13,16');
  assert.deepEqual([unlisted.code, json(unlisted).error.kind], [1, 'unlisted-heights']);
  assert.equal(existsSync(at('u.bin')), false);
  for (const heights of ['13', '13,13', '5,13,15', '13,13,30', '13,13,x', ''])
    assert.equal((await miden(heights)).code, 2);
});

test('places that cannot be written are told before any work', async () => {
  for (const [out, claim] of [
    [folder.path, at('c2.json')],
    [at('p2.bin'), folder.path],
    [at('no/p2.bin'), at('c2.json')],
  ]) {
    // There is no such program either, which would be told if it came first.
    const answer = await kiln(['prove', at('none.masm'), '--out', out, '--claim', claim, '--json']);
    assert.equal(answer.code, 1);
    assert.match(json(answer).error.message, /cannot be written/);
  }
  assert.equal(existsSync(at('c2.json')) || existsSync(at('p2.bin')), false);
});

test('a full disk is told', { skip: !existsSync('/dev/full') }, async () => {
  const answer = await prove('/dev/full', at('c3.json'), '--profile', 'miden');
  assert.equal(answer.code, 1);
  assert.equal(json(answer).error.kind, 'file');
  assert.equal(existsSync(at('c3.json')), false);
});

test('a proof that was cancelled writes nothing', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 400);
  const args = [
    'prove',
    vectorPath(each.file),
    '--stack',
    '0,1',
    '--out',
    at('p4.bin'),
    '--claim',
    at('c4.json'),
  ];
  const answer = await kiln([...args, '--json'], abort.signal);
  assert.equal(answer.code, 1);
  assert.equal(json(answer).error.kind, 'cancelled');
  assert.deepEqual(
    readdirSync(folder.path).filter((name) => name.includes('4')),
    [],
  );
});

test('wrong usage', async () => {
  for (const args of [
    ['--out', at('p.bin')],
    ['--claim', at('c.json')],
    ['--out', at('x'), '--claim', `${folder.path}/./x`],
    ['--out', at('p.bin'), '--claim', at('c.json'), '--hash', 'sha256'],
    ['--out', at('p.bin'), '--claim', at('c.json'), '--backend', 'abacus'],
    ['--out', at('p.bin'), '--claim', at('c.json'), '--threads', '0'],
  ]) {
    const answer = await kiln(['prove', vectorPath(each.file), ...args, '--json']);
    assert.equal(answer.code, 2);
    assert.equal(json(answer).error.kind, 'usage');
  }
});
