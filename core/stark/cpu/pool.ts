import { KilnError } from '../../errors.ts';
import type { WorkerHost, WorkerThread } from './host.ts';
import {
  Control,
  instantiate,
  KERNELS,
  type Kernel,
  type KernelName,
  MAX_JOBS,
  MAX_TASKS,
  runJobs,
  SCRATCH_BYTES,
  SCRATCH_START,
  TICKET_BITS,
} from './worker.ts';

const PAGE = 65_536;
/** The caller's thread goes back to its event loop at least this often, in ms: aborts and progress come through there. */
const SLICE_MS = 10;

/** One kernel over `jobs` jobs. A parameter is a u32, or a u64 given as bigint (two words). */
export interface Task {
  readonly kernel: KernelName;
  readonly params: readonly (number | bigint)[];
  readonly jobs: number;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Fraction of the jobs handed out, called between slices. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Whether memory can be shared between threads here (browsers want cross-origin isolation). */
export function canShareMemory(): boolean {
  try {
    return (
      typeof SharedArrayBuffer !== 'undefined' &&
      new WebAssembly.Memory({ initial: 0, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer
    );
  } catch {
    return false;
  }
}

export const outOfMemory = (bytes: number, cause?: unknown): KilnError =>
  new KilnError('out-of-memory', 'Not enough memory for this proof.', {
    details: `The prover asked for ${Math.ceil(bytes / 2 ** 20)} MiB of WebAssembly memory.`,
    advice: 'Close other programs, lower the number of threads, or prove a shorter program.',
    cause,
  });

/**
 * Threads over one WebAssembly memory. The caller's thread is one of them; without shared memory it is the only one.
 * Memory is handed out from the bottom up and given back by returning to a mark.
 */
export class Pool {
  readonly memory: WebAssembly.Memory;
  readonly threads: number;
  readonly exports: Record<string, WebAssembly.ExportValue>;
  readonly #kernels: readonly Kernel[];
  readonly #workers: WorkerThread[] = [];
  readonly #maximum: number;
  readonly #failure: Promise<never>;
  #dead: KilnError | undefined;
  #next: number;
  #peak = 0;
  #closed = false;

  private constructor(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    maximum: number,
    threads: number,
    host: WorkerHost,
  ) {
    this.memory = memory;
    this.threads = threads;
    this.#maximum = maximum;
    this.#next = SCRATCH_START + threads * SCRATCH_BYTES;
    this.#grow(this.#next);
    this.exports = instantiate(module, memory, 0);
    this.#kernels = KERNELS.map((name) => this.exports[name] as Kernel);
    this.#failure = new Promise((_, reject) => {
      for (let index = 1; index < threads; index++) {
        const worker = host.spawn();
        this.#workers.push(worker);
        worker.onError((cause) => {
          this.#dead = new KilnError('backend-unavailable', 'A proving thread stopped unexpectedly.', {
            details: cause.message,
            advice: 'Try again, with fewer threads if it happens again.',
            cause,
          });
          reject(this.#dead);
        });
        worker.post({ module, memory, index });
      }
    });
    this.#failure.catch(() => {}); // observed by `run`
  }

  /** `threads` includes the caller's. `maxBytes`: what the memory may grow to, at most 4 GiB. */
  static async create(host: WorkerHost, threads: number, maxBytes: number): Promise<Pool> {
    const shared = threads > 1 && canShareMemory();
    let module: WebAssembly.Module;
    try {
      module = await host.loadKernels(shared ? 'shared' : 'private');
    } catch (cause) {
      throw new KilnError('backend-unavailable', 'The CPU prover could not be loaded.', {
        details: cause instanceof Error ? cause.message : String(cause),
        advice: 'Install the dependencies again (npm ci) and run npm run build:wasm.',
        cause,
      });
    }
    const maximum = Math.min(Math.floor(maxBytes / PAGE), 65_536);
    let memory: WebAssembly.Memory;
    try {
      // The modules declare 65,536 pages, and shared memory must not promise more than that.
      memory = new WebAssembly.Memory({ initial: 2, maximum: shared ? maximum : 65_536, shared });
    } catch (cause) {
      throw outOfMemory(maximum * PAGE, cause);
    }
    return new Pool(module, memory, maximum * PAGE, shared ? threads : 1, host);
  }

  /** Whether it can still run: no thread has died and it is not closed. */
  get alive(): boolean {
    return !this.#closed && this.#dead === undefined;
  }

  /** Bytes of WebAssembly memory at the peak since the last `resetPeak`. */
  get peak(): number {
    return this.#peak;
  }
  resetPeak(): void {
    this.#peak = this.#next;
  }
  /** What memory may grow to. */
  get limit(): number {
    return this.#maximum;
  }
  /** Bytes still to be had. */
  get available(): number {
    return this.#maximum - this.#next;
  }

  /** An address for `bytes` bytes, a multiple of 64. Contents are undefined. Throws `out-of-memory`. */
  allocate(bytes: number): number {
    const address = Math.ceil(this.#next / 64) * 64;
    const end = address + bytes;
    this.#grow(end);
    this.#next = end;
    this.#peak = Math.max(this.#peak, end);
    return address;
  }
  /** For `release`: everything allocated later is given back there. */
  mark(): number {
    return this.#next;
  }
  release(mark: number): void {
    this.#next = mark;
  }
  #grow(end: number): void {
    const missing = end - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    if (end > this.#maximum) throw outOfMemory(end);
    try {
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      throw outOfMemory(end, cause);
    }
  }

  /** The control words; a view is good until memory grows. */
  get #control(): Int32Array {
    return new Int32Array(this.memory.buffer, 0, SCRATCH_START / 4);
  }

