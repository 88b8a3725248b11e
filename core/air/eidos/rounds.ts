import { IV } from '../../hash/eidos-compress.ts';
import { EIDOS } from '../../vm/trace/eidos-layout.ts';
import type { ConstraintList } from '../constraint-list.ts';
import type { Expr } from '../expr.ts';
import type { Row } from '../row.ts';
import type { Selectors } from './periodic.ts';
import { aNew, aOld, bNew, bOld, cNew, cOld, dNew, dOld, QUADRUPLES } from './words.ts';

const WORDS = ['a', 'b', 'c', 'd'] as const;

/** The words before a row's half-G, by position in their quadruple. */
const oldWord = (row: Row, g: number, position: number, rotation: 16 | 8): Expr =>
  [() => aOld(row, g), () => bOld(row, g), () => cOld(row, g, rotation), () => dOld(row, g)][position]();
const newWord = (row: Row, g: number, position: number, rotation: 16 | 8): Expr =>
  [() => aNew(row, g), () => bNew(row, g), () => cNew(row, g), () => dNew(row, g, rotation)][position]();

/**
 * The 28 round rows: carries are small, the first row starts from the IV, and each row's words are the next row's.
 * Bytes and XORs are checked by lookups.
 *
 * Between the two rows of a half round the quadruples stay; from columns to diagonals the word at position p of
 * quadruple g moves to quadruple g - p, and back again g + p. The b word of quadruple 3 has no constraint of its own:
 * the lookup of its last byte fixes the sum of all four.
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/eidos_compression/constraints.rs.
 */
export function roundConstraints(list: ConstraintList, s: Selectors, row: Row, next: Row): void {
  const part = list.part('eidos_compression/round');
  const inRound = s.rotate16.add(s.rotate8);
  part.onFirstRow().zero('first-id', row.at(EIDOS.cycleId));

  for (const g of QUADRUPLES) {
    const [k3, k2] = [row.at(EIDOS.k3 + g), row.at(EIDOS.k2 + g)];
    part.zero(`k3-${g}`, k3.mul(k3.sub(1)).mul(k3.sub(2)));
    part.when(inRound).zero(`k2-${g}`, k2.mul(k2.not()));
  }
  for (const g of QUADRUPLES) {
    const first = part.when(s.firstRow);
    first.equal(`iv-c${g}`, cOld(row, g, 16), IV[g]);
    first.equal(`iv-d${g}`, dOld(row, g), IV[4 + g]);
  }

  part
    .onTransition()
    .when(inRound.sub(s.lastRoundRow))
    .equal('cycle-id', next.at(EIDOS.cycleId), row.at(EIDOS.cycleId));

  const toDiagonal = s.rotate8.mul(s.diagonal.not());
  const toColumn = s.rotate8.mul(s.diagonal).sub(s.lastRoundRow);
  for (const g of QUADRUPLES) {
    for (let p = 0; p < 4; p++) {
      if (g === 3 && p === 1) continue;
      const into = (lane: number, rotation: 16 | 8): Expr =>
        newWord(row, g, p, rotation).sub(oldWord(next, lane, p, rotation === 16 ? 8 : 16));
      const stay = s.rotate16.mul(into(g, 16));
      const move =
        p === 0
          ? s.rotate8.sub(s.lastRoundRow).mul(into(g, 8))
          : toDiagonal.mul(into((g + 4 - p) % 4, 8)).add(toColumn.mul(into((g + p) % 4, 8)));
      part.zero(`${WORDS[p]}${g}`, stay.add(move));
    }
  }
}
