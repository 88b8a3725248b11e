import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import type { NoteAttachments } from './note-attachments.ts';

/** A private note's details never leave its holders; a public one's are published. */
export type NoteType = 'private' | 'public';

const VERSION = 1n;
const VERSION_MASK = 0x3fn;
const TYPE_SHIFT = 6n;
const RESERVED_BIT = 0x80n;
const LOW_BYTE = 0xffn;
const SCHEME_BITS = 16n;
const U32 = 2 ** 32;

/** What everybody sees of a note, private or not. */
export interface NoteMetadata {
  readonly sender: AccountId;
  readonly type: NoteType;
  /** 32 bits that help recipients find their notes; not checked by anybody. */
  readonly tag: number;
}

/** [sender suffix + type 64 + version, sender prefix, tag, the four attachment schemes of 16 bits]. */
export function metadataWord({ sender, type, tag }: NoteMetadata, attachments: NoteAttachments): Word {
  if (!(Number.isInteger(tag) && tag >= 0 && tag < U32))
    throw new ProtocolError('note', "A note's tag is a number of 32 bits.", { details: `${tag}` });
  const schemes = attachments.schemes.reduceRight((sum, s) => (sum << SCHEME_BITS) | BigInt(s), 0n);
  return [
    sender.suffix | (type === 'public' ? 1n << TYPE_SHIFT : 0n) | VERSION,
    sender.prefix,
    BigInt(tag),
    schemes,
  ];
}

/** The scheme of attachment `i`, 0 if there is none, in the last element of metadata. */
export const schemeAt = (schemes: Felt, i: number): number =>
  Number((schemes >> (SCHEME_BITS * BigInt(i))) & ((1n << SCHEME_BITS) - 1n));

/** Reads the metadata in a word; its schemes are the attachments' business. Throws `note` or `account-id`. */
export function metadataFromWord(word: Word): NoteMetadata {
  const low = word[0] & LOW_BYTE;
  if ((low & VERSION_MASK) !== VERSION || (low & RESERVED_BIT) !== 0n || word[2] >= BigInt(U32))
    throw new ProtocolError('note', 'This is not the metadata of a note.', { details: `${word}` });
  return {
    sender: new AccountId(word[1], word[0] - low),
    type: (low >> TYPE_SHIFT) & 1n ? 'public' : 'private',
    tag: Number(word[2]),
  };
}

export const metadataCommitment = (metadata: NoteMetadata, attachments: NoteAttachments): Word =>
  commitPair(ProtocolDomain.NOTE_METADATA, metadataWord(metadata, attachments), attachments.commitment);

export function writeMetadata({ sender, type, tag }: NoteMetadata, writer: ByteWriter): void {
  writer.u8(Number(VERSION)).bool(type === 'public');
  sender.write(writer);
  writer.u32(tag);
}
export function readMetadata(reader: ByteReader): NoteMetadata {
  const version = reader.u8();
  if (version !== Number(VERSION)) reader.fail(`note version ${version} is not known`);
  const type = reader.bool() ? 'public' : 'private';
  return { type, sender: AccountId.read(reader), tag: reader.u32() };
}
