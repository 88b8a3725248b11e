import type { Felt } from '../../field/felt.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../hash/word.ts';
import type { AccountId } from '../account/account-id.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import type { TransactionScript } from '../executor/transaction-inputs.ts';
import type { Note } from '../note/note.ts';
import type { NoteRecipient } from '../note/note-recipient.ts';
import { accountTag } from '../note/note-tag.ts';
import { type FaucetPolicy, policyRoot, type TransferPolicy } from './faucet.ts';
import { addressed } from './network-account.ts';
import { type StandardNote, scriptStorage, standardNote } from './standard-note.ts';
import { type Standards, standardNoteScript, standardProcedure } from './standards.ts';
import { textWord } from './text-word.ts';

export const SETTINGS = 'settings::from_owner';
export const ACCEPT_OWNERSHIP = 'settings::accept_ownership';
export const CHANGE_SETTINGS = 'settings::main';

/** A call of one of an account's procedures, with at most twelve elements on the stack for it, zeros below. */
export interface SettingsCall {
  readonly procedure: Word;
  readonly args: readonly Felt[];
}
const MAX_ARGS = 12;

/** The procedures that change settings of standard components. */
const PROCEDURES = {
  setMaxSupply: 'faucet::settings::max_supply::set_max_supply',
  setMetadata: 'faucet::settings::metadata::set_metadata',
  setMinimumBurn: 'faucet::settings::minimum_burn::set_minimum_burn',
  setMintPolicy: 'faucet::settings::policies::set_mint_policy',
  setBurnPolicy: 'faucet::settings::policies::set_burn_policy',
  setSendPolicy: 'faucet::settings::transfers::set_send_policy',
  setReceivePolicy: 'faucet::settings::transfers::set_receive_policy',
  allowAccount: 'faucet::settings::allow_list::allow_account',
  disallowAccount: 'faucet::settings::allow_list::disallow_account',
  blockAccount: 'faucet::settings::block_list::block_account',
  unblockAccount: 'faucet::settings::block_list::unblock_account',
  transferOwnership: 'access::transfer_ownership',
  renounceOwnership: 'access::renounce_ownership',
  allowNoteScript: 'auth::network_settings::allow_note_script',
  forbidNoteScript: 'auth::network_settings::forbid_note_script',
  allowTxScript: 'auth::network_settings::allow_tx_script',
  forbidTxScript: 'auth::network_settings::forbid_tx_script',
} as const;
type Setting = keyof typeof PROCEDURES;

/** Calls that change settings of standard components, by name. */
export function settingsCalls(standards: Standards) {
  const call = (name: Setting, args: readonly Felt[] = []): SettingsCall => ({
    procedure: standardProcedure(standards, PROCEDURES[name]),
    args,
  });
  return {
    setMaxSupply: (amount: bigint) => call('setMaxSupply', [amount]),
    setMetadata: (name: string, document: Word = EMPTY_WORD) =>
      call('setMetadata', [...textWord(name), ...document]),
    setMinimumBurn: (amount: bigint) => call('setMinimumBurn', [amount]),
    setMintPolicy: (policy: Exclude<FaucetPolicy, 'minimum'>) =>
      call('setMintPolicy', policyRoot(standards, policy)),
    setBurnPolicy: (policy: FaucetPolicy) => call('setBurnPolicy', policyRoot(standards, policy)),
    /** Nobody is asked if no policy is given. */
    setSendPolicy: (policy?: TransferPolicy) =>
      call('setSendPolicy', policy && policyRoot(standards, policy)),
    setReceivePolicy: (policy?: TransferPolicy) =>
      call('setReceivePolicy', policy && policyRoot(standards, policy)),
    allowAccount: ({ suffix, prefix }: AccountId) => call('allowAccount', [suffix, prefix]),
    disallowAccount: ({ suffix, prefix }: AccountId) => call('disallowAccount', [suffix, prefix]),
    blockAccount: ({ suffix, prefix }: AccountId) => call('blockAccount', [suffix, prefix]),
    unblockAccount: ({ suffix, prefix }: AccountId) => call('unblockAccount', [suffix, prefix]),
    /** Nominates an owner, who has to accept; nobody takes a nomination back. */
    transferOwnership: (nominee?: AccountId) =>
      call('transferOwnership', nominee ? [nominee.suffix, nominee.prefix] : []),
    renounceOwnership: () => call('renounceOwnership'),
    allowNoteScript: (root: Word) => call('allowNoteScript', root),
    forbidNoteScript: (root: Word) => call('forbidNoteScript', root),
    allowTxScript: (root: Word) => call('allowTxScript', root),
    forbidTxScript: (root: Word) => call('forbidTxScript', root),
  } satisfies Record<Setting, unknown>;
}

/** The name of the setting that a call changes; `undefined` for any other procedure. */
export const settingOf = (standards: Standards, { procedure }: SettingsCall): Setting | undefined =>
  (Object.keys(PROCEDURES) as Setting[]).find((name) =>
    wordsEqual(standardProcedure(standards, PROCEDURES[name]), procedure),
  );

function callElements(calls: readonly SettingsCall[]): Felt[] {
  return calls.flatMap(({ procedure, args }) => {
    if (args.length > MAX_ARGS)
      throw new ProtocolError('transaction', `A procedure is called with ${MAX_ARGS} elements at most.`, {
        details: `${args.length} elements`,
      });
    return [...procedure, ...args, ...Array.from({ length: MAX_ARGS - args.length }, () => 0n)];
  });
}

/** A transaction's script that makes the calls one after the other. Throws `transaction` for none, and for too many elements. */
export function settingsScript(standards: Standards, calls: readonly SettingsCall[]): TransactionScript {
  const elements = callElements(calls);
  if (elements.length === 0) throw new ProtocolError('transaction', 'There is no setting to change.');
  const args = commit(ProtocolDomain.SCRIPT_CALLS, elements);
  return { ...standardNoteScript(standards, CHANGE_SETTINGS), args, map: [[args, elements]] };
}

interface SettingsNote extends Omit<StandardNote, 'assets'> {
  /** The account to change. */
  readonly target: AccountId;
}

/** A note by which the owner of `target` has it make the calls. Throws `note` for too many. */
export function settingsNote(
  standards: Standards,
  { target, ...note }: SettingsNote,
  calls: readonly SettingsCall[],
): Note {
  const chosen = { storage: callElements(calls), tag: accountTag(target) };
  return standardNote(standards, SETTINGS, addressed(target, note), chosen);
}

/** A note by which the nominee of `target` becomes its owner. */
export function acceptOwnershipNote(standards: Standards, { target, ...note }: SettingsNote): Note {
  const chosen = { storage: [], tag: accountTag(target) };
  return standardNote(standards, ACCEPT_OWNERSHIP, addressed(target, note), chosen);
}

/** The calls that a note has made; `undefined` for another note. */
export function readSettings(standards: Standards, recipient: NoteRecipient): SettingsCall[] | undefined {
  const storage = scriptStorage(standards, SETTINGS, recipient);
  const size = MAX_ARGS + 4;
  if (!storage || storage.length === 0 || storage.length % size !== 0) return undefined;
  return Array.from({ length: storage.length / size }, (_, i) => {
    const [a, b, c, d, ...args] = storage.slice(size * i, size * (i + 1));
    return { procedure: [a, b, c, d], args };
  });
}
