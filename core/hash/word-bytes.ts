import { isCanonical } from '../field/felt.ts';
import type { Word } from './word.ts';

const BYTES = 32;

/** The word as 32 bytes: its elements in order, little-endian. */
export function wordToBytes(word: Word): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 4; i++) view.setBigUint64(8 * i, word[i], true);
  return bytes;
}

/** Reads {@link wordToBytes}'s form; `undefined` if the bytes are no word. */
export function wordFromBytes(bytes: Uint8Array): Word | undefined {
  if (bytes.length !== BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, BYTES);
  const at = (i: number): bigint => view.getBigUint64(8 * i, true);
  const word: Word = [at(0), at(1), at(2), at(3)];
  return word.every(isCanonical) ? word : undefined;
}
