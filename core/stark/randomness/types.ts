import type { MaskPurpose, SaltPurpose, Stream } from './stream.ts';

/**
 * The randomness of one attempt at one proof. Mask streams are handed out once: masks that serve two witnesses give both
 * away. Salts may be read again, because backends compute them anew when they open leaves.
 */
export interface ProofRandomness {
  /**
   * The stream of one column: `air` is the instance's number (0 where a column belongs to no AIR), `column` the base
   * column's in its matrix. Throws `randomness-reused` the second time.
   */
  take(purpose: MaskPurpose, air: number, column: number): Stream;
  /** The stream of a tree's salts; leaf i in domain order. */
  salts(purpose: SaltPurpose): Stream;
  /** Overwrites the key; every stream handed out is dead. Safe twice. */
  close(): void;
}
