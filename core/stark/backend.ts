import type { Air } from '../air/types.ts';
import type { Felt } from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import type { GrindJob } from '../hash/transcript.ts';
import type { ByteCounts, EidosBlocks, TraceMatrix } from '../vm/trace/types.ts';
import type { Profile } from './profile.ts';
import type { ProofRandomness } from './randomness/types.ts';

export type { GrindJob };

/**
 * The prover's seam. `prover.ts` owns the protocol: transcript, challenges, order, bytes. A backend owns the data: it
 * holds traces, extensions, trees and codewords wherever it likes (a GPU, WASM memory, arrays) and answers with roots,
 * out-of-domain values and opened rows only. Given the same calls every backend returns the same values.
 *
 * Conventions. Instances (one per AIR) are numbered in instance order. "Proof order" is the stable sort of instances by
 * (log height, instance index): matrices in trees, out-of-domain rows and openings follow it. Domains, bit-reversed rows,
 * lifting of short matrices: spec parts 10.2 to 10.4, restated in docs/proof-system.md.
 */

/** A 32-byte commitment: 4 field elements as little-endian u64 (Eidos) or the raw digest (BLAKE3). */
export type Digest = Uint8Array;

/** Where the main columns of an instance come from. */
type TraceSource =
  | { readonly kind: 'matrix'; readonly matrix: TraceMatrix }
  /** 108 columns filled from the list of compressions; its byte requests are added to the `byte-table` instance's. */
  | { readonly kind: 'eidos'; readonly blocks: EidosBlocks }
  /** 7 columns of 65,536 counts: `counts` plus what the `eidos` instance adds. */
  | { readonly kind: 'byte-table'; readonly counts: ByteCounts };

export interface Instance {
  readonly air: Air;
  readonly logHeight: number;
  readonly trace: TraceSource;
  readonly publicValues: readonly Felt[];
  /** Fixed columns, committed once; the backend may cache their extension and tree by object identity. */
  readonly preprocessed?: TraceMatrix;
}

/** Rows, salts and authentication paths of one tree at the queried leaves. */
export interface TreeOpening {
  /** For each distinct leaf index in ascending order: its rows, matrix after matrix, each padded to the alignment; then its salt. */
  readonly rows: readonly Felt[][];
  /** The siblings a verifier lacks: bottom level first, left to right. */
  readonly siblings: readonly Digest[];
}

export type Phase =
  | 'trace'
  | 'commit-main'
  | 'lookup'
  | 'commit-aux'
  | 'constraints'
  | 'commit-quotient'
  | 'deep'
  | 'fri'
  | 'queries';
/** `fraction` in [0, 1] of the phase. Called often; must be cheap. */
export type OnProgress = (phase: Phase, fraction: number) => void;

export interface SessionOptions {
  readonly profile: Profile;
  /** Masks and salts; there if and only if the profile hides (`hidingVersion` is not 0). */
  readonly randomness?: ProofRandomness;
  /** In instance order. Where the profile hides sums, the AIRs are those of `withHiddenSum`. */
  readonly instances: readonly Instance[];
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** One proof in the making; the methods are called in this order, once unless said otherwise. */
export interface ProvingSession {
  /** Root of the preprocessed tree (absent without one) and of all main traces. */
  commitMain(): Promise<{ readonly preprocessed?: Digest; readonly main: Digest }>;
  /**
   * Builds and commits the LogUp columns. `sigmas` in instance order: total / height of each. Rejects with
   * `lookup-denominator` if a denominator is zero.
   */
  commitAux(
    alpha: QuadFelt,
    beta: QuadFelt,
  ): Promise<{ readonly root: Digest; readonly sigmas: readonly QuadFelt[] }>;
  /**
   * Folds constraints by `alpha`, AIRs by `beta` (with hidden sums, their sum over all AIRs is the last step), divides,
   * splits and commits the quotient. Where columns are masked, rejects with `invalid-trace` if the quotient is longer than
   * `ProofShape.excessLength` allows.
   */
  commitQuotient(alpha: QuadFelt, beta: QuadFelt): Promise<Digest>;
  /**
   * Values at `z` and at z * omega (omega of the tallest trace; short traces lifted), as [point][column]: groups
   * preprocessed, main, aux, quotient; inside a group matrices in proof order, each padded with zeros to the alignment;
   * aux and quotient columns flattened to base columns.
   */
  evaluateAt(z: QuadFelt): Promise<readonly [readonly QuadFelt[], readonly QuadFelt[]]>;
  /** Combines everything into the DEEP codeword, which stays here. Uses the values `evaluateAt` returned. */
  deep(columnChallenge: QuadFelt, pointChallenge: QuadFelt): Promise<void>;
  /** Commits the current codeword in leaves of four. Called once per round, each time followed by `friFold`. */
  friCommit(): Promise<Digest>;
  friFold(beta: QuadFelt): Promise<void>;
  /**
   * Coefficients of the last codeword, highest degree first: `ProofShape.finalLength` of them. Rejects with
   * `faulty-backend` if the profile has slack and the codeword has a higher coefficient.
   */
  friFinal(): Promise<readonly QuadFelt[]>;
  /** The smallest nonce that satisfies the job. Called any number of times. */
  grind(job: GrindJob): Promise<Felt>;
  /**
   * Openings at `indices` (domain order of the largest LDE, duplicates and any order allowed). `preprocessed`, `main`,
   * `aux`, `quotient` and then one entry per FRI round, each with its own reduced, unique, ascending indices.
   */
  query(indices: readonly number[]): Promise<{
    readonly preprocessed?: TreeOpening;
    readonly main: TreeOpening;
    readonly aux: TreeOpening;
    readonly quotient: TreeOpening;
    readonly fri: readonly TreeOpening[];
  }>;
  /** Bytes this session held at its peak, as far as the backend knows. */
  peakBytes(): number;
  /** Frees everything. Safe at any time and twice. */
  close(): void;
}

export type BackendName = 'reference' | 'cpu' | 'webgpu';

export interface Backend {
  readonly name: BackendName;
  /** A line for people: threads, adapter. */
  readonly description: string;
  /** Throws a KilnError of kind `backend-unavailable`, `out-of-memory`, `device-lost` or `cancelled`, here and in the session. */
  open(options: SessionOptions): Promise<ProvingSession>;
  close(): Promise<void>;
}
