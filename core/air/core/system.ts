import type { Scope } from '../constraint-list.ts';
import type { CoreWindow } from './window.ts';

/**
 * Clock, context and function digest. CALL and DYNCALL start a context, named after the clock, and load the callee's
 * digest; SYSCALL goes to context 0 and keeps the digest. An END that restores a caller's frame gets both from the
 * block stack (a lookup); all else keeps them. (miden-air 1.0.0-rc.0, src/constraints/system/mod.rs.)
 */
export function constrainSystem(scope: Scope, { row, next, flags }: CoreWindow): void {
  const first = scope.onFirstRow();
  first.zero('clk-first', row.clk);
  first.zero('ctx-first', row.ctx);
  for (let i = 0; i < 4; i++) first.zero(`fn-hash-first-${i}`, row.fnHash[i]);

  const transition = scope.onTransition();
  transition.equal('clk-steps', next.clk, row.clk.add(1));

  const calls = flags.any('CALL', 'DYNCALL');
  const returns = flags.of('END').mul(row.restoresCallerFrame);
  const loadsOrRestores = calls.add(returns);

  scope.when(calls).equal('ctx-call', next.ctx, row.clk.add(1));
  scope.when(flags.of('SYSCALL')).zero('ctx-syscall', next.ctx);
  transition.when(loadsOrRestores.add(flags.of('SYSCALL')).not()).equal('ctx-kept', next.ctx, row.ctx);

  for (let i = 0; i < 4; i++) scope.when(calls).equal(`fn-hash-call-${i}`, next.fnHash[i], row.hasher[i]);
  const keeps = transition.when(loadsOrRestores.not());
  for (let i = 0; i < 4; i++) keeps.equal(`fn-hash-kept-${i}`, next.fnHash[i], row.fnHash[i]);
}
