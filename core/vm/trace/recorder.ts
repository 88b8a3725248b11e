import type { ByteCounts, EidosBlocks, TraceMatrix } from './types.ts';

/**
 * What the processor reports, cycle by cycle, for the tables beside the Core trace: hasher controller, bitwise, AEAD
 * stream, memory, ACE, kernel ROM, compressions and 16-bit ranges.
 *
 * Field elements travel as two u32 lanes, low half first, inside typed arrays: a word is 8 lanes, a compression block
 * 16. Arrays passed in belong to the processor and change after the call: copy what is kept. An "address" is the hasher
 * controller row at which a request starts, counted from 1; it becomes the id of a block in the decoder.
 *
 * Calls come in the order of the clock, and only for operations that succeed.
 */
export interface ChipletRecorder {
  /**
   * Request counts of 16-bit values, 65,536 of them: the range column of the byte-pair table. The processor adds the
   * limbs of its u32 operations here directly (zeros of unused limbs included); Merkle operations, memory and
   * compressions are the recorder's to add.
   */
  readonly rangeCounts: Uint32Array;

  /**
   * A control node starts: one controller row. `key` names the node's content: equal keys mean equal digests, keys are
   * dense from 0. `lanes`: 16 of the two child digests (zeros where there is none, and both for DYN and DYNCALL), then
   * 8 of the node's digest. The chaining value is that of domain `opcode` with p0 = 8. Returns the address.
   */
  controlBlock(key: number, opcode: number, lanes: Uint32Array): number;

  /**
   * A basic block starts: one controller row per batch. `key` as above, from the same numbering. `groups`: 16 lanes per
   * batch, unused groups zero; `groupCount`: groups in all, p0 of the generic domain. Returns the address.
   */
  basicBlock(key: number, groups: Uint32Array, groupCount: number): number;

  /** One compression asked for by an operation. `lanes`: block 16, chaining value 8, result 8. Returns the address. */
  compress(lanes: Uint32Array): number;

  /**
   * A Merkle path is verified. `nodes`: depth + 1 words, leaf first, root last; `path`: `depth` sibling words, the
   * leaf's first; the leaf's position is indexHi·2^32 + indexLo. Adds the range requests of the operation. Returns the
   * address.
   */
  merkleVerify(
    depth: number,
    indexLo: number,
    indexHi: number,
    nodes: Uint32Array,
    path: Uint32Array,
  ): number;

  /** A leaf is replaced: the old path, then the new one with the same siblings. As `merkleVerify` otherwise. */
  merkleUpdate(
    depth: number,
    indexLo: number,
    indexHi: number,
    oldNodes: Uint32Array,
    newNodes: Uint32Array,
    path: Uint32Array,
  ): number;

  /** U32AND (`op` 0) or U32XOR (`op` 1) of two u32 values. */
  bitwise(op: 0 | 1, a: number, b: number): void;

  /**
   * One access to memory. `access` is one of {@link Access}; `address` is that of the element, or of the word's first
   * element; `word[at..+8]` is the whole word after the access.
   */
  memory(access: number, ctx: number, address: number, clk: number, word: Uint32Array, at: number): void;

  /**
   * CRYPTOSTREAM at `clk`, besides its memory accesses, which come through `memory` (each source word is read twice).
   * `state`: the 24 lanes compressed (block, then chaining value); `plaintext`: 8 elements; `keystream`: 16 u32 lanes;
   * `ciphertext`: 16 elements.
   */
  aeadStream(
    ctx: number,
    clk: number,
    source: number,
    target: number,
    state: Uint32Array,
    plaintext: Uint32Array,
    keystream: Uint32Array,
    ciphertext: Uint32Array,
  ): void;

  /**
   * EVALCIRCUIT at `clk`, besides its memory reads, which come through `memory`. `variables`: 4 lanes (two elements)
   * for each of `numRead`; `instructions`: 2 lanes for each of `numEval`; `values`: the 4 lanes of each evaluation.
   */
  circuit(
    ctx: number,
    clk: number,
    pointer: number,
    numRead: number,
    numEval: number,
    variables: Uint32Array,
    instructions: Uint32Array,
    values: Uint32Array,
  ): void;

  /** SYSCALL of the kernel procedure at this position. */
  kernelCall(procedure: number): void;

  /** Ends recording. The recorder is spent afterwards. */
  finish(): ChipletTraces;
}

/** What a {@link ChipletRecorder} leaves for the prover. */
export interface ChipletTraces {
  readonly chiplets: TraceMatrix;
  readonly eidos: EidosBlocks;
  readonly byteCounts: ByteCounts;
}

/** Kinds of memory access: bit 0 read, bit 1 word. */
export const Access = { WRITE_ELEMENT: 0, READ_ELEMENT: 1, WRITE_WORD: 2, READ_WORD: 3 } as const;
