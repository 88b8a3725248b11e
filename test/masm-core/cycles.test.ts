import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assembleCoreLibrary } from '../../cli/core-library.ts';
import { cyclesOf } from './harness.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const files = readdirSync(new URL('../../masm/core/', import.meta.url), { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.masm'));

/** A public procedure with its documentation. `path` is as users write it: without the submodule. */
const procedures = files.flatMap((file) => {
  const module = file.replace('.masm', '').split('/')[0];
  const found = read(`masm/core/${file}`).matchAll(/((?:#!.*\n)*)(?:@.*\n)*pub proc (\w+)/g);
  return [...found].map(([, docs, name]) => ({ path: `${module}::${name}`, docs }));
});

test('every public procedure says what it takes, leaves and costs, in its source and in the list', () => {
  const list = read('docs/core-library.md');
  for (const { path, docs } of procedures) {
    for (const part of ['Inputs:', 'Outputs:', 'Cycles:']) assert.ok(docs.includes(part), `${path}: ${part}`);
    const rows = list.split('\n').filter((line) => line.startsWith(`| \`${path}\` |`));
    const cycles = /Cycles:\s+(.*)/.exec(docs)![1];
    assert.ok(
      rows.some((row) => row.endsWith(`| ${cycles} |`)),
      `${path} in docs/core-library.md`,
    );
  }
  const exported = assembleCoreLibrary().manifest.exports.filter(({ kind }) => kind === 'procedure');
  const names = new Set(exported.map(({ path }) => path.split('::').slice(-1)[0]));
  assert.deepEqual(new Set(procedures.map(({ path }) => path.split('::')[1])), names);
});

// Small numbers: limbs, elements, numbers of bits; whatever a procedure takes.
const stack = [3n, 0n, 1n, 0n, 2n, 0n, 1n, 0n, 9n, 0n, 5n, 0n, 7n, 0n, 1n, 0n];

for (const { path, docs } of procedures) {
  const stated = /Cycles:\s+(\d+)$/m.exec(docs)?.[1];
  if (stated === undefined) continue;
  test(`${path} takes ${stated} cycles`, () => {
    const measured = cyclesOf(`exec.${path}`, { stack });
    assert.equal(measured, Number(stated), `${path} takes ${measured}`);
  });
}
