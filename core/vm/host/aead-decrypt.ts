import { type Felt, isCanonical } from '../../field/felt.ts';
import { loadFelt } from '../../field/lanes.ts';
import { Domain } from '../../hash/domains.ts';
import { compress, initWord, wordToLanes } from '../../hash/eidos.ts';
import { compressXof } from '../../hash/eidos-xof.ts';
import type { EventHandler } from '../host.ts';

/** What advice of the usual size could take. */
const MAX_ELEMENTS = 2 ** 21;
const BLOCK = 8;

/**
 * Decrypts for a program that has checked the tag: [key 4, nonce 4, source, target, count] from position 1 on. Two
 * 32-bit limbs in memory make one element of plaintext; the program encrypts the answer again and compares
 * (miden-crypto 1.0.0-rc.0, src/aead/aead_eidos/expanded.rs).
 */
export const aeadDecrypt: EventHandler = (view) => {
  const source = view.element(9);
  const count = view.element(11);
  if (count > BigInt(MAX_ELEMENTS)) throw new RangeError(`${count} elements are too many to decrypt at once`);
  if (source % 4n !== 0n || source + 2n * count > 0xffff_ffffn) {
    throw new RangeError(`a ciphertext cannot lie at ${source}`);
  }
  const start = Number(source);
  const elements = Number(count);

  // Chaining value: the key of the stream; block: its counter.
  const state = new Uint32Array(24);
  const key = compress(initWord(Domain.AEAD_CTR_KEY), [...view.word(1), ...view.word(5)]);
  wordToLanes(key, state, 16);
  const stream = new Uint32Array(16);
  const lanes = new Uint32Array(2);
  const limb = (at: number): number => {
    const value = view.memory(at);
    if (value >> 32n !== 0n) throw new RangeError(`the ciphertext holds ${value}, not below 2^32`);
    return Number(value);
  };
  const values: Felt[] = [];
  for (let i = 0; i < elements; i++) {
    const at = 2 * (i % BLOCK);
    if (at === 0) {
      state[0] = i / BLOCK;
      compressXof(state, 16, state, 0, stream);
    }
    lanes[0] = limb(start + 2 * i) ^ stream[at];
    lanes[1] = limb(start + 2 * i + 1) ^ stream[at + 1];
    const value = loadFelt(lanes, 0);
    if (!isCanonical(value)) throw new RangeError('the plaintext is not made of field elements');
    values.push(value);
  }
  return [{ kind: 'stack', values }];
};
