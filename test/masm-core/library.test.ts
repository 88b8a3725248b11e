import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { assembleCoreLibrary, coreLibrary } from '../../cli/core-library.ts';
import { assemble } from '../../core/assembly/assemble.ts';
import { writePackage } from '../../core/assembly/package/format.ts';

const bytes = writePackage(assembleCoreLibrary());

test('the kept package is what the sources make, also where the file is damaged or cannot be written', () => {
  const cache = mkdtempSync(join(tmpdir(), 'kiln-core-'));
  try {
    const same = (): void => assert.deepEqual(writePackage(coreLibrary(cache)), bytes);
    same();
    const [file, ...others] = readdirSync(cache);
    assert.deepEqual(others, []);
    same();
    writeFileSync(join(cache, file), bytes.subarray(0, bytes.length >> 1));
    same();
    same();
    assert.deepEqual(writePackage(coreLibrary(join(cache, file, 'no-directory'))), bytes);
  } finally {
    rmSync(cache, { recursive: true });
  }
});

test('a program that does not use the library is the same with and without it', () => {
  const program = { name: 'test.masm', text: 'begin push.1 push.2 add drop end' };
  const plain = assemble({ program });
  const linked = assemble({ program, libraries: [{ package: assembleCoreLibrary() }] });
  assert.deepEqual(linked.forest, plain.forest);
});
