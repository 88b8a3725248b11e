import { type Felt, MODULUS } from '../../field/felt.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../hash/word.ts';
import type { AccountId } from '../account/account-id.ts';
import type { Asset } from '../asset/asset.ts';
import type { Note } from '../note/note.ts';
import type { NoteType } from '../note/note-metadata.ts';
import { NoteRecipient } from '../note/note-recipient.ts';
import { P2ID, p2idNote } from './p2id.ts';
import { assetIn, idIn, type StandardNote, standardNote, storageOf } from './standard-note.ts';
import { type Standards, standardNoteScript, standardProcedure } from './standards.ts';

export const SWAP = 'swap::main';
const STORAGE = 16;
const TAGS = 2 ** 32;

interface SwapNote extends Omit<StandardNote, 'assets'> {
  readonly offered: Asset;
  readonly requested: Asset;
  /**
   * The note that pays the maker. Who sees a public one, or the swap that asks for it, knows whom it pays; a private one has a
   * serial number and salt of its own, random, and its maker alone can tell.
   */
  readonly payback: { readonly type: 'public' } | PrivatePayback;
}
interface PrivatePayback {
  readonly type: 'private';
  readonly serial: Word;
  readonly salt: readonly [Felt, Felt];
}

/** A note to swap assets by, and the one that its maker gets for it. */
interface MadeSwap {
  readonly note: Note;
  /** What pays the maker, once it is known which account took the offer. */
  payback(taker: AccountId): Note;
}

/** A note whose asset anybody can take who pays another for it. Throws `note`. */
export function swapNote(standards: Standards, swap: SwapNote): MadeSwap {
  const { offered, requested, payback, ...note } = swap;
  const target = swap.sender;
  const paid = (sender: AccountId): Note => {
    const { type } = payback;
    return type === 'private'
      ? p2idNote(standards, { ...payback, sender, target, assets: [requested] })
      : p2idNote(standards, { sender, target, type, ...openPayback(swap.serial), assets: [requested] });
  };
  const { metadata, recipient } = paid(target);
  const storage = [
    ...requested.elements,
    ...(payback.type === 'private' ? recipient.digest : EMPTY_WORD),
    payback.type === 'private' ? 0n : 1n,
    BigInt(metadata.tag),
    ...(payback.type === 'private' ? [0n, 0n] : [target.suffix, target.prefix]),
  ];
  const tag = swapTag(standards, note.type ?? 'private', offered, requested);
  const made = standardNote(standards, SWAP, { ...note, assets: [offered] }, { storage, tag });
  return { note: made, payback: paid };
}

/** A public payback hides nothing: its serial number follows from the swap's. */
const openPayback = ([first, ...rest]: Word) =>
  ({ serial: [(first + 1n) % MODULUS, ...rest], salt: [0n, 0n] }) as const;

/** By what offers of one asset for another are found: some bits of the script's root and of both issuers. */
export function swapTag(standards: Standards, type: NoteType, offered: Asset, requested: Asset): number {
  const [root] = standardProcedure(standards, SWAP);
  const script = (Number(root & 0xffn) << 7) | (Number((root >> 8n) & 0xffn) >> 1);
  const [from, to] = [offered, requested].map(({ id }) => Number(id.faucet.prefix >> 56n));
  return (type === 'public' ? 2 ** 31 : 0) + script * 2 ** 16 + from * 2 ** 8 + to;
}

/** What a SWAP note says of what its maker is to be paid. */
type ReadSwap = { readonly requested: Asset; readonly tag: number } & (
  | { readonly type: 'private'; readonly recipient: Word }
  /** The recipient must be given to the transaction that takes the offer, since the note that pays is public. */
  | { readonly type: 'public'; readonly target: AccountId; readonly recipient: NoteRecipient }
);

/** What a SWAP note says; `undefined` for another note, and for one that nobody can take. */
export function readSwap(standards: Standards, recipient: NoteRecipient): ReadSwap | undefined {
  const storage = storageOf(standards, SWAP, recipient, STORAGE);
  if (!storage) return undefined;
  const word = (at: number): Word => [storage[at], storage[at + 1], storage[at + 2], storage[at + 3]];
  const requested = assetIn(word(0), word(4));
  const tag = Number(storage[13]);
  if (!requested || tag >= TAGS) return undefined;
  const digest = word(8);
  const [suffix, prefix] = storage.slice(14);
  if (storage[12] === 0n)
    return suffix === 0n && prefix === 0n
      ? { requested, tag, type: 'private', recipient: digest }
      : undefined;
  const target = idIn(suffix, prefix);
  if (storage[12] !== 1n || !target || !wordsEqual(digest, EMPTY_WORD)) return undefined;
  const { serial, salt } = openPayback(recipient.serial);
  const pays = new NoteRecipient(serial, standardNoteScript(standards, P2ID), [suffix, prefix, ...salt]);
  return { requested, tag, type: 'public', target, recipient: pays };
}
