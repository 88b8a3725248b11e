import { midenAirs } from '../../core/air/miden.ts';
import { type Felt, isCanonical } from '../../core/field/felt.ts';
import * as Q from '../../core/field/quad.ts';
import { Domain } from '../../core/hash/domains.ts';
import { hashElements } from '../../core/hash/eidos.ts';
import type { Word } from '../../core/hash/word.ts';
import { feltBytes } from './bytes.ts';
import { busPrefix, type LookupChallenges } from './constraints.ts';
import { type HashName, readPrivateProof } from './proof.ts';
import { demand, Rejection } from './rejection.ts';
import type { Parameters, Relation } from './relation.ts';
import { verifyStark } from './stark.ts';

/** This program, with this kernel, turns this stack into that one. */
export interface Claim {
  readonly program: Word;
  readonly kernel: readonly Word[];
  readonly stackInputs: readonly Felt[];
  readonly stackOutputs: readonly Felt[];
}

/** docs/zero-knowledge.md, Parameters. */
export const PRIVATE: Parameters = {
  queries: 28,
  queryWork: 17,
  deepWork: 12,
  foldingWork: 4,
  logBlowup: 3,
  logFinalDegree: 7,
  hiding: {
    version: 1,
    slack: 5,
    mask: 64,
    blinder: 64,
    salt: 4,
    classes: [
      [13, 13, 15, 16],
      [14, 14, 16, 16],
      [16, 16, 17, 16],
      [18, 18, 19, 16],
      [19, 19, 20, 16],
    ],
  },
};

/** The relation of the VM (miden-air 1.0.0-rc.0, src/config.rs). */
const RELATION: Word = [
  9098509505774412735n,
  4737936789760532215n,
  1438664865551243811n,
  7897993217034479822n,
];
const BYTE_TABLE: Readonly<Record<HashName, Uint8Array>> = {
  blake3: Uint8Array.from(
    Buffer.from('eda5b596aab70b7574226a1b594471d47c615ac9c71edc91b905689b43378a7e', 'hex'),
  ),
  eidos: feltBytes([1070440981155119101n, 2022626773377316756n, 6941685244114430330n, 5172579525468662096n]),
};
const LOG_BYTE_TABLE = 16;
const NOTHING_DEFERRED: Word = [0n, 0n, 0n, 0n];
const [KERNEL_PROCEDURE, BLOCK_HASH] = [0, 1];

/** Checks that `file` proves `claim` in the private profile; its log heights. Throws `Rejection`. */
export function verifyPrivate(claim: Claim, file: Uint8Array): readonly number[] {
  checkClaim(claim);
  const proof = readPrivateProof(file);
  verifyStark(midenRelation(claim, proof.hash), PRIVATE, proof);
  return proof.logHeights;
}

export function checkClaim({ program, kernel, stackInputs, stackOutputs }: Claim): void {
  const elements = (values: readonly Felt[], length: number) =>
    demand(values.length === length && values.every(isCanonical), 'format', `not ${length} field elements`);
  for (const word of [program, ...kernel]) elements(word, 4);
  for (const stack of [stackInputs, stackOutputs]) elements(stack, 16);
  demand(kernel.length <= 255, 'format', `a kernel of ${kernel.length} procedures`);
  const sorted = kernel.every(
    (word, i) => i === 0 || Buffer.compare(feltBytes(kernel[i - 1]), feltBytes(word)) < 0,
  );
  demand(sorted, 'format', 'the kernel is not in the order of its bytes, or names a procedure twice');
}

/** The statement of a claim that leaves nothing to precompiles. */
export function midenRelation(claim: Claim, hash: HashName): Relation {
  const { program, kernel, stackInputs, stackOutputs } = claim;
  const kernelDigest = hashElements(kernel.flat(), Domain.KERNEL_COMMITMENT);
  const parts = [...program, ...kernelDigest, ...stackInputs, ...stackOutputs];
  return {
    airs: midenAirs(),
    publicValues: [[...stackInputs, ...stackOutputs], [], [], []],
    digest: RELATION,
    observed: [...hashElements(parts, Domain.EXECUTION_CLAIM), ...NOTHING_DEFERRED],
    boundary: (challenges) => boundary(claim, challenges),
    fixed: { root: BYTE_TABLE[hash], logHeight: LOG_BYTE_TABLE },
  };
}

/**
 * The program's root block is to be run, and each kernel procedure exists. The deferred root goes from zero to itself,
 * so both its ends cancel.
 */
function boundary({ program, kernel }: Claim, challenges: LookupChallenges): Q.QuadFelt {
  const fraction = (bus: number, message: Word): Q.QuadFelt => {
    const denominator = message.reduce<Q.QuadFelt>(
      (sum, element, i) => Q.add(sum, Q.mulBase(Q.pow(challenges[1], BigInt(i)), element)),
      busPrefix(challenges, bus),
    );
    if (Q.isZero(denominator)) throw new Rejection('lookups', 'a denominator is zero');
    return Q.inv(denominator);
  };
  return kernel.reduce(
    (sum, digest) => Q.add(sum, fraction(KERNEL_PROCEDURE, digest)),
    fraction(BLOCK_HASH, program),
  );
}
