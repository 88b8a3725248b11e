import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../bytes.ts';
import { MODULUS } from '../../field/felt.ts';
import type { ProofHash } from '../profile.ts';
import {
  type Claim,
  checkClaim,
  claimCommitment,
  claimFromJson,
  kernelCommitment,
  readClaim,
  writeClaim,
} from './claim.ts';
import { PVM_ROOT, readExecutionProof, VM_ROOT, writeExecutionProof } from './execution-proof.ts';
import { readStarkProof, writeStarkProof } from './stark-proof.ts';

interface ProofVector {
  hash: ProofHash;
  file: string;
  claim: unknown;
  intermediates?: {
    claimCommitment: string[];
    kernelCommitment: string[];
    logTraceHeights: number[];
    numFieldElements: number;
    numCommitments: number;
  };
}
const vectors = new URL('../../../test/vectors/', import.meta.url);
const { proofs }: { proofs: ProofVector[] } = JSON.parse(
  readFileSync(new URL('proofs.json', vectors), 'utf8'),
);
const bytesOf = (file: string) => new Uint8Array(readFileSync(new URL(file, vectors)));

for (const { hash, file, claim, intermediates } of proofs) {
  test(`${file} is read and written back byte for byte`, () => {
    const bytes = bytesOf(file);
    const proof = readExecutionProof(bytes);
    assert.deepEqual(proof.vmRoots, [VM_ROOT]);
    assert.deepEqual(proof.pvmRoots, [PVM_ROOT]);
    assert.equal(proof.hash, hash);
    assert.equal(proof.precompile, 'none');
    assert.deepEqual(writeExecutionProof(proof), bytes);
    const stark = readStarkProof(proof.stark, hash);
    assert.deepEqual(writeStarkProof(stark), proof.stark);
    const parsed = claimFromJson(claim);
    assert.deepEqual(readClaim(writeClaim(parsed)), parsed);
    if (!intermediates) return;
    assert.deepEqual(stark.logHeights, intermediates.logTraceHeights);
    assert.equal(stark.fields.length, intermediates.numFieldElements);
    assert.equal(stark.commitments.length, 32 * intermediates.numCommitments);
    assert.deepEqual(claimCommitment(parsed), intermediates.claimCommitment.map(BigInt));
    assert.deepEqual(kernelCommitment(parsed.kernel), intermediates.kernelCommitment.map(BigInt));
  });
}

const small = () => {
  const stark = writeStarkProof({
    logHeights: [6, 7],
    fields: BigUint64Array.from([1n, 2n, 3n]),
    commitments: Uint8Array.from({ length: 64 }, (_, i) => i),
  });
  return {
    stark,
    outer: writeExecutionProof({
      vmRoots: [VM_ROOT],
      pvmRoots: [PVM_ROOT],
      hash: 'eidos',
      stark,
      deferredRoot: [0n, 0n, 0n, 0n],
    }),
  };
};

test('malformed proofs: each defect is named', () => {
  const { stark, outer } = small();
  const patched = (bytes: Uint8Array, at: number, value: number) => {
    const copy = bytes.slice();
    copy[at < 0 ? copy.length + at : at] = value;
    return copy;
  };
  const outerCases: [Uint8Array, RegExp][] = [
    [new Uint8Array(), /early/],
    [patched(outer, 0, 3), /format 3/],
    [patched(outer, 1, 0), /./],
    [outer.subarray(0, -1), /early/],
    [Uint8Array.of(...outer, 0), /too many/],
    [patched(outer, -1, 2), /truth value/],
    [patched(outer, -34, 5), /Keccak/],
    [patched(outer, -34, 9), /not a hash/],
    [patched(outer, 67, 7), /status/],
    [[6, 7, 8, 9].reduce((bytes, at) => patched(bytes, at, 255), outer), /canonical/],
  ];
  for (const [bytes, message] of outerCases)
    assert.throws(
      () => readExecutionProof(bytes),
      (e) => e instanceof FormatError && message.test(e.message),
    );
  const twice = writeExecutionProof({
    vmRoots: [VM_ROOT, VM_ROOT],
    pvmRoots: [],
    hash: 'eidos',
    stark,
    deferredRoot: [0n, 0n, 0n, 0n],
  });
  assert.throws(() => readExecutionProof(twice), /twice/);

  const many = writeExecutionProof({
    vmRoots: Array.from({ length: 257 }, (_, i) => [BigInt(i), 0n, 0n, 0n] as const),
    pvmRoots: [],
    hash: 'eidos',
    stark,
    deferredRoot: [0n, 0n, 0n, 0n],
  });
  assert.throws(() => readExecutionProof(many), /at most 256/);

  const innerCases: [Uint8Array, RegExp][] = [
    [patched(stark, 2, 1), /cannot fit/],
    [patched(stark, 7, 1), /cannot fit/],
    [patched(stark, 10 + 4, 1), /cannot fit/],
    [patched(patched(patched(patched(stark, 22, 255), 23, 255), 24, 255), 25, 255), /canonical/],
    [Uint8Array.of(...stark, 0), /too many/],
    [stark.subarray(0, -1), /cannot fit/],
  ];
  for (const [bytes, message] of innerCases)
    assert.throws(
      () => readStarkProof(bytes, 'blake3'),
      (e) => e instanceof FormatError && message.test(e.message),
    );
  // A BLAKE3 digest is any 32 bytes; an Eidos one is four field elements.
  const wild = patched(stark, -1, 255);
  wild.fill(255, wild.length - 8);
  assert.doesNotThrow(() => readStarkProof(wild, 'blake3'));
  assert.throws(() => readStarkProof(wild, 'eidos'), /canonical/);
});

