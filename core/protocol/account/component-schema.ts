import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { type Felt, isCanonical } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { checked } from '../reading.ts';
import { checkSlotName, readSlotName, writeSlotName } from './slot-name.ts';
import type { StorageSlot } from './storage.ts';
import { StorageMap } from './storage-map.ts';

/** What an element of storage may be. The order is that of their tags in the format. */
const FELT_TYPES = ['felt', 'bool', 'u8', 'u16', 'u32', 'amount'] as const;
export type FeltType = (typeof FELT_TYPES)[number];

interface FeltField {
  readonly name: string;
  readonly type: FeltType;
}
type Field = FeltField | null;
/** Any word, or four named elements; `null` stands for one that is always zero. */
export type WordType = 'word' | readonly [Field, Field, Field, Field];

/** A slot as its component's author describes it. */
export type SlotSchema =
  /** `initial` is the value unless another is given; without it one must be given. */
  | { readonly kind: 'value'; readonly name: string; readonly type: WordType; readonly initial?: Word }
  | { readonly kind: 'map'; readonly name: string; readonly key: WordType; readonly value: WordType };

/** A word by its elements, or by the names of its fields. */
export type WordValue = Word | Readonly<Record<string, Felt>>;
/** What slots hold at first, by their names: a word, or a map's entries. */
export type InitialValues = Readonly<
  Record<string, WordValue | readonly (readonly [WordValue, WordValue])[]>
>;

const MAX: Readonly<Record<FeltType, Felt | undefined>> = {
  felt: undefined,
  bool: 1n,
  u8: 0xffn,
  u16: 0xffffn,
  u32: 0xffff_ffffn,
  amount: Limit.FUNGIBLE_AMOUNT,
};
const FIELD_NAME = /^[a-z][a-z0-9_]{0,63}$/;
const MAX_FIELD_NAME = 64;

function refuse(message: string, details: string): never {
  throw new ProtocolError('account-component', message, { details });
}

/** Checks names and initial values. Throws `account-component`, and `account-storage` for a bad name of a slot. */
export function checkSchema(schema: readonly SlotSchema[]): void {
  if (schema.length > Limit.STORAGE_SLOTS)
    refuse(`A component has at most ${Limit.STORAGE_SLOTS} storage slots.`, `${schema.length} slots`);
  const names = new Set<string>();
  for (const slot of schema) {
    checkSlotName(slot.name);
    if (names.has(slot.name)) refuse('A component describes a storage slot twice.', slot.name);
    names.add(slot.name);
    for (const type of slot.kind === 'value' ? [slot.type] : [slot.key, slot.value])
      checkType(type, slot.name);
    if (slot.kind === 'value' && slot.initial) wordOf(slot.type, slot.initial, slot.name);
  }
}

function checkType(type: WordType, slot: string): void {
  if (type === 'word') return;
  const names = type.flatMap((field) => field?.name ?? []);
  const bad = names.find((name, i) => !FIELD_NAME.test(name) || names.indexOf(name) !== i);
  if (bad !== undefined)
    refuse(
      'A field of a storage slot has a bad name, or one that another has.',
      `${slot}: ${bad.slice(0, 80)}`,
    );
}

/** The slots that a schema describes, with their first values. Throws `account-component` where they do not fit. */
export function initialSlots(schema: readonly SlotSchema[], values: InitialValues): StorageSlot[] {
  const stranger = Object.keys(values).find((name) => !schema.some((slot) => slot.name === name));
  if (stranger !== undefined) refuse('The component has no such storage slot.', stranger);
  return schema.map((slot): StorageSlot => {
    const { name } = slot;
    const given = Object.hasOwn(values, name) ? values[name] : undefined;
    if (slot.kind === 'map') return { name, kind: 'map', map: mapOf(slot, given ?? []) };
    const value = given ?? slot.initial ?? refuse('A storage slot of the component needs a value.', name);
    return { name, kind: 'value', value: wordOf(slot.type, value, name) };
  });
}

