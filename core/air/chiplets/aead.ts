import {
  AEAD_HIGH_FIRST,
  AEAD_HIGH_SECOND,
  AEAD_LOW_SECOND,
  AEAD_READ,
  CHIPLETS,
} from '../../vm/trace/layout.ts';
import type { ConstraintList, Scope } from '../constraint-list.ts';
import type { Expr } from '../expr.ts';
import { packBytes, type Row, xorFromAnd } from '../row.ts';
import type { ChipletFlags } from './selectors.ts';

const TWO_32 = 2 ** 32;

/** First column of the twelve byte cells (plaintext, key stream, AND) in each of the four row kinds. */
export const AEAD_BYTES: readonly number[] = [
  AEAD_READ.bytes,
  AEAD_HIGH_FIRST.bytes,
  AEAD_LOW_SECOND.bytes,
  AEAD_HIGH_SECOND.bytes,
];

/** The u32 operands of a row's XOR, from its byte cells. */
export function aeadLimbs(
  row: Row,
  kind: number,
): { readonly plain: Expr; readonly key: Expr; readonly cipher: Expr } {
  const bytes = row.range(AEAD_BYTES[kind], 12);
  const xor = Array.from({ length: 4 }, (_, i) => xorFromAnd(bytes[i], bytes[4 + i], bytes[8 + i]));
  return { plain: packBytes(bytes.slice(0, 4)), key: packBytes(bytes.slice(4, 8)), cipher: packBytes(xor) };
}

/**
 * hi 2^32 + lo is the canonical form of an element: if hi is all ones, lo is zero. `quotient` is lo / (2^32 - 1 - hi).
 */
function canonicalSplit(scope: Scope, name: string, element: Expr, lo: Expr, hi: Expr, quotient: Expr): void {
  scope.equal(`${name}-split`, element, lo.add(hi.mul(TWO_32)));
  scope.equal(`${name}-canonical`, quotient.mul(hi.sub(TWO_32 - 1).neg()), lo);
}

/** Each of these cells keeps its value from one row kind's layout to the next one's. */
function carry(
  scope: Scope,
  name: string,
  [row, next]: readonly [Row, Row],
  pairs: readonly (readonly [from: number, to: number])[],
): void {
  pairs.forEach(([from, to], i) => {
    scope.equal(`${name}-carry${i}`, next.at(to), row.at(from));
  });
}

/**
 * AEAD streams: entries of eight rows, in phase with the trace. Each half (four rows) splits two plaintext elements
 * into u32 limbs, XORs them with the key stream, one limb per row, and carries what the last row writes.
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/chiplets/aead_stream.rs.
 */
export function aeadConstraints(
  list: ConstraintList,
  flags: ChipletFlags,
  phases: readonly Expr[],
  row: Row,
  next: Row,
): void {
  const part = list.part('chiplets/aead');
  const stream = flags.aead;
  const streamNext = next
    .at(CHIPLETS.sCtrl)
    .not()
    .mul(next.at(CHIPLETS.s1).not())
    .mul(next.at(CHIPLETS.mode));

  part.when(flags.nextIsBitwiseFirst.mul(streamNext)).equal('section-phase', phases[7], 1);
  part.when(stream.not().mul(streamNext)).equal('start-phase', phases[7], 1);
  part.when(stream.mul(phases[7].not())).equal('end-phase', streamNext, 1);

  for (const half of [0, 1]) {
    const name = (kind: string): string => `${kind}${half}`;
    const at = (phase: number): Scope => part.when(stream.mul(phases[4 * half + phase]));
    const rows = [row, next] as const;
    const limbs = Array.from({ length: 3 }, (_, kind) => aeadLimbs(row, kind));

    const read = at(0);
    carry(read, name('first'), rows, [
      [AEAD_READ.ctx, AEAD_HIGH_FIRST.ctx],
      [AEAD_READ.clk, AEAD_HIGH_FIRST.clk],
      [AEAD_READ.srcPtr, AEAD_HIGH_FIRST.srcPtr],
      [AEAD_READ.laneBase, AEAD_HIGH_FIRST.laneBase],
      [AEAD_READ.plaintext + 2 * half + 1, AEAD_HIGH_FIRST.nextPlaintext],
    ]);
    read.equal(name('cipher0'), next.at(AEAD_HIGH_FIRST.cPrev0), limbs[0].cipher);
    canonicalSplit(
      read,
      name('first'),
      row.at(AEAD_READ.plaintext + 2 * half),
      limbs[0].plain,
      aeadLimbs(next, 1).plain,
      next.at(AEAD_HIGH_FIRST.hiQuotient),
    );

    const highFirst = at(1);
    carry(highFirst, name('middle'), rows, [
      [AEAD_HIGH_FIRST.ctx, AEAD_LOW_SECOND.ctx],
      [AEAD_HIGH_FIRST.clk, AEAD_LOW_SECOND.clk],
      [AEAD_HIGH_FIRST.srcPtr, AEAD_LOW_SECOND.srcPtr],
      [AEAD_HIGH_FIRST.laneBase, AEAD_LOW_SECOND.laneBase],
      [AEAD_HIGH_FIRST.nextPlaintext, AEAD_LOW_SECOND.activePlaintext],
      [AEAD_HIGH_FIRST.cPrev0, AEAD_LOW_SECOND.cPrev0],
    ]);
    highFirst.equal(name('cipher1'), next.at(AEAD_LOW_SECOND.cPrev1), limbs[1].cipher);

    const lowSecond = at(2);
    carry(lowSecond, name('last'), rows, [
      [AEAD_LOW_SECOND.ctx, AEAD_HIGH_SECOND.ctx],
      [AEAD_LOW_SECOND.clk, AEAD_HIGH_SECOND.clk],
      [AEAD_LOW_SECOND.dstPtr, AEAD_HIGH_SECOND.dstPtr],
      [AEAD_LOW_SECOND.laneBase, AEAD_HIGH_SECOND.laneBase],
      [AEAD_LOW_SECOND.cPrev0, AEAD_HIGH_SECOND.cPrev0],
      [AEAD_LOW_SECOND.cPrev1, AEAD_HIGH_SECOND.cPrev1],
    ]);
    lowSecond.equal(name('cipher2'), next.at(AEAD_HIGH_SECOND.cPrev2), limbs[2].cipher);
    canonicalSplit(
      lowSecond,
      name('second'),
      row.at(AEAD_LOW_SECOND.activePlaintext),
      limbs[2].plain,
      aeadLimbs(next, 3).plain,
      next.at(AEAD_HIGH_SECOND.hiQuotient),
    );
  }
}
