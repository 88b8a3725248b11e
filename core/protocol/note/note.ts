import { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Word } from '../../hash/word.ts';
import { commit, commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { Limit } from '../limits.ts';
import { NoteAssets } from './note-assets.ts';
import { NoteAttachments } from './note-attachments.ts';
import {
  metadataCommitment,
  metadataWord,
  type NoteMetadata,
  readMetadata,
  writeMetadata,
} from './note-metadata.ts';
import { NoteRecipient } from './note-recipient.ts';

const FORMAT = 1;

/** What identifies a note without its details: what is published of a private one. */
export interface NoteHeader {
  readonly details: Word;
  readonly metadata: NoteMetadata;
  readonly attachments: NoteAttachments;
}

export const noteDetails = (recipient: Word, assets: Word): Word =>
  commitPair(ProtocolDomain.NOTE_DETAILS, recipient, assets);

/** A note's id: it depends on sender, tag, type and attachments too. */
export const noteId = ({ details, metadata, attachments }: NoteHeader): Word =>
  commitPair(ProtocolDomain.NOTE_ID, details, metadataCommitment(metadata, attachments));

/** The words a nullifier is over. */
export interface NullifierParts {
  readonly serial: Word;
  readonly scriptRoot: Word;
  readonly storage: Word;
  readonly assets: Word;
  readonly metadata: Word;
  readonly attachments: Word;
}

/** What marks a note as consumed. Nothing leads from a private note's id to it without the serial number. */
const nullifierOf = (parts: NullifierParts): Word =>
  commit(ProtocolDomain.NULLIFIER, [
    ...parts.serial,
    ...parts.scriptRoot,
    ...parts.storage,
    ...parts.assets,
    ...parts.metadata,
    ...parts.attachments,
  ]);

/** Bits of a nullifier that a client asks for when it syncs; digests are below 2^63, so the first is always zero. */
export const nullifierPrefix = (nullifier: Word): number => Number(nullifier[3] >> 48n);

interface NoteParts {
  readonly metadata: NoteMetadata;
  readonly recipient: NoteRecipient;
  readonly assets?: NoteAssets;
  readonly attachments?: NoteAttachments;
}

/** A note whole: a message to an account with a script that runs there, storage for the script, and assets. */
export class Note {
  readonly metadata: NoteMetadata;
  readonly recipient: NoteRecipient;
  readonly assets: NoteAssets;
  readonly attachments: NoteAttachments;

  constructor({ metadata, recipient, assets, attachments }: NoteParts) {
    this.metadata = metadata;
    this.recipient = recipient;
    this.assets = assets ?? new NoteAssets();
    this.attachments = attachments ?? new NoteAttachments();
  }

  get header(): NoteHeader {
    return {
      details: noteDetails(this.recipient.digest, this.assets.commitment),
      metadata: this.metadata,
      attachments: this.attachments,
    };
  }
  get id(): Word {
    return noteId(this.header);
  }
  get nullifier(): Word {
    return nullifierOf({
      serial: this.recipient.serial,
      scriptRoot: this.recipient.script.root,
      storage: this.recipient.storageCommitment,
      assets: this.assets.commitment,
      metadata: metadataWord(this.metadata, this.attachments),
      attachments: this.attachments.commitment,
    });
  }

  /** The note as it is published: with no code but what its script needs. */
  pruned(): Note {
    return new Note({ ...this, recipient: this.recipient.pruned() });
  }

  write(writer: ByteWriter): void {
    writeMetadata(this.metadata, writer);
    this.recipient.write(writer);
    this.assets.write(writer);
    this.attachments.write(writer);
  }
  static read(reader: ByteReader): Note {
    const start = reader.offset;
    const note = new Note({
      metadata: readMetadata(reader),
      recipient: NoteRecipient.read(reader),
      assets: NoteAssets.read(reader),
      attachments: NoteAttachments.read(reader),
    });
    if (reader.offset - start > Limit.NOTE_BYTES) reader.fail(`a note has at most ${Limit.NOTE_BYTES} bytes`);
    return note;
  }
  toBytes(): Uint8Array {
    const writer = new ByteWriter().u8(FORMAT);
    this.write(writer);
    return writer.finish();
  }
  /** Throws `FormatError`. */
  static fromBytes(bytes: Uint8Array): Note {
    const reader = new ByteReader(bytes, 'note');
    const format = reader.u8();
    if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
    const note = Note.read(reader);
    reader.end();
    return note;
  }
}
