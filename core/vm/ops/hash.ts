import { Domain } from '../../hash/domains.ts';
import { initLanes, lanesToWord, mergeLanes } from '../../hash/eidos.ts';
import { compressLanes } from '../../hash/eidos-compress.ts';
import { ExecutionError } from '../errors.ts';
import type { MachineState, Operate } from '../state.ts';
import { elementAt, failPath } from './fail.ts';
import { getElements, setWord } from './memory.ts';

/** Hashing and Merkle operations. */

const MAX_MERKLE_DEPTH = 64;
const WORD = 8;

/** Block 16, chaining value 8, result 8. */
const state = new Uint32Array(32);

function compressState(s: MachineState): number {
  compressLanes(state, 16, state, 0, state, 24);
  return s.recorder === null ? 0 : s.recorder.compress(state);
}

/** One compression of block s0..7 into the chaining value s8..11. Helper 0: its address. */
export const compress: Operate = (s) => {
  getElements(s, 0, 12, state, 0);
  s.helpers[0] = compressState(s);
  s.helpers[1] = 0;
  s.helped = true;
  setWord(s, 8, state, 24);
};

/** The statement s0..3 is folded into the deferred root, which replaces it. Helpers: address, previous root. */
export const logDeferred: Operate = (s) => {
  state.set(s.deferredRoot, 0);
  getElements(s, 0, 4, state, 8);
  initLanes(state, 16, Domain.DEFERRED_AND);
  s.helpers[0] = compressState(s);
  s.helpers[1] = 0;
  s.helpers.set(s.deferredRoot, 2);
  s.helpers.fill(0, 10);
  s.helped = true;
  s.deferredRoot.set(state.subarray(24, 32));
  setWord(s, 0, state, 24);
};

const path = new Uint32Array(WORD * MAX_MERKLE_DEPTH);
const nodes = new Uint32Array(WORD * (MAX_MERKLE_DEPTH + 1));
const newNodes = new Uint32Array(WORD * (MAX_MERKLE_DEPTH + 1));
const root = new Uint32Array(WORD);

function depthAt(s: MachineState, i: number): number {
  const depth = elementAt(s, i);
  if (depth === 0n || depth > BigInt(MAX_MERKLE_DEPTH)) {
    throw new ExecutionError('merkle-depth', 'The depth of a Merkle tree must be between 1 and 64.', {
      details: `It was ${depth}.`,
    });
  }
  return Number(depth);
}

const indexBit = (lo: number, hi: number, level: number): number =>
  (level < 32 ? lo >>> level : hi >>> (level - 32)) & 1;

/** From the leaf in `out[0..8]` up along `path`: the nodes on the way, the root last. */
function climb(out: Uint32Array, depth: number, lo: number, hi: number): void {
  for (let level = 0; level < depth; level++) {
    const node = WORD * level;
    if (indexBit(lo, hi, level)) mergeLanes(path, node, out, node, out, node + WORD);
    else mergeLanes(out, node, path, node, out, node + WORD);
  }
}

function requireRoot(s: MachineState, depth: number): void {
  for (let i = 0; i < WORD; i++) {
    if (nodes[WORD * depth + i] !== root[i]) failPath(s, lanesToWord(root, 0).join(', '));
  }
}

/**
 * Helpers: the address; the lowest bit of the index; 16-bit limbs of (p - 1 - index - bit) / 2, which prove that the
 * index is canonical.
 */
function recordIndex(s: MachineState, address: number, lo: number, hi: number): void {
  const bit = lo & 1;
  // p - 1 = (2^32 - 1)·2^32, so its lower lane is zero and borrows whenever index + bit has one.
  const evenLo = lo - bit + 2 * bit;
  const carry = evenLo >= 2 ** 32 ? 1 : 0;
  const subLo = evenLo - carry * 2 ** 32;
  const borrow = subLo > 0 ? 1 : 0;
  const restLo = (2 ** 32 * borrow - subLo) >>> 0;
  const restHi = (0xffff_ffff - hi - carry - borrow) >>> 0;
  const halfLo = ((restLo >>> 1) | (restHi << 31)) >>> 0;
  const halfHi = restHi >>> 1;
  const { helpers } = s;
  helpers.fill(0);
  helpers[0] = address;
  helpers[2] = bit;
  helpers[4] = halfLo & 0xffff;
  helpers[6] = halfLo >>> 16;
  helpers[8] = halfHi & 0xffff;
  helpers[10] = halfHi >>> 16;
  s.helped = true;
}

/** [node 4, depth, index, root 4]: the node lies at (depth, index) below the root. Nothing changes. */
export const mpverify: Operate = (s) => {
  const depth = depthAt(s, 4);
  const { lanes, top } = s.stack;
  const lo = lanes[top - 12];
  const hi = lanes[top - 11];
  getElements(s, 0, 4, nodes, 0);
  getElements(s, 6, 4, root, 0);
  s.advice.path(root, 0, depth, lo, hi, path);
  climb(nodes, depth, lo, hi);
  requireRoot(s, depth);
  if (s.recorder !== null) recordIndex(s, s.recorder.merkleVerify(depth, lo, hi, nodes, path), lo, hi);
};

/** [old node 4, depth, index, old root 4, new node 4]: the new root replaces the old node. */
export const mrupdate: Operate = (s) => {
  const depth = depthAt(s, 4);
  const { lanes, top } = s.stack;
  const lo = lanes[top - 12];
  const hi = lanes[top - 11];
  getElements(s, 0, 4, nodes, 0);
  getElements(s, 6, 4, root, 0);
  getElements(s, 10, 4, newNodes, 0);
  s.advice.path(root, 0, depth, lo, hi, path, newNodes);
  climb(nodes, depth, lo, hi);
  requireRoot(s, depth);
  climb(newNodes, depth, lo, hi);
  setWord(s, 0, newNodes, WORD * depth);
  if (s.recorder !== null) {
    recordIndex(s, s.recorder.merkleUpdate(depth, lo, hi, nodes, newNodes, path), lo, hi);
  }
};
