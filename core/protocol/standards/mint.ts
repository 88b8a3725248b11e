import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import type { Asset } from '../asset/asset.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import type { TransactionScript } from '../executor/transaction-inputs.ts';
import { Limit } from '../limits.ts';
import type { Note } from '../note/note.ts';
import { NoteRecipient, type NoteScript } from '../note/note-recipient.ts';
import { accountTag } from '../note/note-tag.ts';
import { addressed } from './network-account.ts';
import { assetIn, type StandardNote, scriptStorage, standardNote } from './standard-note.ts';
import { type Standards, standardNoteScript } from './standards.ts';

export const MINT = 'mint::main';
const PRIVATE_STORAGE = 13;
/** Before what the public note stores. */
const PUBLIC_STORAGE = 20;
const MAX_STORED = Limit.NOTE_STORAGE_ITEMS - PUBLIC_STORAGE;

interface MintNote extends Omit<StandardNote, 'assets' | 'type'> {
  readonly asset: Asset;
  /** Who can consume the note with the asset. A private note is told by nothing but its digest. */
  readonly recipient: NoteRecipient;
  readonly type: 'private' | 'public';
  /** Of the note with the asset. */
  readonly tag: number;
}

/**
 * A note that has an asset's issuer mint it, and make a note with it. It is public itself, for anybody who runs the issuer;
 * where that is a public account, it is named in an attachment. Throws `note`.
 */
export function mintNote(standards: Standards, made: MintNote): Note {
  const { sender, serial, asset, recipient, type, tag, attachments } = made;
  const issuer = asset.id.faucet;
  const stored = recipient.storage;
  if (type === 'public' && stored.length > MAX_STORED)
    throw new ProtocolError(
      'note',
      'The note to be made stores more than the one that has it made can say.',
      {
        details: `${stored.length} elements, at most ${MAX_STORED}`,
      },
    );
  const storage =
    type === 'private'
      ? [...recipient.digest, ...asset.elements, BigInt(tag)]
      : [
          ...recipient.script.root,
          ...recipient.serial,
          ...asset.elements,
          ...[BigInt(tag), BigInt(stored.length), 0n, 0n],
          ...stored,
        ];
  const note = addressed(issuer, { sender, serial, attachments, type: 'public' as const });
  return standardNote(standards, MINT, note, { storage, tag: accountTag(issuer) });
}

/** What a MINT note says of the note to be made. */
export type MintedNote = { readonly asset: Asset; readonly tag: number } & (
  | { readonly type: 'private'; readonly recipient: Word }
  | {
      readonly type: 'public';
      readonly scriptRoot: Word;
      readonly serial: Word;
      readonly storage: readonly Felt[];
    }
);

/** What a MINT note says; `undefined` for another note, and for one that no issuer could follow. */
export function readMint(standards: Standards, recipient: NoteRecipient): MintedNote | undefined {
  const storage = scriptStorage(standards, MINT, recipient);
  if (!storage) return undefined;
  const word = (at: number): Word => [storage[at], storage[at + 1], storage[at + 2], storage[at + 3]];
  const isPrivate = storage.length === PRIVATE_STORAGE;
  if (!isPrivate && storage.length !== PUBLIC_STORAGE + Number(storage[17])) return undefined;
  const at = isPrivate ? 4 : 8;
  const asset = assetIn(word(at), word(at + 4));
  const tag = Number(storage[at + 8]);
  if (!asset || tag >= 2 ** 32) return undefined;
  return isPrivate
    ? { type: 'private', recipient: word(0), asset, tag }
    : {
        type: 'public',
        scriptRoot: word(0),
        serial: word(4),
        storage: storage.slice(PUBLIC_STORAGE),
        asset,
        tag,
      };
}

/** The recipient of the public note to be made, which the issuer's transaction must be given; its script has that root. */
export const mintedRecipient = (
  { serial, storage }: Extract<MintedNote, { readonly type: 'public' }>,
  script: NoteScript,
): NoteRecipient => new NoteRecipient(serial, script, storage);

export const MINT_NOTES = 'mint_notes::main';

/**
 * A transaction's script by which an issuer mints into notes, whose assets are one for each; it attaches nothing. Throws
 * `transaction` for other notes, and for none.
 */
export function mintingScript(standards: Standards, notes: readonly Note[]): TransactionScript {
  const elements = notes.flatMap(({ metadata, assets, attachments, recipient }) => {
    if (assets.list.length !== 1 || attachments.list.length > 0)
      throw new ProtocolError('transaction', 'Notes to mint into carry one asset and attach nothing.', {
        details: `${assets.list.length} assets, ${attachments.list.length} attachments`,
      });
    const type = metadata.type === 'public' ? 1n : 0n;
    return [...assets.list[0].elements, BigInt(metadata.tag), type, 0n, 0n, ...recipient.digest];
  });
  if (elements.length === 0) throw new ProtocolError('transaction', 'There is nothing to mint.');
  const args = commit(ProtocolDomain.MINT_NOTES, elements);
  return { ...standardNoteScript(standards, MINT_NOTES), args, map: [[args, elements]] };
}
