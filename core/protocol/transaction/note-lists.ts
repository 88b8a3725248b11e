import { ByteReader, ByteWriter } from '../../bytes.ts';
import { EMPTY_WORD, type Word, wordKey } from '../../hash/word.ts';
import { commitList } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { Note, type NoteHeader, noteId } from '../note/note.ts';
import { type NoteInclusion, readInclusion, writeInclusion } from '../note/note-inclusion.ts';
import { metadataCommitment } from '../note/note-metadata.ts';
import { PartialNote, readNoteHeader, writeNoteHeader } from '../note/partial-note.ts';

/** A note to consume; without an inclusion proof it may not be in a block yet. */
export interface InputNote {
  readonly note: Note;
  readonly inclusion?: NoteInclusion;
}

/** What the network sees of a consumed note: the nullifier, and the header of one that was not shown to be in a block. */
export interface InputNoteCommitment {
  readonly nullifier: Word;
  readonly header?: NoteHeader;
}

/** A note a transaction made: whole, or with a recipient that its maker never learnt. */
export type OutputNote =
  | { readonly kind: 'full'; readonly note: Note }
  | { readonly kind: 'partial'; readonly note: PartialNote };

/** What the network sees of it: all of a public note, of a private one the header. */
export type PublishedNote =
  | { readonly kind: 'public'; readonly note: Note }
  | { readonly kind: 'private'; readonly header: NoteHeader };

export const inputCommitment = ({ note, inclusion }: InputNote): InputNoteCommitment =>
  inclusion ? { nullifier: note.nullifier } : { nullifier: note.nullifier, header: note.header };

/** Nullifiers, each with the note's id if that is shown and the empty word if not; the empty word for no note. */
export const inputNotesCommitment = (inputs: readonly InputNoteCommitment[]): Word =>
  commitList(
    ProtocolDomain.INPUT_NOTES,
    inputs.flatMap(({ nullifier, header }) => [...nullifier, ...(header ? noteId(header) : EMPTY_WORD)]),
  );

/** Details and metadata commitments of the notes made; the empty word for none. */
export const outputNotesCommitment = (headers: readonly NoteHeader[]): Word =>
  commitList(
    ProtocolDomain.OUTPUT_NOTES,
    headers.flatMap(({ details, metadata, attachments }) => [
      ...details,
      ...metadataCommitment(metadata, attachments),
    ]),
  );

export const publishedHeader = (note: PublishedNote): NoteHeader =>
  note.kind === 'public' ? note.note.header : note.header;

/**
 * What a transaction publishes of a note. Throws `transaction` for a public note that nobody could publish: its recipient is
 * not known, or it is too long.
 */
export function publish(output: OutputNote): PublishedNote {
  if (output.note.metadata.type === 'private') return { kind: 'private', header: output.note.header };
  if (output.kind === 'full') {
    const note = output.note.pruned();
    const writer = new ByteWriter();
    note.write(writer);
    const { length } = writer;
    if (length <= Limit.NOTE_BYTES) return { kind: 'public', note };
    throw new ProtocolError('transaction', 'A public note is too long to be published.', {
      details: `${length} bytes, ${Limit.NOTE_BYTES} at most`,
      advice: 'Make it private, or its script shorter.',
    });
  }
  throw new ProtocolError('transaction', 'A public note was made whose script or storage is not known.', {
    advice: 'Give the recipient of public notes to the transaction when it is executed.',
  });
}

/**
 * Checks the notes of one transaction: not too many, none consumed twice, none made twice, and none both made and consumed
 * without proof of inclusion, which could make a note that never was. Throws `transaction`.
 */
export function checkNotes(inputs: readonly InputNoteCommitment[], outputs: readonly NoteHeader[]): void {
  const refuse = (message: string): never => {
    throw new ProtocolError('transaction', message);
  };
  if (inputs.length > Limit.INPUT_NOTES) refuse(`A transaction consumes at most ${Limit.INPUT_NOTES} notes.`);
  if (outputs.length > Limit.OUTPUT_NOTES) refuse(`A transaction makes at most ${Limit.OUTPUT_NOTES} notes.`);
  if (new Set(inputs.map((i) => wordKey(i.nullifier))).size < inputs.length)
    refuse('A note is consumed twice.');
  const made = new Set(outputs.map((header) => wordKey(noteId(header))));
  if (made.size < outputs.length) refuse('Two notes made are the same.');
  if (inputs.some(({ header }) => header && made.has(wordKey(noteId(header)))))
    refuse('A note is consumed that the same transaction makes.');
}

export function writeInputNote({ note, inclusion }: InputNote, writer: ByteWriter): void {
  note.write(writer);
  writer.bool(inclusion !== undefined);
  if (inclusion) writeInclusion(inclusion, writer);
}
export function readInputNote(reader: ByteReader): InputNote {
  const note = Note.read(reader);
  return reader.bool() ? { note, inclusion: readInclusion(reader) } : { note };
}

export function writeInputCommitment({ nullifier, header }: InputNoteCommitment, writer: ByteWriter): void {
  writer.word(nullifier).bool(header !== undefined);
  if (header) writeNoteHeader(header, writer);
}
export function readInputCommitment(reader: ByteReader): InputNoteCommitment {
  const nullifier = reader.word();
  return reader.bool() ? { nullifier, header: readNoteHeader(reader) } : { nullifier };
}

export function writeOutputNote(output: OutputNote, writer: ByteWriter): void {
  writer.bool(output.kind === 'full');
  output.note.write(writer);
}
export const readOutputNote = (reader: ByteReader): OutputNote =>
  reader.bool()
    ? { kind: 'full', note: Note.read(reader) }
    : { kind: 'partial', note: PartialNote.read(reader) };

export function writePublishedNote(published: PublishedNote, writer: ByteWriter): void {
  writer.bool(published.kind === 'public');
  if (published.kind === 'public') published.note.write(writer);
  else writeNoteHeader(published.header, writer);
}
export function publishedNoteToBytes(published: PublishedNote): Uint8Array {
  const writer = new ByteWriter();
  writePublishedNote(published, writer);
  return writer.finish();
}
/** Throws `FormatError`. */
export function publishedNoteFromBytes(bytes: Uint8Array): PublishedNote {
  const reader = new ByteReader(bytes, 'note');
  const published = readPublishedNote(reader);
  reader.end();
  return published;
}
/** Type and form must agree: a public note comes whole, a private one as its header. */
export function readPublishedNote(reader: ByteReader): PublishedNote {
  const published: PublishedNote = reader.bool()
    ? { kind: 'public', note: Note.read(reader) }
    : { kind: 'private', header: readNoteHeader(reader) };
  if (publishedHeader(published).metadata.type !== published.kind)
    reader.fail('a note is not published as its type asks for');
  return published;
}
