// Runs after `npm ci` (the root's own `prepare` script): compiles the WASM kernels and fills the cache of compiled modules,
// so that the first proof starts at once.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildWasm } from './build-wasm.js';

await buildWasm();
spawnSync(process.execPath, [join(import.meta.dirname, '..', 'cli', 'bin.js'), 'help'], { stdio: 'ignore' });
