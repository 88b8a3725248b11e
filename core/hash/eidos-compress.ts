import { compressRounds } from './compress-rounds.ts';

export { IV } from './compress-rounds.ts';

/**
 * The Eidos compression on u32 lanes: BLAKE3's rounds with all eight IV words in the lower half of the state, and the top
 * bit of every odd output lane cleared so that two lanes make a canonical field element (miden-crypto 1.0.0-rc.0,
 * src/hash/eidos). A field element is two lanes, low half first.
 *
 * out[outAt..+8] = compress(cv[cvAt..+8], block[blockAt..+16]). `out` may be the array `cv`, at the same place.
 * Reads and writes u32 lanes; never allocates.
 */
export function compressLanes(
  cv: Uint32Array,
  cvAt: number,
  block: Uint32Array,
  blockAt: number,
  out: Uint32Array,
  outAt: number,
): void {
  compressRounds(cv, cvAt, block, blockAt, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19, out, outAt);
  out[outAt + 1] &= 0x7fffffff;
  out[outAt + 3] &= 0x7fffffff;
  out[outAt + 5] &= 0x7fffffff;
  out[outAt + 7] &= 0x7fffffff;
}
