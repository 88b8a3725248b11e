import type { QuadFelt } from '../../../core/field/quad.ts';
import type {
  Backend,
  Digest,
  ProvingSession,
  SessionOptions,
  TreeOpening,
} from '../../../core/stark/backend.ts';
import { treeIndices } from '../../../core/stark/order.ts';
import type { Profile } from '../../../core/stark/profile.ts';
import { ReferenceBackend } from '../../../core/stark/reference/backend.ts';
import { proveWithSeed } from '../../../core/stark/testing/fixed-seed.ts';
import { STATEMENT, witness } from './toy.ts';

/** Where the sixteen values of either witness begin. */
const BASES = [1, 101] as const;
export const WITNESSES = BASES.map(witness);

/** A tree as a verifier sees it. */
export interface SeenTree extends TreeOpening {
  readonly root: Digest;
  /** Which leaves are opened, ascending. */
  readonly leaves: readonly number[];
}

/** All that a proof shows, and the challenges, which follow from it. */
export interface View {
  readonly bytes: Uint8Array;
  readonly lookup: readonly [QuadFelt, QuadFelt];
  /** The point out of domain. */
  readonly z: QuadFelt;
  readonly rows: readonly (readonly QuadFelt[])[];
  readonly final: readonly QuadFelt[];
  readonly main: SeenTree;
  readonly aux: SeenTree;
  readonly quotient: SeenTree;
  /** The LogUp sums, which a hiding proof does not show. */
  readonly sums: readonly QuadFelt[];
}

/**
 * Proves with witness 0 or 1 and records what there is to see. `missing` changes what the backend is told of the
 * profile: what it then leaves out is the negative control of a test.
 */
export async function viewOf(
  which: 0 | 1,
  label: string | number,
  profile: Profile,
  missing: Partial<Profile> = {},
): Promise<View> {
  const seen: { -readonly [K in keyof View]?: View[K] } = {};
  const roots: Digest[] = [];
  const inner = new ReferenceBackend();
  const backend: Backend = {
    name: inner.name,
    description: inner.description,
    close: () => inner.close(),
    async open(options: SessionOptions): Promise<ProvingSession> {
      const session = await inner.open({ ...options, profile: { ...profile, ...missing } });
      return {
        async commitMain() {
          const committed = await session.commitMain();
          roots[0] = committed.main;
          return committed;
        },
        async commitAux(alpha, beta) {
          const committed = await session.commitAux(alpha, beta);
          [seen.lookup, seen.sums, roots[1]] = [[alpha, beta], committed.sigmas, committed.root];
          return committed;
        },
        commitQuotient: async (alpha, beta) => (roots[2] = await session.commitQuotient(alpha, beta)),
        async evaluateAt(z) {
          const rows = await session.evaluateAt(z);
          [seen.z, seen.rows] = [z, rows];
          return rows;
        },
        deep: (columns, points) => session.deep(columns, points),
        friCommit: () => session.friCommit(),
        friFold: (beta) => session.friFold(beta),
        friFinal: async () => (seen.final = await session.friFinal()),
        grind: (job) => session.grind(job),
        async query(indices) {
          const openings = await session.query(indices);
          const logLeaves = Math.max(...options.instances.map((i) => i.logHeight)) + profile.logBlowup;
          for (const [i, name] of (['main', 'aux', 'quotient'] as const).entries())
            seen[name] = { ...openings[name], root: roots[i], leaves: treeIndices(indices, logLeaves) };
          return openings;
        },
        peakBytes: () => session.peakBytes(),
        close: () => session.close(),
      };
    },
  };
  seen.bytes = await proveWithSeed(
    { instances: WITNESSES[which], statement: STATEMENT, profile, backend },
    label,
  );
  return seen as View;
}
