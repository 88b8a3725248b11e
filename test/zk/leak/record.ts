import type { QuadFelt } from '../../../core/field/quad.ts';
import type { Backend, ProvingSession, SessionOptions } from '../../../core/stark/backend.ts';
import { elements, type MaskPurpose, type Stream } from '../../../core/stark/randomness/stream.ts';
import type { ProofRandomness } from '../../../core/stark/randomness/types.ts';

type Openings = Awaited<ReturnType<ProvingSession['query']>>;

/** All that went over the seam between protocol and backend in one real proof. */
export interface Recording {
  readonly options: SessionOptions;
  readonly lookup: readonly [QuadFelt, QuadFelt];
  readonly fold: readonly [QuadFelt, QuadFelt];
  readonly z: QuadFelt;
  readonly rows: readonly [readonly QuadFelt[], readonly QuadFelt[]];
  readonly deep: readonly [columns: QuadFelt, points: QuadFelt];
  readonly indices: readonly number[];
  readonly openings: Openings;
  /** The first `count` elements of a stream that the backend took. */
  random(purpose: MaskPurpose, air: number, column: number, count: number): BigUint64Array;
}

type Draft = { -readonly [K in keyof Recording]?: Recording[K] };

/** A backend that proves as `inner` does and keeps what it was given and what it gave: for tests only, it keeps the masks. */
export class RecordingBackend implements Backend {
  readonly name = 'reference';
  readonly description = 'recording';
  readonly #inner: Backend;
  #draft: Draft = {};

  constructor(inner: Backend) {
    this.#inner = inner;
  }

  /** What the last proof was made of. */
  get recording(): Recording {
    return this.#draft as Recording;
  }

  async open(options: SessionOptions): Promise<ProvingSession> {
    const streams = new Map<string, Stream>();
    const draft: Draft = {
      options,
      random(purpose, air, column, count) {
        const stream = streams.get(`${purpose} ${air} ${column}`);
        if (!stream) throw new Error(`stream ${purpose}, ${air}, ${column} was not taken`);
        return elements(stream, count);
      },
    };
    this.#draft = draft;
    const session = await this.#inner.open({
      ...options,
      ...(options.randomness && { randomness: overheard(options.randomness, streams) }),
    });
    return recorded(session, draft);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

function overheard(randomness: ProofRandomness, streams: Map<string, Stream>): ProofRandomness {
  return {
    take(purpose, air, column) {
      const stream = randomness.take(purpose, air, column);
      // The key dies with the proof.
      streams.set(`${purpose} ${air} ${column}`, { key: stream.key.slice(), nonce: stream.nonce.slice() });
      return stream;
    },
    salts: (purpose) => randomness.salts(purpose),
    close: () => randomness.close(),
  };
}

function recorded(session: ProvingSession, draft: Draft): ProvingSession {
  return {
    commitMain: () => session.commitMain(),
    commitAux(alpha, beta) {
      draft.lookup = [alpha, beta];
      return session.commitAux(alpha, beta);
    },
    commitQuotient(alpha, beta) {
      draft.fold = [alpha, beta];
      return session.commitQuotient(alpha, beta);
    },
    async evaluateAt(z) {
      draft.z = z;
      draft.rows = await session.evaluateAt(z);
      return draft.rows;
    },
    deep(columns, points) {
      draft.deep = [columns, points];
      return session.deep(columns, points);
    },
    friCommit: () => session.friCommit(),
    friFold: (beta) => session.friFold(beta),
    friFinal: () => session.friFinal(),
    grind: (job) => session.grind(job),
    async query(indices) {
      draft.indices = indices;
      draft.openings = await session.query(indices);
      return draft.openings;
    },
    peakBytes: () => session.peakBytes(),
    close: () => session.close(),
  };
}
