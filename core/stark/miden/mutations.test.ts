import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../bytes.ts';
import { VerificationError } from '../errors.ts';
import { midenProfile, type ProofHash, privateProfile } from '../profile.ts';
import { type Claim, claimFromJson } from '../proof/claim.ts';
import { type ExecutionProof, readExecutionProof, writeExecutionProof } from '../proof/execution-proof.ts';
import { writePrivateProof } from '../proof/private-proof.ts';
import { readStarkProof, type StarkProof, writeStarkProof } from '../proof/stark-proof.ts';
import { type MidenVerifyOptions, verify } from './verify.ts';

const vectors = new URL('../../../test/vectors/', import.meta.url);
const { proofs } = JSON.parse(readFileSync(new URL('proofs.json', vectors), 'utf8')) as {
  proofs: { program: string; hash: ProofHash; file: string; claim: unknown }[];
};
const official = proofs.map(({ program, hash, file, claim }) => ({
  name: `${program} (${hash})`,
  hash,
  claim: claimFromJson(claim),
  bytes: new Uint8Array(readFileSync(new URL(file, vectors))),
}));

/** Refused with one of the two error types; anything else is a crash. */
function refused(
  claim: Claim,
  bytes: Uint8Array,
  options: MidenVerifyOptions = {},
): VerificationError | FormatError {
  try {
    verify(claim, bytes, { profile: 'miden', ...options });
  } catch (error) {
    if (error instanceof VerificationError || error instanceof FormatError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: 'a changed proof was accepted' });
}

/** The proof with its inner part changed. */
function remade(bytes: Uint8Array, change: (stark: StarkProof) => Partial<StarkProof>): Uint8Array {
  const outer = readExecutionProof(bytes);
  const stark = readStarkProof(outer.stark, outer.hash);
  return writeExecutionProof({ ...outer, stark: writeStarkProof({ ...stark, ...change(stark) }) });
}

const rewritten = (bytes: Uint8Array, change: Partial<ExecutionProof>): Uint8Array =>
  writeExecutionProof({ ...readExecutionProof(bytes), ...change });

function appended(bytes: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length + tail.length);
  out.set(bytes);
  out.set(tail, bytes.length);
  return out;
}

const RUNS = { numRuns: 30 };

