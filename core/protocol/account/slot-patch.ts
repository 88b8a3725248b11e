import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import { compareWords, EMPTY_WORD, type Word } from '../../hash/word.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import type { AccountId } from './account-id.ts';
import { compareSlotIds, readSlotName, type SlotId, slotId, writeSlotName } from './slot-name.ts';
import type { MapEntry } from './storage-map.ts';

// What patches and deltas of accounts have in common: all but the assets.

/** What happens to a slot. */
export type SlotOperation = 'create' | 'update' | 'remove';
const OPERATION: Readonly<Record<SlotOperation, number>> = { create: 0, update: 1, remove: 2 };

export type SlotPatch =
  | { readonly name: string; readonly kind: 'value'; readonly operation: SlotOperation; readonly value: Word }
  /** Changed entries with their new values (empty: removed), by raw key. */
  | {
      readonly name: string;
      readonly kind: 'map';
      readonly operation: SlotOperation;
      readonly entries: readonly MapEntry[];
    };

const SECTION = { header: 1n, valueSlot: 2n, mapSlot: 3n, code: 4n } as const;
const MIN_SLOT_BYTES = 6;

/** Whose change it is; `nonce` after it, or by how much it grows. */
export const headerSection = (id: AccountId, nonce: Felt): Felt[] => [
  ...[SECTION.header, nonce, id.suffix, id.prefix],
  ...EMPTY_WORD,
];
export const slotSections = (slots: readonly SlotPatch[]): Felt[] => slots.flatMap(slotElements);
/** Code that the account has after, and did not have before. */
export const codeSection = (commitment: Word): Felt[] => [SECTION.code, 0n, 0n, 0n, ...commitment];

/** A value's record, or a map's changed entries and their trailer. */
function slotElements(slot: SlotPatch): Felt[] {
  const id: SlotId = slotId(slot.name);
  const operation = BigInt(OPERATION[slot.operation]);
  if (slot.kind === 'value') return [SECTION.valueSlot, operation, id.suffix, id.prefix, ...slot.value];
  const entries = slot.operation === 'remove' ? [] : slot.entries;
  const count = BigInt(entries.length);
  return [
    ...entries.flatMap(([key, value]) => [...key, ...value]),
    ...[SECTION.mapSlot, operation, id.suffix, id.prefix, count, 0n, 0n, 0n],
  ];
}

/** Throws `account-update` if two are the same. */
export function sorted<T>(items: readonly T[], compare: (a: T, b: T) => number, what: string): T[] {
  const list = [...items].sort(compare);
  if (list.some((item, i) => i > 0 && compare(list[i - 1], item) === 0))
    throw new ProtocolError('account-update', `A change of an account names ${what} twice.`);
  return list;
}

/** By their ids, entries of maps by key. Throws `account-update`. */
export const sortedSlots = (slots: readonly SlotPatch[]): SlotPatch[] =>
  sorted(
    slots.map((slot) =>
      slot.kind === 'value'
        ? slot
        : { ...slot, entries: sorted(slot.entries, (a, b) => compareWords(a[0], b[0]), 'a key') },
    ),
    (a, b) => compareSlotIds(slotId(a.name), slotId(b.name)),
    'a slot',
  );

export function writeSlots(slots: readonly SlotPatch[], writer: ByteWriter): void {
  writer.vint(slots.length);
  for (const slot of slots) {
    writeSlotName(slot.name, writer)
      .u8(slot.kind === 'value' ? 0 : 1)
      .u8(OPERATION[slot.operation]);
    if (slot.kind === 'value') writer.word(slot.value);
    else {
      writer.vint(slot.entries.length);
      for (const [key, value] of slot.entries) writer.word(key).word(value);
    }
  }
}
export const readSlots = (reader: ByteReader): SlotPatch[] =>
  Array.from({ length: reader.count(MIN_SLOT_BYTES, Limit.STORAGE_SLOTS) }, () => readSlot(reader));

function readSlot(reader: ByteReader): SlotPatch {
  const name = readSlotName(reader);
  const kind = reader.u8();
  const code = reader.u8();
  const operation = (Object.keys(OPERATION) as SlotOperation[]).find((name) => OPERATION[name] === code);
  if (!operation) return reader.fail(`slot operation ${code} is not known`);
  if (kind === 0) return { name, kind: 'value', operation, value: reader.word() };
  if (kind !== 1) reader.fail(`slot type ${kind} is not known`);
  const entries = Array.from({ length: reader.count(64) }, (): MapEntry => [reader.word(), reader.word()]);
  if (entries.some(([key], i) => i > 0 && compareWords(entries[i - 1][0], key) >= 0))
    reader.fail('the keys of a map are not in order');
  return { name, kind: 'map', operation, entries };
}
