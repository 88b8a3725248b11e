import { EMPTY_WORD } from '../../../core/hash/word.ts';
import { Asset } from '../../../core/protocol/asset/asset.ts';
import { Limit } from '../../../core/protocol/limits.ts';
import { type Attempt, api, own } from '../hostile.ts';
import { blockWith } from '../transactions.ts';
import {
  type AbortCases,
  acting,
  coins,
  consuming,
  jewel,
  jewels,
  noteThat,
  opened,
  owner,
  VALUE,
} from './fixtures.ts';

const BIG = 2n ** 32n;
const MOST = Limit.FUNGIBLE_AMOUNT;
const asset = ({ id, value }: Asset): bigint[] => [...id.word, ...value];

/** A note whose script calls a procedure of the kernel. */
const noted = (text: string, assets: readonly Asset[] = [coins(50n), jewel]): Attempt =>
  consuming([noteThat(text, assets)]);
/** A transaction's script, after a note was consumed. */
const after = (text: string): Attempt => acting(text, blockWith([noteThat('dropw')]));

const CREATE = own('output_note::create', 7n, 0n, ...VALUE);
const making = (...lines: readonly string[]): Attempt => acting([CREATE, ...lines]);
const add = (what: Asset): string => api('output_note::add_asset', ...asset(what), 0n);
const take = (what: Asset): string => own('account::remove_asset', ...asset(what));
const attach = (scheme: bigint): string => api('output_note::add_attachment', scheme, ...VALUE, 0n);
const gem = Asset.unique(owner.id, Uint8Array.of(1));
const most = Asset.fungible(owner.id, MOST);
const one = Asset.fungible(owner.id, 1n);
const mint = (what: Asset): string => own('faucet::mint', ...asset(what));

export const NOTE_CASES: AbortCases = {
  'kernel/input_note find: no note is being processed': () =>
    after(api('input_note::get_metadata', 1n, 0n, 0n)),
  'kernel/input_note find: the index of a note is not below 2^32': () =>
    after(api('input_note::get_metadata', 0n, BIG, 0n)),
  'kernel/input_note find: there is no such note': () =>
    after(api('input_note::get_metadata', 0n, BigInt(Limit.INPUT_NOTES), 0n)),
  'kernel/input_note find: there is no such note #2': () =>
    after(api('input_note::get_metadata', 0n, 1n, 0n)),
  'kernel/input_note remove_asset: the note has no such asset': () =>
    noted(api('input_note::remove_asset', 1n, ...asset(jewels[0]), 0n)),
  'kernel/input_note remove_asset: the note has not so much of the asset': () =>
    noted(api('input_note::remove_asset', 1n, ...asset(coins(51n)), 0n)),
  'kernel/input_note remove_asset: the asset is of nothing': () =>
    noted(api('input_note::remove_asset', 1n, ...jewel.id.word, ...EMPTY_WORD, 0n)),
  'kernel/input_note remove_asset: the note has no such asset #2': () =>
    noted(api('input_note::remove_asset', 1n, ...jewel.id.word, ...VALUE, 0n)),
  'kernel/api/input_note get_asset: the index of an asset is not below 2^32': () =>
    noted(api('input_note::get_asset', 1n, 0n, BIG, 0n, 0n, 0n, 0n)),
  'kernel/api/input_note get_asset: the note has no such asset': () =>
    noted(api('input_note::get_asset', 1n, 0n, 2n, 0n, 0n, 0n, 0n)),

  'kernel/output_note create: a transaction cannot make so many notes': () =>
    acting(`repeat.${Limit.OUTPUT_NOTES + 1} ${CREATE} end`),
  "kernel/output_note create: a note's tag is not below 2^32": () =>
    acting(own('output_note::create', BIG, 0n, ...VALUE)),
  'kernel/output_note metadata: a note is private or public': () =>
    acting(own('output_note::create', 7n, 2n, ...VALUE)),
  'kernel/output_note add_attachment: the note has too many attachments': () =>
    making(...[1n, 2n, 3n, 4n, 5n].map(attach)),
  'kernel/output_note add_attachment: an attachment has no such scheme': () => making(attach(BIG)),
  'kernel/output_note add_attachment: an attachment has no such scheme #2': () => making(attach(0n)),
  'kernel/output_note add_attachment: an attachment has no such scheme #3': () => making(attach(65_535n)),
  'kernel/output_note find: the index of a note is not below 2^32': () =>
    making(api('output_note::seal', BIG)),
  'kernel/output_note find: there is no such note': () => making(api('output_note::seal', 1n)),
  'kernel/output_note find_open: the note is sealed': () => making(api('output_note::seal', 0n), attach(1n)),
  // A second copy of what is there once: the issuer mints what its vault has.
  'kernel/output_note merge_asset: the note has the asset already': () => ({
    ...making(mint(gem), add(gem), take(gem), add(gem)),
    account: opened([gem]),
  }),
  'kernel/output_note merge_asset: there would be more of the asset than can be': () =>
    making(mint(most), add(most), mint(one), add(one)),
  'kernel/output_note append_asset: the note has too many assets': () => ({
    ...making(...jewels.flatMap((each) => [take(each), add(each)])),
    account: opened(jewels),
  }),
};
