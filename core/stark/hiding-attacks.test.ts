import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AuxTrace } from '../air/aux-trace.ts';
import { withHiddenSum } from '../air/hidden-sum.ts';
import type { Air } from '../air/types.ts';
import * as F from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import * as Q from '../field/quad.ts';
import type { Instance } from './backend.ts';
import { VerificationError, type VerificationKind } from './errors.ts';
import { midenProfile, type Profile } from './profile.ts';
import { proofShape } from './shape.ts';
import { changed, converse, type Lies, openSession, type Pretence, written } from './testing/liar.ts';
import { matrix, proveSegments, withSums } from './testing/segment-proof.ts';
import { TRUTH, truthAir } from './testing/segments.ts';
import { toy, toyPrivateProfile, toyVerification } from './toy-airs.ts';
import { verifyStark } from './verifier.ts';

/** What a verifier of hiding proofs must refuse beside what `attacks.test.ts` has for all profiles. */
const profile: Profile = { ...toyPrivateProfile('eidos'), slack: 32 };
const refusal = (kind: VerificationKind) => (error: unknown) =>
  error instanceof VerificationError && error.kind === kind;

/** An AIR with its sum in a column that nothing keeps constant: what a careless profile would prove. */
function unbound(air: Air): Air {
  const hidden = withHiddenSum(air);
  assert.match(hidden.constraints.at(-1)!.name, /hidden-sum-constant/);
  return { ...hidden, constraints: hidden.constraints.slice(0, -1) };
}

describe('a short trace of different segments', () => {
  async function prove(claimed: bigint, multiplicities: readonly bigint[], bind: (air: Air) => Air) {
    const { proof, ...options } = await proveSegments(profile, claimed, multiplicities, bind);
    return verifyStark({ ...options, profile }, proof);
  }

  test('which are all the same are a repeated trace: the truth is believed', async () => {
    await prove(TRUTH, [1n, 1n], withHiddenSum);
  });

  test('that balance only together, behind sums that are not constant: refused', async () => {
    await assert.rejects(prove(TRUTH + 1n, [1n, F.neg(1n)], withHiddenSum), refusal('constraint-mismatch'));
  });

  test('would be believed if nothing kept the sums constant', async () => {
    await prove(TRUTH + 1n, [1n, F.neg(1n)], unbound);
    // What is wrong with the statement is wrong for a repeated trace even then.
    await assert.rejects(prove(TRUTH + 1n, [1n, 1n], unbound), refusal('constraint-mismatch'));
  });
});

const honest = toy(8);
const fixedRoot = (await openSession(profile, honest.instances).commitMain()).preprocessed!;
const pretence: Pretence = { ...honest, profile, fixedRoot };
const [TABLE, WALKER, PICKER] = [0, 1, 2];

async function proof(lies: Lies, airs?: (air: Air) => Air) {
  const instances = airs && honest.instances.map((i) => ({ ...i, air: airs(i.air) }));
  return written(await converse(pretence, { ...lies, ...(instances && { instances }) }));
}
function verify(stark: Awaited<ReturnType<typeof proof>>, airs: (air: Air) => Air = (air) => air): void {
  const options = toyVerification(honest, fixedRoot);
  verifyStark({ ...options, airs: options.airs.map(airs), profile }, stark);
}
const refused = async (kind: VerificationKind, lies: Lies): Promise<void> => {
  const stark = await proof(lies);
  assert.throws(() => verify(stark), refusal(kind));
};

describe('hidden sums', () => {
  const height = 2 ** honest.instances[TABLE].logHeight;
  const constant = (value: QuadFelt) => Array<QuadFelt>(height).fill(value);

  test('without a lie the prover is believed', async () => {
    verify(await proof({}));
  });

  test('that balance but are not those of the traces', async () => {
    // Table and picker have the same height, so what one gains the other must lose.
    await refused('constraint-mismatch', {
      auxTrace: (i, aux) =>
        i === TABLE
          ? withSums(aux, constant(Q.add(aux.sigma, Q.ONE)))
          : i === PICKER
            ? withSums(aux, constant(Q.sub(aux.sigma, Q.ONE)))
            : aux,
    });
  });

  test('that are those of the traces on the whole, balance on every row, but are not constant', async () => {
    const wobble = ({ sigma }: AuxTrace, sign: bigint) =>
      Array.from({ length: height }, (_, row) => Q.add(sigma, [F.felt(row % 2 === 0 ? sign : -sign), 0n]));
    const lies: Lies = {
      auxTrace: (i, aux) =>
        i === TABLE ? withSums(aux, wobble(aux, 1n)) : i === PICKER ? withSums(aux, wobble(aux, -1n)) : aux,
    };
    await refused('constraint-mismatch', lies);
    // Nothing else is wrong with them.
    verify(await proof(lies, unbound), unbound);
  });
});

