import type { Phase } from '../core/stark/backend.ts';

/** Times the phases of a proof by its progress reports: what passed since the last report was this phase's. */
export class PhaseClock {
  readonly #times = new Map<Phase, number>();
  #last = performance.now();

  report(phase: Phase): void {
    const now = performance.now();
    this.#times.set(phase, (this.#times.get(phase) ?? 0) + now - this.#last);
    this.#last = now;
  }

  /** Milliseconds of each phase that ran, in the order of their first reports. */
  get times(): Record<string, number> {
    return Object.fromEntries([...this.#times].map(([phase, ms]) => [phase, round(ms)]));
  }
}

/** Milliseconds to a tenth. */
export const round = (ms: number): number => Math.round(10 * ms) / 10;
