import { type Word, wordKey } from '../../hash/word.ts';
import { Op } from '../opcodes.ts';
import { childrenOf } from './nodes.ts';
import type { MastForest, MastNode, NodeId } from './types.ts';

/** The procedures that a forest holds, not those that it only names: their nodes by the keys of their digests. */
export function definedProcedures({ roots, nodes }: MastForest): ReadonlyMap<string, NodeId> {
  return new Map(
    roots.filter((id) => nodes[id].kind !== 'external').map((id) => [wordKey(nodes[id].digest), id]),
  );
}

/**
 * What is left of forests if only these procedures are ever entered: the same nodes with the same digests, and no others. A
 * procedure whose digest's elements are pushed somewhere in what is left stays too: such code is reached dynamically. What
 * several forests hold stays in the first. Forests
 * of which nothing is left are left out; advice maps stay whole, because keys may be computed.
 *
 * A procedure that no forest holds is nobody's to prune: nothing stands for it in the result.
 */
export function pruneForests(forests: readonly MastForest[], procedures: readonly Word[]): MastForest[] {
  const parts = forests.map((forest) => new Part(forest));
  const wanted = new Set<string>();
  const want = (key: string): void => {
    if (wanted.has(key)) return;
    wanted.add(key);
    parts.find((part) => part.enter(key, want));
  };
  for (const root of procedures) want(wordKey(root));
  for (let before = -1; before !== wanted.size; ) {
    before = wanted.size;
    // What any part pushes may name a procedure of any other.
    const pushed = new Set(parts.flatMap((part) => [...part.pushed]));
    for (const part of parts) for (const key of part.namedBy(pushed)) want(key);
  }
  return parts.flatMap((part) => part.rest() ?? []);
}

/** A forest, and which of its nodes were reached. */
class Part {
  readonly #forest: MastForest;
  readonly #procedures: ReadonlyMap<string, NodeId>;
  readonly #reached: Uint8Array;
  /** Every value that a reached node pushes. */
  readonly pushed = new Set<bigint>();

  constructor(forest: MastForest) {
    this.#forest = forest;
    this.#procedures = definedProcedures(forest);
    this.#reached = new Uint8Array(forest.nodes.length);
  }

  /** Marks a procedure that it holds, and all below; tells the keys of what is only named there. Whether it holds it. */
  enter(key: string, onExternal: (key: string) => void): boolean {
    const root = this.#procedures.get(key);
    if (root === undefined) return false;
    const { nodes } = this.#forest;
    const stack = [root];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (this.#reached[id]) continue;
      this.#reached[id] = 1;
      const node = nodes[id];
      if (node.kind === 'external') onExternal(wordKey(node.digest));
      else if (node.kind === 'block') this.#push(node);
      else stack.push(...childrenOf(node));
    }
    return true;
  }

  #push({ batches }: Extract<MastNode, { kind: 'block' }>): void {
    for (const { ops } of batches) for (const { op, imm } of ops) if (op === Op.PUSH) this.pushed.add(imm!);
  }

  *namedBy(pushed: ReadonlySet<bigint>): Iterable<string> {
    for (const [key, id] of this.#procedures)
      if (this.#forest.nodes[id].digest.every((element) => pushed.has(element))) yield key;
  }

  /** The forest of what was reached, in the order it had. */
  rest(): MastForest | undefined {
    const { nodes, roots } = this.#forest;
    const kept = nodes.flatMap((_, id) => (this.#reached[id] ? [id] : []));
    if (kept.length === 0) return undefined;
    if (kept.length === nodes.length) return this.#forest;
    const ids = new Map(kept.map((id, at) => [id, at]));
    return {
      ...this.#forest,
      nodes: kept.map((id) => renumbered(nodes[id], (child) => ids.get(child)!)),
      roots: roots.flatMap((id) => (nodes[id].kind === 'external' ? [] : (ids.get(id) ?? []))),
    };
  }
}

function renumbered(node: MastNode, idOf: (id: NodeId) => NodeId): MastNode {
  switch (node.kind) {
    case 'join':
      return { ...node, first: idOf(node.first), second: idOf(node.second) };
    case 'split':
      return { ...node, onTrue: idOf(node.onTrue), onFalse: idOf(node.onFalse) };
    case 'loop':
      return { ...node, body: idOf(node.body) };
    case 'call':
    case 'syscall':
      return { ...node, callee: idOf(node.callee) };
    default:
      return node;
  }
}
