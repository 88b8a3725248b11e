// Builds the judge, which answers for the official crates (test/interop). It needs a Rust compiler.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

const folder = join(dirname(import.meta.dirname), 'test', 'interop');

/** Builds the judge when its sources changed, which takes minutes the first time. Returns the path of the program; throws when it cannot be built. */
export function buildJudge() {
  // The official crates ask for a newer compiler than they need.
  const args = ['build', '--release', '--ignore-rust-version', '--quiet'];
  const { error, status } = spawnSync('cargo', args, {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error?.code === 'ENOENT') {
    throw new Error('cargo is missing: install Rust 1.95 or newer (https://rustup.rs), then run this again.');
  }
  if (error) throw error;
  if (status !== 0) throw new Error(`cargo ${args.join(' ')} failed with status ${status}`);
  return join(folder, 'target', 'release', process.platform === 'win32' ? 'judge.exe' : 'judge');
}
