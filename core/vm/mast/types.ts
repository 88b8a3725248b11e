import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import type { Opcode } from '../opcodes.ts';

/** Index of a node in its forest's `nodes`. */
export type NodeId = number;

/** One operation of a basic block. `imm` is PUSH's value, or the error code of ASSERT, MPVERIFY and U32ASSERT2. */
export interface Operation {
  readonly op: Opcode;
  readonly imm?: Felt;
}

/**
 * Up to eight groups of a block, one controller row each in the trace (miden-core op_batch.rs).
 * `ops` are the operations as executed, padding NOOPs included; `groupStarts[g]` is the index in `ops` of the first
 * operation of group g (an immediate's slot has an empty range); `groups` has 8 values, unused ones 0.
 */
export interface OpBatch {
  readonly ops: readonly Operation[];
  readonly groups: readonly Felt[];
  /** 1, 2, 4 or 8. */
  readonly groupCount: number;
  /** Length groupCount + 1; the last entry is `ops.length`. */
  readonly groupStarts: readonly number[];
  /** Per group: whether its last operation is a padding NOOP (the builder added it; a copy of the block drops it). */
  readonly padded: readonly boolean[];
}

/** A place in a source text: half-open UTF-16 offsets into `SourceFile.text`. */
export interface SourceSpan {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

interface NodeBase {
  readonly digest: Word;
  /** Where the node comes from, if it was assembled from source here. */
  readonly span?: SourceSpan;
}

export interface BlockNode extends NodeBase {
  readonly kind: 'block';
  readonly batches: readonly OpBatch[];
  /** Source of each operation, parallel to the concatenated `ops` of the batches; `undefined` entries for padding. */
  readonly spans?: readonly (SourceSpan | undefined)[];
}
interface JoinNode extends NodeBase {
  readonly kind: 'join';
  readonly first: NodeId;
  readonly second: NodeId;
}
interface SplitNode extends NodeBase {
  readonly kind: 'split';
  readonly onTrue: NodeId;
  readonly onFalse: NodeId;
}
interface LoopNode extends NodeBase {
  readonly kind: 'loop';
  readonly body: NodeId;
}
interface CallNode extends NodeBase {
  readonly kind: 'call' | 'syscall';
  readonly callee: NodeId;
}
interface DynNode extends NodeBase {
  readonly kind: 'dyn' | 'dyncall';
}
/** Stands for a procedure of another forest, found at run time by its digest. */
interface ExternalNode extends NodeBase {
  readonly kind: 'external';
}
export type MastNode = BlockNode | JoinNode | SplitNode | LoopNode | CallNode | DynNode | ExternalNode;

/** A set of programs and procedures that share nodes. Children stand before their parents. */
export interface MastForest {
  readonly nodes: readonly MastNode[];
  readonly roots: readonly NodeId[];
  /** Values the forest brings to the advice map when it is loaded. */
  readonly adviceMap: readonly (readonly [key: Word, values: readonly Felt[]])[];
  /** Text of assertion error codes, where known. */
  readonly errorMessages: ReadonlyMap<Felt, string>;
}

/** Digests of a kernel's procedures, sorted by their 32 serialized bytes, unique, at most 255. */
export type Kernel = readonly Word[];

/** What runs: an entry node in a forest, and the kernel its syscalls may reach. */
export interface Program {
  readonly forest: MastForest;
  readonly entry: NodeId;
  readonly kernel: Kernel;
  /** Forests in which external nodes and kernel procedures are found by digest. */
  readonly libraries: readonly MastForest[];
}
