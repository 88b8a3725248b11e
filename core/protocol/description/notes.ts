import { wordKey } from '../../hash/word.ts';
import type { AccountId } from '../account/account-id.ts';
import type { Note } from '../note/note.ts';
import type { NoteType } from '../note/note-metadata.ts';
import type { NoteRecipient } from '../note/note-recipient.ts';
import type { PartialNote } from '../note/partial-note.ts';
import { readBurn } from '../standards/burn.ts';
import { type KnownNote, knownNote } from '../standards/known-scripts.ts';
import { readMint } from '../standards/mint.ts';
import { readP2id } from '../standards/p2id.ts';
import { readP2ide } from '../standards/p2ide.ts';
import { readSettings, settingOf } from '../standards/settings.ts';
import type { Standards } from '../standards/standards.ts';
import { readSwap } from '../standards/swap.ts';
import { type DescribedAsset, describeAsset } from './assets.ts';

/** What a note's script does with it, as far as its kind says so. */
export type DescribedScript =
  | { readonly kind: 'P2ID' }
  /** Who made it may take it back from one block on, and nobody takes it before another. */
  | { readonly kind: 'P2IDE'; readonly reclaim?: number; readonly unlock?: number }
  | { readonly kind: 'MINT'; readonly asset: DescribedAsset; readonly type: NoteType; readonly tag: number }
  | { readonly kind: 'BURN'; readonly asset: DescribedAsset }
  /** Whoever takes what the note carries pays this; its maker is paid in a note of this type. */
  | { readonly kind: 'SWAP'; readonly asset: DescribedAsset; readonly type: NoteType; readonly tag: number }
  /** Names of settings, roots of procedures that are none. */
  | { readonly kind: 'SETTINGS'; readonly settings: readonly string[] }
  /** Another of the standard ones, which says no more. */
  | { readonly kind: Exclude<KnownNote, 'P2ID' | 'P2IDE' | 'SWAP' | 'MINT' | 'BURN' | 'SETTINGS'> }
  /** A standard script with storage that it stops at: nobody can consume the note. */
  | { readonly kind: 'unusable'; readonly name: KnownNote }
  | { readonly kind: 'custom'; readonly root: string }
  /** Whoever made the transaction was told the recipient's digest and no more. */
  | { readonly kind: 'unknown'; readonly recipient: string };

export interface DescribedNote {
  readonly id: string;
  readonly from: string;
  /** Whom it pays, where the script is one that says so. */
  readonly to?: string;
  readonly type: NoteType;
  readonly tag: number;
  readonly assets: readonly DescribedAsset[];
  /** How many there are: everybody can read them. */
  readonly attachments: number;
  readonly script: DescribedScript;
}

interface ReadScript {
  readonly script: DescribedScript;
  readonly target?: AccountId;
}

type Reader = (standards: Standards, recipient: NoteRecipient) => ReadScript | undefined;

/** `undefined` for storage that the script would stop at. */
const READERS: { readonly [K in KnownNote]?: Reader } = {
  P2ID: (standards, recipient) => {
    const read = readP2id(standards, recipient);
    return read && { target: read.target, script: { kind: 'P2ID' } };
  },
  P2IDE: (standards, recipient) => {
    const read = readP2ide(standards, recipient);
    if (!read) return undefined;
    const { target, ...heights } = read;
    return { target, script: { kind: 'P2IDE', ...heights } };
  },
  MINT: (standards, recipient) => {
    const read = readMint(standards, recipient);
    return (
      read && { script: { kind: 'MINT', asset: describeAsset(read.asset), type: read.type, tag: read.tag } }
    );
  },
  BURN: (standards, recipient) => {
    const read = readBurn(standards, recipient);
    return read && { script: { kind: 'BURN', asset: describeAsset(read.asset) } };
  },
  SWAP: (standards, recipient) => {
    const read = readSwap(standards, recipient);
    return (
      read && {
        script: { kind: 'SWAP', asset: describeAsset(read.requested), type: read.type, tag: read.tag },
      }
    );
  },
  SETTINGS: (standards, recipient) => {
    const calls = readSettings(standards, recipient);
    return (
      calls && {
        script: {
          kind: 'SETTINGS',
          settings: calls.map((call) => settingOf(standards, call) ?? wordKey(call.procedure)),
        },
      }
    );
  },
};

function readScript({ recipient }: Note | PartialNote, standards: Standards): ReadScript {
  if (!('script' in recipient)) return { script: { kind: 'unknown', recipient: wordKey(recipient) } };
  const { root } = recipient.script;
  const name = knownNote(standards, root);
  if (!name) return { script: { kind: 'custom', root: wordKey(root) } };
  const read = READERS[name];
  // What has no reader has no storage to read.
  if (!read) return { script: { kind: name } as DescribedScript };
  return read(standards, recipient) ?? { script: { kind: 'unusable', name } };
}

/** Whom a note pays, where its script is one that says so. */
export const targetOf = (note: Note | PartialNote, standards: Standards): AccountId | undefined =>
  readScript(note, standards).target;

export function describeNote(note: Note | PartialNote, standards: Standards): DescribedNote {
  const { sender, type, tag } = note.metadata;
  const { target, script } = readScript(note, standards);
  return {
    id: wordKey(note.id),
    from: sender.toString(),
    ...(target && { to: target.toString() }),
    type,
    tag,
    assets: note.assets.list.map(describeAsset),
    attachments: note.attachments.list.length,
    script,
  };
}
