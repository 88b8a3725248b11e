import type { Felt } from '../../field/felt.ts';
import { compareWords, EMPTY_WORD, type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import type { EventView } from '../../vm/host.ts';
import { AccountDelta } from '../account/account-delta.ts';
import type { AccountHeader } from '../account/account-header.ts';
import { AccountId } from '../account/account-id.ts';
import type { AssetPatch } from '../account/account-patch.ts';
import { type AccountSource, isNewAccount } from '../account/account-source.ts';
import type { SlotPatch } from '../account/slot-patch.ts';
import type { SlotHeader } from '../account/storage.ts';
import type { MapEntry } from '../account/storage-map.ts';
import { Asset, AssetId } from '../asset/asset.ts';
import { ProtocolError } from '../errors.ts';
import type { TransactionKernel } from '../kernel/kernel.ts';
import { NoteAssets } from '../note/note-assets.ts';
import { type NoteAttachment, NoteAttachments } from '../note/note-attachments.ts';
import { metadataFromWord, schemeAt } from '../note/note-metadata.ts';
import { PartialNote } from '../note/partial-note.ts';

const ASSET_ELEMENTS = 8;
const ROOT_CONTEXT = 0;

/** An asset of which the vault has less than was to be taken. */
export interface Shortage {
  readonly asset: AssetId;
  readonly have: bigint;
  readonly need: bigint;
}

/** What the ledger says of an asset that is short (`masm/kernel/ledger.masm`). */
const NOT_ENOUGH = 'there is not enough of the asset';
const NOT_THERE = 'the asset is not there';

/** An entry of a storage map that the transaction touched, of the slot with this index. */
interface TouchedEntry {
  readonly index: number;
  readonly slot: number;
  readonly key: Word;
  readonly began: Word;
  readonly now: Word;
}

const words = (elements: readonly Felt[]): Word[] =>
  Array.from({ length: Math.ceil(elements.length / 4) }, (_, i): Word => {
    const [a = 0n, b = 0n, c = 0n, d = 0n] = elements.slice(4 * i, 4 * i + 4);
    return [a, b, c, d];
  });

/** What the host reads of the kernel's own memory, which is the root context's. */
export class KernelMemory {
  readonly #view: EventView;
  readonly #addresses: TransactionKernel['memory'];

  constructor(view: EventView, addresses: TransactionKernel['memory']) {
    this.#view = view;
    this.#addresses = addresses;
  }

  /** An address or a size by its name in `masm/kernel/memory.masm`. */
  #at(name: string): number {
    const address = this.#addresses.get(name);
    if (address === undefined) throw new RangeError(`the kernel's memory has no ${name}`);
    return address;
  }
  #element(address: number): Felt {
    return this.#view.memory(address, ROOT_CONTEXT);
  }
  #word(address: number): Word {
    const read = (i: number): Felt => this.#element(address + i);
    return [read(0), read(1), read(2), read(3)];
  }
  #count(name: string): number {
    return Number(this.#element(this.#at(name)));
  }
  #entries(): number[] {
    const [start, size] = [this.#at('LEDGER'), this.#at('LEDGER_ENTRY')];
    return Array.from({ length: this.#count('LEDGER_COUNT') }, (_, i) => start + size * i);
  }

  /** Ids in the ledger, by index. */
  get ledgerIds(): Word[] {
    return this.#entries().map((entry) => this.#word(entry));
  }
  /** Indices of the ledger's entries, by ascending id. */
  get ledgerOrder(): number[] {
    const ids = this.ledgerIds;
    return ids.map((_, i) => i).sort((a, b) => compareWords(ids[a], ids[b]));
  }

  /** Which of the foreign accounts is active; `undefined` if the native one is. */
  get activeForeign(): number | undefined {
    const active = this.#count('ACTIVE') / this.#at('ACCOUNT_SIZE');
    return active === 0 ? undefined : active - 1;
  }
  /** Whether code of the native account runs, and not merely because it is asked. */
  get isNative(): boolean {
    return this.#count('CALL_DEPTH') === 0;
  }
  /** Which slot is kept at an address, of whatever account. */
  slotIndex(slot: number): number {
    const inAccount = (slot - this.#at('ACCOUNT')) % this.#at('ACCOUNT_SIZE');
    return (inAccount + this.#at('ACCOUNT') - this.#at('ACCOUNT_SLOTS')) / this.#at('SLOT_SIZE');
  }
  /** Entries of storage maps that were touched, all or those of one slot. */
  #mapEntries(slot?: number): TouchedEntry[] {
    const [start, size] = [this.#at('MAP_ENTRIES'), this.#at('MAP_ENTRY')];
    const all = Array.from({ length: this.#count('MAP_COUNT') }, (_, index): TouchedEntry => {
      const at = start + size * index;
      return {
        index,
        slot: this.slotIndex(Number(this.#element(at + this.#at('MAP_SLOT')))),
        key: this.#word(at + this.#at('MAP_KEY')),
        began: this.#word(at + this.#at('MAP_BEGAN')),
        now: this.#word(at + this.#at('MAP_NOW')),
      };
    });
    return slot === undefined ? all : all.filter((entry) => entry.slot === slot);
  }
  /** The entry of a key of the map whose slot is kept there; the number of entries if there is none. */
  mapIndex(slot: number, key: Word): number {
    const own = this.#mapEntries(this.slotIndex(slot)).find((entry) => wordsEqual(entry.key, key));
    return own?.index ?? this.#count('MAP_COUNT');
  }
  /** Indices of the entries of the map whose slot is kept there, by ascending key. */
  mapOrder(slot: number): number[] {
    const entries = this.#mapEntries(this.slotIndex(slot));
    return entries.sort((a, b) => compareWords(a.key, b.key)).map(({ index }) => index);
  }

  /** Assets of which the vault has another amount now. */
  changedAssets(): AssetPatch[] {
    return this.#entries().flatMap((entry) => {
      const value = this.#word(entry + this.#at('LEDGER_VAULT'));
      const unchanged = wordsEqual(value, this.#word(entry + this.#at('LEDGER_BEGAN')));
      return unchanged ? [] : [{ id: AssetId.fromWord(this.#word(entry)), value }];
    });
  }

  /** The account's header as it stands. */
  get header(): AccountHeader {
    const [, nonce, suffix, prefix] = this.#word(this.#at('ACCOUNT'));
    return {
      id: new AccountId(prefix, suffix),
      nonce,
      vaultRoot: this.#word(this.#at('ACCOUNT_VAULT')),
      storageCommitment: this.#word(this.#at('ACCOUNT_STORAGE')),
      codeCommitment: this.#word(this.#at('ACCOUNT_CODE')),
    };
  }

  /** What comes to the vault and what goes from it, at any time. */
  #movedAssets(): { readonly added: Asset[]; readonly removed: Asset[] } {
    const [added, removed]: [Asset[], Asset[]] = [[], []];
    for (const entry of this.#entries()) {
      const id = AssetId.fromWord(this.#word(entry));
      const began = this.#word(entry + this.#at('LEDGER_BEGAN'));
      const now = this.#word(entry + this.#at('LEDGER_VAULT'));
      if (id.composition === 'fungible') {
        const difference = now[0] - began[0];
        if (difference > 0n) added.push(Asset.fungible(id.faucet, difference));
        if (difference < 0n) removed.push(Asset.fungible(id.faucet, -difference));
      } else if (!wordsEqual(began, now)) {
        if (!wordsEqual(now, EMPTY_WORD)) added.push(new Asset(id, now));
        if (!wordsEqual(began, EMPTY_WORD)) removed.push(new Asset(id, began));
      }
    }
    return { added, removed };
  }
  /** The commitment to the code that the account is upgraded to. */
  get #upgradedCode(): Word | undefined {
    return this.#count('IS_UPGRADED') === 0 ? undefined : this.#word(this.#at('CODE_UPGRADE'));
  }
  /** How the account changes. */
  delta(account: AccountSource): AccountDelta {
    const isNew = isNewAccount(account);
    return new AccountDelta({
      id: account.header.id,
      ...this.#movedAssets(),
      slots: this.changedSlots(account.slotHeaders, isNew),
      code: isNew ? account.code.commitment : this.#upgradedCode,
    });
  }

  /** What the vault had too little of, if that is what the ledger stopped at: its entry is the selected one. */
  shortage(message: string): Shortage | undefined {
    const entry = Number(this.#view.memory(this.#at('LEDGER_SELECTED')));
    const vault = entry + this.#at('LEDGER_VAULT');
    const found = (have: bigint, need: bigint): Shortage => ({
      asset: AssetId.fromWord(this.#word(entry)),
      have,
      need,
    });
    if (message.includes(NOT_ENOUGH)) {
      // [0, test, held, amount, where it is held], as `assert_enough` leaves it
      const [held, amount, place] = [2, 3, 4].map((i) => this.#view.element(i));
      return Number(place) === vault ? found(held, amount) : undefined;
    }
    const none = message.includes(NOT_THERE) && wordsEqual(this.#word(vault), EMPTY_WORD);
    return none ? found(0n, 1n) : undefined;
  }

  /** Slots of the account, as `slots` says they were, that are created or changed. */
  changedSlots(slots: readonly SlotHeader[], isNew: boolean): SlotPatch[] {
    const operation = isNew ? 'create' : 'update';
    return slots.flatMap(({ name, kind, value: before }, i): SlotPatch[] => {
      if (kind === 'map') {
        const entries = this.#mapEntries(i).flatMap(({ key, began, now }): MapEntry[] =>
          wordsEqual(now, isNew ? EMPTY_WORD : began) ? [] : [[key, now]],
        );
        return isNew || entries.length > 0 ? [{ name, kind, operation, entries }] : [];
      }
      const value = this.#slotValue(i);
      return isNew || !wordsEqual(value, before) ? [{ name, kind, operation, value }] : [];
    });
  }
  #slotValue(index: number): Word {
    return this.#word(this.#at('ACCOUNT_SLOTS') + this.#at('SLOT_SIZE') * index + this.#at('SLOT_VALUE'));
  }

  /** The notes made. */
  outputNotes(): PartialNote[] {
    const [start, size] = [this.#at('OUTPUT_NOTES'), this.#at('OUTPUT_NOTE_SIZE')];
    return Array.from({ length: this.#count('OUTPUT_NOTE_COUNT') }, (_, i) =>
      this.#outputNote(start + size * i),
    );
  }
  #outputNote(note: number): PartialNote {
    const count = Number(this.#element(note + this.#at('OUTPUT_NOTE_ASSET_COUNT')));
    const assets = Array.from({ length: count }, (_, i) => {
      const at = note + this.#at('OUTPUT_NOTE_ASSETS') + ASSET_ELEMENTS * i;
      return new Asset(AssetId.fromWord(this.#word(at)), this.#word(at + 4));
    });
    return new PartialNote(
      metadataFromWord(this.#word(note + this.#at('OUTPUT_NOTE_METADATA'))),
      this.#word(note + this.#at('OUTPUT_NOTE_RECIPIENT')),
      new NoteAssets(assets),
      this.#attachments(note),
    );
  }
  /** The kernel knows attachments by their commitments; their words stand in the advice map. */
  #attachments(note: number): NoteAttachments {
    const count = Number(this.#element(note + this.#at('OUTPUT_NOTE_ATTACHMENT_COUNT')));
    const schemes = this.#element(note + this.#at('OUTPUT_NOTE_SCHEMES'));
    const list = Array.from({ length: count }, (_, i): NoteAttachment => {
      const commitment = this.#word(note + this.#at('OUTPUT_NOTE_ATTACHMENTS') + 4 * i);
      const elements = this.#view.advice.mapValues(commitment);
      if (!elements)
        throw new ProtocolError('transaction', 'The words of an attachment are not known.', {
          details: `attachment ${i}, commitment ${wordKey(commitment)}`,
          advice: 'Give them with the script, in the advice map under their commitment.',
        });
      return { scheme: schemeAt(schemes, i), words: words(elements) };
    });
    return new NoteAttachments(list);
  }
}
