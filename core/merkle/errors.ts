import { KilnError } from '../errors.ts';

/** A Merkle structure cannot do what was asked. `kind` is one of the literals below. */
export class MerkleError extends KilnError {
  constructor(
    kind:
      | 'merkle-shape'
      | 'merkle-index'
      | 'merkle-missing-node'
      | 'merkle-path-mismatch'
      | 'merkle-leaf-full'
      | 'merkle-inconsistent',
    message: string,
  ) {
    super(kind, message);
  }
}
