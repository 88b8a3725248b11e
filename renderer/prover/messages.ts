import { midenAirs } from '../../core/air/miden.ts';
import { FormatError } from '../../core/bytes.ts';
import type { BackendName, Phase } from '../../core/stark/backend.ts';
import { PROFILES, type Profile, type ProfileName, type ProofHash } from '../../core/stark/profile.ts';
import { type Claim, readClaim, writeClaim } from '../../core/stark/proof/claim.ts';
import {
  BYTE_COUNTS_LENGTH,
  EIDOS_RECORD,
  type EidosBlocks,
  type TraceMatrix,
  type VmTraces,
} from '../../core/vm/trace/types.ts';

/**
 * What is said on a port of the proving page, both ways. Values are structured clones; the arrays of traces are
 * transferred. Numbers `job` are the client's own.
 */

/** A proof to be made. */
export interface ProofJob {
  readonly claim: Claim;
  readonly traces: VmTraces;
  /** Which proofs tell of the run what the claim does not (docs/zero-knowledge.md): the caller must say. */
  readonly profile: ProfileName;
  readonly hash: ProofHash;
  /** Only this one; without it the best there is. */
  readonly backend?: PageBackend | undefined;
}
export type PageBackend = Extract<BackendName, 'cpu' | 'webgpu'>;

export interface ProofResult {
  /** Bytes of an execution proof. */
  readonly proof: Uint8Array;
  /** The backend that made it. */
  readonly backend: BackendName;
  readonly description: string;
}

/** The parts of a `KilnError`. */
export interface Failure {
  readonly kind: string;
  readonly message: string;
  readonly details: string;
  readonly advice: string;
}

export type Request =
  | { readonly type: 'prove'; readonly job: number; readonly proof: ProofJob }
  | { readonly type: 'cancel'; readonly job: number };

export type Reply =
  /** `fraction` in [0, 1] of the phase. */
  | { readonly type: 'progress'; readonly job: number; readonly phase: Phase; readonly fraction: number }
  /** Something the user should know while it goes on, such as a change of backend. */
  | { readonly type: 'note'; readonly job: number; readonly text: string }
  | ({ readonly type: 'done'; readonly job: number } & ProofResult)
  | { readonly type: 'failed'; readonly job: number; readonly error: Failure };

/**
 * Sent to the page's window with two ports: whoever holds the other end of the first may ask for proofs, and hears
 * {@link GONE} on the second when nobody will answer any more.
 */
export const CONNECT = 'kiln:prover:connect';
export const GONE = 'kiln:prover:gone';

/** The message of a request, and the buffers that go along; the caller's traces are empty afterwards. */
export function writeRequest(request: Request): { message: unknown; transfer: ArrayBuffer[] } {
  if (request.type === 'cancel') return { message: request, transfer: [] };
  const { claim, traces, profile, hash, backend } = request.proof;
  const arrays = [traces.core.data, traces.chiplets.data, traces.eidos.records, traces.byteCounts];
  return {
    message: { type: 'prove', job: request.job, claim: writeClaim(claim), traces, profile, hash, backend },
    // Shared buffers are not transferred but shared.
    transfer: arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer),
  };
}

/** Reads {@link writeRequest}'s message. Trusts nothing but the cells of the traces. Throws `FormatError`. */
export function readRequest(message: unknown): Request {
  const { type, job, claim, traces, profile, hash, backend } = record(message, 'message');
  if (typeof job !== 'number' || !Number.isSafeInteger(job)) throw malformed('job is not a whole number');
  if (type === 'cancel') return { type, job };
  if (type !== 'prove') throw malformed('it has an unknown type');
  if (typeof claim !== 'string') throw malformed('claim is not text');
  if (profile !== 'private' && profile !== 'miden') throw malformed('profile is neither private nor miden');
  if (hash !== 'eidos' && hash !== 'blake3') throw malformed('hash is neither eidos nor blake3');
  if (backend !== undefined && backend !== 'cpu' && backend !== 'webgpu')
    throw malformed('backend is neither cpu nor webgpu');
  return {
    type,
    job,
    proof: { claim: readClaim(claim), traces: readTraces(traces), profile, hash, backend },
  };
}

export const profileOf = ({ profile, hash }: ProofJob): Profile => PROFILES[profile](hash);

const malformed = (why: string): FormatError => new FormatError('request', why);

function record(value: unknown, part: string): Partial<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw malformed(`${part} is not an object`);
  return value;
}

/** log2 of the height that a trace may have at most: the taller ones have no proof. */
const MAX_LOG_HEIGHT = 29;

function readTraces(value: unknown): VmTraces {
  const { core, chiplets, eidos, byteCounts } = record(value, 'traces');
  const [coreAir, chipletsAir] = midenAirs();
  if (!(byteCounts instanceof Uint32Array) || byteCounts.length !== BYTE_COUNTS_LENGTH)
    throw malformed('byteCounts is not the table of byte requests');
  return {
    core: readMatrix(core, 'core', coreAir.mainWidth),
    chiplets: readMatrix(chiplets, 'chiplets', chipletsAir.mainWidth),
    eidos: readBlocks(eidos),
    byteCounts,
  };
}

function readMatrix(value: unknown, part: string, mainWidth: number): TraceMatrix {
  const { width, height, rows, data } = record(value, part);
  if (width !== mainWidth) throw malformed(`${part} has not ${mainWidth} columns`);
  if (!isHeight(height)) throw malformed(`${part} has a height no trace has`);
  if (!isCount(rows, height)) throw malformed(`${part} has more rows than its height`);
  if (!(data instanceof BigUint64Array) || data.length !== width * height)
    throw malformed(`${part} has not as many cells as columns and rows say`);
  return { width, height, rows, data };
}

const ROWS_PER_BLOCK = 32;

function readBlocks(value: unknown): EidosBlocks {
  const { records, count, height } = record(value, 'eidos');
  if (!isHeight(height)) throw malformed('eidos has a height no trace has');
  if (!isCount(count, height / ROWS_PER_BLOCK)) throw malformed('eidos has more blocks than its height');
  if (!(records instanceof Uint32Array) || records.length < count * EIDOS_RECORD)
    throw malformed('eidos has fewer records than blocks');
  return { records, count, height };
}

const isHeight = (value: unknown): value is number =>
  typeof value === 'number' &&
  value >= 64 &&
  value <= 2 ** MAX_LOG_HEIGHT &&
  Number.isInteger(Math.log2(value));
const isCount = (value: unknown, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
