// Runs after `npm ci` (the root's own `prepare` script): compiles the WASM kernels, so that the first proof starts at once.
import { buildWasm } from './build-wasm.js';

await buildWasm();
