import type { QuadFelt } from '../../core/field/quad.ts';
import type {
  Backend,
  Digest,
  ProvingSession,
  SessionOptions,
  TreeOpening,
} from '../../core/stark/backend.ts';
import { treeIndices } from '../../core/stark/order.ts';
import type { Profile } from '../../core/stark/profile.ts';
import { type ProofShape, proofShape } from '../../core/stark/shape.ts';

/** A tree as a verifier sees it. */
export interface SeenTree extends TreeOpening {
  readonly root: Digest;
  /** Which leaves are opened, ascending. */
  readonly leaves: readonly number[];
}

/** All that a proof shows, and the challenges, which follow from it. */
export interface Seen {
  readonly shape: ProofShape;
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

/** A backend that records what goes by. */
export class ObservedBackend implements Backend {
  readonly name;
  readonly description = 'recorded';
  readonly #inner: Backend;
  readonly #missing: Partial<Profile>;
  #seen: { -readonly [K in keyof Seen]?: Seen[K] } = {};

  /**
   * `missing` changes what `inner` is told of the profile: what it then leaves out is the negative control of a test.
   */
  constructor(inner: Backend, missing: Partial<Profile> = {}) {
    this.name = inner.name;
    this.#inner = inner;
    this.#missing = missing;
  }

  /** What the last proof showed, once it is done. */
  get seen(): Seen {
    return this.#seen as Seen;
  }

  async open(options: SessionOptions): Promise<ProvingSession> {
    const profile = { ...options.profile, ...this.#missing };
    const session = await this.#inner.open({ ...options, profile });
    const seen = this.#seen;
    const roots: Digest[] = [];
    const shape = proofShape(
      options.instances.map((i) => i.air),
      options.instances.map((i) => i.logHeight),
      profile,
    );
    seen.shape = shape;
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
      async commitQuotient(alpha, beta) {
        roots[2] = await session.commitQuotient(alpha, beta);
        return roots[2];
      },
      async evaluateAt(z) {
        const rows = await session.evaluateAt(z);
        [seen.z, seen.rows] = [z, rows];
        return rows;
      },
      deep: (columns, points) => session.deep(columns, points),
      friCommit: () => session.friCommit(),
      friFold: (beta) => session.friFold(beta),
      async friFinal() {
        seen.final = await session.friFinal();
        return seen.final;
      },
      grind: (job) => session.grind(job),
      async query(indices) {
        const openings = await session.query(indices);
        for (const [i, name] of (['main', 'aux', 'quotient'] as const).entries())
          seen[name] = { ...openings[name], root: roots[i], leaves: treeIndices(indices, shape.logLde) };
        return openings;
      },
      peakBytes: () => session.peakBytes(),
      close: () => session.close(),
    };
  }

  async close(): Promise<void> {}
}
