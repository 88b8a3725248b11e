import { readFileSync, writeFileSync } from 'node:fs';
import { PhaseClock } from '../../cli/phase-clock.ts';
import { claimOf } from '../../cli/proving.ts';
import { assemble } from '../../core/assembly/assemble.ts';
import type { Backend } from '../../core/stark/backend.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { proveExecution } from '../../core/stark/miden/prove.ts';
import { verify } from '../../core/stark/miden/verify.ts';
import { midenProfile, type ProofHash } from '../../core/stark/profile.ts';
import { buildTraces, execute } from '../../core/vm/execute.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';

/** What a process that runs this file is asked, one message at a time. */
export interface KilnRequest {
  readonly file: string;
  readonly hash: ProofHash;
  readonly threads: number;
  readonly out: string;
}

export interface KilnAnswer {
  /** Milliseconds: traces and STARK together, as the judge counts. */
  readonly prove: number;
  /** What all threads ran for it: the measure that other programs on the machine disturb least. */
  readonly cpu: number;
  readonly phases: Readonly<Record<string, number>>;
  /** Warm: the median of some verifications, in milliseconds. */
  readonly verify: number;
  readonly proofBytes: number;
  /** WebAssembly memory this proof held at its peak. */
  readonly wasmBytes: number;
  /** The most memory the process has held so far. */
  readonly peakBytes: number;
}

const VERIFICATIONS = 15;
let cpu: CpuBackend | undefined;

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

async function answer({ file, hash, threads, out }: KilnRequest): Promise<KilnAnswer> {
  cpu ??= new CpuBackend({ host: nodeWorkerHost, threads });
  const execution = execute(assemble({ program: { name: file, text: readFileSync(file, 'utf8') } }));
  const claim = claimOf(execution);
  let wasmBytes = 0;
  const before = process.cpuUsage();
  const start = performance.now();
  const traces = buildTraces(execution);
  const traced = performance.now();
  const clock = new PhaseClock();
  const proof = await proveExecution(claim, traces, {
    profile: midenProfile(hash),
    backend: watched(cpu, (bytes) => {
      wasmBytes = bytes;
    }),
    onProgress: (phase) => clock.report(phase),
  });
  const proved = performance.now();
  const { user, system } = process.cpuUsage(before);
  const { maxRSS } = process.resourceUsage();
  writeFileSync(out, proof);
  const verifications = Array.from({ length: VERIFICATIONS }, () =>
    milliseconds(() => verify(claim, proof, { profile: 'miden' })),
  );
  return {
    prove: proved - start,
    cpu: (user + system) / 1000,
    phases: { traces: traced - start, ...clock.times },
    verify: verifications.sort((a, b) => a - b)[VERIFICATIONS >> 1],
    proofBytes: proof.length,
    wasmBytes,
    peakBytes: 1024 * maxRSS,
  };
}

process.on('message', (request: KilnRequest) => {
  void answer(request).then((result) => process.send!(result));
});
