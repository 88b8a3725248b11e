import type { WorkerHost } from '../../core/stark/cpu/host.ts';

/** Compiled kernels, as the bundler lays them beside the scripts. */
const KERNELS = {
  shared: new URL('../../build/wasm/kernels.shared.wasm', import.meta.url),
  private: new URL('../../build/wasm/kernels.private.wasm', import.meta.url),
};

/**
 * Threads and kernels in a browser. Threads need a cross-origin-isolated page; elsewhere the prover runs on the calling
 * thread, which should be a worker.
 */
export const webWorkerHost: WorkerHost = {
  concurrency: navigator.hardwareConcurrency,
  loadKernels: (memory) => WebAssembly.compileStreaming(fetch(KERNELS[memory])),
  spawn() {
    const worker = new Worker(new URL('./web-worker.ts', import.meta.url), { type: 'module' });
    return {
      post: (message) => worker.postMessage(message),
      onError: (listener) =>
        worker.addEventListener('error', (event) => listener(new Error(event.message)), { once: true }),
      terminate: () => worker.terminate(),
    };
  },
};
