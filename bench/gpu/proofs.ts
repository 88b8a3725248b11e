import { BENCH_PROGRAMS, type BenchProgramName } from '../../cli/bench-programs.ts';
import { PhaseClock } from '../../cli/phase-clock.ts';
import { claimOf } from '../../cli/proving.ts';
import { assemble } from '../../core/assembly/assemble.ts';
import type { Backend } from '../../core/stark/backend.ts';
import { fitTraces } from '../../core/stark/miden/heights.ts';
import { proveExecution } from '../../core/stark/miden/prove.ts';
import { verify } from '../../core/stark/miden/verify.ts';
import { PROFILES, type ProfileName, type ProofHash } from '../../core/stark/profile.ts';
import { openWebGpuBackend } from '../../core/stark/webgpu/backend.ts';
import type { Gpu } from '../../core/stark/webgpu/device.ts';
import { buildTraces, execute } from '../../core/vm/execute.ts';
import type { VmTraces } from '../../core/vm/trace/types.ts';
import { type Limits, phaseLimits } from './limits.ts';

/** Proofs of one program with one profile. */
export interface Measured {
  readonly program: string;
  readonly profile: ProfileName;
  /** Rows of core, chiplets and eidos. */
  readonly heights: readonly number[];
  /** Milliseconds: the first proof, which compiles, and the median of the others. */
  readonly first: number;
  readonly median: number;
  readonly proofBytes: number;
  /** What the proof held of the device's memory at its peak. */
  readonly deviceBytes: number;
  /** Of the last proof: milliseconds, and the share of the limit reached. */
  readonly phases: Readonly<Record<string, { readonly ms: number; readonly share: number | undefined }>>;
}

/** What to measure: each of `cases` (PROGRAM:LOG) with each of `profiles`, at the heights of the first. */
export interface ProofBench {
  readonly cases: readonly string[];
  readonly profiles: readonly ProfileName[];
  readonly hash: ProofHash;
  readonly runs: number;
}

export async function timeProofs(
  gpu: Gpu,
  limits: Limits,
  { cases, profiles, hash, runs }: ProofBench,
): Promise<Measured[]> {
  const peak = { bytes: 0 };
  const backend = metered(openWebGpuBackend(gpu), peak);
  const results: Measured[] = [];
  for (const program of cases) {
    const [name, log] = program.split(':');
    if (!Object.keys(BENCH_PROGRAMS).includes(name)) throw new RangeError(`"${program}" is not PROGRAM:LOG`);
    const source = BENCH_PROGRAMS[name as BenchProgramName].source(Number(log));
    const execution = execute(assemble({ program: { name, text: source } }));
    const claim = claimOf(execution);
    const fitted = (): VmTraces => fitTraces(buildTraces(execution), PROFILES[profiles[0]](hash));
    for (const profile of profiles) {
      const times: number[] = [];
      let clock = new PhaseClock();
      let proof = new Uint8Array();
      let heights = { core: 0, chiplets: 0, eidos: 0 };
      peak.bytes = 0;
      for (let run = 0; run <= runs; run++) {
        const start = performance.now();
        const traces = fitted();
        heights = {
          core: traces.core.height,
          chiplets: traces.chiplets.height,
          eidos: traces.eidos.height,
        };
        clock = new PhaseClock();
        proof = new Uint8Array(
          await proveExecution(claim, traces, {
            profile: PROFILES[profile](hash),
            backend,
            onProgress: (phase) => clock.report(phase),
          }),
        );
        times.push(performance.now() - start);
        verify(claim, proof, { profile });
      }
      const allowed = phaseLimits(heights, PROFILES[profile](hash), limits);
      const phases = Object.entries(clock.times).map(([phase, ms]) => [
        phase,
        { ms, share: allowed[phase] === undefined ? undefined : allowed[phase] / ms },
      ]);
      results.push({
        program,
        profile,
        heights: Object.values(heights),
        first: times[0],
        median: times.slice(1).sort((a, b) => a - b)[runs >> 1],
        proofBytes: proof.length,
        deviceBytes: peak.bytes,
        phases: Object.fromEntries(phases),
      });
    }
  }
  return results;
}

/** The backend, but its sessions tell at their end what they held at most. */
function metered(backend: Backend, peak: { bytes: number }): Backend {
  return {
    name: backend.name,
    description: backend.description,
    close: () => backend.close(),
    async open(options) {
      const session = await backend.open(options);
      const close = session.close.bind(session);
      session.close = () => {
        peak.bytes = Math.max(peak.bytes, session.peakBytes());
        close();
      };
      return session;
    },
  };
}

/** What hiding costs: private / miden of each program that both profiles were measured with, at equal heights. */
export function ratios(results: readonly Measured[]): Record<string, Record<string, string>> {
  const table: Record<string, Record<string, string>> = {};
  for (const hiding of results) {
    const open = results.find(({ program, profile }) => program === hiding.program && profile === 'miden');
    if (hiding.profile !== 'private' || !open) continue;
    const compared = (of: (measured: Measured) => number, show: (value: number) => string) =>
      `${show(of(hiding))} / ${show(of(open))} = ${(of(hiding) / of(open)).toFixed(2)}`;
    table[hiding.program] = {
      'log heights': [...hiding.heights.map(Math.log2), 16].join(),
      'prove, ms': compared(
        ({ median }) => median,
        (ms) => ms.toFixed(0),
      ),
      'proof, bytes': compared(({ proofBytes }) => proofBytes, String),
      'device memory, MiB': compared(
        ({ deviceBytes }) => deviceBytes,
        (bytes) => (bytes / 2 ** 20).toFixed(0),
      ),
    };
  }
  return table;
}
