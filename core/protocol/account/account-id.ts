import { bytesToHex } from '@noble/hashes/utils.js';
import { ByteReader, ByteWriter } from '../../bytes.ts';
import { type Felt, isCanonical } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { checked } from '../reading.ts';

export type AccountType = 'private' | 'public';

const VERSION = 1n;
const VERSION_MASK = 0xfn;
const TYPE_BIT = 1n << 4n;
const CALLBACK_BIT = 1n << 5n;
const TOP_BIT = 1n << 63n;
const LOW_BYTE = 0xffn;
const BYTES = 15;

/** What an account's code commits to, and where a seed leads. */
export interface AccountSeedInputs {
  readonly seed: Word;
  readonly code: Word;
  readonly storage: Word;
}

/**
 * The id of an account: two field elements, 120 significant bits (docs/protocol.md, "Account id"). Prefix: version in bits 0
 * to 3, public in bit 4, asset callbacks in bit 5, the rest random. Suffix: the top bit and the low byte are zero.
 */
export class AccountId {
  readonly prefix: Felt;
  readonly suffix: Felt;

  /** Throws `account-id` if the two elements are no id. */
  constructor(prefix: Felt, suffix: Felt) {
    const refuse = (details: string): never => {
      throw new ProtocolError('account-id', 'This is not the id of an account.', {
        details,
        advice: 'Check that it was copied whole.',
      });
    };
    if (!isCanonical(prefix) || !isCanonical(suffix)) refuse('an element is not below the field modulus');
    if ((prefix & VERSION_MASK) !== VERSION) refuse(`version ${prefix & VERSION_MASK} is not known`);
    if ((suffix & TOP_BIT) !== 0n) refuse('the top bit of the suffix is set');
    if ((suffix & LOW_BYTE) !== 0n) refuse('the low byte of the suffix is not zero');
    this.prefix = prefix;
    this.suffix = suffix;
  }

  get type(): AccountType {
    return (this.prefix & TYPE_BIT) === 0n ? 'private' : 'public';
  }
  /** Whether the kernel asks this issuer before its assets move. */
  get hasCallbacks(): boolean {
    return (this.prefix & CALLBACK_BIT) !== 0n;
  }
  /** The key of this account in the tree of accounts: [0, 0, suffix, prefix]. */
  get key(): Word {
    return [0n, 0n, this.suffix, this.prefix];
  }

  equals(other: AccountId): boolean {
    return this.prefix === other.prefix && this.suffix === other.suffix;
  }
  /** Order by prefix, then suffix. */
  compare(other: AccountId): number {
    const [a, b] = this.prefix === other.prefix ? [this.suffix, other.suffix] : [this.prefix, other.prefix];
    return a === b ? 0 : a < b ? -1 : 1;
  }

  /** `0x` and 30 hexadecimal digits: prefix, then suffix without its last byte. */
  toString(): string {
    return `0x${this.prefix.toString(16).padStart(16, '0')}${this.suffix.toString(16).padStart(16, '0').slice(0, 14)}`;
  }
  /** Reads {@link toString}'s form, in either case. Throws `account-id`. */
  static parse(text: string): AccountId {
    if (!/^0x[0-9a-fA-F]{30}$/.test(text)) {
      throw new ProtocolError('account-id', 'This is not the id of an account.', {
        details: 'an id is 0x and 30 hexadecimal digits',
        advice: 'Check that it was copied whole.',
      });
    }
    return new AccountId(BigInt(text.slice(0, 18)), BigInt(`0x${text.slice(18)}00`));
  }

  /** 15 bytes, big-endian. */
  toBytes(): Uint8Array {
    const writer = new ByteWriter();
    this.write(writer);
    return writer.finish();
  }
  static fromBytes(bytes: Uint8Array): AccountId {
    const reader = new ByteReader(bytes, 'account id');
    const id = AccountId.read(reader);
    reader.end();
    return id;
  }
  write(writer: ByteWriter): void {
    const digits = this.toString().slice(2);
    for (let i = 0; i < 2 * BYTES; i += 2) writer.u8(Number.parseInt(digits.slice(i, i + 2), 16));
  }
  static read(reader: ByteReader): AccountId {
    const hex = bytesToHex(reader.bytes(BYTES));
    return checked(reader, () => AccountId.parse(`0x${hex}`), 'details');
  }

  /** The id that a seed leads to, which depends on the account's first code and storage. Throws `account-id` if to none. */
  static fromSeed(inputs: AccountSeedInputs): AccountId {
    const digest = seedDigest(inputs);
    return new AccountId(digest[1], digest[0] - (digest[0] & LOW_BYTE));
  }
}

/** What a seed is tried by: its digest holds the id's two elements, and is the next seed to try if they make none. */
export const seedDigest = ({ seed, code, storage }: AccountSeedInputs): Word =>
  commit(ProtocolDomain.ACCOUNT_ID, [...seed, ...code, ...storage, 0n, 0n, 0n, 0n]);

/** Whether a digest makes an id of this kind. */
export const isIdDigest = (digest: Word, type: AccountType, callbacks: boolean): boolean =>
  (digest[1] & (VERSION_MASK | TYPE_BIT | CALLBACK_BIT)) ===
    (VERSION | (type === 'public' ? TYPE_BIT : 0n) | (callbacks ? CALLBACK_BIT : 0n)) &&
  (digest[0] & TOP_BIT) === 0n;
