import type { Felt } from '../../field/felt.ts';
import type { AccountId } from '../account/account-id.ts';
import type { Note } from '../note/note.ts';
import type { NoteRecipient } from '../note/note-recipient.ts';
import { accountTag } from '../note/note-tag.ts';
import { idIn, type StandardNote, standardNote, storageOf } from './standard-note.ts';
import type { Standards } from './standards.ts';

export const P2ID = 'p2id::main';
const STORAGE = 4;

interface P2idNote extends StandardNote {
  readonly target: AccountId;
  /** Random: it hides the target of a private note. */
  readonly salt: readonly [Felt, Felt];
  /** The target's by convention, of 14 bits, if not given. */
  readonly tag?: number;
}

/** A note whose assets one account can take. Throws `note`. */
export function p2idNote(standards: Standards, { target, salt, tag, ...note }: P2idNote): Note {
  const storage = [target.suffix, target.prefix, ...salt];
  return standardNote(standards, P2ID, note, { storage, tag: tag ?? accountTag(target) });
}

/** Whom a P2ID note pays; `undefined` for another note, and for one that nobody can ever take. */
export function readP2id(
  standards: Standards,
  recipient: NoteRecipient,
): { readonly target: AccountId } | undefined {
  const storage = storageOf(standards, P2ID, recipient, STORAGE);
  const target = storage && idIn(storage[0], storage[1]);
  return target && { target };
}
