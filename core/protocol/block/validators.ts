import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ByteReader, ByteWriter } from '../../bytes.ts';
import { hashBytes } from '../../hash/eidos.ts';
import type { Word } from '../../hash/word.ts';
import { wordToBytes } from '../../hash/word-bytes.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { validatorConfigCommitment } from './protocol-config.ts';

const FORMAT = 1;
const KEY_BYTES = 33;
const SIGNATURE_BYTES = 64;

const refuse = (message: string, details = ''): never => {
  throw new ProtocolError('block', message, { details });
};

/** Those who sign blocks, and how many of them must: ECDSA on secp256k1, keys compressed (SEC 1, 2.3.3). */
export class ValidatorSet {
  readonly quorum: number;
  /** In the order of their bytes. */
  readonly keys: readonly Uint8Array[];

  /** Keys in any order. Throws `block` if one is no point or twice there, or quorum or number are out of range. */
  constructor(quorum: number, keys: readonly Uint8Array[]) {
    const sorted = [...keys].sort(compareBytes);
    for (const [i, key] of sorted.entries()) {
      if (!isKey(key)) refuse('This is not the key of a validator.', bytesToHex(key));
      if (i > 0 && compareBytes(sorted[i - 1], key) === 0) refuse('A validator is listed twice.');
    }
    this.quorum = quorum;
    this.keys = sorted;
    // Checks the number of both.
    void this.commitment;
  }

  /** What block headers name. */
  get commitment(): Word {
    const keys = this.keys.map((key) => hashBytes(key, ProtocolDomain.VALIDATOR_KEY));
    return validatorConfigCommitment(this.quorum, keys);
  }

  write(writer: ByteWriter): void {
    writer.u8(FORMAT).u8(this.quorum).u8(this.keys.length);
    for (const key of this.keys) writer.bytes(key);
  }
  static read(reader: ByteReader): ValidatorSet {
    const format = reader.u8();
    if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
    const quorum = reader.u8();
    const count = reader.u8();
    if (count > Limit.VALIDATORS) reader.fail(`${count} validators are too many`);
    return new ValidatorSet(
      quorum,
      Array.from({ length: count }, () => reader.bytes(KEY_BYTES)),
    );
  }
}

function isKey(key: Uint8Array): boolean {
  try {
    return key.length === KEY_BYTES && Boolean(secp256k1.Point.fromBytes(key));
  } catch {
    return false;
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const i = a.findIndex((byte, at) => byte !== b[at]);
  return i < 0 ? a.length - b.length : a[i] - (b[i] ?? -1);
}

/** What validators sign: Keccak-256 of the 32 bytes of the block's commitment. */
const digestOf = (commitment: Word): Uint8Array => keccak_256(wordToBytes(commitment));
const AS_IT_IS = { prehash: false } as const;

/** The compressed public key of a validator's secret key of 32 bytes. */
export const validatorKey = (secret: Uint8Array): Uint8Array => secp256k1.getPublicKey(secret, true);

/** A validator's signature of a block: r and s, 64 bytes; deterministic (RFC 6979). */
export const signBlock = (commitment: Word, secret: Uint8Array): Uint8Array =>
  secp256k1.sign(digestOf(commitment), secret, AS_IT_IS);

/** Signatures of a block by the validators of the block before it, in the order of their keys; gaps where one did not sign. */
export type BlockSignatures = readonly (Uint8Array | undefined)[];

/** Throws `block` unless as many of the set as its quorum signed the block, and no signature is wrong. */
export function checkSignatures(set: ValidatorSet, commitment: Word, signatures: BlockSignatures): void {
  if (signatures.length !== set.keys.length)
    refuse('A block does not have a place for each validator to sign.', `${signatures.length} places`);
  const digest = digestOf(commitment);
  for (const [i, signature] of signatures.entries())
    if (signature && !isSignature(signature, digest, set.keys[i]))
      refuse('A signature of a block is wrong.', `validator ${bytesToHex(set.keys[i])}`);
  const signed = signatures.filter(Boolean).length;
  if (signed < set.quorum) refuse('Too few validators signed a block.', `${signed}, and ${set.quorum} must`);
}

const isSignature = (signature: Uint8Array, digest: Uint8Array, key: Uint8Array): boolean =>
  signature.length === SIGNATURE_BYTES && secp256k1.verify(signature, digest, key, AS_IT_IS);

export function signaturesToBytes(signatures: BlockSignatures): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT).u8(signatures.length);
  for (const signature of signatures) {
    writer.bool(signature !== undefined);
    if (signature) writer.bytes(signature);
  }
  return writer.finish();
}
/** Throws `FormatError`. */
export function signaturesFromBytes(bytes: Uint8Array): BlockSignatures {
  const reader = new ByteReader(bytes, 'signatures of a block');
  const format = reader.u8();
  if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
  const count = reader.u8();
  if (count > Limit.VALIDATORS) reader.fail(`${count} validators are too many`);
  const signatures = Array.from({ length: count }, () =>
    reader.bool() ? reader.bytes(SIGNATURE_BYTES) : undefined,
  );
  reader.end();
  return signatures;
}