test('claims that are not claims', () => {
  const zeros = Array<string>(16).fill('0');
  const good = { program: ['1', '2', '3', '4'], kernel: [], stackInputs: zeros, stackOutputs: zeros };
  assert.doesNotThrow(() => claimFromJson(good));
  const digest = ['5', '6', '7', '8'];
  const bad: unknown[] = [
    null,
    7,
    [],
    {},
    { ...good, more: 1 },
    { ...good, program: ['1', '2', '3'] },
    { ...good, program: ['1', '2', '3', 4] },
    { ...good, program: ['1', '2', '3', '04'] },
    { ...good, program: ['1', '2', '3', '18446744069414584321'] },
    { ...good, program: ['1', '2', '3', '-1'] },
    { ...good, stackInputs: zeros.slice(1) },
    { ...good, kernel: 'none' },
    { ...good, kernel: [digest, digest] },
    {
      ...good,
      kernel: [
        ['256', '0', '0', '0'],
        ['1', '0', '0', '0'],
      ].reverse(),
    },
    { ...good, kernel: Array(256).fill(digest) },
  ];
  for (const value of bad) assert.throws(() => claimFromJson(value), FormatError, JSON.stringify(value));
  assert.throws(() => readClaim('{'), FormatError);
  assert.throws(() => readClaim(' '.repeat(300_000)), FormatError);
});

test('claims that the types let through', () => {
  const stack = Array.from({ length: 16 }, (_, i) => BigInt(i));
  const good: Claim = {
    program: [1n, 2n, 3n, 4n],
    kernel: [
      [1n, 0n, 0n, 0n],
      [2n, 0n, 0n, 0n],
    ],
    stackInputs: stack,
    stackOutputs: stack,
  };
  checkClaim(good);
  const shifted = { ...good, stackInputs: stack.slice(0, 15), stackOutputs: [15n, ...stack] };
  // The commitment does not tell them apart, so the check must.
  assert.deepEqual(claimCommitment(shifted), claimCommitment(good));
  const bad: Claim[] = [
    shifted,
    { ...good, stackInputs: [MODULUS, ...stack.slice(1)] },
    { ...good, stackOutputs: [-1n, ...stack.slice(1)] },
    { ...good, program: [1n, 2n, 3n] as never },
    { ...good, program: [1n, 2n, 3n, MODULUS] },
    { ...good, kernel: [[1n, 0n, 0n, 0n, 2n, 0n, 0n, 0n] as never] },
    { ...good, kernel: good.kernel.toReversed() },
    { ...good, kernel: [good.kernel[0], good.kernel[0]] },
    { ...good, kernel: Array.from({ length: 256 }, (_, i) => [0n, 0n, 0n, BigInt(i)] as const) },
  ];
  for (const claim of bad) assert.throws(() => checkClaim(claim), FormatError);
});

test('readers survive anything: they return, or throw FormatError', () => {
  const { stark, outer } = small();
  const survives = (read: () => unknown) => {
    try {
      read();
    } catch (e) {
      if (!(e instanceof FormatError)) throw e;
    }
  };
  const damaged = (bytes: Uint8Array) =>
    fc
      .tuple(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(bytes.length),
        fc.uint8Array({ maxLength: 12 }),
      )
      .map(([patches, cut, tail]) => {
        const copy = Uint8Array.of(...bytes.subarray(0, cut), ...tail);
        for (const [at, value] of patches) if (at < copy.length) copy[at] = value;
        return copy;
      });
  const runs = { numRuns: 3000 };
  fc.assert(
    fc.property(damaged(outer), (b) => survives(() => readExecutionProof(b))),
    runs,
  );
  fc.assert(
    fc.property(damaged(stark), fc.constantFrom<ProofHash>('eidos', 'blake3'), (b, hash) =>
      survives(() => readStarkProof(b, hash)),
    ),
    runs,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (b) => {
      survives(() => readExecutionProof(b));
      survives(() => readStarkProof(b, 'eidos'));
    }),
    runs,
  );
  const zeros = Array<string>(16).fill('0');
  const claim: Claim = {
    program: [1n, 2n, 3n, 4n],
    kernel: [[1n, 1n, 1n, 1n]],
    stackInputs: zeros.map(BigInt),
    stackOutputs: zeros.map(BigInt),
  };
  const text = writeClaim(claim);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 5 }), fc.nat(5), (at, patch, drop) =>
      survives(() => readClaim(text.slice(0, at) + patch + text.slice(at + drop))),
    ),
    runs,
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => survives(() => claimFromJson(value))),
    runs,
  );
});
