import type { OnProgress, Phase } from '../core/stark/backend.ts';
import type { Output } from './output.ts';
import { PhaseClock } from './phase-clock.ts';

const LABELS: Record<Phase, string> = {
  trace: 'loading traces',
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
  trace: 0.07,
  'commit-main': 0.21,
  lookup: 0.06,
  'commit-aux': 0.12,
  constraints: 0.33,
  'commit-quotient': 0.13,
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

/** Measures each phase, and shows a bar with phase and remaining time as the output's status. */
export class ProgressBar {
  readonly onProgress: OnProgress;
  readonly #output: Output;
  readonly #clock = new PhaseClock();
  /** When the first report came, and what was done by then: the pace counts from there. */
  #first: { readonly at: number; readonly done: number } | undefined;
  #lastDraw = Number.NEGATIVE_INFINITY;
  /** Share of the work done; a phase that begins early does not take the bar back. */
  #done = 0;

  constructor(output: Output) {
    this.#output = output;
    this.onProgress = (phase, fraction) => this.#update(phase, fraction);
  }

  /** Milliseconds of each phase that ran. */
  get times(): Record<string, number> {
    return this.#clock.times;
  }

  #update(phase: Phase, fraction: number): void {
    const now = performance.now();
    this.#clock.report(phase);
    this.#done = Math.max(this.#done, overallFraction(phase, fraction));
    this.#first ??= { at: now, done: this.#done };
    if (!this.#output.watched || now - this.#lastDraw < REDRAW_MS) return;
    this.#lastDraw = now;
    const { at, done } = this.#first;
    const msLeft = ((1 - this.#done) * (now - at)) / (this.#done - done);
    this.#output.status(barText(phase, this.#done, msLeft));
  }
}

function barText(phase: Phase, done: number, msLeft: number): string {
  const filled = Math.round(BAR * done);
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}]`;
  const percent = `${Math.floor(100 * done)}%`.padStart(4);
  const eta = Number.isFinite(msLeft) ? `  ${Math.ceil(msLeft / 1000)} s left` : '';
  return `${bar} ${percent}  ${LABELS[phase]}${eta}`;
}
