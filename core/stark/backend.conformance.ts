import { and8Preprocessed } from '../air/and8/table.ts';
import { withHiddenSum } from '../air/hidden-sum.ts';
import { midenAirs } from '../air/miden.ts';
import * as F from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import { nonceTest } from '../hash/grind.ts';
import { Blake3Transcript } from '../hash/transcript-blake3.ts';
import { EidosTranscript } from '../hash/transcript-eidos.ts';
import type { Word } from '../hash/word.ts';
import { BYTE_COUNTS_LENGTH, EIDOS_RECORD } from '../vm/trace/types.ts';
import type { Backend, GrindJob, Instance, Phase, ProvingSession } from './backend.ts';
import { midenProfile, type Profile, type ProofHash } from './profile.ts';
import { proveWith } from './prove-with.ts';
import { prove } from './prover.ts';
import { OneShotRandomness } from './randomness/one-shot.ts';
import { ReferenceBackend } from './reference/backend.ts';
import { proofShape } from './shape.ts';
import { toy, toyPrivateProfile } from './toy-airs.ts';

/**
 * What every backend must pass: each answer equals the reference backend's, for both hashes, both profiles (the hiding
 * one with toy parameters and the same randomness on both sides) and several shapes, and sessions can be cancelled and closed at any time. It uses no test framework, so that it runs in a browser too.
 * Rejects with an `Error` that names the first answer that differs.
 */
export async function checkBackend(backend: Backend, options: ConformanceOptions = {}): Promise<void> {
  const { hashes = ['eidos', 'blake3'], walkLogs = [6, 7, 10] } = options;
  for (const hash of hashes) {
    const [official, hiding] = [midenProfile(hash), toyPrivateProfile(hash)];
    for (const log of walkLogs) await compareSessions(backend, official, toy(log), `${hash}, 2^${log}`);
    // A short walk beside taller picks has its part of the quotient's excess lifted.
    for (const heights of hidingHeights(walkLogs))
      await compareSessions(backend, hiding, toy(...heights), `${hash}, hiding, log heights ${heights}`);
    for (const profile of [official, hiding]) await compareProofs(backend, profile);
    await checkGrinding(backend, hash);
    await checkRefusals(backend, hiding);
  }
  await checkClosing(backend);
  await checkCancelling(backend);
  await checkProgress(backend);
}

/** Heights of walk and picks: those asked for, where the walk is tall enough to hide, and one of the other order. */
const hidingHeights = (walkLogs: readonly number[]): (readonly [number, number])[] => [
  ...[...new Set(walkLogs.map((log) => Math.max(log, MIN_HIDING_LOG)))].map((log) => [log, 6] as const),
  [MIN_HIDING_LOG, MIN_HIDING_LOG + 2],
];
const MIN_HIDING_LOG = 7;

export interface ConformanceOptions {
  readonly hashes?: readonly ProofHash[];
  /** log2 of the heights of the tallest toy trace. */
  readonly walkLogs?: readonly number[];
}

/**
 * The traces that backends fill themselves, at their real size: 2^16 rows of the byte table under a few compressions.
 * The reference backend takes half a minute for each hash. The instances alone prove nothing: their lookups balance
 * only together with the other traces'.
 */
export async function checkFilledTraces(
  backend: Backend,
  hashes: readonly ProofHash[] = ['eidos'],
): Promise<void> {
  const [, , eidos, byteTable] = midenAirs();
  const count = 5;
  const records = new Uint32Array(count * EIDOS_RECORD);
  for (let block = 0; block < count; block++) {
    // A felt of message or chaining value is canonical when its high lane is below 2^31.
    for (let i = 0; i < 24; i++) {
      const lane = Math.imul(block * 31 + i + 1, 0x9e3779b9) >>> 0;
      records[block * EIDOS_RECORD + i] = i % 2 === 0 ? lane : lane >>> 1;
    }
    records[block * EIDOS_RECORD + 25] = block + 1;
  }
  const counts = Uint32Array.from({ length: BYTE_COUNTS_LENGTH }, (_, i) => (i * 7) % 5);
  const instances: Instance[] = [
    {
      air: eidos,
      logHeight: 8,
      trace: { kind: 'eidos', blocks: { records, count, height: 256 } },
      publicValues: [],
    },
    {
      air: byteTable,
      logHeight: 16,
      trace: { kind: 'byte-table', counts },
      publicValues: [],
      preprocessed: and8Preprocessed(),
    },
  ];
  for (const hash of hashes)
    await compareSessions(backend, midenProfile(hash), { instances }, `filled traces, ${hash}`);
}

