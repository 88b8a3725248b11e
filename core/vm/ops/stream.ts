import { compressXof } from '../../hash/eidos-xof.ts';
import { ExecutionError } from '../errors.ts';
import type { Operate } from '../state.ts';
import { addressAt, advance, getElements, readWord, writeWord } from './memory.ts';

/**
 * CRYPTOSTREAM: [key 4, counter, source, target, remaining]. Two words at `source` are split into 32-bit lanes, each is
 * combined with a lane of the key stream, and the sixteen results go to `target`, one element each.
 */

const COUNTER = 4;
const SOURCE = 5;
const TARGET = 6;
const REMAINING = 7;

const state = new Uint32Array(24);
const keystream = new Uint32Array(16);
const plaintext = new Uint32Array(16);
const ciphertext = new Uint32Array(32);

function checkRanges(source: number, target: number, ctx: number, clk: number): void {
  if (source + 8 > 2 ** 32 || target + 16 > 2 ** 32) {
    throw new ExecutionError('address-out-of-range', 'A memory address must be below 2^32.', {
      details: `A step of the stream cipher reads 8 elements at ${source} and writes 16 at ${target}.`,
    });
  }
  if (source < target + 16 && target < source + 8) {
    throw new ExecutionError('memory-conflict', 'The stream cipher may not write where it reads.', {
      details: `It reads 8 elements at ${source} and writes 16 at ${target}, context ${ctx}, cycle ${clk}.`,
    });
  }
}

export const cryptoStream: Operate = (s) => {
  const source = addressAt(s, SOURCE);
  const target = addressAt(s, TARGET);
  checkRanges(source, target, s.ctx, s.clk);
  getElements(s, COUNTER, 1, state, 0);
  getElements(s, 0, 4, state, 16);
  compressXof(state, 16, state, 0, keystream);
  for (let word = 0; word < 2; word++) {
    // Each half of the stream's rows reads the word it works on.
    const at = readWord(s, source + 4 * word);
    readWord(s, source + 4 * word);
    for (let i = 0; i < 8; i++) plaintext[8 * word + i] = s.memory.lanes[at + i];
  }
  for (let i = 0; i < 16; i++) ciphertext[2 * i] = plaintext[i] ^ keystream[i];
  for (let word = 0; word < 4; word++) writeWord(s, target + 4 * word, ciphertext, 8 * word);
  s.recorder?.aeadStream(s.ctx, s.clk, source, target, state, plaintext, keystream, ciphertext);
  advance(s, COUNTER, 1);
  advance(s, SOURCE, 8);
  advance(s, TARGET, 16);
  advance(s, REMAINING, -1);
};
