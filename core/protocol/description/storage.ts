import { wordKey } from '../../hash/word.ts';
import type { AccountSource } from '../account/account-source.ts';
import type { SlotOperation } from '../account/slot-patch.ts';
import { mapKey } from '../account/storage-map.ts';
import type { TransactionEffects } from '../transaction/executed-transaction.ts';

/** A word that changed, as 64 hexadecimal digits. */
interface DescribedValue {
  /** Not of a slot or an entry that was not there: the empty word. */
  readonly before?: string;
  readonly after: string;
}

/** A storage slot that changed. */
export type DescribedSlot = { readonly name: string; readonly operation: SlotOperation } & (
  | ({ readonly kind: 'value' } & DescribedValue)
  | {
      readonly kind: 'map';
      readonly entries: readonly ({ readonly key: string } & DescribedValue)[];
    }
);

export const describeStorage = ({ patch, touched }: TransactionEffects<AccountSource>): DescribedSlot[] =>
  patch.slots.map((slot): DescribedSlot => {
    const { name, operation } = slot;
    const isNew = operation === 'create';
    if (slot.kind === 'value') {
      const own = touched.slotHeaders.find((each) => each.name === name)!;
      const before = isNew ? {} : { before: wordKey(own.value) };
      return { name, operation, kind: 'value', ...before, after: wordKey(slot.value) };
    }
    return {
      name,
      operation,
      kind: 'map',
      entries: slot.entries.map(([key, value]) => ({
        key: wordKey(key),
        ...(!isNew && { before: wordKey(touched.mapWitness(name, key).get(mapKey(key))!) }),
        after: wordKey(value),
      })),
    };
  });
