// `npm test`: type check and every test that needs no Rust. Sets up what is missing first.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { ensureSystemPackages, lavapipeManifest } from './system-packages.js';

function run(command, args, env = process.env) {
  const result = spawnSync(command, args, { stdio: 'inherit', env, shell: process.platform === 'win32' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

for (const name of ensureSystemPackages()) {
  console.log(`Missing: ${name}. Tests that need it will be skipped and say so.`);
}
const manifest = lavapipeManifest();
run('node', ['scripts/build-wasm.js']);
run('tsc', ['--noEmit']);
run(
  'node',
  [
    '--test',
    // One less than the cores, which is the default, leaves half of a small machine idle.
    `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`,
    '--test-reporter=dot',
    '--test-reporter-destination=stdout',
    '--test-reporter=./scripts/summary-reporter.js',
    '--test-reporter-destination=stdout',
    'core/**/*.test.ts',
    'operator/**/*.test.ts',
    'main/**/*.test.ts',
    'cli/**/*.test.ts',
    'renderer/**/*.test.ts',
    'test/*.test.ts',
    'test/masm-core/*.test.ts',
    'test/protocol/**/*.test.ts',
    'test/operator/*.test.ts',
    'test/second-verifier/*.test.ts',
    'test/soundness/*.test.ts',
  ],
  // Without a GPU, WebGPU tests run on Mesa's software driver.
  manifest && !process.env.VK_DRIVER_FILES ? { ...process.env, VK_DRIVER_FILES: manifest } : process.env,
);
