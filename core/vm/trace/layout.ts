/**
 * Column indices of the Core, Chiplets and And8Lookup traces, shared by the trace builders and the constraints; the
 * Eidos trace has its own page, `eidos-layout.ts` (miden-air 1.0.0-rc.0, src/constraints/columns.rs,
 * src/constraints/chiplets/columns.rs, src/constraints/and8_lookup/columns.rs).
 *
 * A name that stands for several columns is the index of the first; its comment says how many follow.
 */

const MIN_TRACE_HEIGHT = 64;

/** Height of a trace of so many rows: a power of two, at least 64. */
export function traceHeight(rows: number): number {
  let height = MIN_TRACE_HEIGHT;
  while (height < rows) height *= 2;
  return height;
}

export const CORE_WIDTH = 48;
export const CORE = {
  clk: 0,
  ctx: 1,
  /** 4: digest of the procedure that runs in this context. */
  fnHash: 2,
  /** Controller row of the block the row belongs to. */
  addr: 6,
  /** 7, least significant first. */
  opBits: 7,
  /** 8: what a control row hashes; on the rows of a block see `groupOps`, `parentAddr` and `helpers`. */
  hasher: 14,
  inSpan: 22,
  groupCount: 23,
  opIndex: 24,
  fullBatch: 25,
  /** 1 for four groups, -1 for two, 0 for one (or for eight, see `fullBatch`). */
  batchSizeCode: 26,
  /** b6 (1 - b5) b4. */
  extra0: 27,
  /** b6 b5. */
  extra1: 28,
  /** 16, top first. */
  stack: 29,
  depth: 45,
  overflowAddr: 46,
  /** 1 / (depth - 16), or 0 where depth = 16. */
  depthInverse: 47,

  // Overlays on `hasher`. Rows of a block:
  groupOps: 14,
  parentAddr: 15,
  /** 6. */
  helpers: 16,
  // END rows (the digest stands in the first four):
  isLoopBody: 18,
  isLoop: 19,
  restoresCallerFrame: 20,
} as const;

export const CHIPLETS_WIDTH = 24;
/** Columns of the whole trace. Which chiplet a row belongs to: see {@link CHIPLET_SELECTORS}. */
export const CHIPLETS = {
  sCtrl: 0,
  s1: 1,
  s2: 2,
  s3: 3,
  s4: 4,
  /** Controller: 1 on Merkle and padding rows. Bitwise: 1 on the rows of an AEAD stream. */
  mode: 22,
  /** Row number, from 1. */
  clk: 23,
} as const;

/** Values of the leading columns sCtrl, s1, ... on each chiplet's rows; the rest of a row is the chiplet's own. */
export const CHIPLET_SELECTORS = {
  controller: [1],
  bitwise: [0, 0],
  memory: [0, 1, 0],
  ace: [0, 1, 1, 0],
  kernelRom: [0, 1, 1, 1, 0],
  padding: [0, 1, 1, 1, 1],
} as const;

/** The hash controller: one compression per row; `state` is a block of 8, then 4 of a row's own kind. */
export const CONTROLLER = {
  s0: 1,
  s1: 2,
  s2: 3,
  /** 8: the message block. */
  block: 4,
  /** 4, hash rows: chaining value that goes in. */
  cvIn: 12,
  /** 4, Merkle rows: the parent node that comes out. */
  digestOut: 12,
  /** 4, hash rows: chaining value that comes out. */
  cvOut: 16,
  nodeIndex: 16,
  nodeIndexNext: 17,
  isStart: 18,
  level: 19,
  opFinal: 20,
  mrupdateId: 21,
} as const;

/** Values of s0, s1, s2 for each kind of controller row. */
export const CONTROLLER_KINDS = {
  hashStart: [1, 0, 0],
  hashAbsorb: [0, 0, 0],
  merkleVerify: [1, 0, 1],
  merkleOld: [1, 1, 0],
  merkleNew: [1, 1, 1],
  padding: [0, 1, 0],
} as const;

/** The controller's rows are padded to a multiple of this, so that AEAD entries start in phase. */
export const CONTROLLER_ALIGNMENT = 8;

