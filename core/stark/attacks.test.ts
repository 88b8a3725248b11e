import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { withHiddenSum } from '../air/hidden-sum.ts';
import * as F from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import * as Q from '../field/quad.ts';
import { nonceTest } from '../hash/grind.ts';
import type { Transcript } from '../hash/transcript.ts';
import type { Digest, Instance, ProvingSession, TreeOpening } from './backend.ts';
import { ldePoint, samplePoint } from './domain.ts';
import { VerificationError, type VerificationKind } from './errors.ts';
import { midenProfile, type Profile } from './profile.ts';
import { readStarkProof, type StarkProof, writeStarkProof } from './proof/stark-proof.ts';
import { proofShape } from './shape.ts';
import {
  type Challenges,
  changed,
  converse,
  type Lies,
  openSession,
  plusOne,
  type Rows,
  written,
} from './testing/liar.ts';
import { toy, toyPrivateProfile, toyVerification } from './toy-airs.ts';
import { verifyStark } from './verifier.ts';

// Little work, two FRI rounds of short traces.
const SMALL = { queryPowBits: 8, deepPowBits: 6, foldingPowBits: 4, logFinalDegree: 5 };
const PROFILES: readonly Profile[] = [
  { ...midenProfile('eidos'), ...SMALL },
  { ...toyPrivateProfile('eidos'), ...SMALL },
];
const statement = toy(8);

for (const profile of PROFILES) describe(`a ${profile.name} proof`, () => suite(profile));

