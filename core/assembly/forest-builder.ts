import type { Felt } from '../field/felt.ts';
import { hashElements } from '../hash/eidos.ts';
import { compareWords, type Word, wordKey } from '../hash/word.ts';
import { buildBatches, digestBatches, rawIndices } from '../vm/mast/batch.ts';
import {
  blockOf,
  callDigest,
  DYN_DIGEST,
  DYNCALL_DIGEST,
  joinDigest,
  loopDigest,
  splitDigest,
  syscallDigest,
} from '../vm/mast/nodes.ts';
import { carriesErrorCode } from '../vm/mast/operation.ts';
import type { MastForest, MastNode, NodeId, OpBatch, Operation, SourceSpan } from '../vm/mast/types.ts';
import { Op } from '../vm/opcodes.ts';
import { AssemblyError } from './errors.ts';

/** What one assembly may produce at most; checked before the memory is taken. */
export interface ForestLimits {
  /** Operations of all blocks together, those that are merged away included. */
  readonly operations: number;
  /** Distinct nodes, and nodes in sequence in one body after `repeat` is expanded. */
  readonly nodes: number;
  /** Copies that `repeat` makes, all bodies together: equal copies cost no memory in the end, but each takes time. */
  readonly copies: number;
}

export const DEFAULT_FOREST_LIMITS: ForestLimits = { operations: 1 << 22, nodes: 1 << 20, copies: 1 << 24 };

/** A node of the forest under construction. */
export type NodeRef = number;

interface PendingBlock {
  readonly kind: 'block';
  readonly ops: readonly Operation[];
  readonly spans: readonly (SourceSpan | undefined)[];
  readonly batches: readonly OpBatch[];
}
interface PendingControl {
  readonly kind: Exclude<MastNode['kind'], 'block'>;
  readonly children: readonly NodeRef[];
}
type Pending = (PendingBlock | PendingControl) & {
  readonly digest: Word;
  readonly span: SourceSpan | undefined;
  /** Whether the digest alone tells what the node is: no error codes and no genuine NOOPs below it. */
  readonly plain: boolean;
};

const CALLS: ReadonlySet<MastNode['kind']> = new Set(['call', 'syscall', 'dyn', 'dyncall']);

/** From this many batches on, the body of a procedure is joined instead of copied into its caller's block. */
const LARGE_PROCEDURE_BATCHES = 32;

/**
 * Builds a forest in which equal nodes are one (miden-assembly 1.0.0-rc.0, src/mast_forest_builder.rs).
 *
 * Nodes are equal when their digests and all their error codes are. Adjacent basic blocks of a sequence become one,
 * and what is left is joined pairwise, level by level, the odd last one moving up.
 */
export class ForestBuilder {
  readonly errorMessages = new Map<Felt, string>();
  readonly #nodes: Pending[] = [];
  readonly #byKey = new Map<string, NodeRef>();
  /** Bodies of procedures, in order of their compilation. */
  readonly #roots = new Set<NodeRef>();
  readonly #advice = new Map<string, readonly [Word, readonly Felt[]]>();
  readonly #limits: ForestLimits;
  #operations = 0;
  #copies = 0;

  constructor(limits: ForestLimits = DEFAULT_FOREST_LIMITS) {
    this.#limits = limits;
  }

  digest(ref: NodeRef): Word {
    return this.#nodes[ref].digest;
  }

