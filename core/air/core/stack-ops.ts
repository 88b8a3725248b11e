import type { OpName } from '../../vm/opcodes.ts';
import type { Scope } from '../constraint-list.ts';
import type { Expr } from '../expr.ts';
import type { CoreWindow } from './window.ts';

/** Where a rewritten position takes its value from, and the operations that do so. */
type Route = readonly [source: Expr | number, ...ops: OpName[]];

/**
 * Operations that put an item of the stack, or of the system columns, elsewhere on the stack. What a position gets is
 * one constraint over all of them: at most one flag is set. (miden-air 1.0.0-rc.0, src/constraints/stack/ops.rs.)
 */
export function constrainStackOps(scope: Scope, { row, next, flags }: CoreWindow): void {
  const s = row.stack;
  const condition = s[0];

  scope.when(flags.of('ASSERT')).equal('assert', s[0], 1);
  scope.when(flags.any('CSWAP', 'CSWAPW')).boolean('cswap-condition', condition);

  // What the condition adds to the lower of two swapped items and takes from the higher one.
  const swapped = (low: number, high: number) => condition.mul(s[high].sub(s[low]));
  const cswap = swapped(1, 2);
  const cswapw = [0, 1, 2, 3].map((i) => swapped(1 + i, 5 + i));

  const routes: readonly (readonly Route[])[] = [
    [
      [0, 'PAD'],
      [s[0], 'DUP0'],
      [s[1], 'DUP1', 'SWAP'],
      [s[2], 'DUP2', 'MOVUP2'],
      [s[3], 'DUP3', 'MOVUP3'],
      [s[4], 'DUP4', 'MOVUP4', 'SWAPW'],
      [s[5], 'DUP5', 'MOVUP5'],
      [s[6], 'DUP6', 'MOVUP6'],
      [s[7], 'DUP7', 'MOVUP7'],
      [s[8], 'MOVUP8', 'SWAPW2', 'SWAPDW'],
      [s[9], 'DUP9'],
      [s[11], 'DUP11'],
      [s[12], 'SWAPW3'],
      [s[13], 'DUP13'],
      [s[15], 'DUP15'],
      [row.clk, 'CLK'],
      [row.depth, 'SDEPTH'],
      [row.fnHash[0], 'CALLER'],
      [s[1].add(cswap), 'CSWAP'],
      [s[1].add(cswapw[0]), 'CSWAPW'],
    ],
    [
      [s[0], 'SWAP'],
      [s[5], 'SWAPW'],
      [s[9], 'SWAPW2', 'SWAPDW'],
      [s[13], 'SWAPW3'],
      [row.fnHash[1], 'CALLER'],
      [s[2].sub(cswap), 'CSWAP'],
      [s[2].add(cswapw[1]), 'CSWAPW'],
    ],
    ...[2, 3].map((i): readonly Route[] => [
      [s[0], `MOVDN${i}` as 'MOVDN2' | 'MOVDN3'],
      [s[4 + i], 'SWAPW'],
      [s[8 + i], 'SWAPW2', 'SWAPDW'],
      [s[12 + i], 'SWAPW3'],
      [row.fnHash[i], 'CALLER'],
      [s[1 + i].add(cswapw[i]), 'CSWAPW'],
    ]),
    [
      [s[0], 'MOVDN4', 'SWAPW'],
      [s[12], 'SWAPDW'],
      [s[5].sub(cswapw[0]), 'CSWAPW'],
    ],
    ...[5, 6, 7].map((i): readonly Route[] => [
      [s[0], `MOVDN${i}` as 'MOVDN5' | 'MOVDN6' | 'MOVDN7'],
      [s[i - 4], 'SWAPW'],
      [s[i + 8], 'SWAPDW'],
      [s[i + 1].sub(cswapw[i - 4]), 'CSWAPW'],
    ]),
    [[s[0], 'MOVDN8', 'SWAPW2', 'SWAPDW']],
    ...[9, 10, 11].map((i): readonly Route[] => [[s[i - 8], 'SWAPW2', 'SWAPDW']]),
    [
      [s[0], 'SWAPW3'],
      [s[4], 'SWAPDW'],
      [s[12].add(8), 'MSTREAM', 'PIPE'],
    ],
    ...[13, 14, 15].map((i): readonly Route[] => [
      [s[i - 12], 'SWAPW3'],
      [s[i - 8], 'SWAPDW'],
    ]),
  ];
  for (const [position, ways] of routes.entries()) {
    const terms = ways.map(([source, ...ops]) => flags.any(...ops).mul(next.stack[position].sub(source)));
    scope.zero(
      `rewrite-${position}`,
      terms.reduce((sum, term) => sum.add(term)),
    );
  }
}
