import { blake3 } from '@noble/hashes/blake3.js';
import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { type Felt, MODULUS } from '../../field/felt.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';

/** A slot's name by its hash: what the kernel knows it by. */
export interface SlotId {
  readonly prefix: Felt;
  readonly suffix: Felt;
}

const COMPONENT = /^[A-Za-z0-9][A-Za-z0-9_]*$/;
const ids = new Map<string, SlotId>();

/**
 * Checks a name: two or more components joined by `::`, letters, digits and underscores, none beginning with an underscore,
 * at most 255 bytes. Throws `account-storage`.
 */
export function checkSlotName(name: string): void {
  const components = name.split('::');
  if (
    name.length <= Limit.SLOT_NAME_BYTES &&
    components.length >= 2 &&
    components.every((c) => COMPONENT.test(c))
  )
    return;
  throw new ProtocolError('account-storage', 'This is not the name of a storage slot.', {
    details: JSON.stringify(name.slice(0, Limit.SLOT_NAME_BYTES + 1)),
    advice: 'Use two or more parts of letters, digits and underscores, joined by "::".',
  });
}

/**
 * The id of a name: the first two elements of its BLAKE3 hash, eight little-endian bytes each, reduced modulo the field's
 * order before anything else sees them. Throws `account-storage`.
 */
export function slotId(name: string): SlotId {
  let id = ids.get(name);
  if (!id) {
    checkSlotName(name);
    const view = new DataView(blake3(new TextEncoder().encode(name)).buffer);
    id = { suffix: view.getBigUint64(0, true) % MODULUS, prefix: view.getBigUint64(8, true) % MODULUS };
    ids.set(name, id);
  }
  return id;
}

/** The order of slots: prefix, then suffix. */
export function compareSlotIds(a: SlotId, b: SlotId): number {
  const [x, y] = a.prefix === b.prefix ? [a.suffix, b.suffix] : [a.prefix, b.prefix];
  return x === y ? 0 : x < y ? -1 : 1;
}

/** Its length in one byte, then the name. */
export const writeSlotName = (name: string, writer: ByteWriter): ByteWriter =>
  writer.u8(name.length).bytes(new TextEncoder().encode(name));
export function readSlotName(reader: ByteReader): string {
  const name = reader.utf8(reader.u8());
  try {
    checkSlotName(name);
  } catch {
    reader.fail('a slot has no proper name');
  }
  return name;
}
