import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { buildWasm } from './scripts/build-wasm.js';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Bundles the pages of `renderer/` for the browser the desktop app brings; addresses in them are relative. */
export default defineConfig(async () => {
  await buildWasm();
  return {
    root: path('renderer'),
    base: './',
    publicDir: false as const,
    worker: { format: 'es' as const },
    build: {
      target: 'esnext',
      outDir: path('build/renderer'),
      emptyOutDir: true,
      modulePreload: false as const,
      rolldownOptions: { input: path('renderer/prover/index.html') },
    },
  };
});
