import { blake3Lanes } from '../../hash/blake3.ts';
import { Domain } from '../../hash/domains.ts';
import { initLanes } from '../../hash/eidos.ts';
import { compressLanes } from '../../hash/eidos-compress.ts';
import type { ProofHash } from '../profile.ts';
import { alignedWidth } from '../shape.ts';

/**
 * How a proof hashes leaves and nodes. Digests and rows are u32 lanes, low half of a field element first; eight lanes
 * are the 32 bytes of a digest read as little-endian u32, for either hash. Never allocates in Eidos form.
 */
export interface LeafHasher {
  /** Opens the states of leaves that will absorb rows of these widths (in field elements). */
  open(widths: readonly number[], states: Uint32Array): void;
  /** Absorbs a row of `width` field elements, 2 * width lanes at `rowAt`, into the state at `at`. */
  absorb(states: Uint32Array, at: number, row: Uint32Array, rowAt: number, width: number): void;
  /** out[outAt..+8] = node over the digests at `nodes[at..+8]` and `nodes[at + 8..+8]`. */
  merge(nodes: Uint32Array, at: number, out: Uint32Array, outAt: number): void;
}

/** Each row fills its own blocks of eight elements; the number of padded elements opens the state. */
function eidosHasher(): LeafHasher {
  const node = new Uint32Array(8);
  initLanes(node, 0, 0);
  const last = new Uint32Array(16);
  return {
    open(widths, states) {
      const length = widths.reduce((sum, width) => sum + alignedWidth(width, 'eidos'), 0);
      for (let at = 0; at < states.length; at += 8) initLanes(states, at, Domain.LMCS_LEAF, length);
    },
    absorb(states, at, row, rowAt, width) {
      const end = rowAt + 2 * width;
      let p = rowAt;
      for (; p + 16 <= end; p += 16) compressLanes(states, at, row, p, states, at);
      if (p === end) return;
      last.fill(0);
      for (let i = 0; p < end; i++, p++) last[i] = row[p];
      compressLanes(states, at, last, 0, states, at);
    },
    merge(nodes, at, out, outAt) {
      compressLanes(node, 0, nodes, at, out, outAt);
    },
  };
}

/** The state, 32 zero bytes at first, is hashed together with each row as little-endian u64. */
function blake3Hasher(): LeafHasher {
  let buffer = new Uint32Array(64);
  return {
    open(_widths, states) {
      states.fill(0);
    },
    absorb(states, at, row, rowAt, width) {
      const length = 8 + 2 * width;
      if (buffer.length < length) buffer = new Uint32Array(2 * length);
      for (let i = 0; i < 8; i++) buffer[i] = states[at + i];
      for (let i = 8; i < length; i++) buffer[i] = row[rowAt + i - 8];
      blake3Lanes(buffer, 0, length, states, at);
    },
    merge(nodes, at, out, outAt) {
      blake3Lanes(nodes, at, 16, out, outAt);
    },
  };
}

/** A hasher of its own buffers: not to be shared between threads. */
export const leafHasher = (hash: ProofHash): LeafHasher =>
  hash === 'eidos' ? eidosHasher() : blake3Hasher();