  /** A basic block of `ops` (not empty). @param spans the source of each operation, parallel to `ops`. */
  block(
    ops: readonly Operation[],
    spans: readonly (SourceSpan | undefined)[],
    span: SourceSpan | undefined,
  ): NodeRef {
    this.#spend(ops.length, span);
    const batches = buildBatches(ops);
    const digest = digestBatches(batches);
    const identity = blockIdentity(ops, batches);
    const key = identity === undefined ? wordKey(digest) : `${wordKey(digest)}:${identity}`;
    return this.#intern(key, {
      kind: 'block',
      ops,
      spans,
      batches,
      digest,
      span,
      plain: identity === undefined,
    });
  }

  join(first: NodeRef, second: NodeRef, span: SourceSpan | undefined): NodeRef {
    return this.#control('join', joinDigest(this.digest(first), this.digest(second)), [first, second], span);
  }

  split(onTrue: NodeRef, onFalse: NodeRef, span: SourceSpan | undefined): NodeRef {
    return this.#control(
      'split',
      splitDigest(this.digest(onTrue), this.digest(onFalse)),
      [onTrue, onFalse],
      span,
    );
  }

  loop(body: NodeRef, span: SourceSpan | undefined): NodeRef {
    return this.#control('loop', loopDigest(this.digest(body)), [body], span);
  }

  call(kind: 'call' | 'syscall', callee: NodeRef, span: SourceSpan | undefined): NodeRef {
    const hash = kind === 'call' ? callDigest : syscallDigest;
    return this.#control(kind, hash(this.digest(callee)), [callee], span);
  }

  dynamic(kind: 'dyn' | 'dyncall', span: SourceSpan | undefined): NodeRef {
    return this.#control(kind, kind === 'dyn' ? DYN_DIGEST : DYNCALL_DIGEST, [], span);
  }

  /** A procedure of another forest, or whatever here has that digest. */
  external(digest: Word, span: SourceSpan | undefined): NodeRef {
    return this.#control('external', digest, [], span);
  }

  /** Makes one node of a sequence of at least one. @param span the procedure the sequence belongs to. */
  sequence(refs: readonly NodeRef[], span: SourceSpan | undefined): NodeRef {
    let level = this.#mergeBlocks(refs, span);
    while (level.length > 1) {
      const next: NodeRef[] = [];
      for (let i = 0; i + 1 < level.length; i += 2) {
        // The copies of a repeated body make equal pairs.
        const isCopy = i > 0 && level[i] === level[i - 2] && level[i + 1] === level[i - 1];
        next.push(isCopy ? next[next.length - 1] : this.join(level[i], level[i + 1], span));
      }
      if (level.length % 2 === 1) next.push(level[level.length - 1]);
      level = next;
    }
    return level[0];
  }

  /** Appends `ref` to a sequence `count` times, if the limits allow what that expands to. */
  repeat(sequence: NodeRef[], ref: NodeRef, count: number, span: SourceSpan): void {
    const node = this.#nodes[ref];
    if (sequence.length + count > this.#limits.nodes) this.#tooLarge('nodes', span);
    if (node.kind === 'block' && this.#operations + count * node.ops.length > this.#limits.operations) {
      this.#tooLarge('operations', span);
    }
    this.#copies += count;
    if (this.#copies > this.#limits.copies) this.#tooLarge('copies', span);
    for (let i = 0; i < count; i++) sequence.push(ref);
  }

  /** Marks the body of a procedure: it stays in the forest, and can be called by its digest. */
  markRoot(ref: NodeRef): void {
    this.#roots.add(ref);
  }

  /** Adds an entry to the advice map. Returns false if the key already has other values. */
  addAdvice(key: Word, values: readonly Felt[]): boolean {
    const name = wordKey(key);
    const known = this.#advice.get(name)?.[1];
    if (known !== undefined) return known.length === values.length && known.every((v, i) => v === values[i]);
    this.#advice.set(name, [key, values]);
    return true;
  }

  /** The forest of all nodes the roots reach, in the order the official format asks for. */
  finish(): { readonly forest: MastForest; readonly idOf: (ref: NodeRef) => NodeId } {
    const order = this.#finalOrder();
    const ids = new Map<NodeRef, NodeId>(order.map((ref, id) => [ref, id]));
    const idOf = (ref: NodeRef): NodeId => {
      const id = ids.get(ref);
      if (id === undefined) throw new RangeError(`node ${ref} is not reachable from a root`);
      return id;
    };
    return {
      forest: {
        nodes: order.map((ref) => materialize(this.#nodes[ref], idOf)),
        roots: [...this.#roots].map(idOf),
        adviceMap: [...this.#advice.values()].sort(([a], [b]) => compareWords(a, b)),
        errorMessages: this.errorMessages,
      },
      idOf,
    };
  }

  #control(
    kind: PendingControl['kind'],
    digest: Word,
    children: readonly NodeRef[],
    span: SourceSpan | undefined,
  ): NodeRef {
    const plain = children.every((child) => this.#nodes[child].plain);
    const key = plain ? wordKey(digest) : `${kind}:${children.join()}`;
    return this.#intern(key, { kind, children, digest, span, plain });
  }

  #intern(key: string, node: Pending): NodeRef {
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      // What stood for code elsewhere is now here.
      if (this.#nodes[known].kind === 'external' && node.kind !== 'external') this.#nodes[known] = node;
      this.#forgetPlace(known, node);
      return known;
    }
    if (this.#nodes.length >= this.#limits.nodes) this.#tooLarge('nodes', node.span);
    this.#nodes.push(node);
    this.#byKey.set(key, this.#nodes.length - 1);
    return this.#nodes.length - 1;
  }

  /** Calls that stand in several places are one node, which errors may not place in any of them. */
  #forgetPlace(ref: NodeRef, again: Pending): void {
    const node = this.#nodes[ref];
    const isElsewhere = node.span?.file !== again.span?.file || node.span?.start !== again.span?.start;
    if (CALLS.has(node.kind) && isElsewhere) this.#nodes[ref] = { ...node, span: undefined };
  }

  /** Concatenates each run of basic blocks; large procedure bodies stay as they are. */
  #mergeBlocks(refs: readonly NodeRef[], span: SourceSpan | undefined): NodeRef[] {
    const merged: NodeRef[] = [];
    let run: NodeRef[] = [];
    const flush = () => {
      if (run.length > 0) merged.push(run.length === 1 ? run[0] : this.#concatenate(run, span));
      run = [];
    };
    for (const ref of refs) {
      const node = this.#nodes[ref];
      if (
        node.kind === 'block' &&
        !(this.#roots.has(ref) && node.batches.length >= LARGE_PROCEDURE_BATCHES)
      ) {
        run.push(ref);
      } else {
        flush();
        merged.push(ref);
      }
    }
    flush();
    return merged;
  }

  #concatenate(run: readonly NodeRef[], span: SourceSpan | undefined): NodeRef {
    const blocks = run.map((ref) => this.#nodes[ref] as PendingBlock);
    const length = blocks.reduce((sum, { ops }) => sum + ops.length, 0);
    if (this.#operations + length > this.#limits.operations) this.#tooLarge('operations', span);
    return this.block(
      blocks.flatMap(({ ops }) => ops),
      blocks.flatMap(({ spans }) => spans),
      span,
    );
  }

  #spend(operations: number, span: SourceSpan | undefined): void {
    this.#operations += operations;
    if (this.#operations > this.#limits.operations) this.#tooLarge('operations', span);
  }

  #tooLarge(what: keyof ForestLimits, span: SourceSpan | undefined): never {
    throw new AssemblyError(
      'program-too-large',
      `the program expands to more than ${this.#limits[what]} ${what}`,
      { span, advice: 'Use a loop instead of repeat, or call instead of exec.' },
    );
  }

  /** External nodes by digest, blocks by construction, then the rest by depth and construction. */
  #finalOrder(): NodeRef[] {
    const depth = new Map<NodeRef, number>();
    // Children are always older than their parents, except below a replaced external node.
    const visit = (root: NodeRef): void => {
      const stack: NodeRef[] = [root];
      while (stack.length > 0) {
        const ref = stack[stack.length - 1];
        const node = this.#nodes[ref];
        const children = node.kind === 'block' ? [] : node.children;
        const open = children.filter((child) => !depth.has(child));
        if (open.length > 0) {
          stack.push(...open);
          continue;
        }
        stack.pop();
        const leaf = node.kind === 'block' || node.kind === 'external';
        depth.set(ref, leaf ? 0 : 1 + Math.max(0, ...children.map((child) => depth.get(child)!)));
      }
    };
    for (const root of this.#roots) visit(root);
    const rank = (ref: NodeRef) => (this.#nodes[ref].kind === 'external' ? -1 : depth.get(ref)!);
    return [...depth.keys()].sort(
      (a, b) => rank(a) - rank(b) || (rank(a) === -1 ? compareWords(this.digest(a), this.digest(b)) : a - b),
    );
  }
}

/**
 * What tells a block from others of the same digest: error codes with their places, and, where genuine NOOPs could
 * be taken for padding, the places of the padding. `undefined` if the digest says it all.
 */
function blockIdentity(ops: readonly Operation[], batches: readonly OpBatch[]): string | undefined {
  const marks: Felt[] = [];
  let hasNoop = false;
  ops.forEach(({ op, imm }, i) => {
    if (carriesErrorCode(op)) marks.push(BigInt(i), BigInt(op), imm ?? 0n);
    hasNoop ||= op === Op.NOOP;
  });
  if (hasNoop) {
    marks.push(BigInt(ops.length));
    for (const { index } of rawIndices(batches)) marks.push(BigInt(index));
  }
  return marks.length === 0 ? undefined : wordKey(hashElements(marks));
}

function materialize(node: Pending, idOf: (ref: NodeRef) => NodeId): MastNode {
  const { digest } = node;
  const base = node.span === undefined ? { digest } : { digest, span: node.span };
  if (node.kind === 'block') return blockOf(node.batches, digest, node.spans, node.span);
  const [first, second] = node.children.map(idOf);
  switch (node.kind) {
    case 'join':
      return { ...base, kind: 'join', first, second };
    case 'split':
      return { ...base, kind: 'split', onTrue: first, onFalse: second };
    case 'loop':
      return { ...base, kind: 'loop', body: first };
    case 'call':
    case 'syscall':
      return { ...base, kind: node.kind, callee: first };
    case 'dyn':
    case 'dyncall':
      return { ...base, kind: node.kind };
    case 'external':
      return { ...base, kind: 'external' };
  }
}
