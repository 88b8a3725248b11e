import type { Felt } from '../../field/felt.ts';
import { loadFelt } from '../../field/lanes.ts';
import { lanesToWord, wordToLanes } from '../../hash/eidos.ts';
import { ExecutionError } from '../errors.ts';
import { type EventHandler, EventView, type Host } from '../host.ts';
import { elementAt } from '../ops/fail.ts';
import type { MachineState } from '../state.ts';
import { SYSTEM_EVENTS } from '../system-events.ts';
import { SYSTEM_HANDLERS } from '../system-handlers.ts';
import type { AdviceMutation } from './inputs.ts';
import type { AdviceProvider } from './provider.ts';
import type { AdviceSource } from './source.ts';
import type { AdviceTape } from './tape.ts';

const index = new Uint32Array(2);

/** Advice and events of a first run; what it gives out goes to a tape too. */
export class LiveAdvice implements AdviceSource {
  readonly #provider: AdviceProvider;
  readonly #host: Host;
  readonly #tape: AdviceTape | null;

  /** `tape` is `null` if the run will not be repeated. */
  constructor(provider: AdviceProvider, host: Host, tape: AdviceTape | null) {
    this.#provider = provider;
    this.#host = host;
    this.#tape = tape;
  }

  pop(count: number, out: Uint32Array, at: number): void {
    this.#provider.pop(count, out, at);
    this.#tape?.write(out, at, 2 * count);
  }

  path(
    root: Uint32Array,
    rootAt: number,
    depth: number,
    indexLo: number,
    indexHi: number,
    out: Uint32Array,
    value?: Uint32Array,
  ): void {
    index[0] = indexLo;
    index[1] = indexHi;
    const rootWord = lanesToWord(root, rootAt);
    const position = loadFelt(index, 0);
    const { path } = value
      ? this.#provider.replaceNode(rootWord, BigInt(depth), position, lanesToWord(value, 0))
      : this.#provider.open(rootWord, BigInt(depth), position);
    path.forEach((sibling, level) => {
      wordToLanes(sibling, out, 8 * level);
    });
    this.#tape?.write(out, 0, 8 * depth);
  }

  event(state: MachineState): void {
    const id = elementAt(state, 0);
    const view = new EventView(state, this.#provider);
    const system = SYSTEM_EVENTS.get(id);
    if (system === 'trace_event') this.#host.onTrace?.(view.element(1), view);
    else if (system !== undefined) SYSTEM_HANDLERS[system](view, this.#provider);
    else this.#askHost(id, view);
  }

  #askHost(id: Felt, view: EventView): void {
    const handler = this.#host.handlers.get(id);
    if (!handler) {
      throw new ExecutionError('event-unknown', 'The program emits an event that nothing here handles.', {
        details: `The event's id is ${id}.`,
        advice: 'Programs of the core library need its event handlers.',
      });
    }
    this.#provider.apply(this.#answer(handler, view, id));
  }

  #answer(handler: EventHandler, view: EventView, id: Felt): readonly AdviceMutation[] {
    try {
      return handler(view);
    } catch (error) {
      if (error instanceof ExecutionError) throw error;
      throw new ExecutionError('event-failed', 'The handler of an event failed.', {
        details: `Event ${id}: ${error instanceof Error ? error.message : String(error)}`,
        cause: error,
      });
    }
  }
}
