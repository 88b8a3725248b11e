import type { MatrixShape, ProofShape, TreeShape } from './shape.ts';

/** A committed matrix, in the form that a backend has it, and where it stands. */
export interface Placed<M> {
  readonly shape: MatrixShape;
  readonly matrix: M;
}

interface Committed<M> {
  /** In the order in which a leaf absorbs them. */
  readonly matrices: readonly M[];
}

/** All matrices of a proof in the order of its out-of-domain rows. */
export const placed = <M>(
  { trees }: ProofShape,
  committed: Readonly<Record<TreeShape['name'], Committed<M> | undefined>>,
): Placed<M>[] =>
  trees.flatMap(({ name, matrices }) =>
    matrices.map((shape, i) => ({ shape, matrix: committed[name]!.matrices[i] })),
  );

/** The matrix of an instance's fixed columns, if it has any. */
export function fixedMatrix<M>(
  { trees }: ProofShape,
  preprocessed: Committed<M> | undefined,
  instance: number,
): M | undefined {
  const tree = trees.find(({ name }) => name === 'preprocessed');
  return preprocessed?.matrices[tree?.matrices.findIndex((m) => m.instance === instance) ?? -1];
}
