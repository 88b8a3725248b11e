// `npm run test:interop`: builds the judge from the official crates, and checks Kiln against it both ways.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

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
  if (result.error?.code === 'ENOENT') {
    console.error(
      `${command} is missing: install Rust 1.95 or newer (https://rustup.rs), then run this again.`,
    );
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
  return result;
}

// The official crates ask for a newer compiler than they need.
run('cargo', ['build', '--release', '--ignore-rust-version', '--quiet'], { cwd: folder });
const out = join(folder, 'out');
mkdirSync(out, { recursive: true });
const request = `${JSON.stringify({ op: 'core-library', out: join(out, 'core.masp') })}\n`;
run(join(folder, 'target', 'release', 'judge'), [], {
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
