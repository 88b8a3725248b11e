import type { Scope } from '../constraint-list.ts';
import type { CoreWindow } from './window.ts';

/**
 * Stack positions that an operation does not rewrite: each stays or moves up or down by one. A left shift of
 * position 15 is the overflow table's business. (miden-air 1.0.0-rc.0, src/constraints/stack/general.rs.)
 */
export function constrainStackShift(scope: Scope, { row, next, flags }: CoreWindow): void {
  const transition = scope.onTransition();
  for (let i = 0; i < 16; i++) {
    const to = next.stack[i];
    let sum = flags.noShift[i].mul(to.sub(row.stack[i]));
    if (i < 15) sum = sum.add(flags.leftShift[i + 1].mul(to.sub(row.stack[i + 1])));
    if (i > 0) sum = sum.add(flags.rightShift[i - 1].mul(to.sub(row.stack[i - 1])));
    transition.zero(`shift-${i}`, sum);
  }
}
