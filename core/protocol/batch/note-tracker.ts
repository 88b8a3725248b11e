import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { compareWords, type Word, wordKey } from '../../hash/word.ts';
import type { ChainView } from '../block/chain-view.ts';
import { ProtocolError } from '../errors.ts';
import { noteId } from '../note/note.ts';
import {
  type NoteInclusion,
  readInclusion,
  verifyInclusion,
  writeInclusion,
} from '../note/note-inclusion.ts';
import type { InputNoteCommitment, PublishedNote } from '../transaction/note-lists.ts';

/** A note that is in a block already, which its consumer did not show. */
export interface ShownNote {
  readonly id: Word;
  readonly inclusion: NoteInclusion;
}

/** A note made, with its id, which is not cheap to compute. */
export interface MadeNote {
  readonly id: Word;
  readonly note: PublishedNote;
}

/**
 * The notes of many transactions, or of many batches, in their order. A note made and later consumed in here needs no
 * place in a block: both ends are erased. What is left in the end is what the outside has to know.
 */
export class NoteTracker {
  readonly #of: 'batch' | 'block';
  readonly #shown = new Map<string, ShownNote>();
  readonly #used = new Set<string>();
  readonly #ids = { made: new Set<string>(), consumed: new Set<string>(), nullifiers: new Set<string>() };
  readonly #outputs = new Map<string, MadeNote>();
  /** By nullifier. */
  readonly #inputs = new Map<string, InputNoteCommitment>();
  /** Ids of inputs that are in no block yet, as far as is known. */
  readonly #open = new Set<string>();

  /** Throws `batch` or `block` if a proof of inclusion does not hold, or is there twice. */
  constructor(of: 'batch' | 'block', shown: readonly ShownNote[], chain: ChainView) {
    this.#of = of;
    for (const note of shown) {
      const key = wordKey(note.id);
      if (this.#shown.has(key)) this.#refuse('A note is shown to be in a block twice.', note.id);
      const block = chain(note.inclusion.blockNumber);
      if (!block || !verifyInclusion(note.inclusion, note.id, block))
        this.#refuse('A note is not in the block that it is said to be in.', note.id);
      this.#shown.set(key, note);
    }
  }

  #refuse(message: string, word: Word): never {
    throw new ProtocolError(this.#of, message, { details: `note or nullifier ${wordKey(word)}` });
  }

  /**
   * Follows one transaction or batch. Its inputs come first: it cannot consume what it makes itself. Throws `batch` or
   * `block` for a note made or consumed twice, or consumed before it is made.
   */
  add(inputs: readonly InputNoteCommitment[], outputs: readonly MadeNote[]): void {
    for (const input of inputs) this.#consume(input);
    for (const made of outputs) {
      const key = wordKey(made.id);
      if (this.#ids.made.has(key)) this.#refuse('A note is made twice.', made.id);
      if (this.#open.has(key)) this.#refuse('A note is consumed before it is made.', made.id);
      this.#ids.made.add(key);
      this.#outputs.set(key, made);
    }
  }

  #consume(input: InputNoteCommitment): void {
    const { nullifier, header } = input;
    const nullifierKey = wordKey(nullifier);
    if (this.#ids.nullifiers.has(nullifierKey)) this.#refuse('A note is consumed twice.', nullifier);
    this.#ids.nullifiers.add(nullifierKey);
    if (!header) {
      this.#inputs.set(nullifierKey, input);
      return;
    }
    const id = noteId(header);
    const key = wordKey(id);
    if (this.#ids.consumed.has(key)) this.#refuse('A note is consumed twice.', id);
    this.#ids.consumed.add(key);
    if (this.#outputs.delete(key)) return;
    if (this.#shown.has(key)) {
      this.#used.add(key);
      this.#inputs.set(nullifierKey, { nullifier });
      return;
    }
    this.#open.add(key);
    this.#inputs.set(nullifierKey, input);
  }

  /** Whether a note made is still there. */
  isLeft(id: Word): boolean {
    return this.#outputs.has(wordKey(id));
  }

  /** What was not erased: inputs by nullifier, outputs by id. Throws `batch` or `block` if a proof was for no input. */
  finish(): { inputs: InputNoteCommitment[]; outputs: MadeNote[] } {
    for (const [key, { id }] of this.#shown)
      if (!this.#used.has(key)) this.#refuse('A note is shown to be in a block that nobody consumes.', id);
    return {
      inputs: [...this.#inputs.values()].sort((a, b) => compareWords(a.nullifier, b.nullifier)),
      outputs: [...this.#outputs.values()].sort((a, b) => compareWords(a.id, b.id)),
    };
  }
}

/** Bytes of a shown note: id, block number, two words, index, path. */
export const SHOWN_NOTE_BYTES = 614;

export function writeShownNote({ id, inclusion }: ShownNote, writer: ByteWriter): void {
  writer.word(id);
  writeInclusion(inclusion, writer);
}
export const readShownNote = (reader: ByteReader): ShownNote => ({
  id: reader.word(),
  inclusion: readInclusion(reader),
});
