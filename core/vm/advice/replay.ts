import type { MachineState } from '../state.ts';
import type { AdviceSource } from './source.ts';
import type { AdviceTape } from './tape.ts';

/** Advice of a run that is repeated: what the tape holds. Events change nothing but the advice, so they are silent. */
export class ReplayedAdvice implements AdviceSource {
  readonly #tape: AdviceTape;
  readonly #onEvent: (clk: number) => void;

  constructor(tape: AdviceTape, onEvent: (clk: number) => void = () => {}) {
    this.#tape = tape;
    this.#onEvent = onEvent;
    tape.rewind();
  }

  pop(count: number, out: Uint32Array, at: number): void {
    this.#tape.read(out, at, 2 * count);
  }

  path(_root: Uint32Array, _rootAt: number, depth: number, _lo: number, _hi: number, out: Uint32Array): void {
    this.#tape.read(out, 0, 8 * depth);
  }

  event({ clk }: MachineState): void {
    this.#onEvent(clk);
  }
}
