import type { Air } from '../air/types.ts';
import type { Felt } from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import type { Instance } from './backend.ts';
import { fixedMatrix } from './placed.ts';
import type { ProofShape } from './shape.ts';

/** What the constraints of one instance are evaluated on, with matrices in the form that a backend has them. */
export interface QuotientInput<M> {
  readonly air: Air;
  /** log2 of the parts that this instance's own quotient is computed from. */
  readonly logParts: number;
  /** What expressions without cells may read. */
  readonly binding: {
    readonly public: readonly Felt[];
    readonly auxValues: readonly QuadFelt[];
    readonly challenges: readonly [QuadFelt, QuadFelt];
  };
  readonly main: M;
  readonly aux: M;
  readonly preprocessed: M | undefined;
}

interface Matrices<M> {
  /** In proof order. */
  readonly matrices: readonly M[];
}

/** The inputs of all instances, in proof order. `sigmas` are in instance order, as `instances` are. */
export const quotientInputs = <M>(
  shape: ProofShape,
  instances: readonly Instance[],
  lookup: { readonly sigmas: readonly QuadFelt[]; readonly challenges: readonly [QuadFelt, QuadFelt] },
  committed: {
    readonly preprocessed: Matrices<M> | undefined;
    readonly main: Matrices<M>;
    readonly aux: Matrices<M>;
  },
): QuotientInput<M>[] =>
  shape.order.map((i, position) => ({
    air: instances[i].air,
    logParts: shape.logQuotientParts[i],
    binding: {
      public: instances[i].publicValues,
      auxValues: [lookup.sigmas[i]],
      challenges: lookup.challenges,
    },
    main: committed.main.matrices[position],
    aux: committed.aux.matrices[position],
    preprocessed: fixedMatrix(shape, committed.preprocessed, i),
  }));
