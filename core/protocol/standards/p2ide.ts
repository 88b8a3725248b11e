import type { Felt } from '../../field/felt.ts';
import type { AccountId } from '../account/account-id.ts';
import { ProtocolError } from '../errors.ts';
import type { Note } from '../note/note.ts';
import type { NoteRecipient } from '../note/note-recipient.ts';
import { accountTag } from '../note/note-tag.ts';
import { idIn, type StandardNote, standardNote, storageOf } from './standard-note.ts';
import type { Standards } from './standards.ts';

export const P2IDE = 'p2ide::main';
const STORAGE = 6;
const BLOCKS = 2 ** 32;

/** When what a P2IDE note carries can be taken. */
interface Heights {
  /** The first block in which its maker can take it back; never if not given. */
  readonly reclaim?: number;
  /** The first block in which anybody can take it. */
  readonly unlock?: number;
}

interface P2ideNote extends StandardNote, Heights {
  readonly target: AccountId;
  /** Random: it hides the rest of a private note's storage. */
  readonly salt: readonly [Felt, Felt];
  /** The target's by convention, of 14 bits, if not given. */
  readonly tag?: number;
}

/** A note whose assets one account can take from some block on, and its maker from another. Throws `note`. */
export function p2ideNote(standards: Standards, made: P2ideNote): Note {
  const { target, salt, tag, reclaim = 0, unlock = 0, ...note } = made;
  for (const height of [reclaim, unlock])
    if (!(Number.isInteger(height) && height >= 0 && height < BLOCKS))
      throw new ProtocolError('note', 'A block has a number of 32 bits.', { details: `${height}` });
  const storage = [target.suffix, target.prefix, BigInt(reclaim), BigInt(unlock), ...salt];
  return standardNote(standards, P2IDE, note, { storage, tag: tag ?? accountTag(target) });
}

/** What a P2IDE note says; `undefined` for another note, and for one whose storage says nothing. */
export function readP2ide(
  standards: Standards,
  recipient: NoteRecipient,
): ({ readonly target: AccountId } & Heights) | undefined {
  const storage = storageOf(standards, P2IDE, recipient, STORAGE);
  const target = storage && idIn(storage[0], storage[1]);
  if (!target) return undefined;
  const [reclaim, unlock] = storage.slice(2).map(Number);
  if (reclaim >= BLOCKS || unlock >= BLOCKS) return undefined;
  return { target, ...(reclaim > 0 && { reclaim }), ...(unlock > 0 && { unlock }) };
}