function suite(profile: Profile): void {
  const honest = profile.hiddenSums
    ? { instances: statement.instances.map((i) => ({ ...i, air: withHiddenSum(i.air) })) }
    : statement;
  const heights = honest.instances.map((i) => i.logHeight);
  const shape = proofShape(
    honest.instances.map((i) => i.air),
    heights,
    profile,
  );
  const quotientAt = shape.trees.find((t) => t.name === 'quotient')!.matrices[0].column;
  let fixedRoot: Digest;
  const said: Challenges = { lookup: [Q.ZERO, Q.ZERO], fold: [Q.ZERO, Q.ZERO] };

  before(async () => {
    const session = openSession(profile, honest.instances);
    fixedRoot = (await session.commitMain()).preprocessed!;
  });

  const tell = (lies: Lies) =>
    converse({ ...honest, statement: statement.statement, profile, fixedRoot }, lies, said);
  const proveWith = async (lies: Lies): Promise<StarkProof> => written(await tell(lies));

  const check = (proof: StarkProof) =>
    verifyStark({ ...toyVerification(statement, fixedRoot), profile }, proof);

  async function refused(kind: VerificationKind, lies: Lies, details?: RegExp): Promise<void> {
    refusedProof(kind, await proveWith(lies), details);
  }

  function refusedProof(kind: VerificationKind, proof: StarkProof, details?: RegExp): void {
    assert.throws(
      () => check(proof),
      (error) => {
        assert.ok(error instanceof VerificationError, String(error));
        assert.equal(error.kind, kind);
        if (details) assert.match(error.details ?? '', details);
        return true;
      },
    );
  }

  test('without a lie the prover is believed', async () => {
    assert.equal(check(await proveWith({})).shape.friLogSizes.length, 2);
  });

  if (profile.hiddenSums) hiding();
  else saidSums();

  function saidSums(): void {
    test('a sum that does not balance', async () => {
      await refused('unbalanced-lookups', { sigmas: (sigmas) => changed(sigmas, 0, plusOne) });
    });

    test('sums that balance but are not those of the traces', async () => {
      // Table and picker have the same height, so what one gains the other must lose.
      const shift = (sigmas: QuadFelt[]) =>
        changed(changed(sigmas, 0, plusOne), 2, (value) => Q.sub(value, Q.ONE));
      await refused('constraint-mismatch', { sigmas: shift });
      // The reference session goes on with the array it gave: now its quotient is made from the lie too.
      await refused('constraint-mismatch', { sigmas: (sigmas) => Object.assign(sigmas, shift(sigmas)) });
    });
  }

  function hiding(): void {
    const withTrace = (name: string, change: (data: BigUint64Array) => void): Instance[] =>
      honest.instances.map((instance) => {
        if (instance.air.name !== name || instance.trace.kind !== 'matrix') return instance;
        const matrix = { ...instance.trace.matrix, data: instance.trace.matrix.data.slice() };
        change(matrix.data);
        return { ...instance, trace: { kind: 'matrix', matrix } };
      });

    test('a salt that is no field element', async () => {
      const conversation = await tell({});
      for (const { name, saltWidth } of shape.trees.slice(1)) {
        const at = conversation.openings.findIndex((opening) => opening.name === `${name} tree`);
        assert.equal(saltWidth, profile.saltWidth);
        for (let i = 1; i <= saltWidth; i++)
          for (const value of [F.MODULUS, 2n ** 64n - 1n]) {
            const openings = changed(conversation.openings, at, (opening) => ({
              ...opening,
              rows: changed(opening.rows, 0, (row) => changed(row, row.length - i, () => value)),
            }));
            const forged = written({ ...conversation, openings });
            refusedProof('non-canonical-salt', forged, new RegExp(name));
            assert.throws(() => readStarkProof(writeStarkProof(forged), 'eidos'), { kind: 'malformed' });
          }
      }
    });

    test('hidden sums that do not balance', async () => {
      const instances = withTrace('table', (counts) => {
        counts[0] += 1n;
      });
      await refused('constraint-mismatch', { instances });
    });

    test('the halves of the masking polynomial exchanged', async () => {
      const last = shape.columns - 1;
      const { width, column } = shape.trees.find((t) => t.name === 'quotient')!.matrices[0];
      const [r0, r1] = [column + width - 2, column + width - 1];
      assert.ok(r1 <= last);
      await refused('fri-mismatch', {
        rows: (rows) =>
          rows.map((row) =>
            changed(
              changed(row, r0, () => row[r1]),
              r1,
              () => row[r0],
            ),
          ),
      });
    });
  }

  test('a quotient of other constraints', async () => {
    await refused('constraint-mismatch', { quotientChallenge: plusOne });
  });

  /** The quotient's values at z as an honest prover with the same challenges would have them. */
  async function honestRows(z: QuadFelt): Promise<Rows> {
    const session: ProvingSession = openSession(profile, honest.instances);
    await session.commitMain();
    await session.commitAux(...said.lookup);
    await session.commitQuotient(...said.fold);
    return session.evaluateAt(z);
  }

  test('a wrong quotient with the right values out of domain', async () => {
    await refused('fri-mismatch', {
      quotientChallenge: plusOne,
      rows: (_, z) => honestRows(z),
    });
    // With a DEEP codeword made from the false values, which is not low-degree.
    await refused('final-polynomial-mismatch', {
      quotientChallenge: plusOne,
      async rows(rows, z) {
        const right = await honestRows(z);
        for (const j of [0, 1]) for (let c = quotientAt; c < shape.columns; c++) rows[j][c] = right[j][c];
        return undefined;
      },
    });
  });

  test('false values out of domain, in either row and in every tree', async () => {
    const columns = shape.trees.map((tree) => tree.matrices[0].column);
    for (const [i, column] of columns.entries()) {
      const row = i % 2;
      await refused('fri-mismatch', {
        rows: (rows) => changed(rows, row, (r) => changed(r, column, plusOne)),
      });
    }
    await refused('final-polynomial-mismatch', {
      async rows(rows) {
        rows[1][columns[1]] = plusOne(rows[1][columns[1]]);
        return undefined;
      },
    });
  });

  test('padding columns are bound like all others', async () => {
    const { matrices } = shape.trees.find((t) => t.name === 'main')!;
    const padding = matrices[0].column + matrices[0].width;
    assert.ok(matrices[0].width < matrices[0].alignedWidth);
    await refused('fri-mismatch', { rows: (rows) => changed(rows, 0, (r) => changed(r, padding, plusOne)) });
  });

  test('a fold with another challenge', async () => {
    for (const [lied, kind] of [
      [0, 'fri-mismatch'],
      [1, 'final-polynomial-mismatch'],
    ] as const)
      await refused(kind, { foldChallenge: (beta, round) => (round === lied ? plusOne(beta) : beta) });
  });

  test('a final polynomial that is false, too long or too short', async () => {
    await refused('final-polynomial-mismatch', { final: (c) => changed(c, 0, plusOne) });
    await refused('final-polynomial-mismatch', { final: (c) => changed(c, c.length - 1, plusOne) });
    // The length is not for the prover to choose, so what follows is read from the wrong place.
    await refused('insufficient-work', { final: (c) => [Q.ZERO, ...c] }, /queries/);
    await refused('insufficient-work', { final: (c) => c.slice(1) }, /queries/);
  });

  test('skipped work', async () => {
    for (const what of ['DEEP', 'FRI', 'queries']) {
      await refused(
        'insufficient-work',
        {
          witness(at, job, found) {
            if (at !== what) return found;
            const accepts = nonceTest(job);
            let nonce = 0;
            while (accepts(nonce)) nonce++;
            return BigInt(nonce);
          },
        },
        new RegExp(what),
      );
    }
  });

  test('openings elsewhere than asked', async () => {
    await refused('wrong-opening', { indices: (indices) => indices.map((i) => i ^ 1) }, /preprocessed/);
  });

  test('opened data that was not committed to, in every tree', async () => {
    const conversation = await tell({});
    assert.equal(conversation.openings.length, 6);
    for (const [tree, { name, rows, siblings }] of conversation.openings.entries()) {
      const refusedWith = (lie: Partial<TreeOpening>) => {
        const openings = changed(conversation.openings, tree, (opening) => ({ ...opening, ...lie }));
        refusedProof('wrong-opening', written({ ...conversation, openings }), new RegExp(name));
      };
      refusedWith({ rows: changed(rows, 0, (row) => changed(row, 0, (v) => F.add(v, 1n))) });
      // The last one of a salted leaf is its salt's.
      refusedWith({ rows: changed(rows, 0, (row) => changed(row, row.length - 1, (v) => F.add(v, 1n))) });
      const flipped = (digest: Digest) => digest.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
      refusedWith({ siblings: changed(siblings, siblings.length - 1, flipped) });
    }
  });

  test('other fixed columns than those of the relation', async () => {
    const instances = honest.instances.map((instance) => {
      if (!instance.preprocessed) return instance;
      const data = instance.preprocessed.data.map((value) => value + 1n);
      return { ...instance, preprocessed: { ...instance.preprocessed, data } };
    });
    await refused('wrong-opening', { instances }, /preprocessed/);
  });

  test('false heights that the transcript agrees with', async () => {
    // The picker's trace passes for one of twice the height: its sum counts twice,
    await refused(profile.hiddenSums ? 'constraint-mismatch' : 'unbalanced-lookups', {
      logHeights: [6, 8, 7],
    });
    if (profile.hiddenSums) return;
    // or, halved, as it should, but then the sum is not the trace's.
    const half = (value: QuadFelt) => Q.mulBase(value, F.inv(2n));
    await refused('constraint-mismatch', {
      logHeights: [6, 8, 7],
      sigmas: (sigmas) => changed(sigmas, 2, half),
    });
  });

  test('whatever the prover says moves the queries', async () => {
    const free = { ...profile, queryPowBits: 0, deepPowBits: 0, foldingPowBits: 0 };
    const proof = await proveWith({});
    const indicesOf = (changedProof: StarkProof): string => {
      let indices = '';
      assert.throws(() =>
        verifyStark(
          {
            ...toyVerification(statement, fixedRoot),
            profile: free,
            onTranscript: (name, value) => {
              if (name === 'indices') indices = String(value);
            },
          },
          changedProof,
        ),
      );
      return indices;
    };
    const seen = new Set([indicesOf(proof)]);
    // Sums, rows, final polynomial; the three kinds of witnesses are not observed where no work is asked for.
    const rounds = shape.friLogSizes.length;
    const beforeDeep = 2 * ((profile.hiddenSums ? 0 : heights.length) + 2 * shape.columns);
    const final = beforeDeep + 1 + rounds;
    const observed = [
      ...Array.from({ length: beforeDeep }, (_, i) => i),
      ...Array.from({ length: 2 * shape.finalLength }, (_, i) => final + i),
    ];
    for (const at of observed) {
      const fields = proof.fields.slice();
      fields[at] = F.add(fields[at], 1n);
      seen.add(indicesOf({ ...proof, fields }));
    }
    for (let at = 0; at < 3 + rounds; at++) {
      const commitments = proof.commitments.slice();
      commitments[32 * at] ^= 1;
      seen.add(indicesOf({ ...proof, commitments }));
    }
    for (const logHeights of [
      [6, 8, 7],
      [7, 8, 6],
    ])
      seen.add(indicesOf({ ...proof, logHeights }));
    assert.equal(seen.size, 1 + observed.length + 3 + rounds + 2);
  });
}

test('the out-of-domain point is drawn again until it is outside every domain', () => {
  const good: QuadFelt = [5n, 6n];
  const draws = [
    Q.ZERO,
    Q.ONE,
    Q.fromBase(F.rootOfUnity(10)),
    Q.fromBase(ldePoint(13, 0)),
    Q.fromBase(ldePoint(13, 77)),
    good,
    [7n, 8n] as const,
  ].flat();
  const transcript = { sample: () => draws.shift()! } as Partial<Transcript> as Transcript;
  assert.deepEqual(samplePoint(transcript, 10, 13), good);
});
