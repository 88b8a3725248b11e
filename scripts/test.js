// `npm test`: the checks that need no Rust and no GPU.
import { spawnSync } from 'node:child_process';

function run(command, args) {
  const result = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

run('tsc', ['--noEmit']);
run('node', ['--test', '--test-reporter=dot', 'core/**/*.test.ts', 'cli/**/*.test.ts', 'test/*.test.ts']);
