import { KilnError } from '../core/errors.ts';

/** A value in JSON with field elements and other integers beyond 2^53 as decimal strings. */
const stringify = (value: unknown): string =>
  JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? v.toString() : v));

/** What a command writes to: standard output and error, or a test's ear. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Where a command speaks. For people: lines on standard output, progress and errors on standard error. With `--json`:
 * one JSON value on standard output and nothing else.
 */
export class Output {
  readonly json: boolean;
  readonly #stdout: TextStream;
  readonly #stderr: TextStream;
  /** Whether {@link status} shows anything: somebody watches standard error. */
  readonly watched: boolean;
  #hasStatus = false;
  #hasResult = false;

  constructor(json: boolean, stdout: TextStream = process.stdout, stderr: TextStream = process.stderr) {
    this.json = json;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.watched = !json && stderr.isTTY === true;
  }

  /** A line for people; silent with `--json`. */
  line(text = ''): void {
    this.status();
    if (!this.json) this.#stdout.write(`${text}\n`);
  }

  /** A remark beside the result, on standard error; silent with `--json`. */
  note(text: string): void {
    this.status();
    if (!this.json) this.#stderr.write(`${text}\n`);
  }

  /** Replaces the last line of a terminal, which tells what goes on now; without `text`, clears it. */
  status(text = ''): void {
    if (!this.watched || (text === '' && !this.#hasStatus)) return;
    this.#hasStatus = text !== '';
    this.#stderr.write(`\r\x1b[K${text.slice(0, (this.#stderr.columns || 80) - 1)}`);
  }

  /** The command's one JSON value; silent without `--json`, and after the first. */
  result(value: unknown): void {
    if (!this.json || this.#hasResult) return;
    this.#hasResult = true;
    this.#stdout.write(`${stringify(value)}\n`);
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
    for (const text of [`kiln: ${message}`, details, advice]) if (text) this.#stderr.write(`${text}\n`);
  }
}
