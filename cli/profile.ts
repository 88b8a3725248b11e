import { requireListed } from '../core/stark/miden/heights.ts';
import { PROFILES, type Profile, type ProfileName, type ProofHash } from '../core/stark/profile.ts';
import type { LogHeights } from '../core/vm/trace/padding.ts';
import type { OptionSpecs, Options } from './options.ts';

const NAMES = Object.keys(PROFILES) as ProfileName[];
/** Programs run on secrets: who needs an official proof says so. */
const DEFAULT_PROFILE: ProfileName = 'private';
const HASHES = ['eidos', 'blake3'] as const;

export const PROFILE_OPTION: OptionSpecs = {
  profile: {
    value: 'NAME',
    help: `parameters of the proof: ${NAMES.join(', ')} (${DEFAULT_PROFILE} if not given)`,
  },
};
/** All that {@link settingsOf} reads. */
export const SETTINGS_OPTIONS: OptionSpecs = {
  ...PROFILE_OPTION,
  hash: { value: 'HASH', help: `${HASHES.join(' or ')} (eidos if not given)` },
  heights: {
    value: 'C,H,E',
    help: 'log2 of the heights of core, chiplets and eidos (the smallest that will do if not given)',
  },
};
/** Traces have at least 64 rows. */
export const MIN_LOG_HEIGHT = 6;
/** The extension of 2^29 rows has as many points as the field has roots of unity. */
const MAX_LOG_HEIGHT = 29;

/** What kind of proof is asked for. */
export interface ProofSettings {
  readonly profile: Profile;
  /** Not given: the smallest that hold the run and that the profile lists. */
  readonly heights: LogHeights | undefined;
}

/** The caller chooses the profile, never the file. */
export const profileNameOf = (options: Options): ProfileName =>
  options.choice('profile', NAMES) ?? DEFAULT_PROFILE;
export const profileOf = (options: Options): ((hash: ProofHash) => Profile) =>
  PROFILES[profileNameOf(options)];
export const hashOf = (options: Options): ProofHash => options.choice('hash', HASHES) ?? 'eidos';

/** Throws `unlisted-heights`, before any work. */
export function settingsOf(options: Options): ProofSettings {
  const profile = profileOf(options)(hashOf(options));
  const heights = heightsOf(options);
  if (heights) requireListed(heights, profile);
  return { profile, heights };
}

export function heightsOf(options: Options): LogHeights | undefined {
  const heights = options.integers('heights', 3, MIN_LOG_HEIGHT, MAX_LOG_HEIGHT);
  return heights && [heights[0], heights[1], heights[2]];
}
