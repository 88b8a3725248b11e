import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { blake3 } from '@noble/hashes/blake3.js';
import type { Instance } from '../backend.ts';
import { privateProfile } from '../profile.ts';
import { profileParameters, relationOf } from '../statement.ts';
import { toy } from '../toy-airs.ts';
import { OneShotRandomness } from './one-shot.ts';
import { type ProofInputs, ProofSeed } from './proof-seed.ts';
import { ReleasedProofs } from './released.ts';
import { platformSeed } from './seed.ts';
import { elements, salts } from './stream.ts';
import { digestTraces } from './trace-digest.ts';

const key = () => Uint32Array.from({ length: 8 }, (_, i) => i + 1);
const seed = (byte = 7) => new Uint8Array(32).fill(byte);
const inputs = (): ProofInputs => ({ ...toy(4), profile: privateProfile('eidos') });

describe('one attempt', () => {
  test('hands out each mask once, salts as often as asked', () => {
    const randomness = new OneShotRandomness(key());
    const first = elements(randomness.take(1, 0, 0), 2);
    assert.throws(() => randomness.take(1, 0, 0), { kind: 'randomness-reused' });
    const others = [randomness.take(2, 0, 0), randomness.take(1, 1, 0), randomness.take(1, 0, 1)];
    for (const other of others) assert.notDeepEqual(elements(other, 2), first);
    assert.deepEqual(salts(randomness.salts(5), 3, 2), salts(randomness.salts(5), 3, 2));
    assert.notDeepEqual(salts(randomness.salts(5), 3, 2), salts(randomness.salts(6), 3, 2));
  });

  test('is dead once closed, with every stream it gave', () => {
    const own = key();
    const randomness = new OneShotRandomness(own);
    const stream = randomness.take(1, 0, 0);
    const salt = randomness.salts(5);
    randomness.close();
    randomness.close();
    assert.deepEqual(own, new Uint32Array(8));
    const uses = [
      () => randomness.take(1, 0, 1),
      () => randomness.salts(5),
      () => elements(stream, 1),
      () => salts(salt, 0, 1),
    ];
    for (const use of uses) assert.throws(use, { kind: 'randomness-closed' });
  });
});

/** What masks a proof of these inputs begins with. */
async function masks(from: ProofInputs, attempt = 0, byte = 7): Promise<bigint[]> {
  const secret = await ProofSeed.draw(() => seed(byte), from);
  return [...elements(secret.attempt(attempt).take(1, 0, 0), 4)];
}

describe('the key', () => {
  test('is BLAKE3 in key derivation mode over parts of stated length', async () => {
    const { instances, statement, profile } = inputs();
    const part = (bytes: Uint8Array) => [
      ...new Uint8Array(BigUint64Array.of(BigInt(bytes.length)).buffer),
      ...bytes,
    ];
    const words = (...values: (bigint | number)[]) =>
      new Uint8Array(BigUint64Array.from(values, (v) => BigInt(v)).buffer);
    const message = [
      seed(),
      words(...relationOf(profile, statement)),
      words(...profileParameters(profile)),
      new TextEncoder().encode('eidos'),
      words(...statement.observed, ...instances.flatMap((i) => [i.publicValues.length, ...i.publicValues])),
      words(...instances.map((i) => i.logHeight)),
      await digestTraces(instances),
      words(2),
    ].flatMap(part);
    const context = new TextEncoder().encode('kiln private-1 prover randomness');
    const expected = new Uint32Array(blake3(Uint8Array.from(message), { context }).slice().buffer);
    const secret = await ProofSeed.draw(() => seed(), { instances, statement, profile });
    assert.deepEqual(secret.attempt(2).take(1, 0, 0).key, expected);
  });

  test('differs whenever anything differs, the seed or anything else', async () => {
    const base = inputs();
    const [walker] = base.instances.filter((i) => i.air.name === 'walker');
    const withWalker = (change: Partial<Instance>) => ({
      ...base,
      instances: base.instances.map((i) => (i === walker ? { ...i, ...change } : i)),
    });
    assert.ok(walker.trace.kind === 'matrix');
    const { matrix } = walker.trace;
    const last = matrix.data.slice();
    last[last.length - 1] ^= 1n;
    const fixed = base.instances[0].preprocessed!;
    const fixedData = fixed.data.slice();
    fixedData[5] ^= 1n;
    const all = await Promise.all([
      masks(base),
      masks(base, 1),
      masks(base, 0, 8),
      masks({ ...base, profile: privateProfile('blake3') }),
      masks({ ...base, profile: { ...base.profile, maskLength: 63 } }),
      masks({ ...base, profile: { ...base.profile, queryPowBits: 16 } }),
      masks({ ...base, statement: { ...base.statement, relationDigest: [1n, 2n, 3n, 5n] } }),
      masks({ ...base, statement: { ...base.statement, observed: [3n, 4n] } }),
      masks(withWalker({ publicValues: [...walker.publicValues, 0n] })),
      masks(withWalker({ logHeight: 5 })),
      masks(withWalker({ trace: { kind: 'matrix', matrix: { ...matrix, data: last } } })),
      masks({
        ...base,
        instances: base.instances.map((i, at) =>
          at === 0 ? { ...i, preprocessed: { ...fixed, data: fixedData } } : i,
        ),
      }),
    ]);
    assert.equal(new Set(all.map(String)).size, all.length);
    const words = all.flat();
    assert.equal(new Set(words).size, words.length);
    assert.deepEqual(await masks(inputs()), all[0]);
  });

  test('needs a whole seed, and is gone once closed', async () => {
    const short = ProofSeed.draw(() => new Uint8Array(31), inputs());
    await assert.rejects(short, { kind: 'no-randomness' });
    const own = seed();
    const secret = await ProofSeed.draw(() => own, inputs());
    secret.close();
    secret.close();
    assert.deepEqual(own, new Uint8Array(32));
    assert.throws(() => secret.attempt(0), { kind: 'randomness-closed' });
  });
});