/** One AND or XOR of two u32 per row, as bytes, lowest first. */
export const BITWISE = {
  /** 0 AND, 1 XOR. */
  op: 2,
  /** 4. */
  a: 3,
  /** 4. */
  b: 7,
  /** 4: bytes of a & b. */
  and: 11,
} as const;

/**
 * An AEAD stream entry: eight rows for half a CRYPTOSTREAM (one word in, two out); phases r0 to r7, one u32 XOR per row.
 * `bytes` of each overlay holds four bytes of either operand, then four of their AND.
 */
export const AEAD_ROWS = 8;
/** Phases r0 and r4: reads a word of plaintext. */
export const AEAD_READ = {
  ctx: 2,
  clk: 3,
  srcPtr: 4,
  laneBase: 5,
  /** 4. */
  plaintext: 6,
  /** 12. */
  bytes: 10,
} as const;
/** Phases r1 and r5. */
export const AEAD_HIGH_FIRST = {
  ctx: 2,
  clk: 3,
  srcPtr: 4,
  laneBase: 5,
  nextPlaintext: 6,
  cPrev0: 7,
  hiQuotient: 8,
  /** 12. */
  bytes: 9,
  spare: 21,
} as const;
/** Phases r2 and r6. */
export const AEAD_LOW_SECOND = {
  ctx: 2,
  clk: 3,
  srcPtr: 4,
  dstPtr: 5,
  laneBase: 6,
  activePlaintext: 7,
  cPrev0: 8,
  cPrev1: 9,
  /** 12. */
  bytes: 10,
} as const;
/** Phases r3 and r7: writes a word of ciphertext. */
export const AEAD_HIGH_SECOND = {
  ctx: 2,
  clk: 3,
  dstPtr: 4,
  laneBase: 5,
  cPrev0: 6,
  cPrev1: 7,
  cPrev2: 8,
  hiQuotient: 9,
  /** 12. */
  bytes: 10,
} as const;

/** Memory accesses, sorted by context, word address and clk. */
export const MEMORY = {
  isRead: 3,
  /** 0: one element, at `idx1 idx0`; 1: the whole word. */
  isWord: 4,
  ctx: 5,
  wordAddr: 6,
  idx0: 7,
  idx1: 8,
  clk: 9,
  /** 4: the word after the access. */
  value: 10,
  /** 16-bit limbs of the step in context, else in address, else in clk. */
  deltaLow: 14,
  deltaHigh: 15,
  deltaInverse: 16,
  sameCtxAndAddr: 17,
  /** 16-bit limbs of wordAddr / 4. */
  wordAddrLow: 18,
  wordAddrHigh: 19,
} as const;

/** Arithmetic circuits: READ rows load wires, EVAL rows evaluate one gate. */
export const ACE = {
  sStart: 4,
  /** 0 READ, 1 EVAL. */
  sBlock: 5,
  ctx: 6,
  ptr: 7,
  clk: 8,
  /** -1 subtract, 0 multiply, 1 add. */
  evalOp: 9,
  id0: 10,
  /** 2. */
  v0: 11,
  id1: 13,
  /** 2. */
  v1: 14,
  /** READ: number of EVAL rows minus one. */
  numEval: 16,
  /** READ: how often wire 1 is used. */
  m1: 18,
  /** EVAL. */
  id2: 16,
  /** 2, EVAL. */
  v2: 17,
  /** How often wire 0 is used. */
  m0: 19,
} as const;

/** One row per kernel procedure. */
export const KERNEL_ROM = {
  /** Number of syscalls to it. */
  multiplicity: 5,
  /** 4. */
  digest: 6,
} as const;

export const AND8_WIDTH = 7;
export const AND8_HEIGHT = 65_536;
/** Multiplicities; a row is the byte pair (a, b), row number 256 a + b. */
export const AND8 = {
  canonicalXor: 0,
  rot12Pos1: 1,
  rot7Pos0: 2,
  rot7Pos2: 3,
  rot12Pos3: 4,
  rot7Pos3: 5,
  /** Of the 16-bit value 256 a + b. */
  range: 6,
} as const;

export const AND8_PREPROCESSED_WIDTH = 5;
export const AND8_PREPROCESSED = {
  a: 0,
  b: 1,
  xor: 2,
  /** (a ^ b) << 8 rotated right by 12. */
  wrap12: 3,
  /** (a ^ b) rotated right by 7. */
  wrap7: 4,
} as const;
