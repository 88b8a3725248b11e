import { IV } from '../../hash/eidos-compress.ts';
import { EIDOS, EIDOS_CV_STORAGE, EIDOS_CV_STORAGE_BYTES, eidosSlot } from '../../vm/trace/eidos-layout.ts';
import type { Expr } from '../expr.ts';
import { packBytes, type Row, xorFromAnd } from '../row.ts';

const TWO_32 = 2 ** 32;
export const QUADRUPLES = [0, 1, 2, 3] as const;

/** lo + hi 2^32. */
export const packPair = (lo: Expr, hi: Expr): Expr => lo.add(hi.mul(TWO_32));

/** Cell `field` of the four byte slots of quadruple `g`. */
const slotBytes = (row: Row, base: number, g: number, field: number): Expr[] =>
  QUADRUPLES.map((byte) => row.at(eidosSlot(base, g, byte) + field));

/** XORs of the four byte slots of quadruple `g` in the half where slots hold ANDs. */
const xorBytes = (row: Row, g: number): Expr[] =>
  QUADRUPLES.map((byte) => {
    const slot = eidosSlot(EIDOS.acSlots, g, byte);
    return xorFromAnd(row.at(slot), row.at(slot + 1), row.at(slot + 2));
  });

/** Words of quadruple `g` after the half-G of a round row; d rotates by 16 in even rows, by 8 in odd ones. */
export const aNew = (row: Row, g: number): Expr => packBytes(slotBytes(row, EIDOS.acSlots, g, 1));
export const cNew = (row: Row, g: number): Expr => packBytes(slotBytes(row, EIDOS.bdSlots, g, 1));
export function dNew(row: Row, g: number, rotation: 16 | 8): Expr {
  const bytes = xorBytes(row, g);
  return packBytes(QUADRUPLES.map((i) => bytes[(i + rotation / 8) % 4]));
}
/** b is the sum of its bytes' contributions. That of the last byte of quadruple 3 is not stored: see `missingByte`. */
export const bNew = (row: Row, g: number): Expr =>
  slotBytes(row, EIDOS.bdSlots, g, 2).reduce((sum, part) => sum.add(part));

/** The same words before the half-G. */
export const aOld = (row: Row, g: number): Expr =>
  aNew(row, g)
    .add(row.at(EIDOS.k3 + g).mul(TWO_32))
    .sub(bOld(row, g))
    .sub(row.at(EIDOS.message + g));
export const bOld = (row: Row, g: number): Expr => packBytes(slotBytes(row, EIDOS.bdSlots, g, 0));
export const cOld = (row: Row, g: number, rotation: 16 | 8): Expr =>
  cNew(row, g)
    .add(row.at(EIDOS.k2 + g).mul(TWO_32))
    .sub(dNew(row, g, rotation));
export const dOld = (row: Row, g: number): Expr => packBytes(slotBytes(row, EIDOS.acSlots, g, 0));

/** Sum of the four b words that go into a row. */
export const bSum = (row: Row): Expr => QUADRUPLES.map((g) => bOld(row, g)).reduce((sum, b) => sum.add(b));

/** The contribution that is not stored: the next row's b words less all that is. */
export function missingByte(row: Row, next: Row): Expr {
  const stored = QUADRUPLES.flatMap((g) => slotBytes(row, EIDOS.bdSlots, g, 2)).slice(0, -1);
  return bSum(next).sub(stored.reduce((sum, part) => sum.add(part)));
}

/**
 * Lane `lane` of the incoming chaining value, as one linear expression that is right on the first row (lanes 0 to 3:
 * a + c - IV, where c = IV; lanes 4 to 7: b) and, because footers store what is missing in a free cell, on footers.
 */
export function cvWord(row: Row, lane: number): Expr {
  const stored = row.at(EIDOS_CV_STORAGE[lane]);
  if (lane < 4) {
    return aOld(row, lane)
      .add(cNew(row, lane))
      .sub(dNew(row, lane, 16))
      .add(stored.mul(TWO_32))
      .sub(IV[lane]);
  }
  const bytes = slotBytes(row, EIDOS.bdSlots, lane - 4, 0);
  bytes[EIDOS_CV_STORAGE_BYTES[lane - 4]] = stored;
  return packBytes(bytes);
}

/** A footer's XOR of two words, four slots. */
interface FooterXor {
  readonly left: Expr;
  readonly right: Expr;
  readonly xor: Expr;
  /** Bytes of `xor`, lowest first. */
  readonly bytes: readonly Expr[];
}

export interface FooterWords {
  /** v[8 + 2f] ^ cv[2f] and v[9 + 2f] ^ cv[2f + 1]. */
  readonly high: readonly [even: FooterXor, odd: FooterXor];
  /** v[2f] ^ v[8 + 2f] and v[2f + 1] ^ v[9 + 2f]: the output lanes. */
  readonly output: readonly [even: FooterXor, odd: FooterXor];
}

export function footerWords(row: Row): FooterWords {
  const word = (g: number): FooterXor => {
    const bytes = xorBytes(row, g);
    return {
      left: packBytes(slotBytes(row, EIDOS.xorSlots, g, 0)),
      right: packBytes(slotBytes(row, EIDOS.xorSlots, g, 1)),
      xor: packBytes(bytes),
      bytes,
    };
  };
  return { high: [word(0), word(1)], output: [word(2), word(3)] };
}
