import { IV } from './eidos-compress.ts';

const ORDER: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8],
  [3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1],
  [10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6],
  [12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4],
  [9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7],
  [11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13],
];
const QUARTERS: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];

const v = new Uint32Array(16);
const rotr = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/**
 * The extended output of one compression: sixteen raw lanes, nothing masked. Lanes 0..7 are what the compression
 * would return before masking, lanes 8..15 are the lower state half xor the chaining value. A plain loop: the stream
 * cipher needs it a few times per cell of a whole trace block, where clarity is worth more than unrolling.
 */
export function compressXof(
  cv: Uint32Array,
  cvAt: number,
  block: Uint32Array,
  blockAt: number,
  out: Uint32Array,
): void {
  for (let i = 0; i < 8; i++) {
    v[i] = cv[cvAt + i];
    v[i + 8] = IV[i];
  }
  for (const order of ORDER) {
    for (let q = 0; q < 8; q++) {
      const [a, b, c, d] = QUARTERS[q];
      v[a] += v[b] + block[blockAt + order[2 * q]];
      v[d] = rotr(v[d] ^ v[a], 16);
      v[c] += v[d];
      v[b] = rotr(v[b] ^ v[c], 12);
      v[a] += v[b] + block[blockAt + order[2 * q + 1]];
      v[d] = rotr(v[d] ^ v[a], 8);
      v[c] += v[d];
      v[b] = rotr(v[b] ^ v[c], 7);
    }
  }
  for (let i = 0; i < 8; i++) {
    out[i] = v[i] ^ v[i + 8];
    out[i + 8] = v[i + 8] ^ cv[cvAt + i];
  }
}
