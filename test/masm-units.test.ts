import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadTests, runTest, testFiles } from '../cli/unit-tests.ts';

/** The unit tests in assembly that stand beside Kiln's own code. */
const { signal } = new AbortController();
for (const path of testFiles([fileURLToPath(new URL('../masm', import.meta.url))])) {
  for (const each of loadTests(path)) {
    test(`${each.span.file.name}: ${each.name}`, async () => {
      const { failure } = await runTest(each, signal);
      assert.ok(!failure, [failure?.message, failure?.place, failure?.details].join('\n'));
    });
  }
}
