import { add } from '../../core/field/felt.ts';
import type { OpName } from '../../core/vm/opcodes.ts';
import { CORE } from '../../core/vm/trace/layout.ts';
import type { Witness } from './witness.ts';

const VISIBLE = 16;
/** Where each position of the stack comes from. */
const IN_PLACE = Array.from({ length: VISIBLE }, (_, i) => i);
const SOURCES: Partial<Record<OpName, readonly (number | undefined)[]>> = {
  SWAP: [1, 0, ...IN_PLACE.slice(2)],
  SWAPW: swappedWith(4),
  SWAPW2: swappedWith(8),
  SWAPW3: swappedWith(12),
  DROP: [...IN_PLACE.slice(1), undefined],
  PUSH: [undefined, ...IN_PLACE.slice(0, 15)],
  ADVPOP: [undefined, ...IN_PLACE.slice(0, 15)],
};
/** Operations that leave the stack as it is, or change it only as the lie says. */
const STILL: readonly OpName[] = [
  ...(['NOOP', 'SPAN', 'RESPAN', 'JOIN', 'SPLIT', 'END', 'CALL', 'HALT'] as const),
  ...(['COMPRESS', 'MRUPDATE', 'MPVERIFY', 'LOGDEFERRED', 'MLOAD'] as const),
];

function swappedWith(word: number): number[] {
  return IN_PLACE.map((i) => (i < 4 ? i + word : i >= word && i < word + 4 ? i - word : i));
}

/**
 * Carries lies about items of the stack through the trace to the outputs, as a run with other results would.
 * `start`: differences to the honest inputs. `lies` gets the differences that the operation of a row leaves, to change
 * them. Only few kinds of operations may meet a lie, and none may reach the overflow table.
 */
export function spreadLie(
  { core, claim }: Witness,
  lies: (row: number, op: OpName, differences: bigint[]) => void,
  start: readonly bigint[] = Array<bigint>(VISIBLE).fill(0n),
): void {
  let differences = [...start];
  for (let row = 0; row < core.height; row++) {
    core.set(row, CORE.stack, ...differences.map((by, i) => add(core.at(row, CORE.stack + i), by)));
    const op = core.op(row);
    const sources = SOURCES[op] ?? IN_PLACE;
    const lying = differences.some((by) => by !== 0n);
    if (lying && sources === IN_PLACE && !STILL.includes(op))
      throw new Error(`what becomes of a lie in ${op}?`);
    const lost = IN_PLACE.some((i) => differences[i] !== 0n && !sources.includes(i));
    if (lost && op !== 'DROP') throw new Error('a lie falls off the visible stack');
    differences = sources.map((i) => (i === undefined ? 0n : differences[i]));
    lies(row, op, differences);
  }
  claim.stackInputs = core.range(0, CORE.stack, VISIBLE);
  claim.stackOutputs = core.range(core.height - 1, CORE.stack, VISIBLE);
}
