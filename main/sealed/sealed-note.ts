import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ByteReader, ByteWriter } from '../../core/bytes.ts';
import { Limit } from '../../core/protocol/limits.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { WalletError } from '../errors.ts';

const MAGIC = utf8ToBytes('KILNNOTE');
const VERSION = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
const HEAD_BYTES = MAGIC.length + 1 + KEY_BYTES + NONCE_BYTES;
/** Lengths are rounded up to this, so that they tell little of what is inside. */
const PADDING = 1024;
const INFO = utf8ToBytes('kiln sealed note 1');
export const MEMO_BYTES = 512;
const MAX_CONTENT = Limit.NOTE_BYTES + MEMO_BYTES + 64;
export const MAX_SEALED_BYTES = HEAD_BYTES + TAG_BYTES + PADDING * Math.ceil(MAX_CONTENT / PADDING);

/** What a sealed note holds: the note, and words for its recipient that never reach the network. */
export interface NoteLetter {
  readonly note: Note;
  readonly memo?: string | undefined;
}

/**
 * Seals a note for the holder of an X25519 key (key variant 0 of an address): a key made for this note alone, agreed with
 * the recipient's, through HKDF-SHA256 with both public keys, for XChaCha20-Poly1305. Nothing in it tells who sealed it or for whom.
 * Throws a `RangeError` for a key that is none, and for a memo of more than 512 bytes.
 */
export function sealNote({ note, memo = '' }: NoteLetter, recipient: Uint8Array): Uint8Array {
  const words = utf8ToBytes(memo);
  if (words.length > MEMO_BYTES) throw new RangeError(`a memo has at most ${MEMO_BYTES} bytes`);
  const writer = new ByteWriter();
  writer.vint(words.length).bytes(words);
  const own = note.toBytes();
  writer.vint(own.length).bytes(own);
  const content = writer.finish();
  const padded = new Uint8Array(PADDING * Math.ceil(content.length / PADDING));
  padded.set(content);
  const secret = x25519.utils.randomSecretKey();
  const head = concatBytes(
    MAGIC,
    Uint8Array.of(VERSION),
    x25519.getPublicKey(secret),
    randomBytes(NONCE_BYTES),
  );
  const cipher = cipherOf(head, keyOf(agree(secret, recipient), head, recipient));
  return concatBytes(head, cipher.encrypt(padded));
}

/**
 * Opens a sealed note with the secret key whose public key it was sealed for. Throws `WalletError`: `file.unknown` for bytes that are
 * none, `file.version`, `file.tooBig`, `note.sealedOther` for another key's or one that was changed, and `FormatError` for
 * what was sealed but is no note.
 */
export function openSealedNote(bytes: Uint8Array, secret: Uint8Array): NoteLetter {
  if (bytes.length < HEAD_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte))
    throw new WalletError('file.unknown', 'This is not a sealed note.');
  if (bytes.length > MAX_SEALED_BYTES)
    throw new WalletError('file.tooBig', 'This is longer than a sealed note can be.', {
      details: `${bytes.length} bytes, at most ${MAX_SEALED_BYTES}`,
    });
  if (bytes[MAGIC.length] !== VERSION)
    throw new WalletError('file.version', 'A newer Kiln sealed this note.', { advice: 'Update Kiln.' });
  const head = bytes.subarray(0, HEAD_BYTES);
  const ephemeral = head.subarray(MAGIC.length + 1, MAGIC.length + 1 + KEY_BYTES);
  let content: Uint8Array;
  try {
    const key = keyOf(agree(secret, ephemeral), head, x25519.getPublicKey(secret));
    content = cipherOf(head, key).decrypt(bytes.subarray(HEAD_BYTES));
  } catch (error) {
    throw new WalletError(
      'note.sealedOther',
      'This note is sealed to a key that this wallet does not have.',
      {
        advice: 'Ask its sender to seal it to one of your addresses.',
        cause: error,
      },
    );
  }
  return readLetter(content);
}

function readLetter(content: Uint8Array): NoteLetter {
  const reader = new ByteReader(content, 'sealed note');
  const memo = reader.string(MEMO_BYTES);
  const note = Note.fromBytes(reader.bytes(reader.count(1, Limit.NOTE_BYTES)));
  if (reader.bytes(reader.remaining).some((byte) => byte !== 0)) reader.fail('there is more behind the note');
  return memo === '' ? { note } : { note, memo };
}

/** Throws for a key of low order, which agrees on the same with everybody. */
function agree(secret: Uint8Array, key: Uint8Array): Uint8Array {
  if (key.length !== KEY_BYTES) throw new RangeError('an X25519 key has 32 bytes');
  return x25519.getSharedSecret(secret, key);
}

const keyOf = (shared: Uint8Array, head: Uint8Array, recipient: Uint8Array): Uint8Array =>
  hkdf(sha256, shared, concatBytes(head, recipient), INFO, KEY_BYTES);

const cipherOf = (head: Uint8Array, key: Uint8Array) =>
  xchacha20poly1305(key, head.subarray(HEAD_BYTES - NONCE_BYTES), head);