/** Runs two sessions side by side with the same fixed challenges and randomness and compares every answer. */
export async function compareSessions(
  backend: Backend,
  profile: Profile,
  { instances: given }: { readonly instances: readonly Instance[] },
  label: string,
): Promise<void> {
  const instances = profile.hiddenSums ? given.map((i) => ({ ...i, air: withHiddenSum(i.air) })) : given;
  const shape = proofShape(
    instances.map((i) => i.air),
    instances.map((i) => i.logHeight),
    profile,
  );
  const options = () => ({
    profile,
    instances,
    ...(profile.hidingVersion > 0 && { randomness: new OneShotRandomness(FIXED_KEY.slice()) }),
  });
  const sessions = [await new ReferenceBackend().open(options()), await backend.open(options())];
  const both = async (what: string, ask: (session: ProvingSession) => Promise<unknown>) => {
    const expected = await ask(sessions[0]);
    same(`${label}: ${what}`, await ask(sessions[1]), expected);
  };
  try {
    await both('commitMain', (s) => s.commitMain());
    await both('commitAux', (s) => s.commitAux(challenge(1), challenge(2)));
    await both('commitQuotient', (s) => s.commitQuotient(challenge(3), challenge(4)));
    await both('evaluateAt', (s) => s.evaluateAt(challenge(5)));
    await both('deep', (s) => s.deep(challenge(6), challenge(7)));
    for (const round of shape.friLogSizes.keys()) {
      await both(`friCommit ${round}`, (s) => s.friCommit());
      await both(`friFold ${round}`, (s) => s.friFold(challenge(8 + round)));
    }
    await both('friFinal', (s) => s.friFinal());
    const last = 2 ** shape.logLde - 1;
    const indices = [last, 0, 5, 5, last - 1, last >> 1, (last >> 1) + 1, 17, 3];
    await both('query', (s) => s.query(indices));
    if (sessions[1].peakBytes() <= 0) throw new Error(`${label}: peakBytes`);
  } finally {
    for (const session of sessions) session.close();
  }
}

const FIXED_KEY = Uint32Array.from({ length: 8 }, (_, i) => 3 * i + 1);
const challenge = (n: number): QuadFelt => [F.pow(3n, BigInt(1000 + n)), F.pow(5n, BigInt(2000 + n))];

async function compareProofs(backend: Backend, profile: Profile): Promise<void> {
  const statement = { ...toy(8), profile };
  const seed = () => new Uint8Array(32).fill(5);
  const expected = await proveWith({ ...statement, backend: new ReferenceBackend() }, seed);
  same(`${profile.hash}, ${profile.name}: proof`, await proveWith({ ...statement, backend }, seed), expected);
}

/** Jobs of every number of pending elements; the answer must pass, and no smaller nonce. */
async function checkGrinding(backend: Backend, hash: ProofHash): Promise<void> {
  const session = await backend.open({ profile: midenProfile(hash), instances: toy(6).instances });
  try {
    for (let observed = 0; observed < 9; observed++) {
      const job = grindJob(hash, observed, 1 + 2 * observed);
      const nonce = await session.grind(job);
      const accepts = nonceTest(job);
      let smallest = 0;
      while (!accepts(smallest)) smallest++;
      same(`${hash}: grind after ${observed} elements`, nonce, BigInt(smallest));
    }
  } finally {
    session.close();
  }
}

function grindJob(hash: ProofHash, observed: number, bits: number): GrindJob {
  const relation: Word = [9n, 8n, 7n, 6n];
  const transcript = hash === 'eidos' ? new EidosTranscript(relation) : new Blake3Transcript(relation);
  for (let i = 0; i < observed; i++) transcript.observe(challenge(i)[0]);
  return transcript.grindJob(bits);
}

