import { type Word, wordsEqual } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { Asset, AssetId } from '../asset/asset.ts';
import { ProtocolError } from '../errors.ts';
import { Note } from '../note/note.ts';
import { NoteAssets } from '../note/note-assets.ts';
import type { NoteAttachments } from '../note/note-attachments.ts';
import type { NoteType } from '../note/note-metadata.ts';
import { NoteRecipient } from '../note/note-recipient.ts';
import { type Standards, standardNoteScript, standardProcedure } from './standards.ts';

/** What makers of all standard notes say. */
export interface StandardNote {
  readonly sender: AccountId;
  /** Random: two notes alike but for it are two notes, and who guesses it can tell when the note is consumed. */
  readonly serial: Word;
  readonly assets?: readonly Asset[];
  /** `private` if not given. */
  readonly type?: NoteType;
  readonly attachments?: NoteAttachments | undefined;
}

/** A note whose script is the standard procedure `script`. Throws `note`. */
export function standardNote(
  standards: Standards,
  script: string,
  { sender, serial, assets = [], type = 'private', attachments }: StandardNote,
  { storage, tag }: { readonly storage: readonly bigint[]; readonly tag: number },
): Note {
  return new Note({
    metadata: { sender, type, tag },
    recipient: new NoteRecipient(serial, standardNoteScript(standards, script), storage),
    assets: new NoteAssets(assets),
    ...(attachments && { attachments }),
  });
}

/** The storage of a note with this standard script; `undefined` for any other note. */
export const scriptStorage = (
  standards: Standards,
  script: string,
  { script: { root }, storage }: NoteRecipient,
): readonly bigint[] | undefined =>
  wordsEqual(root, standardProcedure(standards, script)) ? storage : undefined;

/** The same where the storage has so many elements. */
export function storageOf(
  standards: Standards,
  script: string,
  recipient: NoteRecipient,
  length: number,
): readonly bigint[] | undefined {
  const storage = scriptStorage(standards, script, recipient);
  return storage?.length === length ? storage : undefined;
}

/** The asset in two words; `undefined` where there is none. */
export const assetIn = (id: Word, value: Word): Asset | undefined =>
  ifThereIs(() => new Asset(AssetId.fromWord(id), value));

/** The id in two elements; `undefined` where there is none, since storage is whatever a note's maker wrote. */
export const idIn = (suffix: bigint, prefix: bigint): AccountId | undefined =>
  ifThereIs(() => new AccountId(prefix, suffix));

function ifThereIs<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
