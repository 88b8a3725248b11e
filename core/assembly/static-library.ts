import { type Word, wordKey } from '../hash/word.ts';
import { rawIndices } from '../vm/mast/batch.ts';
import { childrenOf } from '../vm/mast/nodes.ts';
import type { MastForest, NodeId } from '../vm/mast/types.ts';
import type { ForestBuilder, NodeRef } from './forest-builder.ts';

interface Place {
  readonly forest: MastForest;
  readonly node: NodeId;
}

/** Copies procedures of libraries into the forest under construction, with all they need of those libraries. */
export class StaticLibraries {
  readonly #builder: ForestBuilder;
  readonly #roots = new Map<string, Place>();
  readonly #copied = new Map<MastForest, Map<NodeId, NodeRef>>();

  constructor(forests: readonly MastForest[], builder: ForestBuilder) {
    this.#builder = builder;
    for (const forest of forests) {
      this.#copied.set(forest, new Map());
      for (const node of forest.roots) {
        const key = wordKey(forest.nodes[node].digest);
        const isExternal = forest.nodes[node].kind === 'external';
        if (!isExternal && !this.#roots.has(key)) this.#roots.set(key, { forest, node });
      }
      for (const [code, message] of forest.errorMessages) builder.errorMessages.set(code, message);
    }
  }

  /** The copy of the procedure with this digest; an external node if no library has it. */
  link(digest: Word): NodeRef {
    const root = this.#roots.get(wordKey(digest));
    return root ? this.#copy(root) : this.#builder.external(digest, undefined);
  }

  #copy(root: Place): NodeRef {
    const stack = [root];
    while (stack.length > 0) {
      const place = stack[stack.length - 1];
      const missing = this.#needs(place).filter((each) => this.#copyOf(each) === undefined);
      if (missing.length > 0) {
        stack.push(...missing.reverse());
      } else {
        stack.pop();
        if (this.#copyOf(place) === undefined)
          this.#copied.get(place.forest)!.set(place.node, this.#copyNode(place));
      }
    }
    return this.#copyOf(root)!;
  }

  #copyOf({ forest, node }: Place): NodeRef | undefined {
    return this.#copied.get(forest)!.get(node);
  }

  /** What must be copied before a node: its children, or the code an external node stands for. */
  #needs({ forest, node: id }: Place): Place[] {
    const node = forest.nodes[id];
    if (node.kind !== 'external') return childrenOf(node).map((child) => ({ forest, node: child }));
    const root = this.#roots.get(wordKey(node.digest));
    return root ? [root] : [];
  }

  #copyNode(place: Place): NodeRef {
    const builder = this.#builder;
    const node = place.forest.nodes[place.node];
    const [first, second] = this.#needs(place).map((each) => this.#copyOf(each)!);
    switch (node.kind) {
      case 'block': {
        const raw = [...rawIndices(node.batches)];
        return builder.block(
          raw.map(({ op }) => op),
          raw.map(({ index }) => node.spans?.[index]),
          node.span,
        );
      }
      case 'join':
        return builder.join(first, second, node.span);
      case 'split':
        return builder.split(first, second, node.span);
      case 'loop':
        return builder.loop(first, node.span);
      case 'call':
      case 'syscall':
        return builder.call(node.kind, first, node.span);
      case 'dyn':
      case 'dyncall':
        return builder.dynamic(node.kind, node.span);
      case 'external':
        return first ?? builder.external(node.digest, undefined);
    }
  }
}
