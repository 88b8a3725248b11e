import type { OnProgress, Phase } from '../core/stark/backend.ts';
import type { Output } from './output.ts';

const LABELS: Record<Phase, string> = {
  trace: 'building traces',
  'commit-main': 'committing traces',
  lookup: 'building lookups',
  'commit-aux': 'committing lookups',
  constraints: 'evaluating constraints',
  'commit-quotient': 'committing quotient',
  deep: 'combining',
  fri: 'folding',
  queries: 'opening',
};
/** Rough share of a proof's time each phase takes: only the bar's pace depends on it. */
const SHARES: Record<Phase, number> = {
  trace: 0.03,
  'commit-main': 0.27,
  lookup: 0.05,
  'commit-aux': 0.12,
  constraints: 0.36,
  'commit-quotient': 0.09,
  deep: 0.05,
  fri: 0.02,
  queries: 0.01,
};
const PHASES = Object.keys(SHARES) as Phase[];
const BAR = 24;
const REDRAW_MS = 100;

/** Share of the whole work that is done when `fraction` of `phase` is. */
export function overallFraction(phase: Phase, fraction: number): number {
  let done = 0;
  for (const p of PHASES) {
    if (p === phase) return done + SHARES[p] * fraction;
    done += SHARES[p];
  }
  return done;
}

/** Measures each phase, and draws a bar with phase and remaining time when standard error is a terminal. */
export class ProgressBar {
  readonly onProgress: OnProgress;
  readonly #drawn: boolean;
  readonly #start = performance.now();
  readonly #phases = new Map<Phase, { first: number; last: number }>();
  #lastDraw = 0;

  constructor(output: Output) {
    this.#drawn = !output.json && process.stderr.isTTY === true;
    this.onProgress = (phase, fraction) => this.#update(phase, fraction);
  }

  /** Milliseconds per phase, in the order in which they ran. */
  get times(): Record<string, number> {
    return Object.fromEntries(
      [...this.#phases].map(([phase, { first, last }]) => [phase, round(last - first)]),
    );
  }

  #update(phase: Phase, fraction: number): void {
    const now = performance.now();
    const seen = this.#phases.get(phase);
    const previous = [...this.#phases.values()].at(-1)?.last ?? this.#start;
    if (seen) seen.last = now;
    else this.#phases.set(phase, { first: previous, last: now });
    if (!this.#drawn || now - this.#lastDraw < REDRAW_MS) return;
    this.#lastDraw = now;
    const done = overallFraction(phase, fraction);
    const eta = done > 0.02 ? `${(((now - this.#start) * (1 - done)) / done / 1000).toFixed(0)} s left` : '';
    const filled = Math.round(BAR * done);
    process.stderr.write(
      `\r\x1b[K[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ${(100 * done).toFixed(0).padStart(3)}%  ${LABELS[phase]}  ${eta}`,
    );
  }

  /** Clears the bar. */
  end(): void {
    if (this.#drawn) process.stderr.write('\r\x1b[K');
  }
}

/** Milliseconds to a tenth. */
export const round = (ms: number): number => Math.round(10 * ms) / 10;
