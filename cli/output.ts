import { KilnError } from '../core/errors.ts';

/** A value in JSON with field elements and other integers beyond 2^53 as decimal strings. */
const stringify = (value: unknown): string =>
  JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? v.toString() : v));

/**
 * Where a command speaks. For people: lines on standard output, progress and errors on standard error. With `--json`:
 * one JSON value on standard output and nothing else.
 */
export class Output {
  readonly json: boolean;
  /** Whether {@link status} shows anything: somebody watches standard error. */
  readonly watched: boolean;
  #hasStatus = false;
  #hasResult = false;

  constructor(json: boolean) {
    this.json = json;
    this.watched = !json && process.stderr.isTTY === true;
  }

  /** A line for people; silent with `--json`. */
  line(text = ''): void {
    this.status();
    if (!this.json) process.stdout.write(`${text}\n`);
  }

  /** A remark beside the result, on standard error; silent with `--json`. */
  note(text: string): void {
    this.status();
    if (!this.json) process.stderr.write(`${text}\n`);
  }

  /** Replaces the last line of a terminal, which tells what goes on now; without `text`, clears it. */
  status(text = ''): void {
    if (!this.watched || (text === '' && !this.#hasStatus)) return;
    this.#hasStatus = text !== '';
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
  }

  /** The command's one JSON value; silent without `--json`, and after the first. */
  result(value: unknown): void {
    if (!this.json || this.#hasResult) return;
    this.#hasResult = true;
    process.stdout.write(`${stringify(value)}\n`);
  }

  /** Reports a failure: kind, message and `stage` as JSON, or message, details and advice in words. */
  error(error: unknown, stage?: string): void {
    this.status();
    const known = error instanceof KilnError ? error : undefined;
    const kind = known?.kind ?? 'internal';
    const message = known?.message ?? 'Something went wrong inside Kiln.';
    if (this.json) {
      this.result({ error: { ...(stage && { stage }), kind, message } });
      return;
    }
    const details =
      known?.details ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
    const advice = known ? known.advice : 'This is a defect: please report it with the lines above.';
    for (const text of [`kiln: ${message}`, details, advice]) if (text) process.stderr.write(`${text}\n`);
  }
}
