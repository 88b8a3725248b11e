// `npm run test:interop`: builds the judge from the official crates, and checks Kiln against it both ways.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildJudge } from './build-judge.js';
import { ensureSystemPackages, lavapipeManifest } from './system-packages.js';

const root = dirname(import.meta.dirname);
const folder = join(root, 'test', 'interop');

function run(command, args, options = {}) {
  const started = performance.now();
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
  });
  console.log(`${command} ${args[0]}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (result.status !== 0) process.exit(result.status ?? 1);
  return result;
}

const judge = buildJudge();
const out = join(folder, 'out');
mkdirSync(out, { recursive: true });
const request = `${JSON.stringify({ op: 'core-library', out: join(out, 'core.masp') })}\n`;
run(judge, [], {
  input: request,
  stdio: ['pipe', 'inherit', 'inherit'],
});
run('node', [
  '--test',
  'test/interop/*.test.ts',
  'test/assembly.test.ts',
  'test/vm.test.ts',
  'test/aux.test.ts',
]);

// Whole proofs on WebGPU, byte for byte the official ones. Without a GPU Mesa's software driver runs them; it compiles the
// kernels of the four AIRs for minutes the first time and keeps them.
for (const name of ensureSystemPackages())
  console.log(`Missing: ${name}. Tests that need it are skipped and say so.`);
const manifest = process.env.VK_DRIVER_FILES ?? lavapipeManifest();
run('node', ['--test', 'test/slow/gpu-proofs.test.ts'], {
  env: manifest === undefined ? process.env : { ...process.env, VK_DRIVER_FILES: manifest },
});
