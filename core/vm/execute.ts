import { type Felt, isCanonical } from '../field/felt.ts';
import { loadFelt, storeFelt } from '../field/lanes.ts';
import { lanesToWord } from '../hash/eidos.ts';
import type { Word } from '../hash/word.ts';
import { runAtOnce, type Steps } from '../pace.ts';
import type { AdviceInputs } from './advice/inputs.ts';
import { LiveAdvice } from './advice/live.ts';
import { AdviceProvider } from './advice/provider.ts';
import { ReplayedAdvice } from './advice/replay.ts';
import type { AdviceSource } from './advice/source.ts';
import { AdviceTape, MAX_TAPE_LANES } from './advice/tape.ts';
import { ExecutionError } from './errors.ts';
import { EventView, type Host, SILENT_HOST } from './host.ts';
import type { Program } from './mast/types.ts';
import { NodeTable } from './nodes.ts';
import { DEFAULT_LIMITS, type ExecutionLimits, MAX_CYCLES } from './options.ts';
import { Processor } from './processor.ts';
import { type OperandStack, VISIBLE } from './stack.ts';
import type { MachineState } from './state.ts';
import { ChipletTraceBuilder } from './trace/chiplets/builder.ts';
import { CoreTrace } from './trace/core-trace.ts';
import { TraceTooLongError } from './trace/errors.ts';
import type { ChipletRecorder } from './trace/recorder.ts';
import type { TraceMatrix, VmTraces } from './trace/types.ts';

export interface ExecutionInputs {
  /** At most 16 elements, top first; the rest is zero. */
  readonly stack?: readonly Felt[];
  readonly advice?: AdviceInputs;
}

export interface ExecutionOptions extends Partial<ExecutionLimits> {
  readonly host?: Host;
}

/** A run that ended well, and all that is needed to repeat it for its traces, elsewhere or later. */
export interface Execution {
  /** The 16 elements the program leaves, top first. */
  readonly stack: readonly Felt[];
  /** Cycles taken: one row less than the Core trace has before padding. */
  readonly cycles: number;
  /** Fold of the statements logged for the precompile prover; the zero word if there were none. */
  readonly deferredRoot: Word;
  readonly program: Program;
  readonly stackInputs: readonly Felt[];
  readonly tape: AdviceTape;
  readonly limits: ExecutionLimits;
}

/** Cycles between two occasions to give way: some ten milliseconds. */
const CYCLES_PER_STEP = 2 ** 16;

/**
 * Runs a program. Throws an {@link ExecutionError}, with place and reason, if it cannot go on or hits a limit.
 * Nothing is kept of it but its outputs and what it drew from the advice.
 */
export const execute = (
  program: Program,
  inputs: ExecutionInputs = {},
  options: ExecutionOptions = {},
): Execution => runAtOnce(executing(program, inputs, options));

/** As {@link execute}, in steps; they tell cycles. */
export function* executing(
  program: Program,
  inputs: ExecutionInputs = {},
  options: ExecutionOptions = {},
): Steps<Execution> {
  const limits = limitsOf(options);
  const stackInputs = inputs.stack ?? [];
  const provider = new AdviceProvider(inputs.advice ?? {}, limits.maxAdviceBytes);
  const tape = new AdviceTape();
  const host = options.host ?? SILENT_HOST;
  const advice = new LiveAdvice(provider, host, tape);
  const nodes = new NodeTable(program, (forest) => provider.extendMap(forest.adviceMap));
  const onFailure: OnFailure = (state, error) => host.onFailure?.(new EventView(state, provider), error);
  return yield* running({ program, stackInputs, tape, limits }, nodes, advice, onFailure);
}

/**
 * Repeats a run of which only the inputs and the tape are known, in steps, as elsewhere than where it was executed. A tape
 * of another run ends in an {@link ExecutionError}, or in another stack: it is for the caller to compare.
 */
export function* replaying(
  { program, stackInputs, tape }: Pick<Execution, 'program' | 'stackInputs' | 'tape'>,
  options: Partial<ExecutionLimits> = {},
): Steps<Execution> {
  const run = { program, stackInputs, tape, limits: limitsOf(options) };
  return yield* running(run, new NodeTable(program, () => {}), new ReplayedAdvice(tape));
}

/** What a run has asked of the chiplets by some moment. */
export interface ChipletCounts {
  /** Distinct ones. */
  readonly compressions: number;
  /** Of the Chiplets trace, without those of the kernel's procedures and of padding. */
  readonly rows: number;
}

