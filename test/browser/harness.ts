// Runs in the page under test: makes jobs, hands them to the proving page in its frame, and tells what came of them.
import { KilnError } from '../../core/errors.ts';
import { checkBackend } from '../../core/stark/backend.conformance.ts';
import type { Phase } from '../../core/stark/backend.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { midenProfile, type ProfileName, type ProofHash } from '../../core/stark/profile.ts';
import { prove as proveStark } from '../../core/stark/prover.ts';
import { toy } from '../../core/stark/toy-airs.ts';
import { openWebGpuBackend } from '../../core/stark/webgpu/backend.ts';
import { openWebGpu } from '../../renderer/platform/web-gpu.ts';
import { webWorkerHost } from '../../renderer/platform/web-workers.ts';
import { connectToProver, type ProverClient } from '../../renderer/prover/client.ts';
import type { PageBackend, ProofJob } from '../../renderer/prover/messages.ts';
import { type ProgramText, runToProve } from './job.ts';

export interface Order extends ProgramText {
  /** `miden` if not given: its proofs have the same bytes everywhere. */
  readonly profile?: ProfileName;
  readonly hash: ProofHash;
  readonly backend?: PageBackend;
}

export interface Outcome {
  readonly proof: Uint8Array;
  readonly backend: string;
  readonly description: string;
  readonly notes: readonly string[];
  readonly phases: readonly Phase[];
  readonly ms: number;
  /** Turns the page's event loop took meanwhile, one every 10 ms at most. */
  readonly turns: number;
}

const client = new Promise<ProverClient>((resolve) => {
  addEventListener('load', () => resolve(connectToProver(frames[0]!)));
});
const jobOf = (order: Order): ProofJob => ({
  ...runToProve(order),
  profile: order.profile ?? 'miden',
  hash: order.hash,
  backend: order.backend,
});

async function prove(order: Order): Promise<Outcome> {
  const notes: string[] = [];
  const phases = new Set<Phase>();
  let turns = 0;
  const timer = setInterval(() => turns++, 10);
  const job = jobOf(order);
  const started = performance.now();
  try {
    const result = await (await client).prove(job, {
      onProgress: (phase) => phases.add(phase),
      onNote: (text) => notes.push(text),
    });
    return { ...result, notes, phases: [...phases], ms: performance.now() - started, turns };
  } finally {
    clearInterval(timer);
  }
}

/** How a proof ends that is cancelled as soon as it is in `phase`, and how long that takes. */
async function cancelIn(phase: Phase, order: Order): Promise<{ kind: string; ms: number }> {
  const abort = new AbortController();
  let aborted = 0;
  const onProgress = (now: Phase) => {
    if (now !== phase || aborted > 0) return;
    aborted = performance.now();
    abort.abort();
  };
  const kind = await kindOf((await client).prove(jobOf(order), { signal: abort.signal, onProgress }));
  return { kind, ms: performance.now() - aborted };
}

const kindOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof KilnError ? error.kind : String(error)),
  );

/** Proves the toy AIRs at 2^6 rows on the GPU, whatever it is. */
async function proveToy(hash: ProofHash): Promise<{ proof: Uint8Array; description: string }> {
  const backend = openWebGpuBackend(await openWebGpu({ hardwareOnly: false }));
  const proof = await proveStark({ ...toy(6), profile: midenProfile(hash), backend });
  const { description } = backend;
  await backend.close();
  return { proof, description };
}

const harness = {
  prove,
  cancelIn,
  failureOf: (order: Order) => client.then((each) => kindOf(each.prove(jobOf(order)))),
  conform: () => checkBackend(new CpuBackend({ host: webWorkerHost }), { walkLogs: [6, 7] }),
  proveToy,
};
export type Harness = typeof harness;
Object.assign(globalThis, { harness });
