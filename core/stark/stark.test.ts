import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Felt } from '../field/felt.ts';
import { cosetValues, inverseNtt } from '../field/ntt.ts';
import type { TraceMatrix } from '../vm/trace/types.ts';
import { checkBackend } from './backend.conformance.ts';
import { ldeShift } from './domain.ts';
import { VerificationError } from './errors.ts';
import { midenProfile } from './profile.ts';
import { readStarkProof } from './proof/stark-proof.ts';
import { prove } from './prover.ts';
import { ReferenceBackend } from './reference/backend.ts';
import { type Toy, toy, toyPrivateProfile, toyVerification } from './toy-airs.ts';
import { verifyStark } from './verifier.ts';

const backend = new ReferenceBackend();
const refused = (kind: string) => (error: unknown) =>
  error instanceof VerificationError && error.kind === kind;

async function preprocessedRoot({ instances }: Toy, hash: 'eidos' | 'blake3') {
  const session = await backend.open({ profile: midenProfile(hash), instances });
  const { preprocessed } = await session.commitMain();
  session.close();
  return preprocessed!;
}

/** All values of the fixed columns' extension. */
function fixedExtension({ instances }: Toy): Set<Felt> {
  const extended = instances.flatMap(({ logHeight, preprocessed }) => {
    if (!preprocessed) return [];
    return Array.from({ length: preprocessed.width }, (_, c) => {
      const column = preprocessed.data.slice(c << logHeight, (c + 1) << logHeight);
      inverseNtt(column, logHeight);
      const values = new BigUint64Array(column.length << 3);
      cosetValues(column, logHeight, 3, ldeShift(logHeight + 3), values);
      return values;
    });
  });
  return new Set(extended.flatMap((values) => [...values]));
}

for (const hash of ['eidos', 'blake3'] as const) {
  test(`toy proofs of several shapes verify (${hash})`, async () => {
    const profile = midenProfile(hash);
    for (const log of [2, 6, 10]) {
      const statement = toy(log);
      const bytes = await prove({ ...statement, profile, backend });
      const root = await preprocessedRoot(statement, hash);
      const { shape } = verifyStark(
        { ...toyVerification(statement, root), profile },
        readStarkProof(bytes, hash),
      );
      assert.equal(shape.logMaxHeight, Math.max(6, log));
    }
  });
}

for (const hash of ['eidos', 'blake3'] as const) {
  test(`hiding toy proofs of several shapes verify, and no two are the same (${hash})`, async () => {
    const profile = toyPrivateProfile(hash);
    for (const [walk, picks] of [
      [7, 6],
      [10, 6],
      [7, 9],
    ]) {
      const statement = toy(walk, picks);
      const root = await preprocessedRoot(statement, hash);
      const proofs = [1, 2].map(() => prove({ ...statement, profile, backend }));
      const [first, second] = (await Promise.all(proofs)).map((bytes) => readStarkProof(bytes, hash));
      for (const proof of [first, second])
        verifyStark({ ...toyVerification(statement, root), profile }, proof);
      // Both may open the fixed columns at the same places.
      const fixed = fixedExtension(statement);
      const seen = new Set(first.fields.filter((value) => !fixed.has(value)));
      assert.ok(second.fields.every((value) => value < 2n ** 16n || !seen.has(value)));
    }
  });
}

test('the reference backend conforms to itself: sessions, closing, cancelling, progress', async () => {
  await checkBackend(backend, { hashes: ['eidos'], walkLogs: [6] });
});

test('a trace that breaks a constraint gives a proof that is refused', async () => {
  const profile = midenProfile('eidos');
  const honest = toy(6);
  const root = await preprocessedRoot(honest, 'eidos');
  const instances = honest.instances.map((instance) => {
    if (instance.air.name !== 'walker' || instance.trace.kind !== 'matrix') return instance;
    const { matrix } = instance.trace;
    const forged: TraceMatrix = { ...matrix, data: matrix.data.slice() };
    forged.data[3 * matrix.height + 9] ^= 1n;
    return { ...instance, trace: { kind: 'matrix', matrix: forged } as const };
  });
  const bytes = await prove({ ...honest, instances, profile, backend });
  assert.throws(
    () => verifyStark({ ...toyVerification(honest, root), profile }, readStarkProof(bytes, 'eidos')),
    refused('constraint-mismatch'),
  );
});

test('the prover refuses a trace whose lookups do not balance', async () => {
  const honest = toy(2);
  const instances = honest.instances.map((instance) => {
    if (instance.air.name !== 'table' || instance.trace.kind !== 'matrix') return instance;
    const { matrix } = instance.trace;
    const forged: TraceMatrix = { ...matrix, data: matrix.data.slice() };
    forged.data[0] += 1n;
    return { ...instance, trace: { kind: 'matrix', matrix: forged } as const };
  });
  await assert.rejects(prove({ ...honest, instances, profile: midenProfile('eidos'), backend }), {
    kind: 'unbalanced-lookups',
  });
});

test('a proof of another statement, of other heights or with other parameters is refused', async () => {
  const profile = midenProfile('eidos');
  const statement = toy(6);
  const proof = readStarkProof(await prove({ ...statement, profile, backend }), 'eidos');
  const good = { ...toyVerification(statement, await preprocessedRoot(statement, 'eidos')), profile };
  verifyStark(good, proof);

  const other = { ...statement.statement, observed: [3n, 4n] };
  assert.throws(() => verifyStark({ ...good, statement: other }, proof), VerificationError);
  const values = good.publicValues.map((list) => list.map((v) => v + 1n));
  assert.throws(() => verifyStark({ ...good, publicValues: values }, proof), refused('constraint-mismatch'));
  const unanswered = { ...statement.statement, boundary: () => [0n, 0n] as const };
  assert.throws(() => verifyStark({ ...good, statement: unanswered }, proof), refused('unbalanced-lookups'));
  assert.throws(() => verifyStark({ ...good, preprocessed: new Uint8Array(32) }, proof), VerificationError);
  for (const change of [{ numQueries: 28 }, { deepPowBits: 13 }, { logFinalDegree: 6 }, { logBlowup: 4 }])
    assert.throws(
      () => verifyStark({ ...good, profile: { ...profile, ...change } }, proof),
      VerificationError,
    );

  for (const logHeights of [
    [],
    [6, 6],
    [6, 6, 6, 6],
    [6, 0, 6],
    [6, 1, 6],
    [6, 30, 6],
    [6, 255, 6],
    [6, 6, 2],
  ])
    assert.throws(() => verifyStark(good, { ...proof, logHeights }), refused('wrong-shape'));
  assert.throws(
    () => verifyStark({ ...good, fixedLogHeights: [7, undefined, undefined] }, proof),
    refused('wrong-shape'),
  );
  const more = (fields: BigUint64Array) => BigUint64Array.from([...fields, 0n]);
  assert.throws(() => verifyStark(good, { ...proof, fields: more(proof.fields) }), refused('trailing-data'));
  assert.throws(
    () => verifyStark(good, { ...proof, fields: proof.fields.slice(0, -1) }),
    refused('incomplete-proof'),
  );
  assert.throws(
    () => verifyStark(good, { ...proof, commitments: proof.commitments.slice(0, -32) }),
    refused('incomplete-proof'),
  );
});
