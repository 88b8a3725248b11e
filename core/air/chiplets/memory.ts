import { MEMORY } from '../../vm/trace/layout.ts';
import type { ConstraintList } from '../constraint-list.ts';
import type { Expr } from '../expr.ts';
import type { Row } from '../row.ts';
import type { SectionFlags } from './selectors.ts';

/** For each element of the word: 1 unless this access writes it. */
function notWritten(row: Row): Expr[] {
  const isRead = row.at(MEMORY.isRead);
  const elementWrite = isRead.not().mul(row.at(MEMORY.isWord).not());
  return elementSelectors(row).map((selected) => isRead.add(elementWrite.mul(selected.not())));
}

/** For each element of the word: 1 if the index bits name it. */
export function elementSelectors(row: Row): Expr[] {
  const [idx0, idx1] = [row.at(MEMORY.idx0), row.at(MEMORY.idx1)];
  return [idx1.not().mul(idx0.not()), idx1.not().mul(idx0), idx1.mul(idx0.not()), idx1.mul(idx0)];
}

/**
 * Memory: accesses in order of context, word address and clk. Each row repeats the word its predecessor left, or zeros
 * at a new address, except for what it writes itself. That the order never goes back follows from the range checks of
 * the delta's limbs (in the lookups).
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/chiplets/memory.rs.
 */
export function memoryConstraints(list: ConstraintList, flags: SectionFlags, row: Row, next: Row): void {
  const part = list.part('chiplets/memory');
  const own = part.when(flags.active);
  own.boolean('is-read-boolean', row.at(MEMORY.isRead));
  own.boolean('is-word-boolean', row.at(MEMORY.isWord));
  own.boolean('idx0-boolean', row.at(MEMORY.idx0));
  own.boolean('idx1-boolean', row.at(MEMORY.idx1));
  const wordIndex = row
    .at(MEMORY.wordAddrHigh)
    .mul(2 ** 16)
    .add(row.at(MEMORY.wordAddrLow));
  own.equal('word-addr', row.at(MEMORY.wordAddr), wordIndex.mul(4));
  own.when(row.at(MEMORY.isWord)).zero('word-idx0', row.at(MEMORY.idx0));
  own.when(row.at(MEMORY.isWord)).zero('word-idx1', row.at(MEMORY.idx1));

  const unwritten = notWritten(next);
  const values = row.range(MEMORY.value, 4);
  const nextValues = next.range(MEMORY.value, 4);
  unwritten.forEach((flag, i) => {
    part.when(flags.nextIsFirst).when(flag).zero(`first-value${i}`, nextValues[i]);
  });

  // One inverse serves three levels. Where the context changes it must be that of the context's delta: otherwise
  // `same-ctx` demands a delta of zero; the same holds for the address inside one context.
  const step = part.when(flags.transition);
  const inverse = next.at(MEMORY.deltaInverse);
  const delta = (column: number): Expr => next.at(column).sub(row.at(column));
  const [ctxDelta, addrDelta, clkDelta] = [delta(MEMORY.ctx), delta(MEMORY.wordAddr), delta(MEMORY.clk)];
  const ctxChanged = ctxDelta.mul(inverse);
  const addrChanged = addrDelta.mul(inverse);
  const sameCtx = ctxChanged.not();
  const sameAddr = addrChanged.not();
  step.boolean('ctx-changed-boolean', ctxChanged);
  step.when(sameCtx).zero('same-ctx', ctxDelta);
  step.when(sameCtx).boolean('addr-changed-boolean', addrChanged);
  step.when(sameCtx).when(sameAddr).zero('same-addr', addrDelta);

  const same = next.at(MEMORY.sameCtxAndAddr);
  step.equal('same-flag', same, sameCtx.mul(sameAddr));

  const expectedDelta = ctxChanged
    .mul(ctxDelta)
    .add(sameCtx.mul(addrChanged.mul(addrDelta).add(sameAddr.mul(clkDelta))));
  step.equal(
    'delta',
    expectedDelta,
    next
      .at(MEMORY.deltaHigh)
      .mul(2 ** 16)
      .add(next.at(MEMORY.deltaLow)),
  );

  // Nothing forces the inverse of clk's delta; a wrong one can only forbid a write, never allow it.
  const sameClk = clkDelta.mul(inverse).not();
  const writes = row.at(MEMORY.isRead).not().add(next.at(MEMORY.isRead).not());
  step.when(same).when(sameClk).zero('same-clk-reads', writes);

  unwritten.forEach((flag, i) => {
    step.when(flag).equal(`value${i}`, nextValues[i], same.mul(values[i]));
  });
}
