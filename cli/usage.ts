import { KilnError } from '../core/errors.ts';

/** The command line itself is wrong: exit code 2. */
export class UsageError extends KilnError {
  constructor(message: string) {
    super('usage', message, { advice: 'See `kiln help` and `kiln COMMAND --help`.' });
  }
}
