import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import type { Account } from '../account/account.ts';
import type { AccountId } from '../account/account-id.ts';
import type { AccountComponent } from '../account/component.ts';
import type { SlotSchema } from '../account/component-schema.ts';
import { ProtocolError } from '../errors.ts';
import { type NoteAttachment, NoteAttachments } from '../note/note-attachments.ts';
import type { NoteMetadata } from '../note/note-metadata.ts';
import { type ExecutionHint, hintElement, hintIn } from './execution-hint.ts';
import { EXPIRATION } from './expiration.ts';
import { idIn, type StandardNote } from './standard-note.ts';
import { type Standards, standardComponent, standardProcedure } from './standards.ts';

const NOTE_SCRIPTS_SLOT = 'kiln::auth::network::note_scripts';
const TX_SCRIPTS_SLOT = 'kiln::auth::network::tx_scripts';
const SCHEMA: readonly SlotSchema[] = [NOTE_SCRIPTS_SLOT, TX_SCRIPTS_SLOT].map((name) => ({
  kind: 'map',
  name,
  key: 'word',
  value: 'word',
}));
const LISTED: Word = [1n, 0n, 0n, 0n];

/** Scripts that an account lets anybody run, by their roots. */
export interface AllowedScripts {
  readonly noteScripts: readonly Word[];
  /** Of transactions themselves. The one that lets a transaction expire, if not given. */
  readonly txScripts?: readonly Word[];
}

/**
 * Agrees to every transaction whose notes' scripts and own script the account lists: for a public account that anybody
 * runs. It is as safe as those scripts are in the hands of anybody.
 */
export const networkAuthComponent = (
  standards: Standards,
  { noteScripts, txScripts = [standardProcedure(standards, EXPIRATION)] }: AllowedScripts,
): AccountComponent =>
  standardComponent(standards, 'auth::network', SCHEMA, {
    [NOTE_SCRIPTS_SLOT]: noteScripts.map((root) => [root, LISTED] as const),
    [TX_SCRIPTS_SLOT]: txScripts.map((root) => [root, LISTED] as const),
  });

/** Changes to the lists, for whom `accessComponent` lets: that has to be among the account's components too. */
export const networkSettingsComponent = (standards: Standards): AccountComponent =>
  standardComponent(standards, 'auth::network_settings');

/** The scripts that an account lets anybody run; `undefined` where its authentication is another. */
export function readNetworkAccount(
  standards: Standards,
  { code, storage }: Pick<Account, 'code' | 'storage'>,
): Required<AllowedScripts> | undefined {
  const authenticate = standardProcedure(standards, 'auth::network::authenticate');
  if (!code.procedures[0].every((element, i) => element === authenticate[i])) return undefined;
  const roots = (name: string): Word[] | undefined => {
    const slot = storage.slot(name);
    return slot?.kind === 'map' ? slot.map.entries.map(([root]) => root) : undefined;
  };
  const [noteScripts, txScripts] = [roots(NOTE_SCRIPTS_SLOT), roots(TX_SCRIPTS_SLOT)];
  return noteScripts && txScripts && { noteScripts, txScripts };
}

const TARGET_SCHEME = 2;

/** Which account that anybody runs is to consume a note, and when. */
export interface NetworkTarget {
  readonly target: AccountId;
  readonly hint: ExecutionHint;
}

/** An attachment that names the account. Throws `note` if it is private: nobody but its owner can run it. */
export function networkTarget({ target, hint }: NetworkTarget): NoteAttachment {
  if (target.type !== 'public')
    throw new ProtocolError('note', 'Only a public account is run by anybody.', {
      details: target.toString(),
    });
  return { scheme: TARGET_SCHEME, words: [[target.suffix, target.prefix, hintElement(hint), 0n]] };
}

/** A note for a public account, which anybody may run: public itself and naming it, where nothing else is said. */
export const addressed = <T extends Pick<StandardNote, 'type' | 'attachments'>>(
  target: AccountId,
  note: T,
): T =>
  target.type === 'public'
    ? {
        ...note,
        type: note.type ?? 'public',
        attachments:
          note.attachments ?? new NoteAttachments([networkTarget({ target, hint: { kind: 'always' } })]),
      }
    : note;

/** The account that attachments name: the first that they do, if it is one at all. */
function targetIn({ list }: NoteAttachments): NetworkTarget | undefined {
  const words = list.find(({ scheme }) => scheme === TARGET_SCHEME)?.words;
  if (words?.length !== 1) return undefined;
  const [suffix, prefix, hint, zero]: readonly Felt[] = words[0];
  const target = idIn(suffix, prefix);
  return target?.type === 'public' && zero === 0n ? { target, hint: hintIn(hint) } : undefined;
}

/** A note that an operator can have its target consume: public, and saying which account that is. */
interface NoteForNetwork {
  readonly metadata: NoteMetadata;
  readonly attachments: NoteAttachments;
}
export const readNetworkNote = ({ metadata, attachments }: NoteForNetwork): NetworkTarget | undefined =>
  metadata.type === 'public' ? targetIn(attachments) : undefined;
export const isNetworkNote = (note: NoteForNetwork): boolean => readNetworkNote(note) !== undefined;
