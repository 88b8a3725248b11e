import { KilnError } from '../../errors.ts';

/** The run needs a longer trace than any machine here could prove. */
export class TraceTooLongError extends KilnError {
  constructor(table: string, limit: number) {
    super('trace-too-long', `The program needs more than ${limit} ${table}.`, {
      details: `limit: ${limit} ${table} in one proof`,
      advice: 'Split the work over several programs.',
    });
  }
}
