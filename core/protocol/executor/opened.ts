import type { SmtProof } from '../../merkle/smt-proof.ts';
import { MerkleStore } from '../../merkle/store.ts';
import type { AdviceMutation } from '../../vm/advice/inputs.ts';

/** What it takes to look a key up in a sparse Merkle tree: the entries of its leaf, and the nodes on the way there. */
export function opened({ path, leaf }: SmtProof): AdviceMutation[] {
  const store = new MerkleStore();
  store.addPath(leaf.hash, leaf.index, path);
  return [
    { kind: 'map', entries: [[leaf.hash, leaf.elements]] },
    { kind: 'nodes', nodes: store.innerNodes() },
  ];
}
