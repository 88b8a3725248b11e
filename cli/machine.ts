import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { compressLanes, IV } from '../core/hash/eidos-compress.ts';
import { canShareMemory } from '../core/stark/cpu/pool.ts';

/** A module with one function of one SIMD instruction: it compiles where the engine has SIMD128. */
const SIMD_MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // function 0 has type 0
  ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x0b], // i32.const 0, i8x16.splat, end
);

/** What Kiln builds on, as this machine has it. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  /** Hardware threads that this process may use. */
  readonly threads: number;
  /** Memory of the machine, or of the container if that is less. */
  readonly memoryMiB: number;
  /** Threads can share WebAssembly memory. */
  readonly sharedMemory: boolean;
  readonly simd: boolean;
}

export function inspectMachine(): Machine {
  const constrained = process.constrainedMemory();
  const memory = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return {
    node: process.versions.node,
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memoryMiB: Math.floor(memory / 2 ** 20),
    sharedMemory: canShareMemory(),
    simd: WebAssembly.validate(SIMD_MODULE),
  };
}

/** Eidos compressions a second in TypeScript on this thread, as verifying and executing do them: a chain of them. */
export function measureScalarHashing(ms: number): number {
  const chaining = Uint32Array.from(IV);
  const block = new Uint32Array(16);
  const batch = 4096;
  let best = 0;
  const end = performance.now() + ms;
  do {
    const start = performance.now();
    for (let i = 0; i < batch; i++) compressLanes(chaining, 0, block, 0, chaining, 0);
    best = Math.max(best, Math.round((1000 * batch) / (performance.now() - start)));
  } while (performance.now() < end);
  return best;
}