  /** Views are made afresh: growing replaces the buffer. */
  words(address: number, length: number): BigUint64Array {
    return new BigUint64Array(this.memory.buffer, address, length);
  }
  words32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }
  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  /** Calls an export that is not a kernel, on the caller's thread. */
  call(name: string, ...args: (number | bigint)[]): void {
    (this.exports[name] as (...args: (number | bigint)[]) => void)(...args);
  }

  /**
   * Runs all jobs of all tasks, in any order and on any thread, and returns when the last is done. Throws `cancelled`
   * soon after the signal aborts, `backend-unavailable` when a thread or kernel fails.
   */
  async run(tasks: readonly Task[], { signal, onProgress }: RunOptions = {}): Promise<void> {
    const active = tasks.filter((t) => t.jobs > 0);
    if (active.length > MAX_TASKS) {
      await this.run(active.slice(0, MAX_TASKS), { signal, onProgress });
      return this.run(active.slice(MAX_TASKS), { signal, onProgress });
    }
    const jobs = active.reduce((sum, t) => sum + t.jobs, 0);
    if (jobs > MAX_JOBS) throw new RangeError(`${jobs} jobs in one phase`);
    throwIfAborted(signal);
    if (this.#dead) throw this.#dead;
    if (jobs === 0) return;
    const mark = this.mark();
    try {
      this.#publish(active, jobs);
      await this.#work(jobs, signal, onProgress);
    } finally {
      this.release(mark);
    }
  }

  #publish(tasks: readonly Task[], jobs: number): void {
    const addresses = tasks.map((task) => this.#writeParams(task.params));
    const control = this.#control;
    tasks.forEach((task, i) => {
      control[Control.Tasks + 3 * i] = KERNELS.indexOf(task.kernel);
      control[Control.Tasks + 3 * i + 1] = addresses[i];
      control[Control.Tasks + 3 * i + 2] = task.jobs;
    });
    control[Control.TaskCount] = tasks.length;
    control[Control.Jobs] = jobs;
    Atomics.store(control, Control.Abort, 0);
    Atomics.store(control, Control.Failed, 0);
    Atomics.store(control, Control.Done, 0);
    const phase = (Atomics.load(control, Control.Phase) + 1) | 0;
    Atomics.store(control, Control.Ticket, (phase << TICKET_BITS) | jobs);
    Atomics.store(control, Control.Phase, phase);
    Atomics.notify(control, Control.Phase);
  }

  #writeParams(params: readonly (number | bigint)[]): number {
    const words: number[] = [];
    for (const p of params) {
      if (typeof p === 'bigint') words.push(Number(p & 0xffff_ffffn), Number(p >> 32n));
      else words.push(p);
    }
    const address = this.allocate(4 * words.length);
    this.words32(address, words.length).set(words);
    return address;
  }

  async #work(jobs: number, signal: AbortSignal | undefined, onProgress: RunOptions['onProgress']) {
    const control = this.#control;
    const abort = () => Atomics.store(control, Control.Abort, 1);
    signal?.addEventListener('abort', abort);
    const turns = new Turns();
    try {
      for (;;) {
        const end = performance.now() + SLICE_MS;
        const more = runJobs(control, this.#kernels, () => performance.now() >= end);
        onProgress?.(Math.min(1, Atomics.load(control, Control.Done) / jobs));
        if (!more && Atomics.load(control, Control.Done) === jobs) break;
        await (more ? turns.next() : Promise.race([this.#done(jobs, turns), this.#failure]));
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      turns.close();
    }
    throwIfAborted(signal);
    if (Atomics.load(control, Control.Failed) !== 0) {
      throw new KilnError('backend-unavailable', 'A proving kernel failed.', {
        details: 'A WebAssembly kernel trapped; the proof was given up.',
        advice: 'Please report this together with the program.',
      });
    }
  }

  /** Waits, without blocking, until another thread reports progress. */
  async #done(jobs: number, turns: Turns): Promise<void> {
    const done = Atomics.load(this.#control, Control.Done);
    if (done === jobs) return;
    if (typeof Atomics.waitAsync !== 'function') return turns.next();
    // The timeout covers progress reports; the last job notifies.
    const result = Atomics.waitAsync(this.#control, Control.Done, done, 50);
    if (result.async) await result.value;
  }

  /** Stops the threads. Safe twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    Atomics.store(this.#control, Control.Quit, 1);
    Atomics.notify(this.#control, Control.Phase);
    for (const worker of this.#workers) worker.terminate();
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new KilnError('cancelled', 'Proving was cancelled.', { cause: signal.reason });
  }
}

/**
 * Turns of the event loop, without the wait of a timer: one millisecond, in browsers four. Node's own function comes
 * first, since its message events load a good part of its web interfaces. While it is open, Node does not end the
 * process for want of work.
 */
class Turns {
  readonly #alive = setInterval(() => {}, 60_000);
  readonly #channel = typeof setImmediate === 'function' ? undefined : new MessageChannel();

  next(): Promise<void> {
    const channel = this.#channel;
    return new Promise((resolve) => {
      if (!channel) {
        setImmediate(resolve);
        return;
      }
      channel.port1.onmessage = () => resolve();
      channel.port2.postMessage(0);
    });
  }

  close(): void {
    clearInterval(this.#alive);
    this.#channel?.port1.close();
  }
}
