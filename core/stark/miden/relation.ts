import { lookupCorrection } from '../../air/balance.ts';
import { midenAirs } from '../../air/miden.ts';
import type { Word } from '../../hash/word.ts';
import type { Digest } from '../backend.ts';
import type { ProofHash } from '../profile.ts';
import { type Claim, claimCommitment } from '../proof/claim.ts';
import type { RelationShape } from '../security/types.ts';
import type { Statement } from '../statement.ts';

/** The constants of the VM's relation (miden-air 1.0.0-rc.0, src/config.rs, src/security.rs). */
export const RELATION_DIGEST: Word = [
  9098509505774412735n,
  4737936789760532215n,
  1438664865551243811n,
  7897993217034479822n,
];

const BLAKE3_ROOT = 'eda5b596aab70b7574226a1b594471d47c615ac9c71edc91b905689b43378a7e';
const EIDOS_ROOT = [1070440981155119101n, 2022626773377316756n, 6941685244114430330n, 5172579525468662096n];

/** Roots of the tree over the byte table's fixed columns. */
export const BYTE_TABLE_ROOT: Readonly<Record<ProofHash, Digest>> = {
  eidos: new Uint8Array(BigUint64Array.from(EIDOS_ROOT).buffer),
  blake3: Uint8Array.from(BLAKE3_ROOT.match(/../g)!, (hex) => Number.parseInt(hex, 16)),
};

/** The byte table lists all pairs of bytes, so its height never varies. */
export const BYTE_TABLE_LOG_HEIGHT = 16;

/** What a verifier knows of the relation beforehand; of the heights only that one is fixed. */
export const midenRelation = (hash: ProofHash) => ({
  airs: midenAirs(),
  preprocessed: BYTE_TABLE_ROOT[hash],
  fixedLogHeights: [undefined, undefined, undefined, BYTE_TABLE_LOG_HEIGHT],
});

/** What a proof of a claim is about. `deferredRoot` is the zero word when nothing is left to precompiles. */
export function midenStatement(claim: Claim, deferredRoot: Word): Statement {
  return {
    relationDigest: RELATION_DIGEST,
    observed: [...claimCommitment(claim), ...deferredRoot],
    boundary: ([alpha, beta]) =>
      lookupCorrection({ programHash: claim.program, kernel: claim.kernel, deferredRoot }, alpha, beta),
  };
}

/** Public values of the four AIRs: only the Core AIR has any, the stacks. */
export const midenPublicValues = (claim: Claim) => [
  [...claim.stackInputs, ...claim.stackOutputs],
  [],
  [],
  [],
];

/** The relation as the security estimate sees it. */
export const midenRelationShape = (claim: Pick<Claim, 'kernel'>): RelationShape => ({
  constraints: 628,
  airs: 4,
  maxDegree: 9,
  fractionsPerRow: 78,
  maxMessageWidth: 16,
  // The root block, both ends of the deferred root, and every kernel procedure.
  boundaryFractions: 3 + claim.kernel.length,
});
