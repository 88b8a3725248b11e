import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { type OpenedTree, openedTrees } from '../../../test/zk/opened.ts';
import { KilnError } from '../../errors.ts';
import * as F from '../../field/felt.ts';
import type { TraceMatrix } from '../../vm/trace/types.ts';
import type { Backend, Digest, Instance, ProvingSession, SessionOptions } from '../backend.ts';
import { midenProfile } from '../profile.ts';
import { readStarkProof } from '../proof/stark-proof.ts';
import { type ProveOptions, prove } from '../prover.ts';
import { ReferenceBackend } from '../reference/backend.ts';
import { proveWithSeed } from '../testing/fixed-seed.ts';
import { toy, toyPrivateProfile, toyVerification } from '../toy-airs.ts';
import { verifyStark } from '../verifier.ts';
import { platformSeed } from './seed.ts';
import { salts } from './stream.ts';

/** The reference backend, with what it was given to see, and changes to what it answers. */
class Spy implements Backend {
  readonly name = 'reference';
  readonly description = 'observed';
  readonly #inner = new ReferenceBackend();
  readonly #change: (session: ProvingSession, attempt: number) => void;
  /** Of every attempt: its key in the prover's own memory, a copy of that, and its first salts. */
  readonly attempts: {
    readonly key: Uint32Array;
    readonly copy: Uint32Array;
    readonly salts: BigUint64Array;
  }[] = [];
  readonly roots: Digest[] = [];

  constructor(change: (session: ProvingSession, attempt: number) => void = () => {}) {
    this.#change = change;
  }
  async open(options: SessionOptions): Promise<ProvingSession> {
    const stream = options.randomness!.salts(5);
    this.attempts.push({ key: stream.key, copy: stream.key.slice(), salts: salts(stream, 0, 2) });
    const session = await this.#inner.open(options);
    this.#change(session, this.attempts.length - 1);
    const commitMain = session.commitMain.bind(session);
    session.commitMain = async () => {
      const committed = await commitMain();
      this.roots.push(committed.main);
      return committed;
    };
    return session;
  }
  async close(): Promise<void> {}

  /** Whether every attempt had a key of its own, related to no other. */
  assertDistinct(count: number): void {
    assert.equal(this.attempts.length, count);
    const lanes = this.attempts.flatMap(({ copy }) => [...copy]);
    assert.ok(new Set(lanes).size > lanes.length - 2);
    assert.equal(new Set(this.attempts.flatMap((attempt) => [...attempt.salts])).size, 8 * count);
  }
  assertOverwritten(): void {
    for (const { key, copy } of this.attempts) {
      assert.deepEqual(key, new Uint32Array(8));
      assert.notDeepEqual(copy, key);
    }
  }
}

const profile = toyPrivateProfile('blake3');
const statement = toy(7);
const job = (backend: Backend = new ReferenceBackend()): ProveOptions => ({ ...statement, profile, backend });
const fixed = await new ReferenceBackend().open({
  profile: midenProfile('blake3'),
  instances: statement.instances,
});
const { preprocessed } = await fixed.commitMain();
fixed.close();

/** Another witness of the same statement: one value of the walk, and what the table counts. */
function otherWitness(): Instance[] {
  const edit = (instance: Instance, change: (data: BigUint64Array, height: number) => void): Instance => {
    assert.ok(instance.trace.kind === 'matrix');
    const matrix: TraceMatrix = { ...instance.trace.matrix, data: instance.trace.matrix.data.slice() };
    change(matrix.data, matrix.height);
    return { ...instance, trace: { kind: 'matrix', matrix } };
  };
  const [table, walker, picker] = statement.instances;
  let [from, to] = [0, 0];
  const changed = edit(walker, (data, height) => {
    from = Math.sqrt(Number(data[2 * height + 5]));
    to = (from + 1) % 64;
    data[2 * height + 5] = BigInt(to * to);
    data[3 * height + 5] = F.pow(BigInt(to * to), 9n);
  });
  return [
    edit(table, (counts) => {
      counts[from]--;
      counts[to]++;
    }),
    changed,
    picker,
  ];
}

/** Verifies a proof and returns what it shows of its trees. */
function opened(bytes: Uint8Array): OpenedTree[] {
  const proof = readStarkProof(bytes, 'blake3');
  let indices: readonly number[] = [];
  const onTranscript = (name: string, value: unknown) => {
    if (name === 'indices') indices = value as number[];
  };
  const { shape } = verifyStark(
    { ...toyVerification(statement, preprocessed!), profile, onTranscript },
    proof,
  );
  return openedTrees(proof, shape, indices).filter((tree) => tree.name !== 'preprocessed');
}

