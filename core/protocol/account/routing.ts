import { bech32m } from '@scure/base';
import { ProtocolError } from '../errors.ts';
import { isEd25519Point, isSecp256k1Point } from './curve-points.ts';

/** How notes reach the owner of an address (miden-protocol 0.18.0, src/address/routing_parameters.rs). */
export interface Routing {
  /** The interface notes may count on; only 0 is known, the basic wallet. */
  readonly interface: number;
  /** Bits of the account id that a note's tag shows; absent: the default. */
  readonly tagLength?: number;
  /** Whom to seal notes for. */
  readonly encryptionKey?: EncryptionKey;
}

/** The scheme's number and the public key's bytes. */
export interface EncryptionKey {
  readonly variant: EncryptionVariant;
  readonly key: Uint8Array;
}

/** X25519 or K256 with XChaCha20-Poly1305, Poseidon2 AEAD or Eidos AEAD. Keys of X25519 are points in their Edwards form. */
const ENCRYPTION_KEY_BYTES = [32, 33, 32, 33, 32, 33] as const;
export type EncryptionVariant = 0 | 1 | 2 | 3 | 4 | 5;

const PREFIX = 'mrp';
const PROFILE_KEY = 0;
const ENCRYPTION_KEY = 1;
const TAG_LENGTH_ABSENT = 63;
/** A whole account id's worth of bits never shows: 32 is all a tag holds. */
const MAX_TAG_LENGTH = 32;
const INTERFACE_MASK = 2 ** 10 - 1;
const BASIC_WALLET = 0;

const isKey = ({ variant, key }: EncryptionKey): boolean =>
  key.length === ENCRYPTION_KEY_BYTES[variant] &&
  (key.length === ENCRYPTION_KEY_BYTES[0] ? isEd25519Point(key) : isSecp256k1Point(key));

/** bech32m without the prefix that every such text would have. */
export function encodeRouting({ interface: number, tagLength, encryptionKey }: Routing): string {
  if (number !== BASIC_WALLET) throw new RangeError('interface');
  if (
    tagLength !== undefined &&
    !(Number.isInteger(tagLength) && tagLength >= 0 && tagLength <= MAX_TAG_LENGTH)
  )
    throw new RangeError('tag length');
  const profile = ((tagLength ?? TAG_LENGTH_ABSENT) << 10) | number;
  const bytes = [PROFILE_KEY, profile >> 8, profile & 0xff];
  if (encryptionKey) {
    if (!isKey(encryptionKey)) throw new RangeError('encryption key');
    bytes.push(ENCRYPTION_KEY, encryptionKey.variant, ...encryptionKey.key);
  }
  return bech32m.encodeFromBytes(PREFIX, Uint8Array.from(bytes)).slice(PREFIX.length + 1);
}

/** Reads {@link encodeRouting}'s form. Throws `account-address`. */
export function decodeRouting(text: string): Routing {
  const refuse = (details: string, cause?: unknown): never => {
    throw new ProtocolError('account-address', 'The second part of this address cannot be read.', {
      details,
      advice: 'Check that the address was copied whole.',
      cause,
    });
  };
  let bytes: Uint8Array;
  try {
    ({ bytes } = bech32m.decodeToBytes(`${PREFIX}1${text}`));
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : 'it is not bech32m', cause);
  }
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) refuse('it ends too early');
    at += count;
    return bytes.subarray(at - count, at);
  };
  let profile: number | undefined;
  let encryptionKey: EncryptionKey | undefined;
  while (at < bytes.length) {
    const [parameter] = take(1);
    if (parameter === PROFILE_KEY && profile === undefined) {
      const [high, low] = take(2);
      profile = (high << 8) | low;
    } else if (parameter === ENCRYPTION_KEY && encryptionKey === undefined) {
      const [variant] = take(1);
      const length = ENCRYPTION_KEY_BYTES.at(variant);
      if (length === undefined) return refuse(`encryption scheme ${variant} is not known`);
      encryptionKey = { variant: variant as EncryptionVariant, key: take(length).slice() };
      if (!isKey(encryptionKey)) return refuse('its encryption key is no point of the curve');
    } else refuse(`parameter ${parameter} is not known, or comes twice`);
  }
  if (profile === undefined) return refuse('it names no interface');
  const tagLength = profile >> 10;
  if (tagLength > MAX_TAG_LENGTH && tagLength !== TAG_LENGTH_ABSENT)
    refuse(`a tag of ${tagLength} bits does not exist`);
  const known = profile & INTERFACE_MASK;
  if (known !== BASIC_WALLET) refuse(`interface ${known} is not known`);
  return {
    interface: known,
    ...(tagLength !== TAG_LENGTH_ABSENT && { tagLength }),
    ...(encryptionKey && { encryptionKey }),
  };
}
