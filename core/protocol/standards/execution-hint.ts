import type { Felt } from '../../field/felt.ts';
import { ProtocolError } from '../errors.ts';

/** When a note can be consumed, as its maker says; nobody checks it but the note's script. */
export type ExecutionHint =
  /** Nothing is said. */
  | { readonly kind: 'none' }
  | { readonly kind: 'always' }
  /** From this block on. */
  | { readonly kind: 'from-block'; readonly block: number }
  /** In one slot of each round: rounds are of 2^`logRound` blocks, slots of 2^`logSlot`. */
  | { readonly kind: 'slot'; readonly logRound: number; readonly logSlot: number; readonly slot: number }
  /** An element that says nothing that is known here. */
  | { readonly kind: 'unknown'; readonly element: Felt };

const KIND = { none: 0n, always: 1n, 'from-block': 2n, slot: 3n } as const;
const KIND_BITS = 8n;
const BYTE = 0xff;
const LOG_BLOCKS = 32;

/** `payload << 8 | kind`. Throws `note` if it says what cannot be. */
export function hintElement(hint: ExecutionHint): Felt {
  if (hint.kind === 'unknown') return hint.element;
  const payload = (): number => {
    if (hint.kind === 'from-block') return within(hint.block, 2 ** LOG_BLOCKS - 1);
    if (hint.kind !== 'slot') return 0;
    const { logRound, logSlot, slot } = hint;
    within(logRound, LOG_BLOCKS - 1);
    within(slot, Math.min(BYTE, 2 ** (logRound - within(logSlot, logRound)) - 1));
    return (logRound << 16) | (logSlot << 8) | slot;
  };
  return (BigInt(payload()) << KIND_BITS) | KIND[hint.kind];
}

function within(value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new ProtocolError('note', 'A note cannot say that it is to be consumed then.', {
    details: `${value} is not a whole number up to ${max}`,
  });
}

/** What an element says: `unknown` where it is none that {@link hintElement} makes. */
export function hintIn(element: Felt): ExecutionHint {
  const payload = Number(element >> KIND_BITS);
  const hints: readonly ExecutionHint[] = [
    { kind: 'none' },
    { kind: 'always' },
    { kind: 'from-block', block: payload },
    { kind: 'slot', logRound: payload >> 16, logSlot: (payload >> 8) & BYTE, slot: payload & BYTE },
  ];
  const hint = hints[Number(element & BigInt(BYTE))];
  try {
    if (hint && hintElement(hint) === element) return hint;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  return { kind: 'unknown', element };
}

/** Whether a note can be consumed in a block, as far as its maker says. */
export function isConsumable(hint: ExecutionHint, block: number): boolean | undefined {
  if (hint.kind === 'always') return true;
  if (hint.kind === 'from-block') return block >= hint.block;
  if (hint.kind !== 'slot') return undefined;
  const inRound = block % 2 ** hint.logRound;
  return Math.floor(inRound / 2 ** hint.logSlot) === hint.slot;
}
