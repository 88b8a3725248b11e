import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** All text of the bundle that ships, with `extra` modules loaded by the proving worker. */
async function bundleText(extra: string): Promise<string> {
  const load: Plugin = {
    name: 'extra-module',
    enforce: 'pre',
    transform: (code, id) => (id.endsWith('renderer/prover/service.ts') ? `${extra}\n${code}` : null),
  };
  const result = await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'error',
    plugins: [load],
    worker: { plugins: () => [load] },
    build: { write: false },
  });
  assert.ok('output' in result);
  return result.output
    .map((file) => (file.type === 'chunk' ? file.code : Buffer.from(file.source).toString('utf8')))
    .join('\n');
}

const FIXED = 'kiln: randomness from a fixed seed, for tests only';
const REAL = 'kiln private-1 prover randomness';

test('what ships draws its randomness and knows no fixed seeds', async () => {
  const text = await bundleText('');
  assert.ok(text.includes(REAL), 'the prover is in the bundle');
  assert.ok(!text.includes(FIXED));

  // The same search finds them when they are there.
  const module = join(root, 'core/stark/testing/fixed-seed.ts');
  const withSeeds = await bundleText(
    `import { proveWithSeed } from ${JSON.stringify(module)}; globalThis.control = proveWithSeed;`,
  );
  assert.ok(withSeeds.includes(FIXED));
});
