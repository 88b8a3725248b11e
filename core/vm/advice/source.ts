import type { MachineState } from '../state.ts';

/** Where operations get what the verifier does not see: from advice and host, or from the tape of an earlier run. */
export interface AdviceSource {
  /** Pops `count` elements to `out`, the first at `at`. */
  pop(count: number, out: Uint32Array, at: number): void;

  /**
   * Writes the `depth` siblings of the node at (depth, index) below the root in `root[rootAt..+8]` to `out`, its own
   * sibling first. With `value` (8 lanes at `valueAt`) the tree with that node in its place becomes known too.
   */
  path(
    root: Uint32Array,
    rootAt: number,
    depth: number,
    indexLo: number,
    indexHi: number,
    out: Uint32Array,
    value?: Uint32Array,
  ): void;

  /** EMIT: the event whose id is on top of the stack. */
  event(state: MachineState): void;
}