/** A hiding session notices a trace that breaks a constraint, and a codeword of too high a degree. */
async function checkRefusals(backend: Backend, profile: Profile): Promise<void> {
  const begin = async (damaged: boolean) => {
    const session = await backend.open({
      profile,
      instances: toy(10).instances.map((i) => ({
        ...i,
        air: withHiddenSum(i.air),
        ...(damaged && i.air.name === 'walker' && { trace: oneCellOff(i.trace) }),
      })),
      randomness: new OneShotRandomness(FIXED_KEY.slice()),
    });
    await session.commitMain();
    await session.commitAux(challenge(1), challenge(2));
    return session;
  };
  const broken = await begin(true);
  const invalid = await kindOf(() => broken.commitQuotient(challenge(3), challenge(4)));
  broken.close();
  const unfolded = await begin(false);
  await unfolded.commitQuotient(challenge(3), challenge(4));
  await unfolded.evaluateAt(challenge(5));
  await unfolded.deep(challenge(6), challenge(7));
  const high = await kindOf(() => unfolded.friFinal());
  unfolded.close();
  if (invalid !== 'invalid-trace') throw new Error(`${profile.hash}: a broken constraint gives ${invalid}`);
  if (high !== 'faulty-backend') throw new Error(`${profile.hash}: a codeword not folded gives ${high}`);
}

/** A session may be closed at any step, and twice; the backend serves the next one. */
async function checkClosing(backend: Backend): Promise<void> {
  const options = { profile: midenProfile('eidos'), instances: toy(6).instances };
  const fresh = await backend.open(options);
  fresh.close();
  fresh.close();
  const begun = await backend.open(options);
  await begun.commitMain();
  begun.close();
  await compareSessions(backend, options.profile, options, 'after closed sessions');
}

/** An abort, before or during the work, rejects with kind `cancelled`; the backend stays usable. */
async function checkCancelling(backend: Backend): Promise<void> {
  const profile = midenProfile('eidos');
  for (const delay of [undefined, 0, 20]) {
    const controller = new AbortController();
    if (delay === undefined) controller.abort();
    else setTimeout(() => controller.abort(), delay);
    const { signal } = controller;
    const kind = await kindOf(() => prove({ ...toy(12), profile, backend, signal }));
    // A fast backend may be done before a late abort.
    if (kind !== 'cancelled' && !(delay !== undefined && kind === undefined))
      throw new Error(`abort after ${delay} ms: ${kind}`);
  }
  await compareSessions(backend, profile, toy(6), 'after a cancelled proof');
}

/** A trace given as a matrix with another value in the sixth row of its first column. */
function oneCellOff(trace: Instance['trace']): Instance['trace'] {
  if (trace.kind !== 'matrix') throw new Error(`a trace of kind ${trace.kind}`);
  const data = trace.matrix.data.slice();
  data[5] = F.add(data[5], 1n);
  return { kind: 'matrix', matrix: { ...trace.matrix, data } };
}

async function kindOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Error && 'kind' in error ? String(error.kind) : String(error);
  }
}

/** Fractions stay in [0, 1] and every phase is reported to its end. */
async function checkProgress(backend: Backend): Promise<void> {
  const done = new Set<Phase>();
  const onProgress = (phase: Phase, fraction: number) => {
    if (!(fraction >= 0 && fraction <= 1)) throw new Error(`progress of ${phase}: ${fraction}`);
    if (fraction === 1) done.add(phase);
  };
  await prove({ ...toy(6), profile: midenProfile('eidos'), backend, onProgress });
  const phases: readonly Phase[] = [
    'trace',
    'commit-main',
    'lookup',
    'commit-aux',
    'constraints',
    'commit-quotient',
    'deep',
    'fri',
    'queries',
  ];
  const missing = phases.filter((phase) => !done.has(phase));
  if (missing.length > 0) throw new Error(`phases without an end: ${missing.join(', ')}`);
}

/** Deep equality of answers: bigints, arrays, bytes and plain objects. */
function same(what: string, actual: unknown, expected: unknown): void {
  const difference = differs(actual, expected);
  if (difference !== undefined) throw new Error(`${what}${difference}`);
}

function differs(actual: unknown, expected: unknown): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  if (typeof actual !== 'object' || typeof expected !== 'object' || !actual || !expected)
    return `: ${String(actual)} instead of ${String(expected)}`;
  const [a, b] = [new Map(Object.entries(actual)), new Map(Object.entries(expected))];
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const inner = differs(a.get(key), b.get(key));
    if (inner !== undefined) return `.${key}${inner}`;
  }
  return undefined;
}
