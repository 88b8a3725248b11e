import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { WorkerHost } from '../../core/stark/cpu/host.ts';
import { buildWasm } from '../../scripts/build-wasm.js';

/** Threads and kernels under Node. In a checkout, kernels are built when their sources changed; that takes seconds. */
export const nodeWorkerHost: WorkerHost = {
  concurrency: availableParallelism(),
  async loadKernels(memory) {
    const folder = await buildWasm();
    return WebAssembly.compile(await readFile(`${folder}/kernels.${memory}.wasm`));
  },
  spawn() {
    const worker = new Worker(new URL('./node-worker.ts', import.meta.url));
    worker.unref();
    return {
      post: (message) => worker.postMessage(message),
      onError: (listener) => void worker.once('error', listener),
      terminate: () => void worker.terminate(),
    };
  },
};
