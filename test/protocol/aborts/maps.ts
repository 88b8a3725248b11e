import { Limit } from '../../../core/protocol/limits.ts';
import { type Attempt, type Lie, layout, own } from '../hostile.ts';
import { type AbortCases, acting, block, fresh, idOf, KEYS, MAPS, SLOT, VALUE } from './fixtures.ts';

const BIG = 2n ** 32n;
const [FULL, BARE] = MAPS;
const get = (name: string, at: number): string => own('account::get_map_item', ...idOf(name), ...KEYS[at]);
const set = (name: string, at: number): string =>
  own('account::set_map_item', ...idOf(name), ...KEYS[at], ...VALUE);

/** Two entries of one map and one of another are touched, while the host lies. */
const lied = (lies: Attempt['lies']): Attempt =>
  acting([get(FULL, 0), set(FULL, 1), set(BARE, 0)], { lies: lies! });
const at =
  (call: number, values: readonly bigint[]): Lie =>
  (truth, now) =>
    now === call ? values : truth();

/** A new account, the entries of whose first map are said to be others. */
function born(count: bigint, entries: readonly bigint[]): Attempt {
  const account = fresh();
  // The map with one entry, wherever its slot stands.
  const before = account.storage.slots.findIndex(({ name }) => name === FULL);
  const earlier = account.storage.slots.slice(0, before).filter(({ kind }) => kind === 'map').length;
  const place = layout({ account, block }).seed + 4 + earlier;
  return { account, block, advice: (values) => values.toSpliced(place, 9, count, ...entries) };
}

export const MAP_CASES: AbortCases = {
  "kernel/storage_map build: the number of a map's entries is not below 2^32": () => born(BIG, []),
  "kernel/storage_map build: a new account's storage map is not made of the entries given": () =>
    born(0n, []),
  "kernel/storage_map close: the number of a map's entries is not below 2^32": () =>
    lied({ mapOrder: () => [BIG] }),
  "kernel/storage_map close: the index of a map's entry is not below 2^32": () =>
    lied({ mapOrder: () => [1n, BIG] }),
  'kernel/storage_map close: there is no such entry of a storage map': () =>
    lied({ mapOrder: () => [1n, 3n] }),
  "kernel/storage_map close: the entry is another storage map's": () =>
    lied({ mapOrder: (truth) => (truth().length === 2 ? [1n, 0n] : [1n, 2n]) }),
  'kernel/storage_map close: the keys of a storage map do not ascend': () =>
    lied({ mapOrder: (truth) => [truth()[0], ...truth().slice(1).reverse()] }),
  'kernel/storage_map assert_closed: an entry of a storage map was left out': () =>
    lied({ mapOrder: () => [0n] }),
  'kernel/storage_map find_map: the storage slot holds no map': () => acting(get(SLOT, 0)),
  "kernel/storage_map select: the index of a map's entry is not below 2^32": () =>
    lied({ mapIndex: at(0, [BIG]) }),
  'kernel/storage_map select: there is no such entry of a storage map': () => lied({ mapIndex: at(0, [1n]) }),
  "kernel/storage_map select: the entry is another storage map's": () => lied({ mapIndex: at(2, [0n]) }),
  'kernel/storage_map select: the entry of the storage map has another key': () =>
    lied({ mapIndex: at(1, [0n]) }),
  'kernel/storage_map count: the transaction touches too many entries of storage maps': () => {
    const count = Limit.MAP_ENTRIES + 1;
    return born(
      BigInt(count),
      Array.from({ length: count }, (_, i) => [0n, 0n, 0n, BigInt(i), ...VALUE]).flat(),
    );
  },
};
