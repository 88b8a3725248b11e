import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import type { MerklePath } from '../../merkle/path.ts';

/** An inner node of a Merkle tree with its children. */
export type InnerNode = readonly [node: Word, left: Word, right: Word];

/** What the prover brings to a run without telling the verifier. */
export interface AdviceInputs {
  /** First element is popped first. */
  readonly stack?: readonly Felt[];
  readonly map?: Iterable<readonly [key: Word, values: readonly Felt[]]>;
  /** Inner nodes of Merkle trees; each node must be the hash of its children. */
  readonly nodes?: Iterable<InnerNode>;
}

/** A change that an event handler asks for. */
export type AdviceMutation =
  | { readonly kind: 'stack'; readonly values: readonly Felt[] }
  | { readonly kind: 'map'; readonly entries: Iterable<readonly [key: Word, values: readonly Felt[]]> }
  | { readonly kind: 'nodes'; readonly nodes: Iterable<InnerNode> };

/** A node and the siblings on its way to the root, its own first. */
export interface Opening {
  readonly node: Word;
  readonly path: MerklePath;
}
