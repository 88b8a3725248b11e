import { midenProfile, type Profile, type ProofHash } from '../core/stark/profile.ts';
import type { OptionSpecs, Options } from './options.ts';

const PROFILES = { miden: midenProfile } as const;
const HASHES = ['eidos', 'blake3'] as const;

export const PROFILE_OPTION: OptionSpecs = {
  profile: {
    value: 'NAME',
    help: `parameters of the proof: ${Object.keys(PROFILES).join(', ')} (miden if not given)`,
  },
};
export const HASH_OPTION: OptionSpecs = {
  hash: { value: 'HASH', help: `${HASHES.join(' or ')} (eidos if not given)` },
};

/** The caller chooses the profile, never the file. */
export function profileOf(options: Options): (hash: ProofHash) => Profile {
  return PROFILES[options.choice('profile', Object.keys(PROFILES) as (keyof typeof PROFILES)[]) ?? 'miden'];
}
export const hashOf = (options: Options): ProofHash => options.choice('hash', HASHES) ?? 'eidos';
