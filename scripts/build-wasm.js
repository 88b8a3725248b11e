// Compiles wasm/ to build/wasm/: one module for shared memory (threads), one for private memory, from the same source.
// A stamp of sources, compiler version and options lets later runs return at once. Import `buildWasm` or run it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'build', 'wasm');
const OPTIONS = [
  '--optimizeLevel 3 --shrinkLevel 0 --converge --noAssert',
  '--runtime stub --use abort= --importMemory --initialMemory 1 --maximumMemory 65536',
  '--enable simd,relaxed-simd,bulk-memory,threads --memoryBase 1024',
]
  .join(' ')
  .split(' ');
const VARIANTS = { shared: ['--sharedMemory'], private: [] };

function stamp(version) {
  const hash = createHash('sha256')
    .update(version)
    .update(JSON.stringify([OPTIONS, VARIANTS]));
  for (const name of readdirSync(join(root, 'wasm')).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(root, 'wasm', name)));
  }
  return hash.digest('hex');
}

/** Builds when sources or compiler changed. Returns the folder that holds `kernels.shared.wasm` and `kernels.private.wasm`. */
export async function buildWasm() {
  // An installed app has the modules and neither sources nor compiler.
  if (!existsSync(join(root, 'wasm'))) return out;
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json');
  const wanted = stamp(version);
  const stampFile = join(out, 'stamp');
  try {
    if (readFileSync(stampFile, 'utf8') === wanted) return out;
  } catch {
    // not built yet
  }
  const asc = await import('assemblyscript/asc');
  // Written aside and renamed, so that two builds at once never leave a half-written module.
  const scratch = join(out, `tmp-${process.pid}`);
  mkdirSync(scratch, { recursive: true });
  for (const [variant, flags] of Object.entries(VARIANTS)) {
    const file = join(scratch, `${variant}.wasm`);
    const { error, stderr } = await asc.main(
      [join(root, 'wasm', 'index.ts'), ...OPTIONS, ...flags, '--outFile', file],
      {},
    );
    if (error) throw new Error(`AssemblyScript: ${error.message}\n${stderr.toString()}`);
    renameSync(file, join(out, `kernels.${variant}.wasm`));
  }
  writeFileSync(stampFile, wanted);
  rmSync(scratch, { recursive: true, force: true });
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWasm();
