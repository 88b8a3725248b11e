import type { Profile } from '../../../core/stark/profile.ts';
import { ReferenceBackend } from '../../../core/stark/reference/backend.ts';
import { proveWithSeed } from '../../../core/stark/testing/fixed-seed.ts';
import { ObservedBackend, type Seen } from '../observed.ts';
import { STATEMENT, witness } from './toy.ts';

/** Where the sixteen values of either witness begin. */
const BASES = [1, 101] as const;
export const WITNESSES = BASES.map(witness);

export interface View extends Seen {
  readonly bytes: Uint8Array;
}

/** Proves with witness 0 or 1; the backend lacks what `missing` changes of the profile. */
export async function viewOf(
  which: 0 | 1,
  label: string | number,
  profile: Profile,
  missing: Partial<Profile> = {},
): Promise<View> {
  const backend = new ObservedBackend(new ReferenceBackend(), missing);
  const job = { instances: WITNESSES[which], statement: STATEMENT, profile, backend };
  const bytes = await proveWithSeed(job, label);
  return { ...backend.seen, bytes };
}
