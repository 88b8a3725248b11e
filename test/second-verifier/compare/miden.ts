import { midenAirs } from '../../../core/air/miden.ts';
import { MODULUS } from '../../../core/field/felt.ts';
import {
  BYTE_TABLE_LOG_HEIGHT,
  BYTE_TABLE_ROOT,
  midenPublicValues,
  midenStatement,
} from '../../../core/stark/miden/relation.ts';
import { midenProfile, type Profile, type ProofHash, privateProfile } from '../../../core/stark/profile.ts';
import type { Claim } from '../../../core/stark/proof/claim.ts';
import { readExecutionProof } from '../../../core/stark/proof/execution-proof.ts';
import { writePrivateProof } from '../../../core/stark/proof/private-proof.ts';
import { midenRelation } from '../miden.ts';
import { type Case, parametersOf } from './both.ts';

/** A claim about the VM, for either verifier. */
export const midenCase = (claim: Claim, profile: Profile): Case => ({
  relation: midenRelation(claim, profile.hash),
  parameters: parametersOf(profile),
  theirs: {
    airs: midenAirs(),
    publicValues: midenPublicValues(claim),
    statement: midenStatement(claim, [0n, 0n, 0n, 0n]),
    profile,
    preprocessed: BYTE_TABLE_ROOT[profile.hash],
    fixedLogHeights: [undefined, undefined, undefined, BYTE_TABLE_LOG_HEIGHT],
  },
});

/** An official proof as what it is and as what it is not. */
export const official = (claim: Claim, bytes: Uint8Array, hash: ProofHash) => ({
  plain: midenCase(claim, midenProfile(hash)),
  hiding: midenCase(claim, privateProfile(hash)),
  stark: readExecutionProof(bytes).stark,
});

const joined = (...parts: ArrayLike<number>[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => Array.from(part)));

/** Files that say otherwise what a private proof of `stark` says, or that are none. */
export function* damagedFiles(
  stark: Uint8Array,
  hash: ProofHash,
): Generator<[name: string, file: Uint8Array]> {
  const file = writePrivateProof({ hash, stark });
  const at = (index: number, byte: number) => file.map((old, i) => (i === index ? byte : old));
  for (let i = 0; i < 4; i++) yield [`letter ${i} of the tag`, at(i, file[i] ^ 0x20)];
  for (const format of [0, 2]) yield [`format ${format}`, at(4, format)];
  for (const profile of [0, 2]) yield [`profile ${profile}`, at(5, profile)];
  for (const id of [0, 2, 5, 7, 255]) yield [`hash ${id}`, at(6, id)];
  for (let length = 0; length < 16; length++) yield [`cut to ${length} bytes`, file.slice(0, length)];
  yield ['cut by a byte', file.slice(0, -1)];
  yield ['a byte too many', joined(file, [0])];
  yield ['nothing but the STARK proof', stark];
  const [head, body] = [file.slice(0, 7), file.slice(file.length - stark.length)];
  const long = new Uint8Array(9);
  new DataView(long.buffer).setBigUint64(1, BigInt(stark.length), true);
  yield ['a length of nine bytes', joined(head, long, body)];
  const four = (stark.length * 2 + 1) * 8;
  yield [
    'a length of four bytes',
    joined(
      head,
      [0, 8, 16, 24].map((s) => (four >>> s) & 255),
      body,
    ),
  ];
  yield ['a length beyond all memory', joined(head, [0], Array(8).fill(255), body)];
  yield ['an empty proof', joined(head, [1])];
}

/** Claims that are not the given one; the last few are none at all. */
export function* otherClaims(claim: Claim): Generator<[name: string, claim: Claim]> {
  const { program, kernel, stackInputs, stackOutputs } = claim;
  const bumped = <T extends readonly bigint[]>(values: T, at: number) =>
    values.map((x, i) => (i === at ? (x + 1n) % MODULUS : x)) as unknown as T;
  for (const at of [0, 3]) yield [`program ${at}`, { ...claim, program: bumped(program, at) }];
  for (const at of [0, 7, 15]) {
    yield [`input ${at}`, { ...claim, stackInputs: bumped(stackInputs, at) }];
    yield [`output ${at}`, { ...claim, stackOutputs: bumped(stackOutputs, at) }];
  }
  yield ['another kernel', { ...claim, kernel: kernel.length > 0 ? [] : [[1n, 2n, 3n, 4n]] }];
  yield [
    'an element moved from one stack to the other',
    { ...claim, stackInputs: [...stackInputs, stackOutputs[0]], stackOutputs: stackOutputs.slice(1) },
  ];
  yield ['not canonical', { ...claim, stackInputs: [stackInputs[0] + MODULUS, ...stackInputs.slice(1)] }];
  yield ['negative', { ...claim, stackInputs: [-1n, ...stackInputs.slice(1)] }];
  yield ['a kernel that repeats', { ...claim, kernel: [program, program] }];
  const [low, high] = [[2n, 0n, 0n, 0n] as const, [256n, 0n, 0n, 0n] as const];
  // By its bytes, lowest first, 256 comes before 2.
  yield ['a kernel in the order of its numbers', { ...claim, kernel: [low, high] }];
  yield ['a kernel in the order of its bytes', { ...claim, kernel: [high, low] }];
  yield [
    'a kernel that is too large',
    {
      ...claim,
      kernel: Array(256)
        .fill(0)
        .map((_, i) => [0n, 0n, 0n, BigInt(i)] as const),
    },
  ];
}
