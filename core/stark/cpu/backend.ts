import type { Backend, ProvingSession, SessionOptions } from '../backend.ts';
import type { WorkerHost } from './host.ts';
import { canShareMemory, Pool } from './pool.ts';
import { CpuSession, type Kept } from './session.ts';
import { Tables } from './tables.ts';

export interface CpuBackendOptions {
  readonly host: WorkerHost;
  /** Threads, the caller's included; by default as many as the machine has. */
  readonly threads?: number;
  /** What WebAssembly memory may grow to; at most and by default 4 GiB. */
  readonly memoryBytes?: number;
}

const MAX_MEMORY = 2 ** 32;
/** Memory beyond this is given back after a proof; below, the next proof finds its tables. */
const KEPT_MEMORY = 2 ** 30;
/** Trees over fixed columns that are kept at most. */
const KEPT_TREES = 4;

/**
 * Proves with WebAssembly SIMD kernels on all threads; on one, with private memory, where memory cannot be shared. One
 * proof at a time: `open` waits until the session before is closed.
 */
export class CpuBackend implements Backend {
  readonly name = 'cpu';
  readonly description: string;
  readonly #options: CpuBackendOptions;
  readonly #threads: number;
  #kept: Kept | undefined;
  /** Settles when the last session opened is closed. */
  #free: Promise<void> = Promise.resolve();

  constructor(options: CpuBackendOptions) {
    this.#options = options;
    this.#threads = canShareMemory() ? Math.max(1, options.threads ?? options.host.concurrency) : 1;
    this.description = `WebAssembly SIMD, ${this.#threads} thread${this.#threads === 1 ? '' : 's'}`;
  }

  async open(options: SessionOptions): Promise<ProvingSession> {
    const before = this.#free;
    let release = () => {};
    this.#free = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    try {
      const kept = await this.#prepare();
      kept.pool.resetPeak();
      return new CpuSession(kept, options, () => {
        this.#trim();
        release();
      });
    } catch (error) {
      release();
      throw error;
    }
  }

  async #prepare(): Promise<Kept> {
    if (!this.#kept?.pool.alive) {
      this.#dispose();
      const { host, memoryBytes = MAX_MEMORY } = this.#options;
      const pool = await Pool.create(host, this.#threads, Math.min(memoryBytes, MAX_MEMORY));
      this.#kept = { pool, tables: new Tables(pool), fixed: new Map() };
    }
    return this.#kept!;
  }

  #trim(): void {
    if (!this.#kept) return;
    const trees = [...this.#kept.fixed.values()].reduce((sum, list) => sum + list.length, 0);
    if (this.#kept.pool.memory.buffer.byteLength > KEPT_MEMORY || trees > KEPT_TREES) this.#dispose();
  }

  #dispose(): void {
    this.#kept?.pool.close();
    this.#kept = undefined;
  }

  async close(): Promise<void> {
    this.#dispose();
  }
}
