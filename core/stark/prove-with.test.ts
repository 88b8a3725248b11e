import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { KilnError } from '../errors.ts';
import { EidosTranscript } from '../hash/transcript-eidos.ts';
import type { Backend, Instance, ProvingSession, SessionOptions } from './backend.ts';
import { midenProfile } from './profile.ts';
import { proveWith } from './prove-with.ts';
import { prove } from './prover.ts';
import { ReferenceBackend } from './reference/backend.ts';
import { toy, toyPrivateProfile, toyVerification } from './toy-airs.ts';
import { verifyStark } from './verifier.ts';

const profile = toyPrivateProfile('eidos');
const statement = toy(7);
const reference = new ReferenceBackend();
const seed = () => new Uint8Array(32).fill(9);

/** Prepares what each session does, by its number; notes what they were given and whether they were closed. */
function watched(prepare: (session: ProvingSession, number: number) => void) {
  const opened: SessionOptions[] = [];
  let closed = 0;
  const backend: Backend = {
    name: 'reference',
    description: 'watched',
    async open(options) {
      const session = await reference.open(options);
      const close = session.close.bind(session);
      session.close = () => {
        closed++;
        close();
      };
      prepare(session, opened.length);
      opened.push(options);
      return session;
    },
    async close() {},
  };
  return { backend, opened, closed: () => closed };
}

const fixedRoot = async () => {
  const session = await reference.open({ profile: midenProfile('eidos'), instances: statement.instances });
  const { preprocessed } = await session.commitMain();
  session.close();
  return preprocessed!;
};

const zeroDenominator = async () => {
  throw new KilnError('lookup-denominator', 'A lookup denominator is zero.');
};

test('after a zero denominator the prover starts over, with other randomness and nothing of the first attempt', async () => {
  const roots: string[] = [];
  const { backend, opened, closed } = watched((session, number) => {
    const commitMain = session.commitMain.bind(session);
    session.commitMain = async () => {
      const answer = await commitMain();
      roots.push(String(answer.main));
      return answer;
    };
    if (number === 0) session.commitAux = zeroDenominator;
  });
  const proof = await proveWith({ ...statement, profile, backend }, seed);
  assert.equal(opened.length, 2);
  assert.equal(closed(), 2);
  assert.notEqual(roots[0], roots[1]);
  assert.equal(String(proof.commitments.slice(0, 32)), roots[1]);
  for (const { randomness } of opened)
    assert.throws(() => randomness!.take(1, 0, 0), { kind: 'randomness-closed' });
  verifyStark({ ...toyVerification(statement, await fixedRoot()), profile }, proof);
});

test('attempts are bounded', async () => {
  const { backend, opened, closed } = watched((session) => {
    session.commitAux = zeroDenominator;
  });
  await assert.rejects(proveWith({ ...statement, profile, backend }, seed), { kind: 'too-many-attempts' });
  assert.equal(opened.length, 4);
  assert.equal(closed(), 4);
});

test('no other failure is tried again, and a proof that hides nothing is not either', async () => {
  const failing = watched((session) => {
    session.commitAux = async () => {
      throw new KilnError('device-lost', 'gone');
    };
  });
  const { backend } = failing;
  await assert.rejects(proveWith({ ...statement, profile, backend }, seed), { kind: 'device-lost' });
  assert.equal(failing.opened.length, 1);
  assert.throws(() => failing.opened[0].randomness!.take(1, 0, 0), { kind: 'randomness-closed' });
  const plain = watched((session) => {
    session.commitAux = zeroDenominator;
  });
  const options = { ...statement, profile: midenProfile('eidos'), backend: plain.backend };
  await assert.rejects(proveWith(options, seed), { kind: 'lookup-denominator' });
  assert.equal(plain.opened.length, 1);
});

test('a column challenge in the base field, which would not mask, starts the prover over', async () => {
  let deepWork = 0;
  let drawn = 0;
  const original = {
    checkWitness: EidosTranscript.prototype.checkWitness,
    sample: EidosTranscript.prototype.sample,
  };
  const mocks = [
    mock.method(EidosTranscript.prototype, 'checkWitness', function (this: EidosTranscript, bits, witness) {
      if (bits === profile.deepPowBits) deepWork++;
      drawn = 0;
      return original.checkWitness.call(this, bits, witness);
    } as typeof original.checkWitness),
    // The second element after the first DEEP work is the other half of the column challenge.
    mock.method(EidosTranscript.prototype, 'sample', function (this: EidosTranscript) {
      const element = original.sample.call(this);
      return deepWork === 1 && ++drawn === 2 ? 0n : element;
    }),
  ];
  const { backend, opened } = watched(() => {});
  try {
    const proof = await proveWith({ ...statement, profile, backend }, seed);
    assert.equal(opened.length, 2);
    verifyStark({ ...toyVerification(statement, await fixedRoot()), profile }, proof);
  } finally {
    for (const each of mocks) each.mock.restore();
  }
});

const changed = (name: string, change: (data: BigUint64Array, height: number) => void): Instance[] =>
  statement.instances.map((instance) => {
    if (instance.air.name !== name || instance.trace.kind !== 'matrix') return instance;
    const matrix = { ...instance.trace.matrix, data: instance.trace.matrix.data.slice() };
    change(matrix.data, matrix.height);
    return { ...instance, trace: { kind: 'matrix', matrix } };
  });

test('a trace that breaks a constraint is noticed before anything is published', async () => {
  for (const [name, column, row] of [
    ['walker', 3, 9],
    ['picker', 1, 0],
  ] as const) {
    const instances = changed(name, (data, height) => {
      data[column * height + row] ^= 1n;
    });
    const kind = name === 'walker' ? 'invalid-trace' : /invalid-trace|unbalanced-lookups/;
    await assert.rejects(prove({ ...statement, instances, profile, backend: reference }), (error) => {
      assert.ok(error instanceof KilnError);
      assert.match(error.kind, new RegExp(kind));
      return true;
    });
  }
});

test('lookups that do not balance are noticed, and their sums, which tell about the trace, are not shown', async () => {
  const instances = changed('table', (data) => {
    data[0] += 1n;
  });
  await assert.rejects(prove({ ...statement, instances, profile, backend: reference }), (error) => {
    assert.ok(error instanceof KilnError && error.kind === 'unbalanced-lookups');
    assert.doesNotMatch(error.details, /\d/);
    return true;
  });
});

test('heights that cannot hide, or are no class, are refused before randomness is drawn', async () => {
  const never = () => assert.fail('drawn');
  const refused = (options: Parameters<typeof proveWith>[0], kind: string) =>
    assert.rejects(proveWith(options, never), { kind });
  await refused({ ...toy(6), profile, backend: reference }, 'cannot-hide');
  const listed = { ...profile, heightClasses: [[6, 8, 6]] };
  await refused({ ...statement, profile: listed, backend: reference }, 'unlisted-heights');
});

test('a codeword of too high a degree is the backend’s fault and stays inside', async () => {
  const { backend } = watched((session) => {
    const evaluateAt = session.evaluateAt.bind(session);
    // The reference session goes on with the rows it gave.
    session.evaluateAt = async (z) => {
      const rows = await evaluateAt(z);
      (rows[0] as [bigint, bigint][])[3] = [1n, 1n];
      return rows;
    };
  });
  await assert.rejects(proveWith({ ...statement, profile, backend }, seed), { kind: 'faulty-backend' });
});
