import { readFileSync, writeFileSync } from 'node:fs';
import { type BackendChoice, withBackend } from '../../cli/backends.ts';
import { PhaseClock } from '../../cli/phase-clock.ts';
import { claimOf } from '../../cli/proving.ts';
import { assemble } from '../../core/assembly/assemble.ts';
import type { Backend } from '../../core/stark/backend.ts';
import { fitTraces } from '../../core/stark/miden/heights.ts';
import { proveExecution } from '../../core/stark/miden/prove.ts';
import { verify } from '../../core/stark/miden/verify.ts';
import { PROFILES, type ProfileName, type ProofHash } from '../../core/stark/profile.ts';
import { buildTraces, execute } from '../../core/vm/execute.ts';
import type { LogHeights } from '../../core/vm/trace/padding.ts';

/** What a process that runs this file is asked, one message at a time; it proves on the first one's backend. */
export interface KilnRequest {
  readonly file: string;
  readonly profile: ProfileName;
  readonly hash: ProofHash;
  /** What the run needs if not given. */
  readonly heights?: LogHeights;
  readonly backend: BackendChoice;
  readonly out: string;
}

export interface KilnAnswer {
  readonly description: string;
  /** Milliseconds: traces and STARK together, as the judge counts. */
  readonly prove: number;
  /** What all threads ran for it: the measure that other programs on the machine disturb least. */
  readonly cpu: number;
  readonly phases: Readonly<Record<string, number>>;
  /** Warm: the median of some verifications, in milliseconds. */
  readonly verify: number;
  /** Processor time of one, their mean. */
  readonly verifyCpu: number;
  readonly proofBytes: number;
  /** What the backend held for this proof at its peak: WebAssembly memory, or buffers of the GPU. */
  readonly backendBytes: number;
  /** The most memory the process has held so far. */
  readonly peakBytes: number;
}

const VERIFICATIONS = 15;
/** Not measured: until then the engine still compiles the verifier. */
const FIRST_VERIFICATIONS = 60;

/** The same backend, which tells the peak of each session when it ends. */
const watched = (backend: Backend, onPeak: (bytes: number) => void): Backend => ({
  name: backend.name,
  description: backend.description,
  close: () => backend.close(),
  async open(options) {
    const session = await backend.open(options);
    const close = session.close.bind(session);
    session.close = () => {
      onPeak(session.peakBytes());
      close();
    };
    return session;
  },
});

const milliseconds = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

async function answer(
  backend: Backend,
  { file, profile: name, hash, heights, out }: KilnRequest,
): Promise<KilnAnswer> {
  const profile = PROFILES[name](hash);
  const execution = execute(assemble({ program: { name: file, text: readFileSync(file, 'utf8') } }));
  const claim = claimOf(execution);
  let backendBytes = 0;
  const before = process.cpuUsage();
  const start = performance.now();
  const traces = fitTraces(buildTraces(execution), profile, heights);
  const traced = performance.now();
  const clock = new PhaseClock();
  const proof = await proveExecution(claim, traces, {
    profile,
    backend: watched(backend, (bytes) => {
      backendBytes = bytes;
    }),
    onProgress: (phase) => clock.report(phase),
  });
  const proved = performance.now();
  const { user, system } = process.cpuUsage(before);
  const { maxRSS } = process.resourceUsage();
  writeFileSync(out, proof);
  for (let i = 0; i < FIRST_VERIFICATIONS; i++) verify(claim, proof, { profile: name });
  const verifying = process.cpuUsage();
  const verifications = Array.from({ length: VERIFICATIONS }, () =>
    milliseconds(() => verify(claim, proof, { profile: name })),
  );
  const verified = process.cpuUsage(verifying);
  return {
    description: backend.description,
    prove: proved - start,
    cpu: (user + system) / 1000,
    phases: { traces: traced - start, ...clock.times },
    verify: verifications.sort((a, b) => a - b)[VERIFICATIONS >> 1],
    verifyCpu: (verified.user + verified.system) / 1000 / VERIFICATIONS,
    proofBytes: proof.length,
    backendBytes,
    peakBytes: 1024 * maxRSS,
  };
}

// Whoever asked is gone.
process.once('disconnect', () => process.exit(1));

/** Requests come in on the channel; the first one says on which backend to prove them all. */
process.once('message', (first: KilnRequest) => {
  void withBackend(first.backend, console.error, async (backend) => {
    const reply = async (request: KilnRequest): Promise<void> => {
      process.send!(await answer(backend, request));
    };
    await reply(first);
    process.on('message', reply);
    await new Promise(() => {});
  });
});
