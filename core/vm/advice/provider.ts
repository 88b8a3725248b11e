import type { Felt } from '../../field/felt.ts';
import { loadFelt, storeFelt } from '../../field/lanes.ts';
import { merge } from '../../hash/eidos.ts';
import { type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import { EMPTY_ROOTS } from '../../merkle/empty.ts';
import { MerkleError } from '../../merkle/errors.ts';
import { MerkleStore } from '../../merkle/store.ts';
import { ExecutionError } from '../errors.ts';
import type { AdviceInputs, AdviceMutation, InnerNode, Opening } from './inputs.ts';

const FELT_BYTES = 8;
const KEY_BYTES = 32;
const NODE_BYTES = 96;

/**
 * The advice of one run: a stack, a map and a Merkle store, together limited in size. A map key is written once:
 * the same values again change nothing, others are an error (miden-processor 1.0.0-rc.0, src/host/advice).
 */
export class AdviceProvider {
  /** The stack upside down, two lanes per element: the next one to pop is the last. */
  #stack = new Uint32Array(256);
  #stackLanes = 0;
  readonly #map = new Map<string, readonly Felt[]>();
  readonly #store = new MerkleStore();
  readonly #maxBytes: number;
  /** The nodes of empty trees are always there and always count. */
  #bytes = NODE_BYTES * (EMPTY_ROOTS.length - 1);

  constructor(inputs: AdviceInputs, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#reserve(0);
    this.pushAll(inputs.stack ?? []);
    this.extendMap(inputs.map ?? []);
    this.extendStore(inputs.nodes ?? []);
  }

  /** Elements on the stack. */
  get stackSize(): number {
    return this.#stackLanes / 2;
  }

  /** Pops `count` elements to `out`, the first one popped at `at`. Throws `advice-stack-empty` and pops nothing. */
  pop(count: number, out: Uint32Array, at: number): void {
    if (this.#stackLanes < 2 * count) {
      throw new ExecutionError('advice-stack-empty', 'The program wants more advice than it was given.', {
        details: `It pops ${count}, and the advice stack holds ${this.stackSize}.`,
      });
    }
    for (let i = 0; i < 2 * count; i += 2) {
      this.#stackLanes -= 2;
      out[at + i] = this.#stack[this.#stackLanes];
      out[at + i + 1] = this.#stack[this.#stackLanes + 1];
    }
    this.#bytes -= FELT_BYTES * count;
  }

  /** Puts elements on the stack so that `values[0]` is popped first. */
  pushAll(values: readonly Felt[]): void {
    this.#reserve(FELT_BYTES * values.length);
    const end = this.#stackLanes + 2 * values.length;
    if (end > this.#stack.length) {
      const grown = new Uint32Array(Math.max(end, 2 * this.#stack.length));
      grown.set(this.#stack);
      this.#stack = grown;
    }
    for (let i = values.length - 1; i >= 0; i--) {
      storeFelt(this.#stack, this.#stackLanes, values[i]);
      this.#stackLanes += 2;
    }
  }

  /** The stack, next element to pop first. */
  stack(): Felt[] {
    const values: Felt[] = [];
    for (let at = this.#stackLanes - 2; at >= 0; at -= 2) values.push(loadFelt(this.#stack, at));
    return values;
  }

  mapValues(key: Word): readonly Felt[] | undefined {
    return this.#map.get(wordKey(key));
  }

  /** As {@link mapValues}, but throws `advice-key-missing`. */
  requireMapValues(key: Word): readonly Felt[] {
    const values = this.mapValues(key);
    if (values) return values;
    throw new ExecutionError('advice-key-missing', 'The advice map has no entry under the key.', {
      details: `The key is [${key.join(', ')}].`,
    });
  }

  extendMap(entries: Iterable<readonly [key: Word, values: readonly Felt[]]>): void {
    for (const [key, values] of entries) this.insert(key, values);
  }

  insert(key: Word, values: readonly Felt[]): void {
    const known = this.checkEntry(key, values.length);
    if (known === undefined) {
      this.#reserve(KEY_BYTES + FELT_BYTES * values.length);
      this.#map.set(wordKey(key), values);
    } else if (known.some((value, i) => value !== values[i])) {
      failConflict(key);
    }
  }

  /** Throws unless the map has room for `count` values under `key`, or has as many there; returns these. */
  checkEntry(key: Word, count: number): readonly Felt[] | undefined {
    const known = this.mapValues(key);
    if (known === undefined) this.#check(KEY_BYTES + FELT_BYTES * count);
    else if (known.length !== count) failConflict(key);
    return known;
  }

  hasNode(node: Word): boolean {
    return this.#store.has(node);
  }

  extendStore(nodes: Iterable<InnerNode>): void {
    for (const [node, left, right] of nodes) this.#addNode(node, left, right);
  }

  /** Makes the parent of two nodes known. */
  mergeNodes(left: Word, right: Word): void {
    this.#addNode(merge(left, right), left, right);
  }

  /** The node at (depth, index) below `root` with its siblings. Throws `merkle-index`, `merkle-lookup`. */
  open(root: Word, depth: Felt, index: Felt): Opening {
    if (depth > 64n || index >> depth !== 0n) {
      throw new ExecutionError('merkle-index', `A Merkle tree has no node ${index} at depth ${depth}.`);
    }
    try {
      return this.#store.path(root, Number(depth), index);
    } catch (error) {
      if (!(error instanceof MerkleError)) throw error;
      throw new ExecutionError(
        'merkle-lookup',
        'The advice does not hold the Merkle tree that is asked for.',
        {
          details: `Root [${root.join(', ')}], depth ${depth}, index ${index}. ${error.message}`,
          cause: error,
        },
      );
    }
  }

  /** Adds the tree that differs from that under `root` in one node; returns the opening of the old one. */
  replaceNode(root: Word, depth: Felt, index: Felt, value: Word): Opening {
    const opening = this.open(root, depth, index);
    if (!wordsEqual(opening.node, value)) {
      let node = value;
      opening.path.forEach((sibling, level) => {
        const [left, right] = (index >> BigInt(level)) & 1n ? [sibling, node] : [node, sibling];
        node = merge(left, right);
        this.#addNode(node, left, right);
      });
    }
    return opening;
  }

  apply(mutations: Iterable<AdviceMutation>): void {
    for (const mutation of mutations) {
      if (mutation.kind === 'stack') this.pushAll(mutation.values);
      else if (mutation.kind === 'map') this.extendMap(mutation.entries);
      else this.extendStore(mutation.nodes);
    }
  }

  #addNode(node: Word, left: Word, right: Word): void {
    if (this.#store.has(node)) return;
    this.#reserve(NODE_BYTES);
    this.#store.add(node, left, right);
  }

  #check(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) {
      throw new ExecutionError('advice-limit', `The advice may hold ${this.#maxBytes} bytes.`, {
        details: `It holds ${this.#bytes}, and ${bytes} were to be added.`,
      });
    }
  }

  #reserve(bytes: number): void {
    this.#check(bytes);
    this.#bytes += bytes;
  }
}

function failConflict(key: Word): never {
  throw new ExecutionError('advice-key-conflict', 'The advice map already has other values under the key.', {
    details: `The key is [${key.join(', ')}].`,
  });
}
