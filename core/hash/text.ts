import { blake3 } from '@noble/hashes/blake3.js';
import { type Felt, felt } from '../field/felt.ts';
import type { Word } from './word.ts';

const ENCODER = new TextEncoder();

/**
 * The word a text stands for: BLAKE3 of its UTF-8, read as four little-endian u64, each reduced
 * (miden-core 1.0.0-rc.0, src/utils/mod.rs, hash_string_to_word).
 */
export function hashText(text: string): Word {
  const digest = blake3(ENCODER.encode(text));
  const view = new DataView(digest.buffer, digest.byteOffset);
  const element = (i: number): Felt => felt(view.getBigUint64(8 * i, true));
  return [element(0), element(1), element(2), element(3)];
}

/** The number that stands for a text at run time: the id of an event, the code of a failed assertion. */
export const textCode = (text: string): Felt => hashText(text)[0];
