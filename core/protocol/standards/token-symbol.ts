import type { Felt } from '../../field/felt.ts';
import { ProtocolError } from '../errors.ts';

const MAX_LENGTH = 12;
const LETTERS = 26n;
const FIRST = 'A'.charCodeAt(0);

/** The element that stands for a symbol of 1 to 12 letters A to Z: they are digits to base 26, their number the last. Throws `asset`. */
export function symbolElement(symbol: string): Felt {
  if (!/^[A-Z]{1,12}$/.test(symbol))
    throw new ProtocolError('asset', "An asset's symbol is 1 to 12 capital letters A to Z.", {
      details: symbol.slice(0, 40),
    });
  const digits = [...symbol].reduce((sum, each) => sum * LETTERS + BigInt(each.charCodeAt(0) - FIRST), 0n);
  return digits * LETTERS + BigInt(symbol.length);
}

/** The symbol that an element stands for; `undefined` if for none, since storage is whatever its account's code wrote. */
export function symbolIn(element: Felt): string | undefined {
  const length = Number(element % LETTERS);
  if (length < 1 || length > MAX_LENGTH) return undefined;
  let [digits, symbol] = [element / LETTERS, ''];
  for (let i = 0; i < length; i++) {
    symbol = String.fromCharCode(FIRST + Number(digits % LETTERS)) + symbol;
    digits /= LETTERS;
  }
  return digits === 0n ? symbol : undefined;
}
