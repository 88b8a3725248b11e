import { MODULUS } from '../field/felt.ts';
import type { Word } from './word.ts';

/** Four elements from the platform's source of randomness: secrets, serial numbers, salts. */
export function randomWord(): Word {
  const random = crypto.getRandomValues(new BigUint64Array(4));
  return [random[0] % MODULUS, random[1] % MODULUS, random[2] % MODULUS, random[3] % MODULUS];
}
