import type { WorkerHost } from '../../core/stark/cpu/host.ts';

/**
 * Threads and kernels in a browser. `kernels`: the folder that holds the compiled modules. Threads need a
 * cross-origin-isolated page; elsewhere the prover runs on the calling thread.
 */
export const webWorkerHost = (kernels: URL): WorkerHost => ({
  concurrency: navigator.hardwareConcurrency,
  loadKernels: (memory) => WebAssembly.compileStreaming(fetch(new URL(`kernels.${memory}.wasm`, kernels))),
  spawn() {
    const worker = new Worker(new URL('./web-worker.ts', import.meta.url), { type: 'module' });
    return {
      post: (message) => worker.postMessage(message),
      onError: (listener) =>
        worker.addEventListener('error', (event) => listener(new Error(event.message)), { once: true }),
      terminate: () => worker.terminate(),
    };
  },
});
