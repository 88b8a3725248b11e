import { CHIPLETS, CONTROLLER } from '../../vm/trace/layout.ts';
import type { ConstraintList } from '../constraint-list.ts';
import type { Expr } from '../expr.ts';
import type { Row } from '../row.ts';
import type { ChipletFlags } from './selectors.ts';

/** Named cells of a controller row, and what follows from them. */
export interface ControllerRow {
  readonly s0: Expr;
  readonly s1: Expr;
  readonly s2: Expr;
  readonly block: readonly Expr[];
  /** Chaining value that goes in (hash rows) or node that comes out (Merkle rows). */
  readonly tail: readonly Expr[];
  readonly cvOut: readonly Expr[];
  readonly nodeIndex: Expr;
  readonly nodeIndexNext: Expr;
  /** nodeIndex - 2 nodeIndexNext: whether the node is a right child. */
  readonly bit: Expr;
  readonly isStart: Expr;
  readonly level: Expr;
  readonly opFinal: Expr;
  readonly mrupdateId: Expr;
  /** Set on Merkle and on padding rows. */
  readonly merkleOrPadding: Expr;
  /** merkleOrPadding s0: zero also on the rows of other chiplets, by `mode-off-outside`. */
  readonly merkle: Expr;
}

export function controllerRow(row: Row): ControllerRow {
  const s0 = row.at(CONTROLLER.s0);
  const merkleOrPadding = row.at(CHIPLETS.mode);
  const nodeIndex = row.at(CONTROLLER.nodeIndex);
  const nodeIndexNext = row.at(CONTROLLER.nodeIndexNext);
  return {
    s0,
    s1: row.at(CONTROLLER.s1),
    s2: row.at(CONTROLLER.s2),
    block: row.range(CONTROLLER.block, 8),
    tail: row.range(CONTROLLER.cvIn, 4),
    cvOut: row.range(CONTROLLER.cvOut, 4),
    nodeIndex,
    nodeIndexNext,
    bit: nodeIndex.sub(nodeIndexNext.mul(2)),
    isStart: row.at(CONTROLLER.isStart),
    level: row.at(CONTROLLER.level),
    opFinal: row.at(CONTROLLER.opFinal),
    mrupdateId: row.at(CONTROLLER.mrupdateId),
    merkleOrPadding,
    merkle: merkleOrPadding.mul(s0),
  };
}

/** The word of the block that a Merkle row's own node occupies: low if `bit` is 0, high if it is 1. */
export const nodeOf = (c: ControllerRow): Expr[] =>
  Array.from({ length: 4 }, (_, i) => c.block[i].add(c.bit.mul(c.block[4 + i].sub(c.block[i]))));

/**
 * The hash controller: one compression per row, operations of one or more rows that end with `opFinal`.
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/chiplets/hasher_control/mod.rs.
 */
