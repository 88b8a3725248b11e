import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { commitList } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { checked } from '../reading.ts';
import {
  checkSlotName,
  compareSlotIds,
  readSlotName,
  type SlotId,
  slotId,
  writeSlotName,
} from './slot-name.ts';
import { StorageMap } from './storage-map.ts';

/** One named place in an account's storage: a word, or a map. */
export type StorageSlot =
  | { readonly name: string; readonly kind: 'value'; readonly value: Word }
  | { readonly name: string; readonly kind: 'map'; readonly map: StorageMap };
export type SlotKind = StorageSlot['kind'];

/** A slot as the storage commitment is over it: a map by its root. */
export interface SlotHeader {
  readonly name: string;
  readonly kind: SlotKind;
  readonly value: Word;
}

const SLOT_TYPE: Readonly<Record<SlotKind, number>> = { value: 0, map: 1 };
/** A name of two characters, a type, and an empty map's count. */
const MIN_SLOT_BYTES = 6;

/** Eight elements for each slot: [0, type, id suffix, id prefix], then the value or the map's root. */
export const slotRecords = (headers: readonly SlotHeader[]): Felt[] =>
  headers.flatMap(({ name, kind, value }) => {
    const { suffix, prefix } = slotId(name);
    return [0n, BigInt(SLOT_TYPE[kind]), suffix, prefix, ...value];
  });

export const storageCommitment = (headers: readonly SlotHeader[]): Word =>
  commitList(ProtocolDomain.ACCOUNT_STORAGE, slotRecords(headers));

/** An account's storage: up to 255 slots, in the order of their ids. */
export class AccountStorage {
  readonly #slots: Map<string, StorageSlot>;

  /** Slots in any order. Throws `account-storage`: a bad name, a name twice, too many. */
  constructor(slots: Iterable<StorageSlot> = []) {
    const list = [...slots];
    if (list.length > Limit.STORAGE_SLOTS) {
      throw new ProtocolError(
        'account-storage',
        `An account has at most ${Limit.STORAGE_SLOTS} storage slots.`,
        {
          details: `${list.length} slots`,
        },
      );
    }
    for (const { name } of list) checkSlotName(name);
    list.sort((a, b) => compareSlotIds(slotId(a.name), slotId(b.name)));
    for (const [i, { name }] of list.entries()) {
      if (i > 0 && compareSlotIds(slotId(list[i - 1].name), slotId(name)) === 0)
        throw new ProtocolError('account-storage', 'Two storage slots have the same name.', {
          details: name,
        });
    }
    this.#slots = new Map(list.map((slot) => [slot.name, slot]));
  }

  /** In the order of ids. */
  get slots(): StorageSlot[] {
    return [...this.#slots.values()];
  }
  slot(name: string): StorageSlot | undefined {
    return this.#slots.get(name);
  }
  /** The slot with this id. */
  find(id: SlotId): StorageSlot | undefined {
    return this.slots.find(({ name }) => compareSlotIds(slotId(name), id) === 0);
  }
  /** All slot records, one after the other: the commitment's preimage. */
  get elements(): Felt[] {
    return slotRecords(this.headers);
  }
  get headers(): SlotHeader[] {
    return this.slots.map((slot) => ({
      name: slot.name,
      kind: slot.kind,
      value: slot.kind === 'value' ? slot.value : slot.map.root,
    }));
  }
  get commitment(): Word {
    return storageCommitment(this.headers);
  }

  /** Replaces the value of a value slot. Throws `account-storage` if there is none of this name. */
  setValue(name: string, value: Word): void {
    if (this.slot(name)?.kind !== 'value') throw missing(name, 'value');
    this.#slots.set(name, { name, kind: 'value', value });
  }
  /** The map of a map slot. Throws `account-storage` if there is none of this name. */
  map(name: string): StorageMap {
    const slot = this.slot(name);
    if (slot?.kind !== 'map') throw missing(name, 'map');
    return slot.map;
  }

  clone(): AccountStorage {
    return new AccountStorage(
      this.slots.map((slot) => (slot.kind === 'map' ? { ...slot, map: slot.map.clone() } : slot)),
    );
  }

  write(writer: ByteWriter): void {
    writer.u8(this.#slots.size);
    for (const slot of this.slots) {
      writeSlotName(slot.name, writer).u8(SLOT_TYPE[slot.kind]);
      if (slot.kind === 'value') writer.word(slot.value);
      else slot.map.write(writer);
    }
  }
  static read(reader: ByteReader): AccountStorage {
    const count = reader.u8();
    if (count * MIN_SLOT_BYTES > reader.remaining) reader.fail(`${count} slots cannot fit into what is left`);
    const slots = Array.from({ length: count }, () => readSlot(reader));
    return checked(reader, () => {
      const storage = new AccountStorage(slots);
      if (storage.slots.some((slot, i) => slot !== slots[i])) reader.fail('its slots are not in order');
      return storage;
    });
  }
}

function readSlot(reader: ByteReader): StorageSlot {
  const { name, kind } = readNameAndKind(reader);
  return kind === 'value'
    ? { name, kind, value: reader.word() }
    : { name, kind, map: StorageMap.read(reader) };
}
const readNameAndKind = (reader: ByteReader): Pick<SlotHeader, 'name' | 'kind'> => {
  const name = readSlotName(reader);
  const type = reader.u8();
  if (type === SLOT_TYPE.value) return { name, kind: 'value' };
  if (type === SLOT_TYPE.map) return { name, kind: 'map' };
  return reader.fail(`slot type ${type} is not known`);
};

/** Name, type, then the value or the map's root. */
export const writeSlotHeader = ({ name, kind, value }: SlotHeader, writer: ByteWriter): ByteWriter =>
  writeSlotName(name, writer).u8(SLOT_TYPE[kind]).word(value);
export const readSlotHeader = (reader: ByteReader): SlotHeader => ({
  ...readNameAndKind(reader),
  value: reader.word(),
});

const missing = (name: string, kind: SlotKind): ProtocolError =>
  new ProtocolError('account-storage', `The account has no ${kind} slot of this name.`, { details: name });
