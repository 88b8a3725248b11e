import type { Felt } from '../field/felt.ts';
import { loadFelt } from '../field/lanes.ts';
import { lanesToWord } from '../hash/eidos.ts';
import type { Word } from '../hash/word.ts';
import type { AdviceMutation } from './advice/inputs.ts';
import type { AdviceProvider } from './advice/provider.ts';
import type { ExecutionError } from './errors.ts';
import type { MachineState } from './state.ts';

/** What an event handler sees of a running program. */
export class EventView {
  readonly #state: MachineState;
  /** The advice as it stands; handlers change it only through the mutations they return. */
  readonly advice: Pick<AdviceProvider, 'mapValues' | 'hasNode' | 'open' | 'stack'>;

  constructor(state: MachineState, advice: AdviceProvider) {
    this.#state = state;
    this.advice = advice;
  }

  get clk(): number {
    return this.#state.clk;
  }

  get ctx(): number {
    return this.#state.ctx;
  }

  /** Digest of the procedure that runs in this context; in a syscall, of the one that made it. The program's own is empty. */
  get procedure(): Word {
    return lanesToWord(this.#state.fnHash, 0);
  }

  /** Elements on the stack, the event's id among them; never below 16. */
  get depth(): number {
    return this.#state.stack.depth;
  }

  /** Element `i` of the stack; 0 is the event's id. Below the stack's depth all is zero. */
  element(i: number): Felt {
    const { lanes, top, bottom } = this.#state.stack;
    const at = top - 2 - 2 * i;
    return at < bottom ? 0n : loadFelt(lanes, at);
  }

  /** The four elements from position `i` on. */
  word(i: number): Word {
    return [this.element(i), this.element(i + 1), this.element(i + 2), this.element(i + 3)];
  }

  /** The element at `address` (below 2^32) of a context, the running one if none is given; zero if it was never written. */
  memory(address: number, ctx: number = this.ctx): Felt {
    const { memory } = this.#state;
    return loadFelt(memory.lanes, memory.find(ctx, address) + 2 * (address & 3));
  }
}

/** Answers one event: advice to add. Throw to stop the program with `event-failed`. */
export type EventHandler = (view: EventView) => readonly AdviceMutation[];

/** The world outside the VM: handlers of the events that programs emit, by event id. */
export interface Host {
  readonly handlers: ReadonlyMap<Felt, EventHandler>;
  /** Told of trace events; may not change anything. */
  readonly onTrace?: (traceId: Felt, view: EventView) => void;
  /** Told where a run stopped that cannot go on. */
  readonly onFailure?: (view: EventView, error: ExecutionError) => void;
}

/** A host that listens to no event. */
export const SILENT_HOST: Host = { handlers: new Map() };
