/** Limits of one execution. Whatever a program asks for beyond them ends in an `ExecutionError`. */
export interface ExecutionLimits {
  /** Cycles, one per trace row; at most {@link MAX_CYCLES}. */
  readonly maxCycles: number;
  /** Elements on the operand stack, those hidden by calls included. */
  readonly maxStackDepth: number;
  /** Elements of memory ever written, in whole words. */
  readonly maxMemoryElements: number;
  /** Bytes the advice may hold: 8 per element, 32 per map key, 96 per Merkle node. */
  readonly maxAdviceBytes: number;
  /** Nodes entered and not yet left, or waiting to be entered. */
  readonly maxNesting: number;
  /** Rows of a trace, when traces are built. */
  readonly maxTraceRows: number;
}

/** The hard limit on cycles of the VM. */
export const MAX_CYCLES = 2 ** 29;

/** The official limits (miden-processor 1.0.0-rc.0, src/execution_options.rs), with fewer cycles and elements. */
export const DEFAULT_LIMITS: ExecutionLimits = {
  maxCycles: 2 ** 22,
  maxStackDepth: 6615,
  maxMemoryElements: 2 ** 24,
  maxAdviceBytes: 16 * 2 ** 20,
  maxNesting: 2 ** 16,
  maxTraceRows: 2 ** 22,
};
