import { blake3 } from '@noble/hashes/blake3.js';
import { compressRounds, IV } from './compress-rounds.ts';

/** BLAKE3 flags (BLAKE3 paper, section 2.2): both ends of a chunk, and the root of the tree. */
const CHUNK_START = 1;
const CHUNK_END = 2;
const ROOT = 8;
const CHUNK_LANES = 256;
const BLOCK_LANES = 16;

const cv = new Uint32Array(8);
const last = new Uint32Array(BLOCK_LANES);

/**
 * BLAKE3-256 of `length` lanes at `from` in `input` (4 bytes each, little-endian), as eight lanes at `outAt` in `out`.
 * One chunk, which is what trees and transcripts hash, is compressed here without leaving u32 arithmetic, several times
 * faster than a general implementation; longer input goes to `@noble/hashes`.
 */
export function blake3Lanes(
  input: Uint32Array,
  from: number,
  length: number,
  out: Uint32Array,
  outAt: number,
): void {
  if (length > CHUNK_LANES) {
    const bytes = blake3(new Uint8Array(input.buffer, input.byteOffset + 4 * from, 4 * length));
    out.set(new Uint32Array(bytes.slice().buffer), outAt);
    return;
  }
  for (let i = 0; i < 8; i++) cv[i] = IV[i];
  let flags = CHUNK_START;
  let at = 0;
  for (; at + BLOCK_LANES < length; at += BLOCK_LANES) {
    compressRounds(cv, 0, input, from + at, 0, 0, 64, flags, cv, 0);
    flags = 0;
  }
  const rest = length - at;
  for (let i = 0; i < BLOCK_LANES; i++) last[i] = i < rest ? input[from + at + i] : 0;
  compressRounds(cv, 0, last, 0, 0, 0, 4 * rest, flags | CHUNK_END | ROOT, out, outAt);
}
