import { KilnError, type KilnErrorOptions } from '../errors.ts';
import type { Word } from '../hash/word.ts';
import type { SourceSpan } from './mast/types.ts';

/** Why an execution stopped. The values are stable: programs and the CLI's JSON rely on them. */
export type ExecutionErrorKind =
  | 'assertion-failed'
  | 'division-by-zero'
  | 'not-binary'
  | 'not-u32'
  | 'log-of-zero'
  | 'stack-inputs'
  | 'stack-limit'
  | 'stack-depth-at-end'
  | 'stack-depth-on-return'
  | 'address-out-of-range'
  | 'address-unaligned'
  | 'memory-conflict'
  | 'memory-limit'
  | 'memory-range'
  | 'advice-stack-empty'
  | 'advice-key-missing'
  | 'advice-key-conflict'
  | 'advice-limit'
  | 'merkle-lookup'
  | 'merkle-depth'
  | 'merkle-index'
  | 'merkle-path-mismatch'
  | 'procedure-not-found'
  | 'syscall-target'
  | 'external-loop'
  | 'event-unknown'
  | 'event-failed'
  | 'event-unsupported'
  | 'circuit'
  | 'horner-point'
  | 'fri'
  | 'cycle-limit'
  | 'nesting-limit';

/** Where an execution stood. */
export interface ExecutionPoint {
  /** The row of the trace, from 0. */
  readonly clk: number;
  readonly ctx: number;
  /** Digests of the procedures that were called, by `call` and the like, and have not returned: the innermost first. */
  readonly procedures: readonly Word[];
  /** Place in the source, where the program was assembled with sources. */
  readonly span?: SourceSpan;
}

/** A program cannot go on. `at` is absent only where nothing has run yet. */
export class ExecutionError extends KilnError {
  declare readonly kind: ExecutionErrorKind;
  readonly at: ExecutionPoint | undefined;
  readonly #options: KilnErrorOptions;

  constructor(
    kind: ExecutionErrorKind,
    message: string,
    options: KilnErrorOptions = {},
    at?: ExecutionPoint,
  ) {
    super(kind, message, options);
    this.#options = options;
    this.at = at;
  }

  /** The same error with the place where it happened; one that already knows keeps its own. */
  locate(at: ExecutionPoint): ExecutionError {
    return this.at ? this : new ExecutionError(this.kind, this.message, this.#options, at);
  }
}