/**
 * Repeats a run and counts what it had asked of the chiplets at each event it emits, by the cycle, and at its end. Steps tell
 * cycles.
 */
export function* countingChiplets(
  execution: Execution,
): Steps<{ readonly atEvents: ReadonlyMap<number, ChipletCounts>; readonly all: ChipletCounts }> {
  const { program, limits, tape, cycles } = execution;
  const chiplets = new ChipletTraceBuilder(program.kernel);
  const counts = (): ChipletCounts => ({ compressions: chiplets.compressions, rows: chiplets.rows });
  const atEvents = new Map<number, ChipletCounts>();
  const advice = new ReplayedAdvice(tape, (clk) => atEvents.set(clk, counts()));
  const recorders = { core: new CoreTrace(cycles), chiplets };
  const processor = new Processor(new NodeTable(program, () => {}), advice, limits, recorders);
  const { state } = processor;
  loadStack(state.stack, execution.stackInputs);
  while (processor.advance(CYCLES_PER_STEP)) yield state.clk;
  return { atEvents, all: counts() };
}

type OnFailure = (state: MachineState, error: ExecutionError) => void;

function* running(
  run: Pick<Execution, 'program' | 'stackInputs' | 'tape' | 'limits'>,
  nodes: NodeTable,
  advice: AdviceSource,
  onFailure: OnFailure = () => {},
): Steps<Execution> {
  const processor = new Processor(nodes, advice, run.limits, null);
  const { state } = processor;
  loadStack(state.stack, run.stackInputs);
  try {
    while (processor.advance(CYCLES_PER_STEP)) yield state.clk;
  } catch (error) {
    if (error instanceof ExecutionError) onFailure(state, error);
    throw error;
  }
  return {
    ...run,
    stack: outputs(state.stack),
    cycles: state.clk,
    deferredRoot: lanesToWord(state.deferredRoot, 0),
  };
}

/**
 * Repeats a run and fills its traces; neither advice nor host is needed. Throws {@link TraceTooLongError} where a
 * trace would get too long to prove.
 */
export const buildTraces = (execution: Execution): VmTraces => runAtOnce(buildingTraces(execution));

/** As {@link buildTraces}, in steps; they tell cycles. */
export function* buildingTraces(execution: Execution): Steps<VmTraces> {
  const chiplets = new ChipletTraceBuilder(execution.program.kernel);
  const core = yield* fillingCoreTrace(execution, chiplets);
  return { core, ...chiplets.finish() };
}

/**
 * Repeats a run, fills its Core trace and reports to `chiplets`. The height is known from the first run, so the trace
 * is allocated once.
 */
function* fillingCoreTrace(execution: Execution, chiplets: ChipletRecorder): Steps<TraceMatrix> {
  const { program, limits, cycles } = execution;
  if (cycles + 1 > limits.maxTraceRows) throw new TraceTooLongError('rows', limits.maxTraceRows);
  if (!execution.tape.complete) throw new TraceTooLongError('elements of advice', MAX_TAPE_LANES / 2);
  const core = new CoreTrace(cycles);
  const nodes = new NodeTable(program, () => {});
  const processor = new Processor(nodes, new ReplayedAdvice(execution.tape), limits, { core, chiplets });
  const { state } = processor;
  const { stack } = state;
  loadStack(stack, execution.stackInputs);
  while (processor.advance(CYCLES_PER_STEP)) yield state.clk;
  return core.finish(stack, program.forest.nodes[program.entry].digest);
}

function limitsOf(options: ExecutionOptions): ExecutionLimits {
  const { host: _, ...limits } = options;
  const all = { ...DEFAULT_LIMITS, ...limits };
  return { ...all, maxCycles: Math.min(all.maxCycles, MAX_CYCLES) };
}

function loadStack(stack: OperandStack, inputs: readonly Felt[]): void {
  if (inputs.length > VISIBLE || !inputs.every(isCanonical)) {
    throw new ExecutionError('stack-inputs', 'A program takes at most 16 field elements on its stack.', {
      details: `It was given ${inputs.length}; each must be below 2^64 - 2^32 + 1.`,
    });
  }
  inputs.forEach((value, i) => {
    storeFelt(stack.lanes, stack.top - 2 - 2 * i, value);
  });
}

const outputs = ({ lanes, top }: OperandStack): Felt[] =>
  Array.from({ length: VISIBLE }, (_, i) => loadFelt(lanes, top - 2 - 2 * i));
