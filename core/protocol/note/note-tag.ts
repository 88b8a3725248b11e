import type { AccountId } from '../account/account-id.ts';

/** Bits of the target's id that a tag shows by convention. */
const DEFAULT_TAG_LENGTH = 14;
const MAX_TAG_LENGTH = 32;
const PREFIX_BITS = 64n;

/**
 * The tag of notes for an account: the top `length` bits of its id's prefix in the top of 32 bits, the rest zero. Digests are
 * below 2^63, so the first bit is always zero: 14 bits are 13 random ones. Fewer bits hide the target among more accounts.
 */
export function accountTag(id: AccountId, length: number = DEFAULT_TAG_LENGTH): number {
  if (!(Number.isInteger(length) && length >= 0 && length <= MAX_TAG_LENGTH))
    throw new RangeError('tag length');
  const top = Number(id.prefix >> (PREFIX_BITS - 32n));
  return length === 0 ? 0 : (top & (-1 << (MAX_TAG_LENGTH - length))) >>> 0;
}
