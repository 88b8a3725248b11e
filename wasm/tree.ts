import { IV0, IV1, IV2, IV3, IV4, IV5, IV6, IV7, blake4, eidos4, transposeIn, transposeOut } from './compress';
import { param, scratch } from './task';

/**
 * Leaf and node hashing. Digests are records of 32 bytes. Row q of a matrix in bit-reversed order is leaf rev(q) of the
 * tree; layers keep that order, so the two children of node q stand at q and q + (size of the node's own layer), and
 * both sides of four nodes are contiguous.
 */
const TILE: u32 = 128;

export const CHUNK_START: u32 = 1;
export const CHUNK_END: u32 = 2;
export const PARENT: u32 = 4;
export const ROOT: u32 = 8;

/** Four consecutive rows of one column as two message words of four lanes each. */
// @ts-ignore: decorator
@inline
function loadColumn(p: usize, m: usize): void {
  const a = v128.load(p);
  const b = v128.load(p, 16);
  v128.store(m, v128.shuffle<u32>(a, b, 0, 2, 4, 6));
  v128.store(m, v128.shuffle<u32>(a, b, 1, 3, 5, 7), 16);
}

/** Brings the states of rows row..row+3 into eight vectors: the same rows, or those of a 2^shift times shorter matrix. */
function loadStates(states: usize, row: u32, shift: u32, to: usize): void {
  if (shift == 0) return transposeIn(states + (<usize>row << 5), to);
  if (shift == 1) {
    const a = states + (<usize>(row >> 1) << 5);
    memory.copy(to + 128, a, 32);
    memory.copy(to + 160, a, 32);
    memory.copy(to + 192, a + 32, 32);
    memory.copy(to + 224, a + 32, 32);
    return transposeIn(to + 128, to);
  }
  const a = states + (<usize>(row >> shift) << 5);
  for (let i: usize = 0; i < 8; i++) v128.store(to + (i << 4), v128.load32_splat(a + (i << 2)));
}

/**
 * Absorbs the rows of one matrix. Parameters: 0 first column, 1 bytes between columns, 2 width, 3 rows, 4 states before
 * (32-byte records, or one record for all rows when 5 is 31), 5 log of how many rows share a state, 6 states after, 7 hash (0 Eidos,
 * 1 BLAKE3). A job is 128 rows, or fewer at the end; rows is a multiple of 4.
 */
export function leafAbsorb(job: u32, p: usize): void {
  if (param(p, 7) == 0) eidosTile(job, p);
  else blakeTile(job, p);
}

function eidosTile(job: u32, p: usize): void {
  const columns = <usize>param(p, 0);
  const stride = <usize>param(p, 1);
  const width = param(p, 2);
  const first = job * TILE;
  const groups = min(TILE, param(p, 3) - first) >> 2;
  const states = scratch; // 32 groups of 8 vectors, and room behind
  const m = scratch + 8192;
  for (let g: u32 = 0; g < groups; g++) {
    loadStates(param(p, 4), first + (g << 2), param(p, 5), m);
    memory.copy(states + (<usize>g << 7), m, 128);
  }
  for (let c: u32 = 0; c < width; c += 8) {
    const count = min<u32>(8, width - c);
    const block = columns + stride * c + (<usize>first << 3);
    memory.fill(m + (<usize>count << 5), 0, <usize>(8 - count) << 5);
    for (let g: u32 = 0; g < groups; g++) {
      let column = block + (<usize>g << 5);
      for (let i: u32 = 0; i < count; i++, column += stride) loadColumn(column, m + (<usize>i << 5));
      eidos4(states + (<usize>g << 7), m);
    }
  }
  const out = <usize>param(p, 6) + (<usize>first << 5);
  for (let g: u32 = 0; g < groups; g++) transposeOut(states + (<usize>g << 7), out + (<usize>g << 7));
}

export function startChunk(cv: usize): void {
  v128.store(cv, i32x4.splat(IV0));
  v128.store(cv, i32x4.splat(IV1), 16);
  v128.store(cv, i32x4.splat(IV2), 32);
  v128.store(cv, i32x4.splat(IV3), 48);
  v128.store(cv, i32x4.splat(IV4), 64);
  v128.store(cv, i32x4.splat(IV5), 80);
  v128.store(cv, i32x4.splat(IV6), 96);
  v128.store(cv, i32x4.splat(IV7), 112);
}

/**
 * state <- BLAKE3(state, row as little-endian words): 4 + width words of 8 bytes, in blocks of 8, chunks of 128. Chunk
 * values wait on a stack until their sibling is there; the root is compressed last.
 */
