import type { Scope } from '../constraint-list.ts';
import type { CoreWindow } from './window.ts';

/**
 * Depth of the stack and the address (clock of the push) of its top overflow entry. A new context starts at depth 16
 * with no overflow; an END that restores a caller's frame gets both from the block stack (a lookup). What an overflow
 * entry holds is a lookup too. (miden-air 1.0.0-rc.0, src/constraints/stack/overflow.rs.)
 */
export function constrainStackOverflow(scope: Scope, { row, next, flags }: CoreWindow): void {
  const transition = scope.onTransition();
  scope.onFirstRow().equal('depth-first', row.depth, 16);
  scope.onLastRow().equal('depth-last', row.depth, 16);
  scope.onFirstRow().zero('overflow-addr-first', row.overflowAddr);
  scope.onLastRow().zero('overflow-addr-last', row.overflowAddr);

  const startsContext = flags.any('CALL', 'DYNCALL', 'SYSCALL');
  const restores = flags.of('END').mul(row.restoresCallerFrame);
  const resets = startsContext.add(restores);
  const pops = flags.shrinks.mul(flags.overflow);
  // `shrinks` and `grows` are zero on the rows that reset the depth, so only the difference needs the mask.
  transition.zero(
    'depth-steps',
    next.depth
      .sub(row.depth)
      .mul(resets.not())
      .add(pops)
      .sub(flags.grows)
      .add(startsContext.mul(next.depth.sub(16))),
  );
  scope.when(flags.overflow.not()).equal('overflow-flag', row.depth, 16);

  scope.when(flags.grows).equal('overflow-addr-push', next.overflowAddr, row.clk);
  transition.when(startsContext).zero('overflow-addr-call', next.overflowAddr);
  transition
    .when(resets.add(flags.grows).add(pops).not())
    .equal('overflow-addr-kept', next.overflowAddr, row.overflowAddr);
  // DYNCALL drops an item of the caller's stack although it does not count as shrinking.
  scope
    .when(flags.overflow.not())
    .when(flags.shrinks.add(flags.of('DYNCALL')))
    .zero('bottom-refill', next.stack[15]);
}
