import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kiln } from '../../test/cli.ts';

test('demo transfer: wrong usage', async () => {
  for (const args of [['x'], ['--profile', 'miden'], ['--backend', 'none']])
    assert.equal((await kiln(['demo', 'transfer', ...args])).code, 2);
});
