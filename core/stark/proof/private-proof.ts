import { ByteReader, ByteWriter } from '../../bytes.ts';
import type { ProofHash } from '../profile.ts';
import { HASH_ID, readHash } from './hash-id.ts';
import { MAX_STARK_PROOF_BYTES } from './stark-proof.ts';

/**
 * The bytes in which a hiding proof travels: the four letters KLNP, a byte each for format, profile and hash, then the
 * STARK proof behind its length, a vint, and nothing after it. It says neither the claim nor which verifiers would
 * accept it: both are bound by the transcript.
 */
export interface PrivateProof {
  readonly hash: ProofHash;
  /** See {@link file://./stark-proof.ts}. */
  readonly stark: Uint8Array;
}

/** `KLNP`; an official proof begins with the number of its format, 2. */
const TAG = Uint8Array.of(0x4b, 0x4c, 0x4e, 0x50);
const FORMAT = 1;
const PROFILE_ID = 1;

/** Does it begin as a hiding proof does? */
export const hasPrivateTag = (bytes: Uint8Array): boolean =>
  bytes.length >= TAG.length && TAG.every((byte, i) => bytes[i] === byte);

/** Reads {@link writePrivateProof}'s bytes and no others. Throws `FormatError`. */
export function readPrivateProof(bytes: Uint8Array): PrivateProof {
  const reader = new ByteReader(bytes, 'proof');
  if (!hasPrivateTag(bytes)) reader.fail('it does not begin with KLNP');
  reader.bytes(TAG.length);
  const format = reader.u8();
  if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
  const profile = reader.u8();
  if (profile !== PROFILE_ID) reader.fail(`profile ${profile} is not known, only ${PROFILE_ID} is`);
  const hash = readHash(reader);
  const stark = reader.bytes(reader.count(1, MAX_STARK_PROOF_BYTES));
  reader.end();
  return { hash, stark };
}

export const writePrivateProof = ({ hash, stark }: PrivateProof): Uint8Array =>
  new ByteWriter()
    .bytes(TAG)
    .u8(FORMAT)
    .u8(PROFILE_ID)
    .u8(HASH_ID[hash])
    .vint(stark.length)
    .bytes(stark)
    .finish();
