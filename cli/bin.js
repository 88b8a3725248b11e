#!/usr/bin/env node
// The `kiln` command: finds the pinned Node 24 beside it, whatever Node started this file, and runs cli/kiln.ts there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = join(root, 'cli', 'kiln.ts');
if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(entry);
} else {
  const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (!existsSync(node)) {
    console.error(
      'kiln: Node 24 is missing. Run `npm ci` in the checkout, or start kiln with Node 24 or newer.',
    );
    process.exit(2);
  }
  const child = spawnSync(node, [entry, ...process.argv.slice(2)], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  process.exit(child.status ?? 1);
}
