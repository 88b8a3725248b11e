import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withHiddenSum } from '../air/hidden-sum.ts';
import { midenAirs } from '../air/miden.ts';
import { midenRelationShape } from './miden/relation.ts';
import { PROFILES, type Profile, type ProfileName, type ProofHash } from './profile.ts';
import { ceilLog2, floorLog2 } from './security/fixed-point.ts';
import { MULTIPLICITY, provenSecurity } from './security/proven.ts';
import type { SecurityLabel, SecurityReport, SecurityTerm } from './security/types.ts';
import { securityReport } from './security.ts';
import { type ProofShape, proofShape } from './shape.ts';

const relation = midenRelationShape({ kernel: [] });

/** Shape of a proof whose tallest trace has 2^log rows. */
function shapeOf(profile: Profile, log = 16): ProofShape {
  const airs = profile.hiddenSums ? midenAirs().map(withHiddenSum) : midenAirs();
  return proofShape(airs, [13, 13, log, 16], profile);
}
const bitsOf = ({ terms }: SecurityReport): Record<SecurityLabel, number> =>
  Object.fromEntries(terms.map(({ label, bitsQ16 }) => [label, Number(bitsQ16) / 65_536])) as Record<
    SecurityLabel,
    number
  >;
const conjectured = (name: ProfileName, hash: ProofHash, log?: number) => {
  const profile = PROFILES[name](hash);
  return securityReport(profile, shapeOf(profile, log), relation);
};
const proven = (name: ProfileName, hash: ProofHash, log?: number) => {
  const profile = PROFILES[name](hash);
  return provenSecurity(profile, shapeOf(profile, log), relation);
};
function assertBits(report: SecurityReport, expected: Partial<Record<SecurityLabel, number>>): void {
  const bits = bitsOf(report);
  for (const [label, value] of Object.entries(expected)) {
    const got = bits[label as SecurityLabel];
    assert.ok(Math.abs(got - value) < 0.051, `${label}: ${got}, not ${value}`);
  }
}

test('conjectured bits of hiding proofs are those of the document, at 2^16 rows', () => {
  const report = conjectured('private', 'blake3');
  assertBits(report, {
    'lookup-challenge': 101.5,
    'constraint-composition': 118.7,
    'out-of-domain': 108.6,
    'deep-composition': 112.85,
    'fri-folding': 110.4,
    'fri-query': 96.62,
    'commitment-collision': 128,
  });
  assert.deepEqual([report.bits, report.binding.label], [96, 'fri-query']);
  assert.equal(conjectured('private', 'eidos').bits, 96);
});

test('hiding adds ten columns to BLAKE3 proofs, more with the padding of Eidos', () => {
  // The estimate counts one more word for each point: 284 and 322.
  for (const [hash, columns] of [
    ['blake3', 282],
    ['eidos', 320],
  ] as const)
    assert.equal(shapeOf(PROFILES.private(hash)).columns, columns);
});

test('lookups fall below the queries where the document says', () => {
  for (const name of ['private', 'miden'] as const) {
    for (const [hash, log] of [
      ['blake3', 22],
      ['eidos', 20],
    ] as const) {
      assert.equal(conjectured(name, hash, log - 1).bits, 96);
      const below = conjectured(name, hash, log);
      assert.deepEqual([below.bits, below.binding.label], [95, 'lookup-challenge']);
    }
  }
});

test('proven bits are those of the document, at 2^16 rows', () => {
  const hiding = proven('private', 'blake3');
  assertBits(hiding.uniqueDecoding, { 'fri-query': 39.9, 'lookup-challenge': 101.5 });
  assertBits(hiding.johnson, {
    'fri-query': 56.8,
    'lookup-challenge': 95.2,
    'fri-folding': 92.3,
    'deep-composition': 93.8,
  });
  assert.deepEqual([hiding.uniqueDecoding.bits, hiding.johnson.bits], [39, 56]);
  const open = proven('miden', 'blake3');
  assertBits(open.uniqueDecoding, { 'fri-query': 39.4 });
  assertBits(open.johnson, { 'fri-query': 56.86 });
  for (const hash of ['blake3', 'eidos'] as const) {
    for (const name of ['private', 'miden'] as const) {
      const { 'fri-query': queries, ...others } = bitsOf(proven(name, hash).johnson);
      assert.ok(queries < 57 && Object.values(others).every((bits) => bits > 90));
    }
  }
});

