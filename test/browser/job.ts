import { assemble } from '../../core/assembly/assemble.ts';
import type { Claim } from '../../core/stark/proof/claim.ts';
import { buildTraces, execute } from '../../core/vm/execute.ts';
import type { VmTraces } from '../../core/vm/trace/types.ts';

export interface ProgramText {
  readonly source: string;
  readonly stack: readonly string[];
}

/** Assembles and runs a program, in Node and in the page alike. */
export function runToProve({ source, stack }: ProgramText): { claim: Claim; traces: VmTraces } {
  const program = assemble({ program: { name: 'program', text: source } });
  const execution = execute(program, { stack: stack.map(BigInt) });
  const { forest, entry, kernel } = program;
  const stackInputs = Array.from({ length: 16 }, (_, i) => execution.stackInputs[i] ?? 0n);
  const claim = { program: forest.nodes[entry].digest, kernel, stackInputs, stackOutputs: execution.stack };
  return { claim, traces: buildTraces(execution) };
}
