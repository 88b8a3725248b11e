import { midenAirs } from '../../../core/air/miden.ts';
import {
  BYTE_TABLE_LOG_HEIGHT,
  BYTE_TABLE_ROOT,
  midenPublicValues,
  midenStatement,
} from '../../../core/stark/miden/relation.ts';
import { midenProfile, type Profile, type ProofHash, privateProfile } from '../../../core/stark/profile.ts';
import type { Claim } from '../../../core/stark/proof/claim.ts';
import { readExecutionProof } from '../../../core/stark/proof/execution-proof.ts';
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
