import type { Felt } from '../../field/felt.ts';
import type { EventHandler, EventView } from '../host.ts';

/**
 * Hints for the division of long integers: the program multiplies back and compares, so a wrong hint cannot pass
 * (miden-core-lib 1.0.0-rc.0, src/handlers). Integers stand on the stack as 32-bit limbs, the lowest first.
 */

const LIMB = 0xffff_ffffn;

function readInteger(view: EventView, from: number, limbs: number): bigint {
  let value = 0n;
  for (let i = limbs - 1; i >= 0; i--) {
    const limb = view.element(from + i);
    if (limb > LIMB) throw new RangeError(`limb ${i} is ${limb}, not below 2^32`);
    value = (value << 32n) | limb;
  }
  return value;
}

const limbsOf = (value: bigint, count: number): Felt[] =>
  Array.from({ length: count }, (_, i) => (value >> BigInt(32 * i)) & LIMB);

interface Division {
  readonly quotient: Felt[];
  readonly remainder: Felt[];
}

/** Divisor from position 1 on, dividend behind it. */
function divide(view: EventView, limbs: number): Division {
  const divisor = readInteger(view, 1, limbs);
  if (divisor === 0n) throw new RangeError('division by zero');
  const dividend = readInteger(view, 1 + limbs, limbs);
  return { quotient: limbsOf(dividend / divisor, limbs), remainder: limbsOf(dividend % divisor, limbs) };
}

/** Popped one by one, high limb first: quotient, then remainder. */
export const u64Div: EventHandler = (view) => {
  const { quotient, remainder } = divide(view, 2);
  return [{ kind: 'stack', values: [...quotient.reverse(), ...remainder.reverse()] }];
};

/** Popped by words: remainder, then quotient. */
export const u128Div: EventHandler = (view) => {
  const { quotient, remainder } = divide(view, 4);
  return [{ kind: 'stack', values: [...remainder, ...quotient] }];
};

/** Popped by words, the upper one of each first: remainder, then quotient. */
export const u256Div: EventHandler = (view) => {
  const { quotient, remainder } = divide(view, 8);
  const upperFirst = (limbs: Felt[]): Felt[] => [...limbs.slice(4), ...limbs.slice(0, 4)];
  return [{ kind: 'stack', values: [...upperFirst(remainder), ...upperFirst(quotient)] }];
};

const FALCON_PRIME = 12289n;

/** Division of a 64-bit integer by Falcon's prime. Popped one by one: the quotient, high limb first, the remainder. */
export const falconDiv: EventHandler = (view) => {
  const dividend = readInteger(view, 1, 2);
  const [low, high] = limbsOf(dividend / FALCON_PRIME, 2);
  return [{ kind: 'stack', values: [high, low, dividend % FALCON_PRIME] }];
};
