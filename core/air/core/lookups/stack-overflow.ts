import type { Expr, ExprGraph } from '../../expr.ts';
import { Bus, type ColumnBuilder, encode } from '../../lookup.ts';
import type { CoreWindow } from '../window.ts';
import { merkleLimbs } from './merkle.ts';

/**
 * Column 3: the overflow table, keyed by the clock of the push; and limbs of the Merkle index witness.
 * (miden-air 1.0.0-rc.0, src/constraints/lookup/buses/stack_overflow.rs.)
 */
export function stackOverflowColumn(graph: ExprGraph, column: ColumnBuilder, window: CoreWindow): void {
  const { row, next, flags } = window;
  const entry = (clk: Expr, value: Expr, previous: Expr) =>
    encode(graph, Bus.StackOverflow, [clk, value, previous]);
  const refill = next.stack[15];
  column.group((group) => {
    group.add(flags.grows, entry(row.clk, row.stack[15], row.overflowAddr));
    group.remove(flags.shrinks.mul(flags.overflow), entry(row.overflowAddr, refill, next.overflowAddr));
    // DYNCALL's next row belongs to the callee; its h5 keeps what the caller's address becomes.
    group.remove(flags.of('DYNCALL').mul(flags.overflow), entry(row.overflowAddr, refill, row.hasher[5]));
    merkleLimbs(graph, group, window);
  });
}
