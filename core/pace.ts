import { KilnError } from './errors.ts';

/**
 * Long work as a generator that yields how far it is every few milliseconds: the same code runs at once, or paced by an
 * event loop that wants its turn.
 */
export type Steps<T> = Generator<number, T>;

export interface PaceOptions {
  readonly signal?: AbortSignal;
  /** What the work yielded last; called before each turn of the event loop. */
  readonly onProgress?: (done: number) => void;
}

/** The event loop gets a turn this often. */
const SLICE_MS = 50;

export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Rejects with a `KilnError` of kind `cancelled` within a slice and a step after the signal aborts. */
export async function runPaced<T>(steps: Steps<T>, { signal, onProgress }: PaceOptions): Promise<T> {
  let since = performance.now();
  for (;;) {
    throwIfCancelled(signal);
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - since < SLICE_MS) continue;
    onProgress?.(step.value);
    await new Promise((resolve) => setTimeout(resolve, 0));
    since = performance.now();
  }
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new KilnError('cancelled', 'Cancelled.', { cause: signal.reason });
}
