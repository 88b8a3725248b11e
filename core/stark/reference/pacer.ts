import { KilnError } from '../../errors.ts';
import type { OnProgress, Phase } from '../backend.ts';

const SLICE_MS = 50;

/** Lets the event loop run now and then during long work, so that an abort is seen and progress reaches its reader. */
export class Pacer {
  readonly #signal: AbortSignal | undefined;
  readonly #onProgress: OnProgress | undefined;
  #since = performance.now();

  constructor(signal?: AbortSignal, onProgress?: OnProgress) {
    this.#signal = signal;
    this.#onProgress = onProgress;
  }

  /** Call between pieces of work of a few milliseconds. Throws `KilnError` of kind `cancelled` after an abort. */
  async tick(phase: Phase, fraction: number): Promise<void> {
    this.#check();
    if (performance.now() - this.#since < SLICE_MS) return;
    this.#onProgress?.(phase, fraction);
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#since = performance.now();
    this.#check();
  }

  /** The phase is over. */
  done(phase: Phase): void {
    this.#onProgress?.(phase, 1);
  }

  #check(): void {
    if (this.#signal?.aborted) throw new KilnError('cancelled', 'Proving was cancelled.');
  }
}