function blakeTile(job: u32, p: usize): void {
  const columns = <usize>param(p, 0);
  const stride = <usize>param(p, 1);
  const width = param(p, 2);
  const first = job * TILE;
  const groups = min(TILE, param(p, 3) - first) >> 2;
  const words = width + 4;
  const blocks = (words + 7) >> 3;
  const cvs = scratch; // 32 groups of 8 vectors
  const states = scratch + 4096;
  const m = scratch + 8192;
  const stack = scratch + 16384; // up to 8 levels of 32 groups of 8 vectors
  for (let g: u32 = 0; g < groups; g++) {
    loadStates(param(p, 4), first + (g << 2), param(p, 5), m);
    memory.copy(states + (<usize>g << 7), m, 128);
  }
  const chunks = (blocks + 15) >> 4;
  let depth: u32 = 0;
  for (let chunk: u32 = 0; chunk < chunks; chunk++) {
    const end = min(blocks, (chunk + 1) << 4);
    const lastChunk = chunk + 1 == chunks;
    for (let g: u32 = 0; g < groups; g++) startChunk(cvs + (<usize>g << 7));
    for (let b = chunk << 4; b < end; b++) {
      let flags: u32 = (b & 15) == 0 ? CHUNK_START : 0;
      if (b + 1 == end) flags |= chunks == 1 ? CHUNK_END | ROOT : CHUNK_END;
      const count = min<u32>(8, words - (b << 3));
      memory.fill(m + (<usize>count << 5), 0, <usize>(8 - count) << 5);
      for (let g: u32 = 0; g < groups; g++) {
        let i: u32 = 0;
        if (b == 0) {
          memory.copy(m, states + (<usize>g << 7), 128);
          i = 4;
        }
        let column = columns + stride * ((b << 3) + i - 4) + (<usize>(first + (g << 2)) << 3);
        for (; i < count; i++, column += stride) loadColumn(column, m + (<usize>i << 5));
        blake4(cvs + (<usize>g << 7), m, chunk, count << 3, flags);
      }
    }
    if (chunks == 1) break;
    // A finished chunk merges with as many waiting values as its number has trailing ones; the last with all.
    let merges = lastChunk ? depth : ctz(~chunk);
    for (; merges > 0; merges--) {
      depth--;
      const flags = lastChunk && depth == 0 ? PARENT | ROOT : PARENT;
      for (let g: u32 = 0; g < groups; g++) {
        const cv = cvs + (<usize>g << 7);
        memory.copy(m, stack + (<usize>depth << 12) + (<usize>g << 7), 128);
        memory.copy(m + 128, cv, 128);
        startChunk(cv);
        blake4(cv, m, 0, 64, flags);
      }
    }
    memory.copy(stack + (<usize>depth << 12), cvs, 4096);
    depth++;
  }
  const out = <usize>param(p, 6) + (<usize>first << 5);
  for (let g: u32 = 0; g < groups; g++) transposeOut(cvs + (<usize>g << 7), out + (<usize>g << 7));
}

/** Four nodes: children at a and b, contiguous on both sides. */
function nodes4(a: usize, b: usize, out: usize, hash: u32, cv: usize, m: usize): void {
  transposeIn(a, m);
  transposeIn(b, m + 128);
  if (hash == 0) {
    // The tag-free chaining value: zero lanes with the odd words of the initial value between them.
    v128.store(cv, i32x4.splat(0));
    v128.store(cv, i32x4.splat(IV1), 16);
    v128.store(cv, i32x4.splat(0), 32);
    v128.store(cv, i32x4.splat(IV3), 48);
    v128.store(cv, i32x4.splat(0), 64);
    v128.store(cv, i32x4.splat(IV5), 80);
    v128.store(cv, i32x4.splat(0), 96);
    v128.store(cv, i32x4.splat(IV7), 112);
    eidos4(cv, m);
  } else {
    startChunk(cv);
    blake4(cv, m, 0, 64, CHUNK_START | CHUNK_END | ROOT);
  }
  transposeOut(cv, out);
}

/**
 * Several layers of nodes. Parameters: 0 children of the lowest layer, 1 log of the nodes of the highest, 2 layers, 3 nodes of
 * the highest per job (a power of two), 4 hash. Layer i + 1 follows layer i in memory, the lowest follows the children.
 * In storage order the descendants of node q stand at q and at all distances that are multiples of the highest layer's size, so
 * a job needs nothing that another one makes.
 */
export function treeNodes(job: u32, p: usize): void {
  let children = <usize>param(p, 0);
  const top: u32 = 1 << param(p, 1);
  const perJob = param(p, 3);
  const hash = param(p, 4);
  const cv = scratch;
  const m = scratch + 256;
  const four = scratch + 1024;
  for (let layers = param(p, 2); layers > 0; layers--) {
    const size: u32 = top << (layers - 1);
    const parents = children + (<usize>size << 6);
    // A job that has the whole layer has it in one piece.
    const run = perJob == top ? size : perJob;
    for (let start = job * perJob; start < size; start += perJob == top ? size : top) {
      for (let q = start; q < start + run; q += 4) {
        const a = children + (<usize>q << 5);
        const b = children + (<usize>(q + size) << 5);
        const to = parents + (<usize>q << 5);
        if (run >= 4) nodes4(a, b, to, hash, cv, m);
        else {
          // Two nodes or one: the same, with lanes to spare.
          const bytes = <usize>run << 5;
          memory.fill(four, 0, 256);
          memory.copy(four, a, bytes);
          memory.copy(four + 128, b, bytes);
          nodes4(four, four + 128, four + 256, hash, cv, m);
          memory.copy(to, four + 256, bytes);
        }
      }
    }
    children = parents;
  }
}
