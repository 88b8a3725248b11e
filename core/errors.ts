/** What a {@link KilnError} carries beside its short message. */
export interface KilnErrorOptions {
  /** Everything a developer wants to know; may have several lines. Never a secret. */
  readonly details?: string;
  /** What the user can do about it. */
  readonly advice?: string;
  readonly cause?: unknown;
}

/**
 * The base of every error Kiln throws on purpose: a stable `kind` for programs, a short `message` a user
 * understands, `details`, and `advice` on what to do. Anything else that escapes is a defect.
 */
export class KilnError extends Error {
  /** Stable, machine-readable, kebab-case; part of the CLI's JSON output. */
  readonly kind: string;
  readonly details: string;
  readonly advice: string;

  constructor(kind: string, message: string, options: KilnErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.kind = kind;
    this.details = options.details ?? '';
    this.advice = options.advice ?? '';
  }
}
