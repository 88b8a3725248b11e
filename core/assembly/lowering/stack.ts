import type { Operation } from '../../vm/mast/types.ts';
import type { BareName, StackName } from '../instructions.ts';
import { recipe } from './recipe.ts';

/** Stack manipulation as operations (miden-assembly 1.0.0-rc.0, src/instruction/mod.rs). */

/** [a, b, c, d] -> [d, c, b, a]: between element order and memory order of a word. */
export const REVERSE_WORD = 'MOVDN3 SWAP MOVUP2';

export const STACK_RECIPES = {
  drop: 'DROP',
  dropw: 'DROP*4',
  padw: 'PAD*4',
  swapdw: 'SWAPDW',
  reversew: REVERSE_WORD,
  reversedw: `${REVERSE_WORD} SWAPW ${REVERSE_WORD}`,
  cswap: 'CSWAP',
  cswapw: 'CSWAPW',
  cdrop: 'CSWAP DROP',
  cdropw: 'CSWAPW DROP*4',
} satisfies Partial<Record<BareName, string>>;

/** Operations of each stack position; positions beyond the eighth go through a swap of the double words. */
const BY_INDEX: Readonly<Record<StackName, readonly (string | undefined)[]>> = {
  dup: range(16, (n) => ([8, 10, 12, 14].includes(n) ? `PAD DUP${n + 1} ADD` : `DUP${n}`)),
  dupw: range(4, (n) => `DUP${4 * n + 3}*4`),
  swap: range(16, swap),
  swapw: [undefined, 'SWAPW', 'SWAPW2', 'SWAPW3'],
  movup: range(16, (n) => (n < 9 ? `MOVUP${n}` : `SWAPDW ${up(n - 8)} SWAPDW MOVUP8`)),
  movdn: range(16, (n) => (n < 9 ? `MOVDN${n}` : `MOVDN8 SWAPDW ${down(n - 8)} SWAPDW`)),
  movupw: [undefined, undefined, 'SWAPW SWAPW2', 'SWAPW SWAPW2 SWAPW3'],
  movdnw: [undefined, undefined, 'SWAPW2 SWAPW', 'SWAPW3 SWAPW2 SWAPW'],
};

function up(n: number): string {
  return n === 1 ? 'SWAP' : `MOVUP${n}`;
}
function down(n: number): string {
  return n === 1 ? 'SWAP' : `MOVDN${n}`;
}
function swap(n: number): string {
  if (n === 1) return 'SWAP';
  if (n === 2) return 'SWAP MOVUP2';
  if (n <= 8) return `${down(n - 1)} ${up(n)}`;
  return `MOVDN8 SWAPDW ${n === 9 ? 'SWAP' : `${down(n - 9)} ${up(n - 8)}`} SWAPDW MOVUP8`;
}
function range(length: number, text: (n: number) => string): string[] {
  return Array.from({ length }, (_, n) => text(n));
}

const cache = new Map<string, readonly Operation[]>();

/** `dup.3` and its kind. The parser has checked that the position is in range. */
export function lowerStackIndex(name: StackName, index: number): readonly Operation[] {
  const text = BY_INDEX[name][index];
  if (text === undefined) throw new RangeError(`${name}.${index}`);
  let ops = cache.get(text);
  if (!ops) cache.set(text, (ops = recipe(text)));
  return ops;
}
