import { blake4, eidos4, transposeIn, transposeOut } from './compress';
import { P } from './field';
import { param, scratch } from './task';
import { CHUNK_END, CHUNK_START, ROOT, startChunk } from './tree';

/**
 * ChaCha20 (RFC 8439, section 2.3), four blocks abreast: lane j of every vector belongs to block j. The values are those
 * of core/stark/randomness/stream.ts; a stream is eleven lanes, eight of the key and three of the nonce.
 */
// @ts-ignore: decorator
@inline
function rot16(x: v128): v128 {
  return i8x16.shuffle(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}
// @ts-ignore: decorator
@inline
function rot12(x: v128): v128 {
  return v128.or(i32x4.shl(x, 12), i32x4.shr_u(x, 20));
}
// @ts-ignore: decorator
@inline
function rot8(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}
// @ts-ignore: decorator
@inline
function rot7(x: v128): v128 {
  return v128.or(i32x4.shl(x, 7), i32x4.shr_u(x, 25));
}

// @ts-ignore: decorator
@inline
function lane(stream: usize, i: usize): v128 {
  return v128.load32_splat(stream + (i << 2));
}

/** The blocks that `counter` numbers as sixteen vectors at `to`, words in order. */
function blocks4(stream: usize, counter: v128, to: usize): void {
  let v0 = i32x4.splat(0x61707865);
  let v1 = i32x4.splat(0x3320646e);
  let v2 = i32x4.splat(0x79622d32);
  let v3 = i32x4.splat(0x6b206574);
  let v4 = lane(stream, 0);
  let v5 = lane(stream, 1);
  let v6 = lane(stream, 2);
  let v7 = lane(stream, 3);
  let v8 = lane(stream, 4);
  let v9 = lane(stream, 5);
  let v10 = lane(stream, 6);
  let v11 = lane(stream, 7);
  let v12 = counter;
  let v13 = lane(stream, 8);
  let v14 = lane(stream, 9);
  let v15 = lane(stream, 10);
  for (let round = 0; round < 10; round++) {
    // columns
    v0 = i32x4.add(v0, v4);
    v1 = i32x4.add(v1, v5);
    v2 = i32x4.add(v2, v6);
    v3 = i32x4.add(v3, v7);
    v12 = rot16(v128.xor(v12, v0));
    v13 = rot16(v128.xor(v13, v1));
    v14 = rot16(v128.xor(v14, v2));
    v15 = rot16(v128.xor(v15, v3));
    v8 = i32x4.add(v8, v12);
    v9 = i32x4.add(v9, v13);
    v10 = i32x4.add(v10, v14);
    v11 = i32x4.add(v11, v15);
    v4 = rot12(v128.xor(v4, v8));
    v5 = rot12(v128.xor(v5, v9));
    v6 = rot12(v128.xor(v6, v10));
    v7 = rot12(v128.xor(v7, v11));
    v0 = i32x4.add(v0, v4);
    v1 = i32x4.add(v1, v5);
    v2 = i32x4.add(v2, v6);
    v3 = i32x4.add(v3, v7);
    v12 = rot8(v128.xor(v12, v0));
    v13 = rot8(v128.xor(v13, v1));
    v14 = rot8(v128.xor(v14, v2));
    v15 = rot8(v128.xor(v15, v3));
    v8 = i32x4.add(v8, v12);
    v9 = i32x4.add(v9, v13);
    v10 = i32x4.add(v10, v14);
    v11 = i32x4.add(v11, v15);
    v4 = rot7(v128.xor(v4, v8));
    v5 = rot7(v128.xor(v5, v9));
    v6 = rot7(v128.xor(v6, v10));
    v7 = rot7(v128.xor(v7, v11));
    // diagonals
    v0 = i32x4.add(v0, v5);
    v1 = i32x4.add(v1, v6);
    v2 = i32x4.add(v2, v7);
    v3 = i32x4.add(v3, v4);
    v15 = rot16(v128.xor(v15, v0));
    v12 = rot16(v128.xor(v12, v1));
    v13 = rot16(v128.xor(v13, v2));
    v14 = rot16(v128.xor(v14, v3));
    v10 = i32x4.add(v10, v15);
    v11 = i32x4.add(v11, v12);
    v8 = i32x4.add(v8, v13);
    v9 = i32x4.add(v9, v14);
    v5 = rot12(v128.xor(v5, v10));
    v6 = rot12(v128.xor(v6, v11));
    v7 = rot12(v128.xor(v7, v8));
    v4 = rot12(v128.xor(v4, v9));
    v0 = i32x4.add(v0, v5);
    v1 = i32x4.add(v1, v6);
    v2 = i32x4.add(v2, v7);
    v3 = i32x4.add(v3, v4);
    v15 = rot8(v128.xor(v15, v0));
    v12 = rot8(v128.xor(v12, v1));
    v13 = rot8(v128.xor(v13, v2));
    v14 = rot8(v128.xor(v14, v3));
    v10 = i32x4.add(v10, v15);
    v11 = i32x4.add(v11, v12);
    v8 = i32x4.add(v8, v13);
    v9 = i32x4.add(v9, v14);
    v5 = rot7(v128.xor(v5, v10));
    v6 = rot7(v128.xor(v6, v11));
    v7 = rot7(v128.xor(v7, v8));
    v4 = rot7(v128.xor(v4, v9));
  }
  v128.store(to, i32x4.add(v0, i32x4.splat(0x61707865)));
  v128.store(to, i32x4.add(v1, i32x4.splat(0x3320646e)), 16);
  v128.store(to, i32x4.add(v2, i32x4.splat(0x79622d32)), 32);
  v128.store(to, i32x4.add(v3, i32x4.splat(0x6b206574)), 48);
  v128.store(to, i32x4.add(v4, lane(stream, 0)), 64);
  v128.store(to, i32x4.add(v5, lane(stream, 1)), 80);
  v128.store(to, i32x4.add(v6, lane(stream, 2)), 96);
  v128.store(to, i32x4.add(v7, lane(stream, 3)), 112);
  v128.store(to, i32x4.add(v8, lane(stream, 4)), 128);
  v128.store(to, i32x4.add(v9, lane(stream, 5)), 144);
  v128.store(to, i32x4.add(v10, lane(stream, 6)), 160);
  v128.store(to, i32x4.add(v11, lane(stream, 7)), 176);
  v128.store(to, i32x4.add(v12, counter), 192);
  v128.store(to, i32x4.add(v13, lane(stream, 8)), 208);
  v128.store(to, i32x4.add(v14, lane(stream, 9)), 224);
  v128.store(to, i32x4.add(v15, lane(stream, 10)), 240);
}

/** Elements of a job. */
const ELEMENTS: u32 = 4096;
/** Blocks of salts of a job. */
const SALT_BLOCKS: u32 = 128;

/** The first canonical of the eight 64-bit words of each of four blocks at `from`, as four elements at `to`. */
export function selectElements(from: usize, to: usize): void {
  for (let j: usize = 0; j < 16; j += 4, to += 8) {
    let word: u64 = 0;
    let at = from + j;
    const end = at + 256;
    for (; at < end; at += 32) {
      word = (<u64>load<u32>(at, 16) << 32) | <u64>load<u32>(at);
      if (word < P) break;
    }
    // None of the eight: probability 2^-256.
    if (at == end) unreachable();
    store<u64>(to, word);
  }
}

/**
 * Uniform elements of a stream, one of each block. Parameters: 0 where they go, 1 how many, 2 number of the first, 3 address of
 * the stream's eleven lanes. A job is 4096 elements, or fewer at the end.
 */
export function randomElements(job: u32, p: usize): void {
  const from = job * ELEMENTS;
  const to = min(from + ELEMENTS, param(p, 1));
  const out = <usize>param(p, 0);
  const stream = <usize>param(p, 3);
  const block = scratch;
  const four = scratch + 256;
  for (let i = from; i < to; i += 4) {
    blocks4(stream, i32x4.add(i32x4.splat(param(p, 2) + i), i32x4(0, 1, 2, 3)), block);
    selectElements(block, four);
    memory.copy(out + (<usize>i << 3), four, <usize>min<u32>(4, to - i) << 3);
  }
}

/**
 * Absorbs the salts of a tree's leaves as their last row. Parameters: 0 leaf states, in bit-reversed order, changed in place, 1 log
 * of their number (at least 3), 2 hash (0 Eidos, 1 BLAKE3), 3 address of the stream's eleven lanes. Leaves 2 i and 2 i + 1
 * share block i, and in this order stand half of all leaves apart. A job is 128 blocks, or all if there are fewer.
 */
export function saltLeaves(job: u32, p: usize): void {
  const half: u32 = 1 << (param(p, 1) - 1);
  const shift = 33 - param(p, 1);
  const hash = param(p, 2);
  const stream = <usize>param(p, 3);
  const from = job * SALT_BLOCKS;
  const to = min(from + SALT_BLOCKS, half);
  // Reversed, the low bits of four consecutive rows are the high bits of their blocks' numbers.
  const steps = i32x4(0, half >> 1, half >> 2, (half >> 1) | (half >> 2));
  const block = scratch;
  for (let q = from; q < to; q += 4) {
    blocks4(stream, i32x4.add(i32x4.splat(reverse(q) >> shift), steps), block);
    const states = <usize>param(p, 0) + (<usize>q << 5);
    absorbSalts(states, block, hash);
    absorbSalts(states + (<usize>half << 5), block + 128, hash);
  }
}

/** Four states at `states` absorb four salts, eight vectors at `salts`, whose words lose their top bits. */
function absorbSalts(states: usize, salts: usize, hash: u32): void {
  const m = scratch + 512;
  const cv = scratch + 768;
  const salt = hash == 0 ? m : m + 128;
  for (let i: usize = 0; i < 128; i += 32) {
    v128.store(salt + i, v128.load(salts + i));
    v128.store(salt + i, v128.and(v128.load(salts + i, 16), i32x4.splat(0x7fff_ffff)), 16);
  }
  if (hash == 0) {
    memory.fill(m + 128, 0, 128);
    transposeIn(states, cv);
    eidos4(cv, m);
  } else {
    transposeIn(states, m);
    startChunk(cv);
    blake4(cv, m, 0, 64, CHUNK_START | CHUNK_END | ROOT);
  }
  transposeOut(cv, states);
}

function reverse(x: u32): u32 {
  x = ((x >> 1) & 0x5555_5555) | ((x & 0x5555_5555) << 1);
  x = ((x >> 2) & 0x3333_3333) | ((x & 0x3333_3333) << 2);
  x = ((x >> 4) & 0x0f0f_0f0f) | ((x & 0x0f0f_0f0f) << 4);
  return bswap(x);
}
