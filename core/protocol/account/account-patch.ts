import { type ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import { hashFramed } from '../../hash/eidos.ts';
import { compareWords, EMPTY_WORD, type Word, wordKey } from '../../hash/word.ts';
import { AssetId } from '../asset/asset.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { checked } from '../reading.ts';
import { AccountCode } from './account-code.ts';
import { AccountId } from './account-id.ts';
import {
  codeSection,
  headerSection,
  readSlots,
  type SlotPatch,
  slotSections,
  sorted,
  sortedSlots,
  writeSlots,
} from './slot-patch.ts';

/** The new value of one asset in the vault; the empty word where it is gone. */
export interface AssetPatch {
  readonly id: AssetId;
  readonly value: Word;
}

const MIN_ASSET_BYTES = 49;

/**
 * What a transaction leaves of an account, as absolute values: everything a holder of the state before needs for the state
 * after. Empty if the nonce did not move.
 */
export class AccountPatch {
  readonly id: AccountId;
  /** The nonce after it. */
  readonly nonce: Felt;
  readonly assets: readonly AssetPatch[];
  readonly slots: readonly SlotPatch[];
  /** Of a new account, or of one whose code was upgraded. */
  readonly code?: AccountCode;

  /** Parts in any order; entries and assets are sorted. Throws `account-update`. */
  constructor(parts: {
    readonly id: AccountId;
    readonly nonce: Felt;
    readonly assets?: readonly AssetPatch[];
    readonly slots?: readonly SlotPatch[];
    readonly code?: AccountCode | undefined;
  }) {
    this.id = parts.id;
    this.nonce = parts.nonce;
    this.assets = sorted(parts.assets ?? [], (a, b) => compareWords(a.id.word, b.id.word), 'an asset');
    this.slots = sortedSlots(parts.slots ?? []);
    if (parts.code) this.code = parts.code;
    if (this.assets.length > 2 * Limit.CHANGED_ASSETS)
      throw new ProtocolError('account-update', 'Too many assets change in one transaction.');
    if (this.isEmpty && (this.assets.length > 0 || this.slots.length > 0 || this.code))
      throw new ProtocolError('account-update', 'An account cannot change without its nonce.');
  }

  get isEmpty(): boolean {
    return this.nonce === 0n;
  }

  /** The empty word for an empty patch; else the hash of the sections, eight elements at a time. */
  get commitment(): Word {
    if (this.isEmpty) return EMPTY_WORD;
    const { id } = this;
    const elements = headerSection(id, this.nonce);
    for (const asset of this.assets) elements.push(...asset.id.word, ...asset.value);
    if (this.assets.length > 0) elements.push(1n, BigInt(this.assets.length), 0n, 0n, ...EMPTY_WORD);
    elements.push(...slotSections(this.slots));
    if (this.code) elements.push(...codeSection(this.code.commitment));
    return hashFramed(elements, ProtocolDomain.ACCOUNT_PATCH);
  }

  /**
   * This patch and a later one of the same account as one: later entries win. Throws `account-update` if `next` is no
   * successor.
   */
  merge(next: AccountPatch): AccountPatch {
    if (!this.id.equals(next.id) || next.isEmpty || next.nonce <= this.nonce)
      throw new ProtocolError('account-update', 'These two changes of an account do not follow each other.');
    const assets = new Map([...this.assets, ...next.assets].map((a) => [wordKey(a.id.word), a]));
    const slots = new Map(this.slots.map((slot) => [slot.name, slot]));
    for (const slot of next.slots) {
      const merged = mergeSlots(slots.get(slot.name), slot);
      if (merged) slots.set(slot.name, merged);
      else slots.delete(slot.name);
    }
    return new AccountPatch({
      id: this.id,
      nonce: next.nonce,
      assets: [...assets.values()],
      slots: [...slots.values()],
      code: next.code ?? this.code,
    });
  }

  write(writer: ByteWriter): void {
    this.id.write(writer);
    writer.felt(this.nonce).vint(this.assets.length);
    for (const { id, value } of this.assets) {
      id.write(writer);
      writer.word(value);
    }
    writeSlots(this.slots, writer);
    writer.bool(this.code !== undefined);
    this.code?.write(writer);
  }
  static read(reader: ByteReader): AccountPatch {
    const start = reader.offset;
    const id = AccountId.read(reader);
    const nonce = reader.felt();
    const assets = Array.from({ length: reader.count(MIN_ASSET_BYTES, 2 * Limit.CHANGED_ASSETS) }, () => ({
      id: AssetId.read(reader),
      value: reader.word(),
    }));
    const slots = readSlots(reader);
    const code = reader.bool() ? AccountCode.read(reader) : undefined;
    if (reader.offset - start > Limit.ACCOUNT_UPDATE_BYTES)
      reader.fail('it is longer than an account update may be');
    return checked(reader, () => {
      const patch = new AccountPatch({ id, nonce, assets, slots, code });
      if (patch.assets.some((a, i) => a !== assets[i])) reader.fail('its assets are not in order');
      if (patch.slots.some((s, i) => s.name !== slots[i].name)) reader.fail('its slots are not in order');
      return patch;
    });
  }
  toBytes(): Uint8Array {
    const writer = new ByteWriter();
    this.write(writer);
    return writer.finish();
  }
}

/** `undefined` for a slot that was made and removed again. */
function mergeSlots(before: SlotPatch | undefined, next: SlotPatch): SlotPatch | undefined {
  if (!before) return next;
  if (before.operation === 'remove' || next.operation === 'create')
    throw new ProtocolError('account-update', 'A slot that was removed or there is made again.');
  if (before.kind !== next.kind) throw new ProtocolError('account-update', 'A slot changes its kind.');
  if (next.operation === 'remove') return before.operation === 'create' ? undefined : next;
  // A slot that was created and then changed is created with the change.
  if (next.kind === 'value' || before.kind === 'value') return { ...next, operation: before.operation };
  const entries = new Map([...before.entries, ...next.entries].map((e) => [wordKey(e[0]), e]));
  return { ...next, operation: before.operation, entries: [...entries.values()] };
}
