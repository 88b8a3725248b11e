import { CORE } from '../../vm/trace/layout.ts';
import type { Expr, ExprGraph } from '../expr.ts';

/** One row of the Core trace as expressions, by name. */
export interface CoreRow {
  readonly clk: Expr;
  readonly ctx: Expr;
  readonly fnHash: readonly Expr[];
  readonly addr: Expr;
  /** Least significant first. */
  readonly opBits: readonly Expr[];
  /** The eight cells a control row hashes. */
  readonly hasher: readonly Expr[];
  /** The last six cells of `hasher`, free for the operation on the rows of a block. */
  readonly helpers: readonly Expr[];
  readonly inSpan: Expr;
  readonly groupCount: Expr;
  readonly opIndex: Expr;
  readonly fullBatch: Expr;
  readonly batchSizeCode: Expr;
  readonly extra0: Expr;
  readonly extra1: Expr;
  /** Top first. */
  readonly stack: readonly Expr[];
  readonly depth: Expr;
  readonly overflowAddr: Expr;
  readonly depthInverse: Expr;
  /** Meaning of three `hasher` cells on END rows. */
  readonly isLoopBody: Expr;
  readonly isLoop: Expr;
  readonly restoresCallerFrame: Expr;
}

/** The current (offset 0) or the next row (offset 1). */
export function coreRow(graph: ExprGraph, offset: 0 | 1): CoreRow {
  const cell = (column: number) => graph.main(column, offset);
  const cells = (first: number, count: number) => Array.from({ length: count }, (_, i) => cell(first + i));
  return {
    clk: cell(CORE.clk),
    ctx: cell(CORE.ctx),
    fnHash: cells(CORE.fnHash, 4),
    addr: cell(CORE.addr),
    opBits: cells(CORE.opBits, 7),
    hasher: cells(CORE.hasher, 8),
    helpers: cells(CORE.helpers, 6),
    inSpan: cell(CORE.inSpan),
    groupCount: cell(CORE.groupCount),
    opIndex: cell(CORE.opIndex),
    fullBatch: cell(CORE.fullBatch),
    batchSizeCode: cell(CORE.batchSizeCode),
    extra0: cell(CORE.extra0),
    extra1: cell(CORE.extra1),
    stack: cells(CORE.stack, 16),
    depth: cell(CORE.depth),
    overflowAddr: cell(CORE.overflowAddr),
    depthInverse: cell(CORE.depthInverse),
    isLoopBody: cell(CORE.isLoopBody),
    isLoop: cell(CORE.isLoop),
    restoresCallerFrame: cell(CORE.restoresCallerFrame),
  };
}
