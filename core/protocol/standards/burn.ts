import type { Asset } from '../asset/asset.ts';
import type { Note } from '../note/note.ts';
import type { NoteRecipient } from '../note/note-recipient.ts';
import { accountTag } from '../note/note-tag.ts';
import { addressed } from './network-account.ts';
import { assetIn, type StandardNote, standardNote, storageOf } from './standard-note.ts';
import type { Standards } from './standards.ts';

export const BURN = 'burn::main';
const STORAGE = 8;

interface BurnNote extends Omit<StandardNote, 'assets'> {
  readonly asset: Asset;
}

/** A note whose asset its issuer destroys. For a public issuer it is public and names it. Throws `note`. */
export function burnNote(standards: Standards, { asset, ...note }: BurnNote): Note {
  const issuer = asset.id.faucet;
  const chosen = { storage: asset.elements, tag: accountTag(issuer) };
  return standardNote(standards, BURN, addressed(issuer, { ...note, assets: [asset] }), chosen);
}

/** The asset that a BURN note has destroyed; `undefined` for another note, and for one that names no asset. */
export function readBurn(
  standards: Standards,
  recipient: NoteRecipient,
): { readonly asset: Asset } | undefined {
  const storage = storageOf(standards, BURN, recipient, STORAGE);
  const asset =
    storage &&
    assetIn(
      [storage[0], storage[1], storage[2], storage[3]],
      [storage[4], storage[5], storage[6], storage[7]],
    );
  return asset && { asset };
}
