#!/usr/bin/env node
// The `kiln` command: finds the pinned Node 24 beside it, whatever Node started this file, and runs cli/kiln.ts there.
// Compiled modules are kept in build/, where only the checkout's owner writes: later starts skip half a second of parsing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = join(root, 'cli', 'kiln.ts');
const cache = join(root, 'build', 'compile-cache');
if (Number(process.versions.node.split('.')[0]) >= 24) {
  module.enableCompileCache(cache);
  await import(entry);
} else {
  const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (!existsSync(node)) {
    console.error(
      'kiln: Node 24 is missing. Run `npm ci` in the checkout, or start kiln with Node 24 or newer.',
    );
    process.exit(2);
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { NODE_COMPILE_CACHE: cache, ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