describe('digest of the traces', () => {
  const ofTrace = (trace: Instance['trace']) =>
    digestTraces([{ ...toy(2).instances[1], trace } as Instance]).then(String);

  test('tells sources apart', async () => {
    const counts = new Uint32Array(32);
    const other = counts.slice();
    other[31] = 1;
    const records = new Uint32Array(28);
    const changed = records.slice();
    changed[0] = 1;
    const data = new BigUint64Array(16);
    const all = await Promise.all([
      ofTrace({ kind: 'byte-table', counts }),
      ofTrace({ kind: 'byte-table', counts: other }),
      ofTrace({ kind: 'eidos', blocks: { records, count: 1, height: 64 } }),
      ofTrace({ kind: 'eidos', blocks: { records, count: 1, height: 128 } }),
      ofTrace({ kind: 'eidos', blocks: { records, count: 0, height: 64 } }),
      ofTrace({ kind: 'eidos', blocks: { records: changed, count: 1, height: 64 } }),
      ofTrace({ kind: 'matrix', matrix: { width: 4, height: 4, rows: 4, data } }),
      ofTrace({ kind: 'matrix', matrix: { width: 2, height: 8, rows: 8, data } }),
    ]);
    assert.equal(new Set(all).size, all.length);
  });

  test('is the same in shared memory, in part of a buffer, and where the platform does not hash', async () => {
    const counts = Uint32Array.from({ length: 1000 }, (_, i) => i);
    const expected = await ofTrace({ kind: 'byte-table', counts });
    const shared = new Uint32Array(new SharedArrayBuffer(4000));
    shared.set(counts);
    assert.equal(await ofTrace({ kind: 'byte-table', counts: shared }), expected);
    const within = Uint32Array.from([9, ...counts, 9]).subarray(1, 1001);
    assert.equal(await ofTrace({ kind: 'byte-table', counts: within }), expected);
    const withoutSubtle = mock.getter(globalThis.crypto, 'subtle', () => undefined as never);
    try {
      assert.equal(await ofTrace({ kind: 'byte-table', counts }), expected);
      assert.ok(withoutSubtle.mock.callCount() > 0);
    } finally {
      withoutSubtle.mock.restore();
    }
  });
});

describe('the seed of the platform', () => {
  /** Draws under a generator of our own. */
  function drawUnder(fill: (bytes: Uint8Array) => void, times = 1) {
    const generator = mock.method(globalThis.crypto, 'getRandomValues', (bytes: Uint8Array) => {
      fill(bytes);
      return bytes;
    });
    try {
      return Array.from({ length: times }, () => platformSeed());
    } finally {
      generator.mock.restore();
    }
  }

  test('is 32 bytes, new ones each time', () => {
    const [a, b] = [platformSeed(), platformSeed()];
    assert.equal(a.length, 32);
    assert.notDeepEqual(a, b);
  });

  test('stops the prover when the generator fails, is missing, or is visibly stuck', () => {
    const refused = { kind: 'no-randomness' };
    const failing = () => {
      throw new Error('entropy source failed');
    };
    assert.throws(() => drawUnder(failing), refused);
    for (const byte of [0, 0xff]) assert.throws(() => drawUnder((bytes) => bytes.fill(byte)), refused);
    assert.throws(() => drawUnder(() => {}), refused);
    const counting = (bytes: Uint8Array) => bytes.set(Array.from(bytes.keys()));
    assert.equal(drawUnder(counting).length, 1);
    assert.throws(() => drawUnder(counting), refused);
    assert.throws(() => drawUnder(counting), refused);

    const missing = mock.getter(globalThis, 'crypto', () => undefined as never);
    try {
      assert.throws(() => platformSeed(), refused);
    } finally {
      missing.mock.restore();
    }
  });
});

describe('released proofs', () => {
  const root = (byte: number) => new Uint8Array(32).fill(byte);
  const proof = (...bytes: number[]) => Uint8Array.from(bytes);

  test('a second, different proof with the same main root stays inside', () => {
    const released = new ReleasedProofs(4);
    released.release(root(1), proof(1, 2));
    released.release(root(1), proof(1, 2));
    released.release(root(2), proof(1, 3));
    assert.throws(() => released.release(root(1), proof(1, 3)), { kind: 'randomness-reused' });
    assert.throws(() => released.release(root(1), proof(1, 3)), { kind: 'randomness-reused' });
  });

  test('memory is bounded: the oldest is forgotten first', () => {
    const released = new ReleasedProofs(2);
    for (const byte of [1, 2, 1, 3]) released.release(root(byte), proof(byte));
    assert.throws(() => released.release(root(1), proof(9)), { kind: 'randomness-reused' });
    assert.throws(() => released.release(root(3), proof(9)), { kind: 'randomness-reused' });
    released.release(root(2), proof(9));
  });
});