describe('polynomials', () => {
  const shape = proofShape(
    honest.instances.map(({ air }) => withHiddenSum(air)),
    honest.instances.map((i) => i.logHeight),
    profile,
  );
  const n = 2 ** shape.logMaxHeight;
  const plusOneAt = (column: BigUint64Array, at: number): BigUint64Array => {
    const other = new BigUint64Array(Math.max(column.length, at + 1));
    other.set(column);
    other[at] = F.add(other[at], 1n);
    return other;
  };
  /** All of one length, as a matrix must be. */
  const padded = (columns: readonly BigUint64Array[]): BigUint64Array[] => {
    const length = Math.max(...columns.map((column) => column.length));
    return columns.map((column) => BigUint64Array.from({ length }, (_, i) => column[i] ?? 0n));
  };

  for (const [what, part] of [
    ['a blinder that the last part does not make up for', 0],
    ['the last part, wrong in one coefficient above the height', 2 ** shape.logParts - 1],
  ] as const) {
    test(what, async () => {
      await refused('constraint-mismatch', {
        polynomials: (phase, _, columns) =>
          phase === 'commit-quotient'
            ? changed(columns, 2 * part, (column) => plusOneAt(column, n + 3))
            : columns,
      });
    });
  }

  /** A main column of the walk with x^degree - x^(degree - N) added, which is zero on its rows. */
  const lengthened = (degree: number): Lies => ({
    polynomials: (phase, at, columns) =>
      phase === 'commit-main' && at === shape.order.indexOf(WALKER) && columns.length > 2
        ? padded(
            changed(columns, 4, (column) => {
              const longer = plusOneAt(column, degree);
              longer[degree - n] = F.sub(longer[degree - n], 1n);
              return longer;
            }),
          )
        : columns,
  });

  test('a trace of too high a degree, which takes the same values on its rows', async () => {
    // The DEEP quotient is of one degree less than the trace: K itself cannot be told from K - 1, and soundness counts it.
    verify(await proof(lengthened(shape.degreeBound)));
    await refused('final-polynomial-mismatch', lengthened(shape.degreeBound + 1));
  });

  test('the halves of the masking polynomial exchanged from the start are another masking polynomial', async () => {
    verify(
      await proof({
        polynomials: (phase, _, columns) =>
          phase === 'commit-quotient' ? [...columns.slice(0, -2), columns.at(-1)!, columns.at(-2)!] : columns,
      }),
    );
  });
});

