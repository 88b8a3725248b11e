import type { Expr, ExprGraph } from '../../expr.ts';
import { Bus, encode, type Group } from '../../lookup.ts';
import type { CoreWindow } from '../window.ts';

/**
 * Lookups of MPVERIFY and MRUPDATE, spread over three columns as their degrees allow. Stack: node in s0-3, depth s4,
 * index s5, root s6-9, new node s10-13. Helpers: the controller's row of the path's first compression, its direction
 * bit, four limbs of the index witness (see `constrainMerkleIndex`).
 * (miden-air 1.0.0-rc.0, src/constraints/lookup/operations/merkle.rs.)
 */

/** A 16-bit value. */
export const rangeCheck = (graph: ExprGraph, value: Expr): Expr => encode(graph, Bus.RangeCheck, [value]);

/** 2^16 / 64: scaled by it, the depths below 64 and no others stay 16-bit values. */
const DEPTH_SCALE = 1024;

/** Depth from 1 to 64; the top limb of the index witness below 2^15 (and, for MRUPDATE, below 2^16 as such). */
export function merkleRangeChecks(graph: ExprGraph, group: Group, { row, flags }: CoreWindow): void {
  const depth = row.stack[4];
  const top = row.helpers[5];
  const depths = [depth, depth.sub(1).mul(DEPTH_SCALE)];
  const doubled = top.mul(2);
  group.batch(flags.of('MPVERIFY'), (batch) => {
    for (const value of [...depths, doubled]) batch.remove(rangeCheck(graph, value));
  });
  group.batch(flags.of('MRUPDATE'), (batch) => {
    for (const value of [...depths, top, doubled]) batch.remove(rangeCheck(graph, value));
  });
}

/** The three low limbs of the index witness. */
export function merkleLimbs(graph: ExprGraph, group: Group, { row, flags }: CoreWindow): void {
  for (const op of ['MPVERIFY', 'MRUPDATE'] as const) {
    group.batch(flags.of(op), (batch) => {
      for (const limb of row.helpers.slice(2, 5)) batch.remove(rangeCheck(graph, limb));
    });
  }
}

/** First and last compression of each path. */
export function merkleRequests(graph: ExprGraph, group: Group, { row, next, flags }: CoreWindow): void {
  const [depth, index] = [row.stack[4], row.stack[5]];
  const [first, direction, , , , top] = row.helpers;
  const start = (bus: Bus, addr: Expr, node: readonly Expr[]) =>
    encode(graph, bus, [addr, index, direction, ...node]);
  const end = (addr: Expr, root: readonly Expr[]) => encode(graph, Bus.ReturnHash, [addr, 0, ...root]);
  const [node, root, newNode] = [row.stack.slice(0, 4), row.stack.slice(6, 10), row.stack.slice(10, 14)];
  const second = first.add(depth);

  group.batch(flags.of('MPVERIFY'), (batch) => {
    batch.remove(start(Bus.MerkleVerifyInit, first, node));
    batch.remove(end(second.sub(1), root));
    batch.remove(rangeCheck(graph, top));
  });
  group.batch(flags.of('MRUPDATE'), (batch) => {
    batch.remove(start(Bus.MerkleOldInit, first, node));
    batch.remove(end(second.sub(1), root));
    batch.remove(start(Bus.MerkleNewInit, second, newNode));
    batch.remove(end(second.add(depth).sub(1), next.stack.slice(0, 4)));
  });
}
