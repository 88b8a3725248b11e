import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Word } from '../../hash/word.ts';
import { type NoteHeader, noteDetails, noteId } from './note.ts';
import { NoteAssets } from './note-assets.ts';
import { NoteAttachments } from './note-attachments.ts';
import { type NoteMetadata, readMetadata, writeMetadata } from './note-metadata.ts';

/** A note whose recipient is known by its digest alone: what a transaction knows of a note that others will consume. */
export class PartialNote {
  readonly metadata: NoteMetadata;
  readonly recipient: Word;
  readonly assets: NoteAssets;
  readonly attachments: NoteAttachments;

  constructor(metadata: NoteMetadata, recipient: Word, assets: NoteAssets, attachments: NoteAttachments) {
    this.metadata = metadata;
    this.recipient = recipient;
    this.assets = assets;
    this.attachments = attachments;
  }

  get header(): NoteHeader {
    return {
      details: noteDetails(this.recipient, this.assets.commitment),
      metadata: this.metadata,
      attachments: this.attachments,
    };
  }
  get id(): Word {
    return noteId(this.header);
  }

  write(writer: ByteWriter): void {
    writeMetadata(this.metadata, writer);
    writer.word(this.recipient);
    this.assets.write(writer);
    this.attachments.write(writer);
  }
  static read(reader: ByteReader): PartialNote {
    const metadata = readMetadata(reader);
    const recipient = reader.word();
    return new PartialNote(metadata, recipient, NoteAssets.read(reader), NoteAttachments.read(reader));
  }
}

/** Bytes of a note's header: details, metadata, attachments. */
export function writeNoteHeader({ details, metadata, attachments }: NoteHeader, writer: ByteWriter): void {
  writer.word(details);
  writeMetadata(metadata, writer);
  attachments.write(writer);
}
export const readNoteHeader = (reader: ByteReader): NoteHeader => ({
  details: reader.word(),
  metadata: readMetadata(reader),
  attachments: NoteAttachments.read(reader),
});
