import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readBytes, readJson, readText, writeWhole } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'kiln-files-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

test('what is not a regular file, or not there, or too large, is refused', () => {
  writeFileSync(at('five'), 'bytes');
  assert.equal(readText(at('five')), 'bytes');
  assert.throws(() => readBytes(at('five'), 4), { kind: 'file-too-large' });
  for (const path of [folder, at('missing')]) assert.throws(() => readBytes(path), { kind: 'file' });
});

test('a pipe that nobody writes to is refused, not waited for', {
  skip: process.platform === 'win32',
}, () => {
  assert.equal(spawnSync('mkfifo', [at('pipe')]).status, 0);
  assert.throws(() => readBytes(at('pipe')), { kind: 'file' });
});

test('texts must be UTF-8, JSON must be JSON', () => {
  writeFileSync(at('latin'), Uint8Array.of(0xe9));
  assert.throws(() => readText(at('latin')), { kind: 'file' });
  assert.throws(() => readJson(at('five')), { kind: 'file' });
});

test('a file is written whole or not at all, and leaves nothing beside it', () => {
  const target = mkdtempSync(join(folder, 'out-'));
  writeWhole(join(target, 'a'), 'old');
  writeWhole(join(target, 'a'), Uint8Array.of(110, 101, 119));
  assert.equal(readFileSync(join(target, 'a'), 'utf8'), 'new');
  // Nothing can be renamed over a folder that is not empty.
  mkdirSync(join(target, 'b', 'c'), { recursive: true });
  assert.throws(() => writeWhole(join(target, 'b'), 'content'), { kind: 'file' });
  assert.throws(() => writeWhole(join(target, 'none', 'a'), 'content'), { kind: 'file' });
  assert.deepEqual(readdirSync(target).sort(), ['a', 'b']);
});
