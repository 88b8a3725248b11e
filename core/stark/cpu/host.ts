/** What the pool needs of a platform: Node and browsers implement it outside `core/`. */
export interface WorkerHost {
  /** Hardware threads that may be used. */
  readonly concurrency: number;
  /** The compiled kernels, for shared or for private memory. Throws when they cannot be had. */
  loadKernels(memory: 'shared' | 'private'): Promise<WebAssembly.Module>;
  /** Starts a thread that calls {@link serveWorker} with the first message it receives. Threads need shared memory. */
  spawn(): WorkerThread;
}

export interface WorkerThread {
  post(message: WorkerStart): void;
  /** Called at most once: the thread died, or could not start. */
  onError(listener: (error: Error) => void): void;
  terminate(): void;
}

/** The one message a worker gets; everything after it goes through shared memory. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** 1 .. threads - 1; the caller's thread is 0. */
  readonly index: number;
}
