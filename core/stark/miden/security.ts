import type { Kernel } from '../../vm/mast/types.ts';
import type { Profile } from '../profile.ts';
import { type ProvenSecurity, provenSecurity } from '../security/proven.ts';
import type { SecurityReport } from '../security/types.ts';
import { securityReport } from '../security.ts';
import { acceptedShape } from '../verifier.ts';
import { midenRelation, midenRelationShape } from './relation.ts';

/** What a proof of a run is worth to who has verified it. */
export interface MidenSecurity extends ProvenSecurity {
  readonly conjectured: SecurityReport;
}

/**
 * Security of proofs of this profile and these heights (log2, of core, chiplets, eidos, byte table) for claims with this kernel.
 * Throws a `VerificationError` for heights that no accepted proof has.
 */
export function midenSecurity(
  profile: Profile,
  logHeights: readonly number[],
  kernel: Kernel,
): MidenSecurity {
  const shape = acceptedShape({ ...midenRelation(profile.hash), profile }, logHeights);
  const relation = midenRelationShape({ kernel });
  return {
    conjectured: securityReport(profile, shape, relation),
    ...provenSecurity(profile, shape, relation),
  };
}
