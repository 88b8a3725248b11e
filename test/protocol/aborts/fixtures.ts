import { EMPTY_WORD, type Word } from '../../../core/hash/word.ts';
import type { Account } from '../../../core/protocol/account/account.ts';
import { slotId } from '../../../core/protocol/account/slot-name.ts';
import type { StorageSlot } from '../../../core/protocol/account/storage.ts';
import { StorageMap } from '../../../core/protocol/account/storage-map.ts';
import { Asset } from '../../../core/protocol/asset/asset.ts';
import type { TransactionScript } from '../../../core/protocol/executor/transaction-inputs.ts';
import { KERNEL_API } from '../../../core/protocol/kernel-api.ts';
import { Note } from '../../../core/protocol/note/note.ts';
import { NoteAssets } from '../../../core/protocol/note/note-assets.ts';
import { NoteRecipient, type NoteScript } from '../../../core/protocol/note/note-recipient.ts';
import { type Attempt, doing, open } from '../hostile.ts';
import {
  type AccountKind,
  blockWith,
  componentOf,
  newAccount,
  p2id,
  procedure,
  script,
  wallet,
} from '../transactions.ts';

/** An attempt that must stop at an assertion. */
export type AbortCase = () => Attempt;
/** By the assertion's name (`sites.ts`). */
export type AbortCases = Readonly<Record<string, AbortCase>>;

export const faucet = newAccount({ seed: 9 }).id;
export const coins = (amount: bigint): Asset => Asset.fungible(faucet, amount);
const unique = (name: string): Asset => Asset.unique(faucet, new TextEncoder().encode(name));
export const jewel = unique('a jewel');
export const jewels = Array.from({ length: 17 }, (_, i) => unique(`jewel ${i}`));
export const { block } = blockWith();

export const SLOT = 'a::value';
export const MAPS = ['a::map', 'another::map'] as const;
export const KEYS: readonly [Word, Word, Word] = [
  [1n, 2n, 3n, 4n],
  [5n, 0n, 0n, 4n],
  [6n, 0n, 0n, 5n],
];
export const VALUE: Word = [9n, 8n, 7n, 6n];
export const idOf = (name: string): [bigint, bigint] => [slotId(name).suffix, slotId(name).prefix];
const SLOTS: readonly StorageSlot[] = [
  { name: SLOT, kind: 'value', value: EMPTY_WORD },
  { name: MAPS[0], kind: 'map', map: new StorageMap([[KEYS[0], VALUE]]) },
  { name: MAPS[1], kind: 'map', map: new StorageMap() },
];

/** An account that lets everybody use the kernel in its name, and authenticates everything. */
export const opened = (assets: readonly Asset[] = [], kind: AccountKind = {}): Account =>
  wallet(assets, { auth: 'none', slots: SLOTS, component: open, ...kind });
/** The same before its first transaction. */
export const fresh = (kind: AccountKind = {}): Account =>
  newAccount({ auth: 'none', slots: SLOTS, component: open, ...kind });
export const owner = opened([coins(100n), jewel]);

/** The owner, or another, runs a script. */
export const acting = (lines: string | readonly string[], more: Partial<Attempt> = {}): Attempt => ({
  account: owner,
  block,
  script: doing(...[lines].flat()),
  ...more,
});

/** A note with these assets and a script of its own. */
export const noteThat = (body: string | NoteScript, assets: readonly Asset[] = [], serial = 1n): Note =>
  new Note({
    ...p2id(faucet, owner.id, assets),
    recipient: new NoteRecipient(
      [serial, 7n, 7n, 7n],
      typeof body === 'string' ? script(body, ['kiln::protocol::active_note']) : body,
    ),
  });
/** The owner, or another, consumes notes. */
export const consuming = (notes: readonly Note[], more: Partial<Attempt> = {}): Attempt => ({
  account: owner,
  ...blockWith(notes),
  ...more,
});
/** Assets of a note that no note can have. */
export const anyAssets = (list: readonly { readonly elements: readonly bigint[] }[]): NoteAssets =>
  Object.assign(Object.create(NoteAssets.prototype), { list });
export const idle = (): TransactionScript => script('dropw');

const pushed = (values: readonly bigint[]): string => `push.${values.toReversed().join('.')}`;
/** Ways to authenticate that no account should have. The numbers keep procedures apart that would be alike. */
const WRONG = componentOf(
  `pub proc idle dropw end
    pub proc raise push.${KERNEL_API['account::incr_nonce']} syscall.exec_kernel_proc drop end
    pub proc twice exec.raise exec.raise push.9 drop end
    pub proc ask call.raise push.8 drop end
    pub proc set
      push.1.2.3.4 ${pushed([BigInt(KERNEL_API['account::set_item']), ...idOf(SLOT)])}
      syscall.exec_kernel_proc dropw drop drop drop
    end
    pub proc change
      padw push.1.2.3.4.${KERNEL_API['account::upgrade']} syscall.exec_kernel_proc dropw dropw drop
    end
    pub proc take
      ${pushed(coins(1n).value)} ${pushed([BigInt(KERNEL_API['account::add_asset']), ...coins(1n).id.word])}
      syscall.exec_kernel_proc dropw dropw drop
    end`,
);
export type WrongAuth = 'idle' | 'twice' | 'ask' | 'set' | 'change' | 'take';
export const wrongAuth = (name: WrongAuth): AccountKind => ({
  component: WRONG,
  ownAuth: procedure(WRONG, `::component::${name}`),
});
/** An account that authenticates in one of these ways. */
export const authenticatedBy = (name: WrongAuth): Account => opened([], wrongAuth(name));