for (const { name, hash, claim, bytes } of official) {
  const stark = readStarkProof(readExecutionProof(bytes).stark, hash);
  const digests = stark.commitments.length / 32;

  test(`${name}: a flipped bit anywhere is refused`, () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const copy = bytes.slice();
        copy[at] ^= 1 << bit;
        refused(claim, copy);
      }),
      RUNS,
    );
  });

  test(`${name}: truncated or extended is refused`, () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        assert.ok(refused(claim, bytes.subarray(0, length)) instanceof FormatError);
      }),
      RUNS,
    );
    assert.ok(refused(claim, appended(bytes, new Uint8Array(1))) instanceof FormatError);
    const fewer = remade(bytes, ({ fields }) => ({ fields: fields.slice(0, -1) }));
    assert.equal(refused(claim, fewer).kind, 'incomplete-proof');
    const more = remade(bytes, ({ fields }) => ({
      fields: new BigUint64Array(appended(new Uint8Array(fields.buffer), new Uint8Array(8)).buffer),
    }));
    assert.equal(refused(claim, more).kind, 'trailing-data');
    const moreDigests = remade(bytes, ({ commitments }) => ({
      commitments: appended(commitments, new Uint8Array(32)),
    }));
    assert.equal(refused(claim, moreDigests).kind, 'trailing-data');
  });

  test(`${name}: swapped values and commitments are refused`, () => {
    fc.assert(
      fc.property(fc.nat(stark.fields.length - 1), fc.nat(stark.fields.length - 1), (i, j) => {
        fc.pre(stark.fields[i] !== stark.fields[j]);
        refused(
          claim,
          remade(bytes, ({ fields }) => {
            [fields[i], fields[j]] = [fields[j], fields[i]];
            return { fields };
          }),
        );
      }),
      RUNS,
    );
    fc.assert(
      fc.property(fc.nat(digests - 1), fc.nat(digests - 1), (i, j) => {
        fc.pre(i !== j);
        refused(
          claim,
          remade(bytes, ({ commitments }) => {
            const [a, b] = [i, j].map((k) => commitments.slice(32 * k, 32 * k + 32));
            commitments.set(b, 32 * i);
            commitments.set(a, 32 * j);
            return { commitments };
          }),
        );
      }),
      { numRuns: 10 },
    );
  });

  test(`${name}: other heights, hash, roots and parameters are refused`, () => {
    for (let i = 0; i < 4; i++) {
      for (const step of [-1, 1]) {
        const changed = remade(bytes, ({ logHeights }) => ({
          logHeights: logHeights.map((log, k) => (k === i ? log + step : log)),
        }));
        refused(claim, changed);
      }
    }
    for (const logHeights of [[], [10], [10, 7, 8, 16, 16], [255, 7, 8, 16], [0, 0, 0, 0], [10, 7, 8, 17]])
      assert.equal(
        refused(
          claim,
          remade(bytes, () => ({ logHeights })),
        ).kind,
        'wrong-shape',
      );
    refused(claim, rewritten(bytes, { hash: hash === 'eidos' ? 'blake3' : 'eidos' }));
    assert.equal(refused(claim, rewritten(bytes, { vmRoots: [] })).kind, 'incompatible-verifier');
    assert.equal(
      refused(claim, rewritten(bytes, { pvmRoots: [[1n, 2n, 3n, 4n]] })).kind,
      'incompatible-verifier',
    );
    const unproved = rewritten(bytes, { deferredRoot: [1n, 0n, 0n, 0n] });
    assert.equal(refused(claim, unproved).kind, 'missing-precompile-proof');
    for (const [at, precompile] of [
      [bytes.length - 1, 1],
      [67, 0],
    ]) {
      const copy = bytes.slice();
      copy[at] = precompile;
      assert.equal(refused(claim, copy).kind, 'unsupported-precompiles');
    }
    const weaker = [
      { numQueries: 26 },
      { queryPowBits: 16 },
      { deepPowBits: 11 },
      { foldingPowBits: 3 },
      { logFinalDegree: 8 },
      { logBlowup: 4 },
    ];
    for (const change of weaker)
      refused(claim, bytes, { parameters: (h) => ({ ...midenProfile(h), ...change }) });
    for (const minSecurityBits of [97, Number.NaN])
      assert.equal(refused(claim, bytes, { minSecurityBits }).kind, 'insufficient-security');
  });

  test(`${name}: another claim is refused`, () => {
    const next = <T extends readonly bigint[]>(values: T, i: number): T =>
      values.map((v, k) => (k === i ? (v === 5n ? 6n : 5n) : v)) as unknown as T;
    for (let i = 0; i < 16; i++) {
      refused({ ...claim, stackInputs: next(claim.stackInputs, i) }, bytes);
      refused({ ...claim, stackOutputs: next(claim.stackOutputs, i) }, bytes);
    }
    for (let i = 0; i < 4; i++) refused({ ...claim, program: next(claim.program, i) }, bytes);
    refused({ ...claim, kernel: [...claim.kernel, [1n, 2n, 3n, 4n]] }, bytes);
    const [moved, ...stackInputs] = claim.stackInputs.toReversed();
    const shifted = {
      ...claim,
      stackInputs: stackInputs.toReversed(),
      stackOutputs: [moved, ...claim.stackOutputs],
    };
    assert.ok(refused(shifted, bytes) instanceof FormatError);
    if (claim.kernel.length > 0) refused({ ...claim, kernel: claim.kernel.slice(1) }, bytes);
    for (const other of official) {
      if (other.hash === hash && other.name !== name) refused(other.claim, bytes);
    }
  });
}

/** Both directions: the caller's choice decides, whatever the file says. */
test('a proof of the other profile is refused as such', () => {
  for (const { claim, bytes } of official) {
    const asked = refused(claim, bytes, { profile: 'private' });
    assert.equal(asked.kind, 'wrong-profile');
    assert.match(asked.message, /miden.*private/);
    assert.throws(() => verify(claim, bytes), { kind: 'wrong-profile' });

    const { stark, hash } = readExecutionProof(bytes);
    const retagged = writePrivateProof({ hash, stark });
    const refusal = refused(claim, retagged, { profile: 'miden' });
    assert.equal(refusal.kind, 'wrong-profile');
    assert.match(refusal.message, /private.*miden/);
    // An official proof in the other container has the wrong heights; with its parameters allowed, the wrong challenges.
    assert.equal(refused(claim, retagged, { profile: 'private' }).kind, 'unlisted-heights');
    const anyHeights = (each: ProofHash) => ({ ...privateProfile(each), heightClasses: [] });
    const strange = refused(claim, retagged, { profile: 'private', parameters: anyHeights });
    assert.ok(['insufficient-work', 'incomplete-proof'].includes(strange.kind), strange.kind);
  }
});