function mapOf({ name, key, value }: Extract<SlotSchema, { kind: 'map' }>, given: unknown): StorageMap {
  if (!Array.isArray(given)) refuse('A map begins with a list of entries.', name);
  return new StorageMap(
    given.map((entry: unknown) => {
      if (!Array.isArray(entry) || entry.length !== 2)
        refuse('An entry of a map is a key and a value.', name);
      return [wordOf(key, entry[0], `${name}, key`), wordOf(value, entry[1], `${name}, value`)];
    }),
  );
}

/** `given` may be anything: values come from people and files. */
function wordOf(type: WordType, given: unknown, where: string): Word {
  const elements = Array.isArray(given) ? given : fieldsOf(type, given, where);
  if (elements.length !== 4 || !elements.every((each) => typeof each === 'bigint' && isCanonical(each)))
    refuse('A word is four field elements.', where);
  if (type !== 'word') for (const [i, field] of type.entries()) checkElement(field, elements[i], where);
  return elements as readonly Felt[] as Word;
}

function fieldsOf(type: WordType, given: unknown, where: string): unknown[] {
  if (type === 'word' || typeof given !== 'object' || given === null)
    refuse('A word is four field elements.', where);
  const named = given as Readonly<Record<string, unknown>>;
  const stranger = Object.keys(named).find((name) => !type.some((field) => field?.name === name));
  if (stranger !== undefined) refuse('A storage slot has no such field.', `${where}: ${stranger}`);
  return type.map((field) => {
    if (!field) return 0n;
    return Object.hasOwn(named, field.name)
      ? named[field.name]
      : refuse('A field of a storage slot needs a value.', `${where}: ${field.name}`);
  });
}

function checkElement(field: Field, element: Felt, where: string): void {
  const max = field ? MAX[field.type] : 0n;
  if (max !== undefined && element > max)
    refuse(
      'A value in storage is too large for its type.',
      `${where}: ${field?.name ?? 'unused'}, ${element} > ${max}`,
    );
}

const FORMAT = 1;
const KINDS: readonly SlotSchema['kind'][] = ['value', 'map'];

export function writeSchema(schema: readonly SlotSchema[], writer: ByteWriter): void {
  writer.u8(FORMAT).u8(schema.length);
  for (const slot of schema) {
    writeSlotName(slot.name, writer).u8(KINDS.indexOf(slot.kind));
    if (slot.kind === 'map') {
      writeType(slot.key, writer);
      writeType(slot.value, writer);
    } else {
      writeType(slot.type, writer);
      writer.bool(slot.initial !== undefined);
      if (slot.initial) writer.word(slot.initial);
    }
  }
}

function writeType(type: WordType, writer: ByteWriter): void {
  writer.bool(type !== 'word');
  if (type === 'word') return;
  for (const field of type) {
    writer.u8(field ? FELT_TYPES.indexOf(field.type) + 1 : 0);
    if (field) writer.string(field.name);
  }
}

/** Reads what {@link writeSchema} writes. Throws `FormatError`. */
export function readSchema(reader: ByteReader): SlotSchema[] {
  const format = reader.u8();
  if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
  const schema = Array.from({ length: reader.u8() }, () => readSlot(reader));
  checked(reader, () => checkSchema(schema));
  return schema;
}

function readSlot(reader: ByteReader): SlotSchema {
  const name = readSlotName(reader);
  const kind = KINDS[reader.u8()] ?? reader.fail('the kind of a slot is not known');
  if (kind === 'map') return { kind, name, key: readType(reader), value: readType(reader) };
  const type = readType(reader);
  return { kind, name, type, ...(reader.bool() && { initial: reader.word() }) };
}

function readType(reader: ByteReader): WordType {
  return reader.bool()
    ? [readField(reader), readField(reader), readField(reader), readField(reader)]
    : 'word';
}

function readField(reader: ByteReader): Field {
  const tag = reader.u8();
  if (tag === 0) return null;
  const type = FELT_TYPES[tag - 1] ?? reader.fail('the type of a field is not known');
  return { type, name: reader.string(MAX_FIELD_NAME) };
}
