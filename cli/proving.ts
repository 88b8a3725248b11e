import { KilnError } from '../core/errors.ts';
import { EMPTY_WORD, wordsEqual } from '../core/hash/word.ts';
import { runPaced } from '../core/pace.ts';
import type { Backend, BackendName } from '../core/stark/backend.ts';
import { fitTraces } from '../core/stark/miden/heights.ts';
import { proveExecution } from '../core/stark/miden/prove.ts';
import type { Claim } from '../core/stark/proof/claim.ts';
import { buildingTraces, type Execution } from '../core/vm/execute.ts';
import { type LogHeights, logHeightsOf } from '../core/vm/trace/padding.ts';
import type { VmTraces } from '../core/vm/trace/types.ts';
import { type BackendChoice, withBackend } from './backends.ts';
import type { Output } from './output.ts';
import { round } from './phase-clock.ts';
import type { ProofSettings } from './profile.ts';
import { ProgressBar } from './progress.ts';

export interface Proved {
  readonly proof: Uint8Array;
  readonly claim: Claim;
  readonly backend: BackendName;
  readonly description: string;
  /** Milliseconds per phase; `prove` is traces and STARK together. */
  readonly ms: Readonly<Record<string, number>>;
  /** Rows of each trace before and after padding. */
  readonly heights: Readonly<Record<string, unknown>>;
  /** What the proof tells of the run's length. */
  readonly logHeights: LogHeights;
}

/** What a run proves: program, kernel, initial and final stack. */
export function claimOf({ program, stackInputs, stack }: Execution): Claim {
  return {
    program: program.forest.nodes[program.entry].digest,
    kernel: program.kernel,
    stackInputs: Array.from({ length: 16 }, (_, i) => stackInputs[i] ?? 0n),
    stackOutputs: stack,
  };
}

function heightsOf({ core, chiplets, eidos }: VmTraces): Record<string, unknown> {
  const and8 = { rows: 65_536, height: 65_536 };
  const named = {
    core: { rows: core.rows, height: core.height },
    chiplets: { rows: chiplets.rows, height: chiplets.height },
    eidos_compression: { rows: 32 * eidos.count, height: eidos.height },
    and8,
  };
  return { ...named, padded: Math.max(...Object.values(named).map(({ height }) => height)) };
}

/** Statements logged for the precompile prover would be left unproved, so a run that logs any is not proved at all. */
function refuseObligations({ deferredRoot }: Execution): void {
  if (wordsEqual(deferredRoot, EMPTY_WORD)) return;
  throw new KilnError(
    'unsupported-precompiles',
    'The program leaves statements to precompiles, which Kiln cannot prove.',
    {
      details: `deferred root ${deferredRoot.join(' ')}`,
      advice: 'Use a program that logs no deferred statement.',
    },
  );
}

/** Builds the traces of a run and proves them on an open backend, showing progress. */
export async function proveOn(
  backend: Backend,
  execution: Execution,
  { profile, heights }: ProofSettings,
  output: Output,
  signal: AbortSignal,
): Promise<Proved> {
  refuseObligations(execution);
  const claim = claimOf(execution);
  const started = performance.now();
  const built = await runPaced(buildingTraces(execution), {
    signal,
    onProgress: (cycle) => output.status(`building traces: ${Math.floor((100 * cycle) / execution.cycles)}%`),
  });
  const traces = fitTraces(built, profile, heights);
  const traced = performance.now() - started;
  output.status('starting the prover');
  const bar = new ProgressBar(output);
  const proof = await proveExecution(claim, traces, { profile, backend, signal, onProgress: bar.onProgress });
  output.status();
  return {
    proof,
    claim,
    backend: backend.name,
    description: backend.description,
    ms: { traces: round(traced), ...bar.times, prove: round(performance.now() - started) },
    heights: heightsOf(traces),
    logHeights: logHeightsOf(traces),
  };
}

/** As {@link proveOn}, on a backend that lives for this one proof. */
export const proveRun = (
  execution: Execution,
  settings: ProofSettings,
  choice: BackendChoice,
  output: Output,
  signal: AbortSignal,
): Promise<Proved> =>
  withBackend(
    choice,
    (text) => output.note(text),
    (backend) => proveOn(backend, execution, settings, output, signal),
  );
