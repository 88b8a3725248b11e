import type { Scope } from '../constraint-list.ts';
import type { Expr } from '../expr.ts';
import { constrainOpBatch } from './op-batch.ts';
import type { CoreWindow } from './window.ts';

/**
 * The decoder: which operation a row may hold, given the row before it. Digests, operation groups and the nesting of
 * blocks are lookups. (miden-air 1.0.0-rc.0, src/constraints/decoder/mod.rs.)
 */
export function constrainDecoder(scope: Scope, window: CoreWindow): void {
  const { row, flags } = window;
  constrainSpanFlag(scope, window);
  constrainOpBits(scope, window);
  constrainControlOps(scope, window);
  constrainGroups(scope, window);
  constrainOpIndex(scope, window);
  constrainOpBatch(scope, flags.any('SPAN', 'RESPAN'), row);
  constrainAddress(scope, window);

  scope.equal('span-or-control', row.inSpan.add(flags.controlFlow), 1);
  scope.onLastRow().equal('halt-last', flags.of('HALT'), 1);
}

/** SPAN and RESPAN enter a block's operations; they end before END or RESPAN. */
function constrainSpanFlag(scope: Scope, { row, next, flags }: CoreWindow): void {
  scope.onFirstRow().zero('in-span-first', row.inSpan);
  scope.boolean('in-span-binary', row.inSpan);
  const continues = row.inSpan.mul(endsSpan(flags.next).not());
  scope.onTransition().equal('in-span-steps', next.inSpan, flags.any('SPAN', 'RESPAN').add(continues));
}

/** Opcode bits, the two cells that lower flag degrees, and the opcodes that do not exist. */
function constrainOpBits(scope: Scope, { row, flags }: CoreWindow): void {
  const [b0, b1, b2, , b4, b5, b6] = row.opBits;
  for (const [i, bit] of row.opBits.entries()) scope.boolean(`op-bit-${i}`, bit);
  const prefix11 = b6.mul(b5);
  scope.equal('extra-0', row.extra0, b6.sub(prefix11).mul(b4));
  scope.equal('extra-1', row.extra1, prefix11);
  // Prefixes 100 and 11 have b0 = 0; of prefix 101 only opcode 95 is excluded.
  const low3 = flags.prefix('1011').mul(b2).mul(b1);
  scope.when(b6.sub(row.extra0).add(low3)).zero('opcode-unused', b0);
  scope.when(row.extra1).zero('opcode-unused-11', b1);
}

/** What single control operations ask of their own row and of the next. */
function constrainControlOps(scope: Scope, { row, flags }: CoreWindow): void {
  const condition = row.stack[0];
  const transition = scope.onTransition();
  scope.when(flags.of('SPLIT')).boolean('split-condition', condition);
  // The callee's digest fills h0 to h3 only.
  const dyn = scope.when(flags.of('DYN'));
  for (let i = 4; i < 8; i++) dyn.zero(`dyn-unused-${i}`, row.hasher[i]);
  // DYNCALL keeps the caller's depth and overflow address, as they are without the address it consumed.
  const dyncall = scope.when(flags.of('DYNCALL'));
  dyncall.equal('dyncall-depth', row.hasher[4], row.depth.sub(flags.overflow));
  dyncall.when(flags.overflow.not()).zero('dyncall-overflow-addr', row.hasher[5]);

  scope.when(flags.of('REPEAT')).equal('repeat-condition', condition, 1);
  const end = scope.when(flags.of('END'));
  end.when(row.isLoop).zero('end-loop-condition', condition);
  // An END closes a loop, restores a caller's frame, or neither.
  end.boolean('end-is-loop', row.isLoop);
  end.boolean('end-restores-frame', row.restoresCallerFrame);
  end.zero('end-unused', row.hasher[7]);
  end.zero('end-one-kind', row.isLoop.mul(row.restoresCallerFrame));

  transition.when(flags.next.REPEAT).equal('repeat-after-body', flags.of('END').mul(row.isLoopBody), 1);
  transition.when(flags.any('LOOP', 'REPEAT')).zero('loop-enters-body', flags.next.END);
  scope.onFirstRow().zero('repeat-first', flags.of('REPEAT'));
  transition.when(flags.of('HALT')).equal('halt-stays', flags.next.HALT, 1);
}

/**
 * Operation groups: `groupCount` counts those left, h0 holds the rest of the current one, seven bits an operation,
 * next one lowest. PUSH takes its immediate value from a group, too.
 */
function constrainGroups(scope: Scope, { row, next, flags }: CoreWindow): void {
  const transition = scope.onTransition();
  const [h0, nextH0] = [row.hasher[0], next.hasher[0]];
  const consumed = row.groupCount.sub(next.groupCount);
  const push = flags.of('PUSH');
  const startsBatch = flags.any('SPAN', 'RESPAN');
  const spanEnds = endsSpan(flags.next);

  const inSpan = transition.when(row.inSpan);
  inSpan.boolean('group-count-steps', consumed);
  inSpan.when(consumed).when(push.not()).zero('group-empty-at-next', h0);
  scope.when(startsBatch.add(push)).equal('group-consumed', consumed, 1);
  transition.when(consumed).zero('group-not-before-end', spanEnds);
  scope.when(flags.of('END')).zero('group-count-end', row.groupCount);

  const sameGroup = row.inSpan.mul(next.inSpan).mul(consumed.not());
  const shifted = h0.sub(nextH0.mul(128)).sub(opcode(next.opBits));
  transition.when(startsBatch.add(push).add(sameGroup)).zero('group-shifts', shifted);
  inSpan.when(spanEnds).zero('group-empty-at-end', h0);
}

/** Position of the operation in its group, 0 to 8. */
function constrainOpIndex(scope: Scope, { row, next, flags }: CoreWindow): void {
  const transition = scope.onTransition();
  const newGroup = row.groupCount.sub(next.groupCount).sub(flags.of('PUSH'));
  scope.when(flags.any('SPAN', 'RESPAN')).zero('op-index-batch', next.opIndex);
  transition.when(row.inSpan).when(newGroup).zero('op-index-group', next.opIndex);
  transition
    .when(row.inSpan.mul(next.inSpan))
    .when(newGroup.not())
    .equal('op-index-steps', next.opIndex, row.opIndex.add(1));
  let range = row.opIndex;
  for (let i = 1; i <= 8; i++) range = range.mul(row.opIndex.sub(i));
  scope.zero('op-index-range', range);
}

/** `addr` is the hash controller's row of the block, one more for each further batch. */
function constrainAddress(scope: Scope, { row, next, flags }: CoreWindow): void {
  const stays = scope.onTransition().when(row.inSpan.add(flags.of('REPEAT')));
  stays.equal('addr-kept', next.addr, row.addr);
  scope.when(flags.of('RESPAN')).equal('addr-respan', next.addr, row.addr.add(1));
  scope.when(flags.of('HALT')).zero('addr-halt', row.addr);
}

const endsSpan = (next: CoreWindow['flags']['next']): Expr => next.END.add(next.RESPAN);

/** The opcode that these bits make. */
export function opcode(bits: readonly Expr[]): Expr {
  return bits.reduceRight((value, bit) => value.add(value).add(bit));
}
