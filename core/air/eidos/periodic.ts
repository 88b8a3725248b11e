import type { Felt } from '../../field/felt.ts';
import {
  EIDOS_FOOTER_ROWS,
  EIDOS_ROUND_ROWS,
  EIDOS_ROWS,
  EIDOS_SIGMA,
  eidosMessageUse,
} from '../../vm/trace/eidos-layout.ts';
import type { Expr, ExprGraph } from '../expr.ts';

/** The periodic columns of the Eidos AIR, by name; the order of the fields is that of the columns. */
export interface Selectors {
  /** Rows 0 and 2 of a round: rotations by 16 and 12. */
  readonly rotate16: Expr;
  /** Rows 1 and 3 of a round: rotations by 8 and 7. */
  readonly rotate8: Expr;
  readonly diagonal: Expr;
  readonly firstRow: Expr;
  readonly lastRoundRow: Expr;
  readonly footer: Expr;
  readonly footers: readonly Expr[];
  /** Which message word each quadruple uses in this row. */
  readonly messageIndex: readonly Expr[];
}

export function selectors(graph: ExprGraph): Selectors {
  const columns = Array.from({ length: 14 }, (_, i) => graph.periodic(i));
  const [rotate16, rotate8, diagonal, firstRow, lastRoundRow, footer] = columns;
  const [footers, messageIndex] = [columns.slice(6, 10), columns.slice(10)];
  return { rotate16, rotate8, diagonal, firstRow, lastRoundRow, footer, footers, messageIndex };
}

/** Values of the periodic columns. */
export function periodicValues(): Felt[][] {
  const column = (value: (row: number) => boolean | number): Felt[] =>
    Array.from({ length: EIDOS_ROWS }, (_, row) => BigInt(value(row)));
  const inRound = (row: number): boolean => row < EIDOS_ROUND_ROWS;
  return [
    column((row) => inRound(row) && row % 2 === 0),
    column((row) => inRound(row) && row % 2 === 1),
    column((row) => inRound(row) && row % 4 >= 2),
    column((row) => row === 0),
    column((row) => row === EIDOS_ROUND_ROWS - 1),
    column((row) => !inRound(row)),
    ...Array.from({ length: EIDOS_FOOTER_ROWS }, (_, f) => column((row) => row === EIDOS_ROUND_ROWS + f)),
    ...Array.from({ length: 4 }, (_, g) =>
      column((row) => (inRound(row) ? EIDOS_SIGMA[row >> 2][eidosMessageUse(row & 3, g)] : 0)),
    ),
  ];
}
