import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../test/cli.ts';
import { readBytes, readJson, readText, requireWritable, writeWhole } from './files.ts';

const folder = scratchFolder();
const at = (name: string): string => join(folder.path, name);
const FILES = new URL('./files.ts', import.meta.url).href;
const hasDevFull = existsSync('/dev/full');

test('files are read whole', () => {
  assert.deepEqual([...readBytes(folder.write('bytes', Uint8Array.of(1, 2, 255)))], [1, 2, 255]);
  assert.equal(readText(folder.write('text', 'äöü')), 'äöü');
  assert.deepEqual(readJson(folder.write('json', '{"a": 1}')), { a: 1 });
  assert.equal(readBytes(folder.write('empty', '')).length, 0);
});

test('what is not there, no file, too large or not what it should be is refused', () => {
  const file = { kind: 'file' };
  assert.throws(() => readBytes(at('missing')), file);
  assert.throws(() => readBytes(folder.path), file);
  assert.throws(() => readText(folder.write('latin1', Uint8Array.of(0xe4, 0x20))), file);
  assert.throws(() => readJson(folder.write('cut', '{"a"')), file);
  const sparse = folder.write('sparse', '');
  truncateSync(sparse, 2 ** 33);
  assert.throws(() => readBytes(sparse), { kind: 'file-too-large' });
  assert.throws(() => readJson(sparse), { kind: 'file-too-large' });
  assert.throws(() => readBytes(folder.write('eleven', 'x'.repeat(11)), 10), { kind: 'file-too-large' });
});

test('a pipe without a writer is refused, not waited for', { skip: process.platform === 'win32' }, () => {
  assert.equal(spawnSync('mkfifo', [at('pipe')]).status, 0);
  assert.throws(() => readBytes(at('pipe')), { kind: 'file' });
});

test('files are written whole, over old ones and through links', () => {
  writeWhole({ path: at('new'), content: 'one' }, { path: at('other'), content: Uint8Array.of(7) });
  assert.equal(readText(at('new')), 'one');
  symlinkSync(at('new'), at('link'));
  writeWhole({ path: at('link'), content: 'two' });
  assert.equal(readText(at('new')), 'two');
  assert.deepEqual([...readBytes(at('other'))], [7]);
});

test('what cannot be written leaves everything as it was', () => {
  const old = folder.write('old', 'old');
  const place = at('place');
  mkdirSync(place);
  for (const bad of [place, at('no/such/folder')]) {
    assert.throws(() => requireWritable(bad), { kind: 'file' });
    assert.throws(() => writeWhole({ path: old, content: 'new' }, { path: bad, content: 'new' }), {
      kind: 'file',
    });
  }
  assert.equal(readText(old), 'old');
  assert.deepEqual(
    readdirSync(folder.path).filter((name) => name.endsWith('.part')),
    [],
  );
});

test('devices are written to, not replaced, and a full disk is told', { skip: !hasDevFull }, () => {
  requireWritable('/dev/full');
  assert.throws(() => writeWhole({ path: '/dev/full', content: 'x' }), { kind: 'file', details: /ENOSPC/ });
  writeWhole({ path: '/dev/null', content: 'x' });
  assert.throws(() => readBytes('/dev/null'), { kind: 'file' });
});

/** Runs `writeWhole` over `path` in a process that dies when it calls `moment`. */
function writeAndDie(path: string, moment: 'writeSync' | 'fsyncSync' | 'renameSync'): NodeJS.Signals | null {
  const program = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    fs.${moment} = () => { process.kill(process.pid, 'SIGKILL'); for (;;); };
    syncBuiltinESMExports();
    const { writeWhole } = await import('${FILES}');
    writeWhole({ path: ${JSON.stringify(path)}, content: 'new' });`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program]).signal;
}

test('a process killed while it writes leaves the old file, or none', () => {
  for (const moment of ['writeSync', 'renameSync'] as const) {
    const old = folder.write(`old-${moment}`, 'old');
    assert.equal(writeAndDie(old, moment), 'SIGKILL');
    assert.equal(readFileSync(old, 'utf8'), 'old');
  }
  assert.equal(writeAndDie(at('never'), 'fsyncSync'), 'SIGKILL');
  assert.equal(existsSync(at('never')), false);
});
