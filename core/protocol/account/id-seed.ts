import { MODULUS } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import type { Steps } from '../../pace.ts';
import { AccountId, type AccountSeedInputs, type AccountType, isIdDigest, seedDigest } from './account-id.ts';

export interface SeedSearch {
  readonly code: Word;
  readonly storage: Word;
  readonly type: AccountType;
  readonly callbacks: boolean;
  /** 32 random bytes: where the search starts. Two accounts of one code differ by them alone. */
  readonly random: Uint8Array;
}

/** Tries between two occasions to give way: some milliseconds. */
const TRIES_PER_STEP = 64;

/**
 * Searches a seed whose id has the wanted kind: 64 tries on average. Steps tell the number of tries; run with
 * `runPaced` for cancelling. Every digest is the next seed, so the search is one walk that anyone can repeat.
 */
export function* searchingSeed({
  code,
  storage,
  type,
  callbacks,
  random,
}: SeedSearch): Steps<{ readonly id: AccountId; readonly seed: Word }> {
  if (random.length !== 32) throw new RangeError('the search starts from 32 bytes');
  const view = new DataView(random.buffer, random.byteOffset, 32);
  // Random bytes may be above the modulus; reduced here, so that assembly hashes the same elements.
  const felt = (i: number) => view.getBigUint64(8 * i, true) % MODULUS;
  let seed: Word = [felt(0), felt(1), felt(2), felt(3)];
  for (let tries = 1; ; tries++) {
    const inputs: AccountSeedInputs = { seed, code, storage };
    const digest = seedDigest(inputs);
    if (isIdDigest(digest, type, callbacks)) return { id: AccountId.fromSeed(inputs), seed };
    seed = digest;
    if (tries % TRIES_PER_STEP === 0) yield tries;
  }
}
