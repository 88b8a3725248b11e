import { blake4, eidos4 } from './compress';
import { param, param64, scratch } from './task';

/**
 * Proof of work: jobs of `count` nonces from a base; the result word keeps the smallest nonce found, as base + offset.
 * Parameters: 0..1 base, 2 count (multiple of 4), 3 mask of the low bits that must be zero, 4 where each job puts the
 * offset it found (u32 per job; all ones: none), 5 hash, 6 words of the block before the nonce, then from word 8 on:
 * Eidos: cv (8 words), block (16 words); BLAKE3: cv (8 words), block (16), 32: block length, 33: flags.
 */
export function grind(job: u32, p: usize): void {
  const count = param(p, 2);
  const out = <usize>param(p, 4) + (<usize>job << 2);
  const base = param64(p, 0) + <u64>job * count;
  const mask = param(p, 3);
  const at = param(p, 6);
  const eidos = param(p, 5) == 0;
  const cv = scratch;
  const m = scratch + 128;
  store<u32>(out, ~0);
  // Where the first sampled bits stand: Eidos gives the first word; BLAKE3 pops its digest from the last byte.
  for (let i: u32 = 0; i < count; i += 4) {
    for (let k: u32 = 0; k < 8; k++) v128.store(cv + (<usize>k << 4), i32x4.splat(param(p, 8 + k)));
    for (let k: u32 = 0; k < 16; k++) v128.store(m + (<usize>k << 4), i32x4.splat(param(p, 16 + k)));
    const nonce = base + i;
    const n0 = i64x2.add(i64x2.splat(nonce), i64x2(0, 1));
    const n1 = i64x2.add(i64x2.splat(nonce), i64x2(2, 3));
    v128.store(m + (<usize>at << 4), v128.shuffle<u32>(n0, n1, 0, 2, 4, 6));
    v128.store(m + (<usize>at << 4), v128.shuffle<u32>(n0, n1, 1, 3, 5, 7), 16);
    let sample: v128;
    if (eidos) {
      eidos4(cv, m);
      if (at == 14) squeezeFull(cv, m);
      sample = v128.load(cv);
    } else {
      blake4(cv, m, 0, param(p, 32), param(p, 33));
      const last = v128.load(cv, 112);
      sample = i8x16.shuffle(last, last, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    }
    const hits = i32x4.bitmask(i32x4.eq(v128.and(sample, i32x4.splat(mask)), i32x4.splat(0)));
    if (hits != 0) {
      store<u32>(out, i + ctz(hits));
      return;
    }
  }
}

/** The block became full by the nonce: add 1 to the fourth felt of the new chaining value, compress a zero block. */
function squeezeFull(cv: usize, m: usize): void {
  const low = v128.load(cv, 96);
  const sum = i32x4.add(low, i32x4.splat(1));
  v128.store(cv, sum, 96);
  // Outputs are below 2^63, so the carry into the high half never leaves the field.
  const carry = v128.and(i32x4.eq(sum, i32x4.splat(0)), i32x4.splat(1));
  v128.store(cv, i32x4.add(v128.load(cv, 112), carry), 112);
  memory.fill(m, 0, 256);
  eidos4(cv, m);
}
