import type { Expr, ExprGraph } from '../../expr.ts';
import { Bus, type ColumnBuilder, encode } from '../../lookup.ts';
import type { CoreRow } from '../row.ts';
import type { CoreWindow } from '../window.ts';
import { merkleRangeChecks, rangeCheck } from './merkle.ts';

/**
 * Column 0: the stack of open blocks, range checks of u32 limbs and Merkle depths, the root of deferred statements.
 * (miden-air 1.0.0-rc.0, src/constraints/lookup/buses/block_stack_and_range_logcap.rs.)
 */
export function blockStackColumn(graph: ExprGraph, column: ColumnBuilder, window: CoreWindow): void {
  const { row, next, flags } = window;
  /** An entry that only names the block and its parent. */
  const continuation = (id: Expr, parent: Expr, isLoop: Expr | number) =>
    encode(graph, Bus.BlockStack, [id, parent, isLoop]);
  /** An entry that also keeps the caller's state; field 10 tells it from the other kind. */
  const callerFrame = (id: Expr, parent: Expr, at: CoreRow, depth: Expr, overflowAddr: Expr) =>
    encode(graph, Bus.BlockStack, [id, parent, 0, at.ctx, depth, overflowAddr, ...at.fnHash, 1]);

  column.group((group) => {
    group.add(flags.any('JOIN', 'SPLIT', 'SPAN', 'DYN'), continuation(next.addr, row.addr, 0));
    group.add(flags.of('LOOP'), continuation(next.addr, row.addr, 1));
    const [depth, overflowAddr] = [row.hasher[4], row.hasher[5]];
    group.add(flags.of('DYNCALL'), callerFrame(next.addr, row.addr, row, depth, overflowAddr));
    const call = callerFrame(next.addr, row.addr, row, row.depth, row.overflowAddr);
    group.add(flags.any('CALL', 'SYSCALL'), call);

    const restores = flags.of('END').mul(row.restoresCallerFrame);
    group.remove(flags.of('END').sub(restores), continuation(row.addr, next.addr, row.isLoop));
    group.remove(restores, callerFrame(row.addr, next.addr, next, next.depth, next.overflowAddr));
    const parent = next.hasher[1];
    group.batch(flags.of('RESPAN'), (batch) => {
      batch.add(continuation(next.addr, parent, 0));
      batch.remove(continuation(row.addr, parent, 0));
    });

    // The prefix 100 holds all u32 operations.
    group.batch(flags.prefix('100'), (batch) => {
      for (const limb of row.helpers.slice(0, 4)) batch.remove(rangeCheck(graph, limb));
    });
    merkleRangeChecks(graph, group, window);

    const root = (word: readonly Expr[]) => encode(graph, Bus.LogDeferred, word);
    group.batch(flags.of('LOGDEFERRED'), (batch) => {
      batch.remove(root(row.helpers.slice(1, 5)));
      batch.add(root(next.stack.slice(0, 4)));
    });
  });
}
