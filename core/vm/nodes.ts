import { storeFelt } from '../field/lanes.ts';
import { wordToLanes } from '../hash/eidos.ts';
import { type Word, wordKey } from '../hash/word.ts';
import { ExecutionError } from './errors.ts';
import { childrenOf } from './mast/nodes.ts';
import type { BlockNode, MastForest, MastNode, NodeId, OpBatch, Program } from './mast/types.ts';
import { Op } from './opcodes.ts';

const GROUPS = 8;
const OPCODE_BITS = 7n;

/** Where a {@link RunNode} comes from, for errors and for finding its children. */
interface Origin {
  readonly forest: MastForest;
  readonly node: MastNode;
}

/** A control node made ready to run. Children are made ready when they are first entered. */
export interface RunControl extends Origin {
  readonly opcode: number;
  /** Names the node's content, see `ChipletRecorder`. */
  readonly key: number;
  /** Child digests (16, zero where there is none) and own digest (8). */
  readonly lanes: Uint32Array;
  readonly children: (RunNode | undefined)[];
  readonly childIds: readonly NodeId[];
  /** SYSCALL: position of the callee in the kernel, -1 if it is not there. */
  readonly procedure: number;
}

/** A basic block made ready to run: everything an operation or its trace row needs, in flat arrays. */
export interface RunBlock extends Origin {
  readonly opcode: typeof Op.SPAN;
  readonly key: number;
  readonly digest: Uint32Array;
  /** Opcodes of all batches, one after the other. */
  readonly ops: Uint8Array;
  /** Two lanes per operation: PUSH's value, or an error code. */
  readonly immediates: Uint32Array;
  /** Index of each batch's first operation, and the end. */
  readonly batchStarts: Uint32Array;
  /** 16 lanes per batch. */
  readonly groups: Uint32Array;
  readonly groupCount: number;
  /** Groups left when each batch starts, its own included. */
  readonly groupsLeft: Uint32Array;
  /** Per operation, for its trace row: groups left after the current one. */
  readonly rowGroupsLeft: Uint32Array;
  /** Per operation: its position in its group. */
  readonly rowOpIndex: Uint8Array;
  /** Two lanes per operation: the operations of its group that follow it. */
  readonly rowGroupOps: Uint32Array;
}

export type RunNode = RunControl | RunBlock;

export const isBlock = (node: RunNode): node is RunBlock => node.opcode === Op.SPAN;

const OPCODES = {
  join: Op.JOIN,
  split: Op.SPLIT,
  loop: Op.LOOP,
  call: Op.CALL,
  syscall: Op.SYSCALL,
  dyn: Op.DYN,
  dyncall: Op.DYNCALL,
} as const;

/**
 * Makes the nodes of a program ready to run, each when it is first entered, and resolves what is named by digest:
 * external nodes and the targets of dynamic calls.
 */
export class NodeTable {
  readonly #program: Program;
  readonly #made = new Map<MastForest, (RunNode | undefined)[]>();
  readonly #roots = new Map<MastForest, Map<string, NodeId>>();
  readonly #keys = new Map<string, number>();
  readonly #procedures: ReadonlyMap<string, number>;
  readonly #onForest: (forest: MastForest) => void;

  /** `onForest` is called when a forest is entered for the first time. */
  constructor(program: Program, onForest: (forest: MastForest) => void) {
    this.#program = program;
    this.#onForest = onForest;
    this.#procedures = new Map(program.kernel.map((digest, i) => [wordKey(digest), i]));
  }

  entry(): RunNode {
    return this.#get(this.#program.forest, this.#program.entry);
  }

  child(parent: RunControl, which: number): RunNode {
    return (parent.children[which] ??= this.#get(parent.forest, parent.childIds[which]));
  }

  /** The procedure a dynamic call names: one of the caller's forest, or of the program's libraries. */
  dynamic(caller: RunControl, digest: Word): RunNode {
    const key = wordKey(digest);
    const own = this.#rootsOf(caller.forest).get(key);
    return own === undefined ? this.#external(digest, key) : this.#get(caller.forest, own);
  }

  #external(digest: Word, key: string): RunNode {
    for (const library of this.#program.libraries) {
      const id = this.#rootsOf(library).get(key);
      if (id === undefined) continue;
      if (library.nodes[id].kind === 'external') {
        throw new ExecutionError('external-loop', 'A library names a procedure it does not hold itself.', {
          details: `Digest [${digest.join(', ')}].`,
          advice: 'Link the library that defines the procedure.',
        });
      }
      return this.#get(library, id);
    }
    throw new ExecutionError('procedure-not-found', 'The program calls a procedure that was not linked.', {
      details: `Its digest is [${digest.join(', ')}].`,
      advice: 'Pass the library that defines it.',
    });
  }

