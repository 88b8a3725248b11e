import type { ExitCode } from './exit.ts';
import type { OptionSpecs, Options } from './options.ts';
import type { Output } from './output.ts';

/** One subcommand of `kiln`. `run` returns the exit code; what it throws is reported and ends in 1 or 2. */
export interface Command {
  /** One line for `kiln help`. */
  readonly summary: string;
  /** Operands and options, e.g. `FILE.masm [options]`. */
  readonly usage: string;
  /** A whole line as somebody would type it. */
  readonly example?: string;
  readonly options: OptionSpecs;
  run(options: Options, output: Output, signal: AbortSignal): Promise<ExitCode>;
}
