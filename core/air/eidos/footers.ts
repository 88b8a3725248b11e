import { inv } from '../../field/felt.ts';
import {
  EIDOS,
  EIDOS_FOOTER_DATA,
  EIDOS_FOOTER_ROWS,
  EIDOS_QUEUE,
  EIDOS_RANGE,
} from '../../vm/trace/eidos-layout.ts';
import { POSITION_SHIFT } from '../and8/relations.ts';
import type { ConstraintList, Scope } from '../constraint-list.ts';
import type { Expr } from '../expr.ts';
import type { Row } from '../row.ts';
import type { Selectors } from './periodic.ts';
import { aNew, bNew, bSum, cNew, cvWord, dNew, type FooterWords, footerWords, packPair } from './words.ts';

/** Column that carries packed message element `i`, i < 2 f, in footer `f`. */
export const carriedColumn = (f: number, i: number): number => EIDOS_FOOTER_DATA[f][i];
/** Column of the `i`-th working word still queued in footer `f`. */
const queueColumn = (f: number, i: number): number => EIDOS_FOOTER_DATA[f][2 * f + i];

/**
 * The four footers: the working state after the last round, folded into the outputs two lanes per row; the message
 * words, packed into canonical elements; and what the other tables see of the compression.
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/eidos_compression/constraints.rs.
 */
export function footerConstraints(list: ConstraintList, s: Selectors, row: Row, next: Row): void {
  const words = footerWords(row);
  bridge(list.part('eidos_compression/bridge'), s, row, next);
  ownCells(list.part('eidos_compression/footer'), s, row, words);
  for (let f = 0; f < EIDOS_FOOTER_ROWS; f++)
    lanes(list.part(`eidos_compression/footer${f}`), s, row, words, f);
  for (let i = 1; i < 4; i++) {
    list
      .part('eidos_compression/footer')
      .when(s.footer.mul(row.at(EIDOS.mode)))
      .zero(`aead-tail${i}`, row.at(EIDOS.output + i));
  }
  const nextWords = footerWords(next);
  for (let f = 0; f + 1 < EIDOS_FOOTER_ROWS; f++)
    carry(list.part(`eidos_compression/carry${f}`), s, row, next, nextWords, f);
  list
    .part('eidos_compression/footer')
    .onTransition()
    .when(s.footers[EIDOS_FOOTER_ROWS - 1])
    .equal('next-id', next.at(EIDOS.cycleId), row.at(EIDOS.cycleId).add(1));
}

/** From the last round row to footer 0: the sixteen words of the final state. */
function bridge(part: Scope, s: Selectors, row: Row, next: Row): void {
  const last = part.when(s.lastRoundRow);
  // Word 4 p + (g + p) % 4 stands at position p of diagonal g.
  const final = (word: number): Expr => {
    const p = word >> 2;
    const g = (word + 4 - p) % 4;
    if (p === 0) return aNew(row, g);
    if (p === 1) return bNew(row, g);
    if (p === 2) return cNew(row, g);
    return s.rotate16.mul(dNew(row, g, 16)).add(s.rotate8.mul(dNew(row, g, 8)));
  };
  const { high, output } = footerWords(next);
  last.equal('v0', output[0].left, final(0));
  last.equal('v1', output[1].left, final(1));
  last.equal('v8', high[0].left, final(8));
  last.equal('v9', high[1].left, final(9));
  last.equal('cycle-id', next.at(EIDOS.cycleId), row.at(EIDOS.cycleId));
  EIDOS_QUEUE.forEach((word, i) => {
    // The b word of diagonal 3 follows from the sum below and the lookup of its last byte.
    if (word !== 4) last.equal(`v${word}`, next.at(queueColumn(0, i)), final(word));
  });
  const queued = [4, 5, 6, 7].map((word) => next.at(queueColumn(0, EIDOS_QUEUE.indexOf(word))));
  last.equal(
    'b-sum',
    bSum(next),
    queued.reduce((sum, word) => sum.add(word)),
  );
}

/** The AND of the odd output's top byte with 128, from the slot's scaled XOR. */
function topBit(row: Row): Expr {
  const [byte, mask, scaled] = row.range(EIDOS.topBit, 3);
  return byte
    .add(mask)
    .sub(scaled.mul(inv(1n << BigInt(POSITION_SHIFT[0]))))
    .mul(inv(2n));
}

/** hi 2^32 + lo is canonical: `isMax` says that hi is all ones, and then lo is zero. */
function canonical(part: Scope, name: string, lo: Expr, hi: Expr, inverse: Expr, isMax: Expr): void {
  const gap = hi.sub(2 ** 32 - 1);
  part.zero(`${name}-flag`, gap.mul(inverse).add(isMax).sub(1));
  part.zero(`${name}-max`, isMax.mul(gap));
  part.zero(`${name}-low`, isMax.mul(lo));
}

