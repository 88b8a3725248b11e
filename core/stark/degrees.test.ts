import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineAir } from '../air/define.ts';
import { ExprGraph } from '../air/expr.ts';
import { withHiddenSum } from '../air/hidden-sum.ts';
import { lookupColumn } from '../air/lookup.ts';
import type { Air } from '../air/types.ts';
import * as F from '../field/felt.ts';
import { ntt, powers } from '../field/ntt.ts';
import * as Q from '../field/quad.ts';
import type { Instance } from './backend.ts';
import { ldeShift, quotientParts } from './domain.ts';
import type { Profile } from './profile.ts';
import { ReferenceBackend } from './reference/backend.ts';
import { finalPolynomial } from './reference/fri.ts';
import { proofShape } from './shape.ts';
import { proveWithSeed } from './testing/fixed-seed.ts';
import { converse } from './testing/liar.ts';
import { truthAir } from './testing/segments.ts';
import { toyPrivateProfile } from './toy-airs.ts';

/** Degrees in whole proofs, of a short trace lifted to a tall one; `reference/degree.test.ts` has them one by one. */
const profile: Profile = { ...toyPrivateProfile('eidos'), slack: 64 };
const [SHORT, TALL] = [7, 8];

/** A ninth power on all rows but the last: a constraint of degree 9 with a transition factor on top. */
function powerAir(): Air {
  const g = new ExprGraph();
  const [value, ninth] = [g.main(0), g.main(1)];
  const power = Array.from({ length: 8 }, () => value).reduce((product, each) => product.mul(each), value);
  return defineAir({
    name: 'power',
    graph: g,
    mainWidth: 2,
    constraints: [{ name: 'power/ninth', expr: g.isTransition().mul(power.sub(ninth)) }],
    lookups: [
      lookupColumn(g, 'none', (column) =>
        column.group((group) => group.insert(g.lift(1), g.lift(0), g.busPrefix(0))),
      ),
    ],
  });
}

/** A short trace of ninth powers, but on the last row, and a tall one of zeros. */
function instances(): Instance[] {
  const height = 2 ** SHORT;
  const values = Array.from({ length: height }, (_, row) => F.pow(3n, BigInt(row)));
  const ninths = values.map((value, row) => (row === height - 1 ? 5n : F.pow(value, 9n)));
  const matrix = (...columns: readonly bigint[][]) => ({
    kind: 'matrix' as const,
    matrix: {
      width: columns.length,
      height: columns[0].length,
      rows: columns[0].length,
      data: BigUint64Array.from(columns.flat()),
    },
  });
  return [
    { air: powerAir(), logHeight: SHORT, trace: matrix(values, ninths), publicValues: [] },
    { air: truthAir(), logHeight: TALL, trace: matrix(Array(2 ** TALL).fill(0n)), publicValues: [] },
  ];
}
const statement = { relationDigest: [1n, 2n, 3n, 4n] as const, observed: [], boundary: () => Q.ZERO };
const shape = proofShape([powerAir(), truthAir()].map(withHiddenSum), [SHORT, TALL], profile);

test("the quotient's excess ends where the degrees say, with a coefficient that is not zero", async () => {
  const lift = 2 ** (TALL - SHORT);
  const bound = lift * (9 * profile.maskLength - 8);
  assert.equal(shape.excessLength, bound + 1);

  // sum_t c_t s_t of the parts' tails is the excess, whatever they are blinded with.
  const n = 2 ** TALL;
  const scales = powers(ldeShift(shape.logLde), shape.degreeBound);
  const parts = quotientParts(TALL, profile.logBlowup, shape.logParts);
  let excess: bigint[][] = [];
  await converse(
    { instances: instances(), statement, profile },
    {
      polynomials(phase, _, columns) {
        if (phase === 'commit-quotient')
          excess = [0, 1].map((half) =>
            Array.from({ length: shape.degreeBound - n }, (_, i) =>
              parts.reduce(
                (sum, { weight }, t) =>
                  F.add(sum, F.mul(weight, F.mul(columns[2 * t + half][n + i], F.inv(scales[n + i])))),
                0n,
              ),
            ),
          );
        return columns;
      },
    },
  );
  for (const half of excess) {
    assert.notEqual(half[bound], 0n);
    assert.ok(half.slice(bound + 1).every((coefficient) => coefficient === 0n));
  }
  // A prover that checks finds nothing beyond either: here all coefficients are computed.
  await proveWithSeed({ instances: instances(), statement, profile, backend: new ReferenceBackend() }, 1);
});

test('a last codeword of 69 coefficients is right, of 70 a fault', () => {
  const size = 512;
  const codeword = (length: number): [BigUint64Array, BigUint64Array] => {
    const values = BigUint64Array.from({ length: size }, (_, i) => (i < length ? BigInt(i + 1) : 0n));
    ntt(values, Math.log2(size));
    return [new BigUint64Array(size), values];
  };
  assert.equal(finalPolynomial(codeword(69), 69, true)[0][1], 69n);
  assert.throws(() => finalPolynomial(codeword(70), 69, true), { kind: 'faulty-backend' });
});