  #rootsOf(forest: MastForest): Map<string, NodeId> {
    let roots = this.#roots.get(forest);
    if (!roots) {
      roots = new Map(forest.roots.map((id) => [wordKey(forest.nodes[id].digest), id]));
      this.#roots.set(forest, roots);
    }
    return roots;
  }

  #get(forest: MastForest, id: NodeId): RunNode {
    let made = this.#made.get(forest);
    if (!made) {
      this.#onForest(forest);
      made = new Array(forest.nodes.length);
      this.#made.set(forest, made);
    }
    return (made[id] ??= this.#make(forest, forest.nodes[id]));
  }

  #make(forest: MastForest, node: MastNode): RunNode {
    const digestKey = wordKey(node.digest);
    if (node.kind === 'external') return this.#external(node.digest, digestKey);
    let key = this.#keys.get(digestKey);
    if (key === undefined) this.#keys.set(digestKey, (key = this.#keys.size));
    if (node.kind === 'block') return makeBlock(forest, node, key);

    const childIds = childrenOf(node);
    const lanes = new Uint32Array(24);
    childIds.forEach((id, i) => {
      wordToLanes(forest.nodes[id].digest, lanes, 8 * i);
    });
    wordToLanes(node.digest, lanes, 16);
    const procedure =
      node.kind === 'syscall' ? (this.#procedures.get(wordKey(forest.nodes[node.callee].digest)) ?? -1) : -1;
    const opcode = OPCODES[node.kind];
    return { forest, node, opcode, key, lanes, childIds, children: [undefined, undefined], procedure };
  }
}

function makeBlock(forest: MastForest, node: BlockNode, key: number): RunBlock {
  const { batches } = node;
  const size = batches.reduce((sum, batch) => sum + batch.ops.length, 0);
  const groupCount = batches.reduce((sum, batch) => sum + batch.groupCount, 0);
  const block = {
    forest,
    node,
    opcode: Op.SPAN,
    key,
    digest: new Uint32Array(8),
    ops: new Uint8Array(size),
    immediates: new Uint32Array(2 * size),
    batchStarts: new Uint32Array(batches.length + 1),
    groups: new Uint32Array(2 * GROUPS * batches.length),
    groupCount,
    groupsLeft: new Uint32Array(batches.length),
    rowGroupsLeft: new Uint32Array(size),
    rowOpIndex: new Uint8Array(size),
    rowGroupOps: new Uint32Array(2 * size),
  };
  wordToLanes(node.digest, block.digest, 0);
  let start = 0;
  let left = groupCount;
  batches.forEach((batch, b) => {
    block.batchStarts[b] = start;
    block.groupsLeft[b] = left;
    for (let g = 0; g < batch.groupCount; g++) {
      storeFelt(block.groups, 2 * (GROUPS * b + g), batch.groups[g]);
      fillGroup(block, batch, g, start, left);
    }
    start += batch.ops.length;
    left -= batch.groupCount;
  });
  block.batchStarts[batches.length] = start;
  return block;
}

/** The rows of one group's operations. `start`: index of the batch's first operation; `left`: groups when it starts. */
function fillGroup(block: RunBlock, batch: OpBatch, group: number, start: number, left: number): void {
  let ops = batch.groups[group];
  let groupsLeft = left - group - 1;
  const first = batch.groupStarts[group];
  for (let i = first; i < batch.groupStarts[group + 1]; i++) {
    const { op, imm } = batch.ops[i];
    const at = start + i;
    ops >>= OPCODE_BITS;
    block.ops[at] = op;
    if (imm !== undefined) storeFelt(block.immediates, 2 * at, imm);
    block.rowOpIndex[at] = i - first;
    storeFelt(block.rowGroupOps, 2 * at, ops);
    block.rowGroupsLeft[at] = groupsLeft;
    // The immediate is a group of its own, and read with its PUSH.
    if (op === Op.PUSH) groupsLeft--;
  }
}
