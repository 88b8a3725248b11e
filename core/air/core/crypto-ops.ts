import type { Scope } from '../constraint-list.ts';
import { addBase, addQuad, equalQuad, mulQuad, type QuadExpr, scaleQuad, squareQuad } from '../quad-expr.ts';
import type { CoreWindow } from './window.ts';

/**
 * Operations that serve encryption, Merkle paths and polynomial evaluation; FRIE2F4 has its own page. What they ask of
 * memory and of the hash chiplet are lookups. (miden-air 1.0.0-rc.0, src/constraints/stack/crypto.rs.)
 */
export function constrainCryptoStream(scope: Scope, { row, next, flags }: CoreWindow): void {
  // [key and nonce 4, counter, source, destination, words left, ...]
  const steps = [0, 0, 0, 0, 1, 8, 16, -1, 0, 0, 0, 0, 0, 0, 0, 0];
  const stream = scope.when(flags.of('CRYPTOSTREAM'));
  for (const [i, step] of steps.entries()) stream.equal(`stream-${i}`, next.stack[i], row.stack[i].add(step));
}

/**
 * MPVERIFY and MRUPDATE: the index is a canonical field element. With the path's first direction bit b and limbs of
 * y = (p - 1 - index - b) / 2, which lookups hold below 2^63, no other integer maps to the same element.
 */
export function constrainMerkleIndex(scope: Scope, { row, flags }: CoreWindow): void {
  const [, bit, ...limbs] = row.helpers;
  const y = limbs.map((limb, i) => limb.mul(1n << BigInt(16 * i))).reduce((sum, term) => sum.add(term));
  const merkle = scope.when(flags.any('MPVERIFY', 'MRUPDATE'));
  merkle.boolean('merkle-direction', bit);
  // p - 1 is -1 in the field.
  merkle.zero('merkle-index-canonical', row.stack[5].add(bit).add(y.add(y)).add(1));
}

/**
 * HORNERBASE adds eight base coefficients, highest degree first: acc' = acc a^8 + sum of s_i a^(7 - i), in three steps
 * through two witnesses that keep the degree down.
 */
export function constrainHornerBase(scope: Scope, { row, next, flags }: CoreWindow): void {
  const s = row.stack;
  const [a0, a1, t10, t11, t00, t01] = row.helpers;
  const alpha: QuadExpr = [a0, a1];
  const alpha2 = squareQuad(alpha);
  const alpha3 = mulQuad(alpha2, alpha);
  const first: QuadExpr = [t00, t01];
  const second: QuadExpr = [t10, t11];

  const cubic = (acc: QuadExpr, at: number) =>
    addBase(
      addQuad(addQuad(mulQuad(acc, alpha3), scaleQuad(alpha2, s[at])), scaleQuad(alpha, s[at + 1])),
      s[at + 2],
    );
  const horner = scope.when(flags.of('HORNERBASE'));
  const start = addQuad(mulQuad([s[14], s[15]], alpha2), scaleQuad(alpha, s[0]));
  equalQuad(horner, 'horner-base-first', first, addBase(start, s[1]));
  equalQuad(horner, 'horner-base-second', second, cubic(first, 2));
  equalQuad(horner, 'horner-base-result', [next.stack[14], next.stack[15]], cubic(second, 5));
}

/** HORNEREXT adds four extension coefficients, highest degree first, in two steps of two. */
export function constrainHornerExt(scope: Scope, { row, next, flags }: CoreWindow): void {
  const s = row.stack;
  const alpha: QuadExpr = [row.helpers[0], row.helpers[1]];
  const alpha2 = squareQuad(alpha);
  const middle: QuadExpr = [row.helpers[4], row.helpers[5]];

  const quadratic = (acc: QuadExpr, at: number) =>
    addQuad(addQuad(mulQuad(acc, alpha2), mulQuad(alpha, [s[at], s[at + 1]])), [s[at + 2], s[at + 3]]);
  const horner = scope.when(flags.of('HORNEREXT'));
  equalQuad(horner, 'horner-ext-middle', middle, quadratic([s[14], s[15]], 0));
  equalQuad(horner, 'horner-ext-result', [next.stack[14], next.stack[15]], quadratic(middle, 4));
}
