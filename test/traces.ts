import { readAdvice } from '../core/vm/advice/file.ts';
import { buildTraces, type Execution, execute } from '../core/vm/execute.ts';
import { CORE_LIBRARY_HOST } from '../core/vm/host/core-library.ts';
import { expandTraces } from '../core/vm/trace/expand.ts';
import type { TraceMatrix } from '../core/vm/trace/types.ts';
import { buildCase, type ErrorCase, type ProgramCase, type TraceName } from './masm-vectors.ts';

/** Assembles and runs a vector program. */
export const run = (each: ProgramCase | ErrorCase): Execution =>
  execute(
    buildCase(each),
    { stack: each.stackInputs.map(BigInt), advice: readAdvice(each.advice ?? {}) },
    { host: CORE_LIBRARY_HOST, ...('maxCycles' in each && { maxCycles: each.maxCycles }) },
  );

/** All four traces, the two that a backend fills on its own by the reference code. */
export function allTraces(execution: Execution): Record<TraceName, TraceMatrix> {
  const { core, chiplets, eidos, byteTable } = expandTraces(buildTraces(execution));
  return { core, chiplets, eidos_compression: eidos, and8: byteTable };
}