describe('parameters', () => {
  // Enough work that a transcript which has gone astray shows at once.
  const strict: Profile = { ...profile, deepPowBits: 16 };
  const verification = { ...toyVerification(honest, fixedRoot), profile: strict };
  const CHANGES: Record<Exclude<keyof Profile, 'name'>, Partial<Profile>> = {
    hash: { hash: 'blake3' },
    logBlowup: { logBlowup: 4 },
    logFoldingArity: { logFoldingArity: 3 },
    logFinalDegree: { logFinalDegree: 5 },
    numQueries: { numQueries: 3 },
    queryPowBits: { queryPowBits: 0 },
    deepPowBits: { deepPowBits: 0 },
    foldingPowBits: { foldingPowBits: 0 },
    hidingVersion: { hidingVersion: 2 },
    slack: { slack: 31 },
    maskLength: { maskLength: 13 },
    blinderLength: { blinderLength: 7 },
    saltWidth: { saltWidth: 0 },
    maskingColumns: { maskingColumns: 0 },
    hiddenSums: { hiddenSums: false },
    paddedOpenings: { paddedOpenings: true },
    heightClasses: { heightClasses: [honest.instances.map((i) => i.logHeight)] },
  };

  for (const [field, change] of Object.entries(CHANGES)) {
    // Whether padding is sent is no part of the transcript: openings say nothing that it must bind.
    if (field === 'paddedOpenings') continue;
    test(`${field}: the prover has another one, and says so`, async () => {
      const stark = written(await converse({ ...pretence, profile: { ...strict, ...change } }, {}));
      assert.throws(() => verifyStark(verification, stark), refusal('insufficient-work'));
    });
  }

  // Hashes and degrees aside, whose proofs are not even of the right length: what the verifier's own checks must catch.
  for (const [field, kind] of [
    ['numQueries', 'wrong-opening'],
    ['queryPowBits', 'insufficient-work'],
    ['deepPowBits', 'insufficient-work'],
    ['foldingPowBits', 'insufficient-work'],
    ['slack', 'insufficient-work'],
    ['saltWidth', 'wrong-opening'],
    ['maskingColumns', 'insufficient-work'],
    ['hiddenSums', 'insufficient-work'],
    ['paddedOpenings', 'wrong-opening'],
  ] as const) {
    test(`${field}: the prover has another one, and says it has the verifier's`, async () => {
      const lies: Lies = { profile: { ...strict, ...CHANGES[field] }, says: strict };
      const stark = written(await converse({ ...pretence, profile: strict }, lies));
      assert.throws(() => verifyStark(verification, stark), refusal(kind));
    });
  }

  test('masks and blinders that are too short harm nobody but the prover, and nobody else can see them', async () => {
    for (const field of ['maskLength', 'blinderLength'] as const) {
      const lies: Lies = { profile: { ...strict, ...CHANGES[field] }, says: strict };
      verifyStark(verification, written(await converse({ ...pretence, profile: strict }, lies)));
    }
  });

  test('heights that the profile does not list', async () => {
    const listed: Profile = {
      ...strict,
      heightClasses: [
        [6, 9, 6],
        [6, 10, 6],
      ],
    };
    const stark = written(await converse({ ...pretence, profile: listed }, {}));
    assert.throws(
      () => verifyStark({ ...verification, profile: listed }, stark),
      refusal('unlisted-heights'),
    );
  });

  test('a proof of one kind given as the other', async () => {
    const { numQueries, queryPowBits, deepPowBits, foldingPowBits } = strict;
    const official: Profile = {
      ...midenProfile('eidos'),
      numQueries,
      queryPowBits,
      deepPowBits,
      foldingPowBits,
    };
    for (const [mine, yours] of [
      [official, strict],
      [strict, official],
    ]) {
      const stark = written(await converse({ ...pretence, profile: mine }, {}));
      verifyStark({ ...verification, profile: mine }, stark);
      assert.throws(
        () => verifyStark({ ...verification, profile: yours }, stark),
        refusal('insufficient-work'),
      );
    }
  });
});

describe('the degree bound', () => {
  // 2^12 rows and the profile's own slack: a final polynomial of 69 coefficients.
  const log = 12;
  const real: Profile = { ...profile, slack: 5, queryPowBits: 12 };
  const statement = { relationDigest: [1n, 2n, 3n, 4n] as const, observed: [], boundary: () => Q.ZERO };
  const zeros = Array<bigint>(2 ** log).fill(0n);
  const instances: Instance[] = [
    { air: truthAir(), logHeight: log, trace: { kind: 'matrix', matrix: matrix(zeros) }, publicValues: [] },
  ];
  const shape = proofShape([withHiddenSum(truthAir())], [log], real);
  const tell = (lies: Lies) => converse({ instances, statement, profile: real }, lies);
  const check = (conversation: Awaited<ReturnType<typeof tell>>): void => {
    verifyStark({ airs: [truthAir()], publicValues: [[]], statement, profile: real }, written(conversation));
  };
  /** A polynomial that is zero on all rows, and of the first degree that shows. */
  const tooLong: Lies = {
    polynomials: (phase, _, columns) =>
      phase === 'commit-main'
        ? columns.map(() => {
            const degree = shape.degreeBound + 1;
            const column = new BigUint64Array(degree + 1);
            column[degree] = 1n;
            column[degree - 2 ** log] = F.neg(1n);
            return column;
          })
        : columns,
  };

  test('69 coefficients are right', async () => {
    assert.equal(shape.finalLength, 69);
    check(await tell({}));
  });

  test('a trace of degree K + 1: cut to 69, the final polynomial is not that of the last codeword', async () => {
    const cut = await tell(tooLong);
    assert.throws(() => check(cut), refusal('final-polynomial-mismatch'));
  });

  test('a final polynomial of 70', async () => {
    const long = await tell({ ...tooLong, final: (coefficients) => [Q.ONE, ...coefficients] });
    assert.throws(() => check(long), refusal('insufficient-work'));
  });
});