/** Everything in two proofs' trees that must be random and different. */
function assertUnrelated(first: OpenedTree[], second: OpenedTree[]): void {
  for (const [i, tree] of first.entries()) {
    const other = second[i];
    assert.notEqual(tree.root, other.root);
    const shared = (a: readonly (readonly bigint[])[], b: readonly (readonly bigint[])[]) =>
      a.flat().filter((value) => b.flat().includes(value));
    assert.equal(tree.salts.flat().length, 4 * tree.leaves.length);
    assert.deepEqual(shared(tree.salts, other.salts), []);
    assert.deepEqual(shared(tree.rows, other.rows), []);
    assert.ok(!tree.siblings.some((digest) => other.siblings.includes(digest)));
  }
}

/** Runs under a generator of our own; `fill` gets the number of the call. */
async function underGenerator<T>(
  fill: (bytes: Uint8Array, call: number) => void,
  run: () => Promise<T>,
): Promise<T> {
  let call = 0;
  const generator = mock.method(globalThis.crypto, 'getRandomValues', (bytes: Uint8Array) => {
    fill(bytes, call++);
    return bytes;
  });
  try {
    return await run();
  } finally {
    generator.mock.restore();
  }
}
/** Two seeds by turns: stuck, and not seen to be. */
const twoSeeds = (bytes: Uint8Array, call: number) => bytes.set(bytes.map((_, i) => 40 * (call % 2) + i));

describe('proofs and their randomness', () => {
  test('two proofs of one statement share no root, salt, row or node', async () => {
    const proofs = [await prove(job()), await prove(job())];
    assertUnrelated(opened(proofs[0]), opened(proofs[1]));
  });

  test('one seed and the same inputs give the same proof; another seed another one', async () => {
    const first = await proveWithSeed(job(), 1);
    assert.deepEqual(await proveWithSeed(job(), 1), first);
    assertUnrelated(opened(first), opened(await proveWithSeed(job(), 2)));
  });

  test('under a generator that repeats itself, another witness still has unrelated masks', async () => {
    const spy = new Spy();
    await underGenerator(twoSeeds, async () => {
      const first = await prove(job(spy));
      platformSeed();
      const other = await prove({ ...job(spy), instances: otherWitness() });
      assertUnrelated(opened(first), opened(other));
      spy.assertDistinct(2);
      // The same witness again: the same proof, which tells nothing new and may be released.
      platformSeed();
      assert.deepEqual(await prove(job(spy)), first);
      assert.deepEqual(spy.attempts[2].copy, spy.attempts[0].copy);
    });
  });

  test('without a working generator nothing is begun', async () => {
    const spy = new Spy();
    const refused = { kind: 'no-randomness' };
    const failing = () => {
      throw new Error('no entropy');
    };
    await underGenerator(failing, () => assert.rejects(prove(job(spy)), refused));
    await underGenerator(
      () => {},
      () => assert.rejects(prove(job(spy)), refused),
    );
    assert.equal(spy.attempts.length, 0);
  });

  test('a discarded attempt leaves nothing behind: the next has another key', async () => {
    const spy = new Spy((session, attempt) => {
      if (attempt === 0)
        session.commitQuotient = async () => {
          throw new KilnError('lookup-denominator', 'zero');
        };
    });
    const proof = await proveWithSeed(job(spy), 'restart');
    spy.assertDistinct(2);
    spy.assertOverwritten();
    const text = Buffer.from(proof).toString('hex');
    const [discarded, kept] = spy.roots.map((root) => text.includes(Buffer.from(root).toString('hex')));
    assert.deepEqual([discarded, kept], [false, true]);
    assert.equal(opened(proof).length, 3);
  });

  test('a job that was stopped and is begun again has new randomness; the old is overwritten', async () => {
    const spy = new Spy();
    const abort = new AbortController();
    const stopped = prove({
      ...job(spy),
      signal: abort.signal,
      onProgress: (phase) => phase === 'constraints' && abort.abort(),
    });
    await assert.rejects(stopped, { kind: 'cancelled' });
    opened(await prove(job(spy)));
    spy.assertDistinct(2);
    spy.assertOverwritten();
  });

  test('a second proof with the same main root is not released', async () => {
    const stuck = new Spy((session) => {
      const commitMain = session.commitMain.bind(session);
      session.commitMain = async () => ({ ...(await commitMain()), main: new Uint8Array(32).fill(0x5a) });
    });
    await prove(job(stuck));
    await assert.rejects(prove(job(stuck)), { kind: 'randomness-reused' });
  });
});

test('there is no way to choose the seed of a proof', () => {
  const typesOnly = () => {
    // @ts-expect-error: no second argument
    void prove(job(), platformSeed);
    // @ts-expect-error: no such option
    void prove({ ...job(), seed: new Uint8Array(32) });
    // @ts-expect-error: nor this one
    void prove({ ...job(), randomness: undefined });
  };
  assert.equal(typeof typesOnly, 'function');
  assert.equal(prove.length, 1);
});
