import type { Word } from '../../core/hash/word.ts';
import { wordFromBytes } from '../../core/hash/word-bytes.ts';
import { OperatorError } from '../errors.ts';

/** A word that this operator wrote. Throws `database-damaged` if it is none. */
export function storedWord(bytes: Uint8Array): Word {
  const word = wordFromBytes(bytes);
  if (!word) throw new OperatorError('database-damaged', 'The database is damaged.', { details: 'no word' });
  return word;
}
