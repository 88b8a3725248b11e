import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { ProtocolError } from '../errors.ts';

const BYTES_OF_ELEMENT = 7;
const MAX_BYTES = 4 * BYTES_OF_ELEMENT;

/** A word that holds a text: at most 28 bytes of UTF-8, seven in an element, the first lowest; zeros behind. Throws `asset`. */
export function textWord(text: string): Word {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0 || bytes.length > MAX_BYTES || bytes.includes(0) || !text.isWellFormed())
    throw new ProtocolError('asset', `A name is a text of 1 to ${MAX_BYTES} bytes.`, {
      details: `${bytes.length} bytes`,
    });
  const element = (i: number): Felt =>
    bytes
      .subarray(BYTES_OF_ELEMENT * i, BYTES_OF_ELEMENT * (i + 1))
      .reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return [element(0), element(1), element(2), element(3)];
}

/** The text that a word holds; `undefined` if it holds none, since storage is whatever its account's code wrote. */
export function textIn(word: Word): string | undefined {
  if (word.some((element) => element >> BigInt(8 * BYTES_OF_ELEMENT) !== 0n)) return undefined;
  const bytes = Uint8Array.from({ length: MAX_BYTES }, (_, i) =>
    Number((word[Math.floor(i / BYTES_OF_ELEMENT)] >> BigInt(8 * (i % BYTES_OF_ELEMENT))) & 0xffn),
  );
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  if (used.length === 0 || bytes.subarray(used.length).some((byte) => byte !== 0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(used);
  } catch {
    return undefined;
  }
}