export function controllerConstraints(list: ConstraintList, flags: ChipletFlags, row: Row, next: Row): void {
  const part = list.part('chiplets/controller');
  const c = controllerRow(row);
  const n = controllerRow(next);
  const active = flags.controller;
  const notFinal = c.opFinal.not();
  const isHash = c.s1.not().mul(c.s2.not());
  const isPadding = c.s0.not().mul(c.s1).mul(c.s2.not());
  // Verify (1, 0, 1), old path (1, 1, 0), new path (1, 1, 1).
  const isMerkle = c.s0
    .mul(c.s1.not())
    .mul(c.s2)
    .add(c.s0.mul(c.s1).mul(c.s2.not()))
    .add(c.s0.mul(c.s1).mul(c.s2));

  // The trace opens with the first row of an operation.
  const first = part.onFirstRow();
  first.equal('first-active', active, 1);
  first.equal('first-s0', c.s0, 1);
  first.zero('first-merkle-start', c.s1.add(c.s2).sub(c.s1.mul(c.s2)).mul(c.isStart.not()));
  first.equal('first-mrupdate-id', c.mrupdateId, c.s1.mul(c.s2.not()));

  const own = part.when(active);
  own.boolean('s0-boolean', c.s0);
  own.boolean('s1-boolean', c.s1);
  own.boolean('s2-boolean', c.s2);
  own.boolean('final-boolean', c.opFinal);
  own.zero('kind-valid', c.s0.not().mul(c.s2));
  own.equal('mode', c.merkleOrPadding, isPadding.add(isMerkle));
  part.when(active.not().mul(c.s0)).zero('mode-off-outside', c.merkleOrPadding);

  // Padding rows are zero and followed by padding only.
  const padding = active.mul(c.merkleOrPadding).mul(c.s0.not());
  const afterPadding = part.when(padding.mul(flags.controllerNext));
  afterPadding.zero('padding-next-s0', n.s0);
  afterPadding.equal('padding-next-s1', n.s1, 1);
  afterPadding.zero('padding-next-s2', n.s2);
  const inPadding = part.when(padding);
  [...c.block, ...c.tail].forEach((cell, i) => {
    inPadding.zero(`padding-state${i}`, cell);
  });
  c.cvOut.forEach((cell, i) => {
    inPadding.zero(`padding-data${i}`, cell);
  });
  inPadding.zero('padding-final', c.opFinal);

  // Every update of a Merkle root gets a number of its own, from the first row of its old path on.
  const startsUpdate = n.s1.mul(n.s2.not()).mul(n.isStart);
  part
    .when(active.mul(flags.controllerNext))
    .equal('mrupdate-id', n.mrupdateId, c.mrupdateId.add(startsUpdate));

  // What is not final goes on with the same kind ...
  const hashGoesOn = part.when(active.mul(isHash).mul(notFinal));
  hashGoesOn.equal('hash-next-active', flags.controllerNext, 1);
  hashGoesOn.zero('hash-next-s0', n.s0);
  hashGoesOn.zero('hash-next-s1', n.s1);
  hashGoesOn.zero('hash-next-s2', n.s2);
  const merkleGoesOn = part.when(c.merkle.mul(notFinal));
  merkleGoesOn.equal('merkle-next-active', flags.controllerNext, 1);
  merkleGoesOn.equal('merkle-next-s0', n.s0, 1);
  merkleGoesOn.equal('merkle-next-s1', n.s1, c.s1);
  merkleGoesOn.equal('merkle-next-s2', n.s2, c.s2);
  merkleGoesOn.zero('merkle-next-start', n.isStart);

  // ... and what goes on was not final.
  const intoAbsorb = part.when(flags.controllerNext.mul(n.s0.not().mul(n.s1.not()).mul(n.s2.not())));
  intoAbsorb.zero('absorb-after-final', c.opFinal);
  intoAbsorb.zero('absorb-after-s1', c.s1);
  intoAbsorb.zero('absorb-after-s2', c.s2);
  const intoMerkle = part.when(flags.controllerNext.mul(n.merkle).mul(n.isStart.not()));
  intoMerkle.zero('path-after-final', c.opFinal);
  intoMerkle.equal('path-after-s0', c.s0, 1);
  intoMerkle.equal('path-after-s1', c.s1, n.s1);
  intoMerkle.equal('path-after-s2', c.s2, n.s2);

  n.tail.forEach((cvIn, i) => {
    hashGoesOn.equal(`hash-chain${i}`, cvIn, c.cvOut[i]);
  });

  const merkle = part.when(c.merkle);
  merkle.boolean('start-boolean', c.isStart);
  merkle.when(c.isStart).zero('start-level', c.level);
  merkle.boolean('index-bit', c.bit);

  merkleGoesOn.equal('path-index', n.nodeIndex, c.nodeIndexNext);
  nodeOf(n).forEach((node, i) => {
    merkleGoesOn.equal(`path-node${i}`, c.tail[i], node);
  });
  merkle.when(c.opFinal).zero('path-root-index', c.nodeIndexNext);
}

/** A path's rows count its levels; last in the global order, after the other chiplets. */
export function merkleLevelConstraint(list: ConstraintList, row: Row, next: Row): void {
  const c = controllerRow(row);
  list
    .part('chiplets/controller')
    .when(c.merkle.mul(c.opFinal.not()))
    .equal('path-level', next.at(CONTROLLER.level), c.level.add(1));
}
