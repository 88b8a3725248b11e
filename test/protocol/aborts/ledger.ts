import { EMPTY_WORD } from '../../../core/hash/word.ts';
import { Asset, AssetId } from '../../../core/protocol/asset/asset.ts';
import { Limit } from '../../../core/protocol/limits.ts';
import { type Attempt, own } from '../hostile.ts';
import { blockWith } from '../transactions.ts';
import {
  type AbortCases,
  acting,
  authenticatedBy,
  block,
  coins,
  consuming,
  idle,
  jewel,
  jewels,
  noteThat,
  opened,
  owner,
} from './fixtures.ts';

const BIG = 2n ** 32n;
const MOST = Limit.FUNGIBLE_AMOUNT;
const { word: id } = coins(1n).id;
const { word: gem } = jewel.id;
const amount = (of: bigint): bigint[] => [of, 0n, 0n, 0n];

// An asset that the owner issues.
const unique = Asset.unique(owner.id, Uint8Array.of(1));
const mint = (what: readonly bigint[], value: readonly bigint[]): string =>
  own('faucet::mint', ...what, ...value);
const burn = (what: readonly bigint[], value: readonly bigint[]): string =>
  own('faucet::burn', ...what, ...value);
const take = (what: readonly bigint[], value: readonly bigint[]): string =>
  own('account::remove_asset', ...what, ...value);
const put = (what: readonly bigint[], value: readonly bigint[]): string =>
  own('account::add_asset', ...what, ...value);
const look = (what: readonly bigint[]): string => own('account::get_asset', ...what);

/** Notes with as many assets as there can be in the ledger, and one. */
function tooMany(): Attempt {
  const { faucet } = jewel.id;
  const all = Array.from(
    { length: 2 * Limit.CHANGED_ASSETS + 1 },
    (_, i) =>
      new Asset(new AssetId(faucet, 'unique', BigInt(i)), amount(1n) as [bigint, bigint, bigint, bigint]),
  );
  const script = idle();
  const notes = Array.from({ length: Math.ceil(all.length / Limit.NOTE_ASSETS) }, (_, i) =>
    noteThat(script, all.slice(Limit.NOTE_ASSETS * i, Limit.NOTE_ASSETS * (i + 1)), BigInt(i)),
  );
  return consuming(notes, { lies: { ledgerIndex: (_, call) => [BigInt(call)] } });
}

export const LEDGER_CASES: AbortCases = {
  'kernel/ledger mint: the asset was minted already': () =>
    acting([
      mint(unique.id.word, unique.value),
      burn(unique.id.word, unique.value),
      mint(unique.id.word, unique.value),
    ]),
  'kernel/ledger select: there is no such entry in the ledger': () =>
    acting(look(id), { lies: { ledgerIndex: () => [1n] } }),
  "kernel/ledger select: the entry of the ledger is another asset's": () =>
    acting([look(id), look(gem)], { lies: { ledgerIndex: () => [0n] } }),
  'kernel/ledger enter: the transaction touches too many assets': tooMany,
  'kernel/ledger enter: a fungible asset has no class': () => acting(look([1n, 0n, id[2], id[3]])),
  'kernel/ledger enter: a fungible asset has no class #2': () => acting(look([0n, 1n, id[2], id[3]])),
  "kernel/ledger enter: an asset's version or composition is not known": () =>
    acting(look([0n, 0n, id[2] + 0x10n, id[3]])),
  'kernel/ledger put: the asset is there already': () =>
    consuming([noteThat(idle(), [jewel], 1n), noteThat(idle(), [jewel], 2n)]),
  'kernel/ledger put: the asset is of nothing': () => acting(mint(unique.id.word, EMPTY_WORD)),
  'kernel/ledger take: the asset is of nothing': () => acting(burn(unique.id.word, EMPTY_WORD)),
  'kernel/ledger take: the asset is not there': () => acting(burn(unique.id.word, unique.value)),
  'kernel/ledger assert_enough: there is not enough of the asset': () => acting(take(id, amount(101n))),
  'kernel/ledger assert_limit: there would be more of the asset than can be': () =>
    acting(put(id, amount(1n)), {
      account: opened([coins(MOST)]),
      ...blockWith([noteThat(idle(), [coins(1n)])]),
    }),
  'kernel/ledger move: the asset is of nothing': () => acting(take(gem, EMPTY_WORD)),
  'kernel/ledger move: the asset is not there': () => acting(take(jewels[0].id.word, jewels[0].value)),
  'kernel/ledger move: the asset is there already': () =>
    acting(put(gem, jewel.value), blockWith([noteThat(idle(), [jewel])])),
  'kernel/ledger number: the value of a fungible asset is one number': () =>
    acting(take(id, [1n, 1n, 0n, 0n])),
  'kernel/ledger number: the value of a fungible asset is one number #2': () =>
    acting(take(id, [1n, 0n, 1n, 0n])),
  'kernel/ledger number: the value of a fungible asset is one number #3': () =>
    acting(take(id, [1n, 0n, 0n, 1n])),
  'kernel/ledger number: the asset is of nothing': () => acting(take(id, EMPTY_WORD)),

  'kernel/api/faucet assert_issuer: the asset is issued by another account': () =>
    acting(mint(id, amount(1n))),
  'kernel/api/faucet assert_issuer: the asset is issued by another account #2': () =>
    acting(mint([0n, 0n, owner.id.suffix + 0x100n + 0x11n, owner.id.prefix], amount(1n))),

  'kernel/epilogue run: the transaction does nothing': () => ({ account: authenticatedBy('idle'), block }),
  'kernel/ledger next: an index into the ledger is not below 2^32': () =>
    acting(look(id), { lies: { ledgerOrder: () => [BIG] } }),
  'kernel/ledger next: there is no such entry in the ledger': () =>
    acting(look(id), { lies: { ledgerOrder: () => [1n] } }),
  'kernel/ledger next: the entries of the ledger do not ascend': () =>
    acting([look(id), look(gem)], { lies: { ledgerOrder: (truth) => truth().reverse() } }),
  'kernel/epilogue close_entry: an asset came from somewhere and went nowhere': () =>
    acting(take(id, amount(1n))),
  'kernel/tree replace_among_others: the account did not hold what the host said': () =>
    acting(look(id), { lies: { vaultValue: (truth) => truth().with(0, 99n) } }),
};