/** What holds on every footer row by itself. */
function ownCells(part: Scope, s: Selectors, row: Row, { high, output }: FooterWords): void {
  const footer = part.when(s.footer);
  footer.equal('high-even-twice', output[0].right, high[0].left);
  footer.equal('high-odd-twice', output[1].right, high[1].left);
  footer.equal('top-byte', row.at(EIDOS.topBit), output[1].bytes[3]);
  footer.equal('top-mask', row.at(EIDOS.topBit + 1), 128);

  const mode = row.at(EIDOS.mode);
  footer.zero('mode-boolean', mode.mul(mode.not()));
  footer.zero('aead-multiplicity', mode.mul(row.at(EIDOS.multiplicity)));

  const bit = topBit(row);
  footer.zero('top-bit', bit.mul(bit.sub(128)));
  const message = row.range(EIDOS.message, 4);
  message.forEach((word, i) => {
    const [low, highLimb] = [row.at(EIDOS_RANGE[2 * i]), row.at(EIDOS_RANGE[2 * i + 1])];
    footer.equal(`message-limbs${i}`, word, low.add(highLimb.mul(2 ** 16)));
  });
  EIDOS_RANGE.forEach((column, i) => {
    footer.zero(`limb${i}-field1`, row.at(column + 1));
    footer.zero(`limb${i}-field2`, row.at(column + 2));
  });
  for (const i of [0, 1]) {
    const [inverse, isMax] = [row.at(EIDOS.rCanonInverse + i), row.at(EIDOS.rCanonZero + i)];
    canonical(footer, `message${i}-canonical`, message[2 * i], message[2 * i + 1], inverse, isMax);
  }
  canonical(
    footer,
    'cv-canonical',
    high[0].right,
    high[1].right,
    row.at(EIDOS.cCanonInverse),
    row.at(EIDOS.cCanonZero),
  );
}

/** Footer `f` works on lanes 2 f and 2 f + 1 of the chaining value, and stores the output unless it is key stream. */
function lanes(part: Scope, s: Selectors, row: Row, { high, output }: FooterWords, f: number): void {
  const own = part.when(s.footers[f]);
  own.equal('cv-even', cvWord(row, 2 * f), high[0].right);
  own.equal('cv-odd', cvWord(row, 2 * f + 1), high[1].right);
  // Outputs are below 2^63: the top bit is dropped.
  const masked = output[1].xor.sub(topBit(row).mul(2 ** 24));
  part
    .when(s.footers[f].mul(row.at(EIDOS.mode).not()))
    .equal('output', row.at(EIDOS.output + f), packPair(output[0].xor, masked));
}

/** From footer `f` to the next one. */
function carry(
  part: Scope,
  s: Selectors,
  row: Row,
  next: Row,
  { high, output }: FooterWords,
  f: number,
): void {
  const own = part.when(s.footers[f]);
  const message = row.range(EIDOS.message, 4);
  for (let i = 0; i < 2 * f; i++) {
    own.equal(`element${i}`, row.at(carriedColumn(f, i)), next.at(carriedColumn(f + 1, i)));
  }
  for (const i of [0, 1]) {
    const packed = packPair(message[2 * i], message[2 * i + 1]);
    own.equal(`element${2 * f + i}`, packed, next.at(carriedColumn(f + 1, 2 * f + i)));
  }
  for (let lane = 0; lane < 2 * f + 2; lane++) own.equal(`cv${lane}`, cvWord(row, lane), cvWord(next, lane));
  for (let i = 0; i <= f; i++) own.equal(`output${i}`, row.at(EIDOS.output + i), next.at(EIDOS.output + i));
  const used = [output[0].left, output[1].left, high[0].left, high[1].left];
  used.forEach((word, i) => {
    own.equal(`v${EIDOS_QUEUE[4 * f + i]}`, row.at(queueColumn(f, i)), word);
  });
  for (let i = 0; 4 * (f + 1) + i < EIDOS_QUEUE.length; i++) {
    own.equal(
      `v${EIDOS_QUEUE[4 * (f + 1) + i]}`,
      row.at(queueColumn(f, 4 + i)),
      next.at(queueColumn(f + 1, i)),
    );
  }
  own.equal('mode', row.at(EIDOS.mode), next.at(EIDOS.mode));
  own.equal('multiplicity', row.at(EIDOS.multiplicity), next.at(EIDOS.multiplicity));
  own.equal('cycle-id', next.at(EIDOS.cycleId), row.at(EIDOS.cycleId));
}