test('every proven term is a bound on the real formula from below, and near it', () => {
  for (const name of ['private', 'miden'] as const) {
    for (const hash of ['blake3', 'eidos'] as const) {
      for (const log of [16, 17, 20]) {
        const profile = PROFILES[name](hash);
        const shape = shapeOf(profile, log);
        const [n, k, m] = [2 ** shape.logLde, shape.degreeBound, MULTIPLICITY];
        const field = hash === 'eidos' ? 126 : 128;
        const { log2 } = Math;
        const line = (8 * n * (m + 0.5) ** 3) / (3 * ((k - 1) / n));
        const list = (m + 0.5) / Math.sqrt(k / n);
        const { numQueries: q, queryPowBits, deepPowBits, foldingPowBits } = profile;
        const composed = name === 'private' ? 636 : 631;
        const rounds = (codewords: number, badOnLine: number, agreement: number) => ({
          'lookup-challenge': field - log2(18 * 78 * 2 ** log * codewords),
          'constraint-composition': field - log2(composed * codewords),
          'out-of-domain': field - log2((9 * (k + 1) + 2 ** log - 1) * codewords),
          'deep-composition': field - log2(badOnLine * (shape.columns + 1)) + deepPowBits,
          'fri-folding': field - log2(badOnLine * 3) + foldingPowBits,
          'fri-query': queryPowBits - q * log2(agreement),
        });
        const { uniqueDecoding, johnson } = proven(name, hash, log);
        for (const [report, exact] of [
          [uniqueDecoding, rounds(1, n + 1, (1 + (k + 2) / n) / 2)],
          [johnson, rounds(list, line, (1 + 1 / (2 * m)) * Math.sqrt(k / n))],
        ] as const) {
          const bits = bitsOf(report);
          for (const [label, value] of Object.entries(exact)) {
            const got = bits[label as SecurityLabel];
            assert.ok(
              got <= value + 1e-9 && got > value - 0.002,
              `${name} ${hash} ${log} ${label}: ${got} ${value}`,
            );
          }
        }
      }
    }
  }
});

test('codes too short for the multiplicity get nothing from their queries', () => {
  const profile = PROFILES.miden('blake3');
  const shape = shapeOf(profile);
  const short = (degreeBound: number) => provenSecurity(profile, { ...shape, degreeBound }, relation).johnson;
  assert.equal(bitsOf(short(32))['fri-query'], profile.queryPowBits);
  assert.ok(bitsOf(short(64))['fri-query'] > profile.queryPowBits);
});

test('a greater degree bound is never worth more', () => {
  for (const hash of ['blake3', 'eidos'] as const) {
    const profile = PROFILES.private(hash);
    const shape = shapeOf(profile);
    const all = (degreeBound: number): SecurityTerm[] => {
      const bounded = { ...shape, degreeBound };
      const { uniqueDecoding, johnson } = provenSecurity(profile, bounded, relation);
      // In the Johnson regime lists and bad lines get fewer as the rate grows.
      const queries = johnson.terms.filter(({ label }) => label === 'fri-query');
      return [...securityReport(profile, bounded, relation).terms, ...uniqueDecoding.terms, ...queries];
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 2 ** 16, max: 2 ** 18 }),
        fc.integer({ min: 1, max: 2 ** 16 }),
        (k, more) => {
          const [less, greater] = [all(k), all(k + more)];
          return less.every(({ bitsQ16 }, i) => bitsQ16 >= greater[i].bitsQ16);
        },
      ),
    );
  }
});

test('fixed-point logarithms enclose the real ones', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), (x) => {
      const [floor, ceil] = [Number(floorLog2(x)) / 65_536, Number(ceilLog2(x)) / 65_536];
      const exact = Math.log2(Number(x));
      return floor <= exact + 1e-9 && exact <= ceil + 1e-9 && ceil - floor <= 1 / 65_536;
    }),
  );
  for (let i = 0; i < 64; i++) assert.equal(ceilLog2(2n ** BigInt(i)), BigInt(i * 65_536));
});
