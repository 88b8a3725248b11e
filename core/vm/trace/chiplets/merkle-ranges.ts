/** (depth - 1) times this fits in 16 bits for a depth of 1 to 64, and for no other 16-bit depth. */
const DEPTH_SCALE = 1024;

/**
 * Adds the range requests of one MPVERIFY or MRUPDATE: that the depth is in 1..64, and the 16-bit limbs of
 * y = (p - 1 - index - bit) / 2, where bit is the index's lowest, which show that the index is canonical
 * (miden-processor 1.0.0-rc.0, src/trace/trace_state.rs).
 */
export function countMerkleRanges(
  rangeCounts: Uint32Array,
  depth: number,
  indexLo: number,
  indexHi: number,
): void {
  rangeCounts[depth]++;
  rangeCounts[(depth - 1) * DEPTH_SCALE]++;
  // p - 1 = 2^64 - 2^32.
  const even = indexLo + (indexLo & 1);
  const low = -even >>> 0;
  const high = 0xffff_ffff - indexHi - (even > 0 ? 1 : 0);
  const yLow = ((low >>> 1) | (high << 31)) >>> 0;
  const yHigh = high >>> 1;
  rangeCounts[yLow & 0xffff]++;
  rangeCounts[yLow >>> 16]++;
  rangeCounts[yHigh & 0xffff]++;
  rangeCounts[yHigh >>> 16]++;
  // Twice the top limb: y is below 2^63.
  rangeCounts[(yHigh >>> 16) << 1]++;
}
