import type { AdviceSource } from './advice/source.ts';
import { Memory } from './memory.ts';
import type { ExecutionLimits } from './options.ts';
import { OperandStack } from './stack.ts';
import type { ChipletRecorder } from './trace/recorder.ts';

const HELPER_LANES = 12;

/** Everything an operation reads and changes. One per run. */
export class MachineState {
  readonly stack: OperandStack;
  readonly memory: Memory;
  readonly advice: AdviceSource;
  /** `null` while no traces are built. */
  readonly recorder: ChipletRecorder | null;
  /** Row of the trace that the running operation fills. */
  clk = 0;
  ctx = 0;
  /** Digest of the procedure that runs in this context. */
  fnHash: Uint32Array = new Uint32Array(8);
  deferredRoot = new Uint32Array(8);
  /** Circuits recorded. */
  circuits = 0;
  /** Data of the running block's operations, two lanes each: PUSH's value or an error code. */
  immediates: Uint32Array = new Uint32Array(2);
  /** Index of the running operation in its block. */
  at = 0;
  /** Text of an assertion's error code, where the running forest knows it. */
  errorText: (code: bigint) => string | undefined = () => undefined;

  /**
   * The six helper cells of the operation's trace row. An operation that fills some sets `helped`; where a cell is the
   * inverse of a value, it gets the value, and the trace inverts many at once.
   */
  readonly helpers = new Uint32Array(HELPER_LANES);
  helped = false;

  constructor(limits: ExecutionLimits, advice: AdviceSource, recorder: ChipletRecorder | null) {
    this.stack = new OperandStack(limits.maxStackDepth);
    this.memory = new Memory(limits.maxMemoryElements);
    this.advice = advice;
    this.recorder = recorder;
  }
}

/** Changes the machine by one operation. */
export type Operate = (state: MachineState) => void;
