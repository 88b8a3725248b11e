import type { Felt } from '../../field/felt.ts';
import { loadFelt } from '../../field/lanes.ts';
import { ExecutionError } from '../errors.ts';
import type { MachineState } from '../state.ts';

/** Element `i` of the stack, for messages. */
export const elementAt = (s: MachineState, i: number): Felt =>
  loadFelt(s.stack.lanes, s.stack.top - 2 - 2 * i);

export function failDivision(): never {
  throw new ExecutionError('division-by-zero', 'The program divides by zero.');
}

/** `value` stands where only 0 and 1 may. */
export function failBinary(value: Felt, where = 'The operation'): never {
  throw new ExecutionError('not-binary', `${where} needs 0 or 1, and got ${value}.`);
}

/** The error code of the running assertion, its text if known. */
function codeText(s: MachineState): string {
  const code = loadFelt(s.immediates, 2 * s.at);
  if (code === 0n) return '';
  return s.errorText(code) ?? `error code ${code}`;
}

export function failAssertion(s: MachineState): never {
  const text = codeText(s);
  throw new ExecutionError(
    'assertion-failed',
    text ? `An assertion failed: ${text}.` : 'An assertion failed.',
    {
      details: `The top of the stack was ${elementAt(s, 0)}, not 1.`,
    },
  );
}

/** Some of the first `count` elements are not below 2^32. */
export function failU32(s: MachineState, count: number): never {
  const values = Array.from({ length: count }, (_, i) => elementAt(s, i)).filter(
    (value) => value >> 32n !== 0n,
  );
  const text = codeText(s);
  throw new ExecutionError(
    text ? 'assertion-failed' : 'not-u32',
    text ? `An assertion failed: ${text}.` : 'The operation needs 32-bit values.',
    { details: `Not below 2^32: ${values.join(', ')}.` },
  );
}

export function failPath(s: MachineState, root: string): never {
  const text = codeText(s);
  throw new ExecutionError(
    'merkle-path-mismatch',
    text ? `A Merkle path does not lead to the root: ${text}.` : 'A Merkle path does not lead to the root.',
    { details: `Root [${root}].` },
  );
}
