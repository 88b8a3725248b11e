import { type Felt, MODULUS } from '../../../core/field/felt.ts';
import type { Word } from '../../../core/hash/word.ts';
import { Asset } from '../../../core/protocol/asset/asset.ts';
import { commit } from '../../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../../core/protocol/domains.ts';
import { Limit } from '../../../core/protocol/limits.ts';
import { type Attempt, own } from '../hostile.ts';
import { type AbortCases, acting, coins, faucet, jewel, jewels, opened, VALUE } from './fixtures.ts';

const BIG = 2n ** 32n;
const owner = opened([coins(100n), ...jewels]);
const stranger = Asset.fungible(owner.id, 1n);

interface Listed {
  readonly assets?: readonly Asset[];
  readonly amount?: bigint;
  readonly count?: bigint;
  readonly tag?: bigint;
  readonly type?: bigint;
}
const note = ({ assets = [], amount = 0n, count, tag = 7n, type = 0n }: Listed = {}): Felt[] => [
  amount,
  count ?? BigInt(amount > 0n ? 0 : assets.length),
  tag,
  type,
  ...VALUE,
  ...assets.flatMap(({ elements }) => elements),
];
const COINS = note({ assets: [coins(10n)] });

interface Sent {
  /** What the advice has in place of the list. */
  readonly shown?: readonly Felt[];
  readonly count?: bigint;
  readonly length?: bigint;
}
/** Notes of a list are sent. */
function sending(
  notes: readonly (readonly Felt[])[],
  { shown, count = BigInt(notes.length), length }: Sent = {},
): Attempt {
  const list = notes.flat();
  const commitment: Word = commit(ProtocolDomain.NOTES_TO_SEND, list);
  const acted = acting(own('output_note::send_many', ...commitment, count, length ?? BigInt(list.length)));
  return { ...acted, account: owner, script: { ...acted.script!, map: [[commitment, shown ?? list]] } };
}

const changed = [...COINS];
changed[4] = VALUE[0] + 1n;

export const SENT_CASES: AbortCases = {
  'kernel/sent_notes make: a transaction cannot make so many notes': () =>
    sending([note()], { count: BigInt(Limit.OUTPUT_NOTES + 1) }),
  'kernel/sent_notes make: the list of notes is not the one committed to': () =>
    sending([COINS], { shown: changed }),
  'kernel/sent_notes make_like_before: an amount in the list is of no asset that was in it before': () =>
    sending([note({ amount: 1n })]),
  "kernel/sent_notes make_like_before: a note's tag is not below 2^32": () =>
    sending([COINS, note({ amount: 1n, tag: BIG })]),
  'kernel/sent_notes make_whole: the note has too many assets': () => sending([note({ assets: jewels })]),
  "kernel/sent_notes make_whole: a note's tag is not below 2^32": () => sending([note({ tag: BIG })]),
  'kernel/sent_notes assert_new: the note has the asset already': () =>
    sending([note({ assets: [coins(1n), jewels[0], coins(2n)] })]),
};

/** What else a list cannot say, stopped where notes made otherwise are: what is said and whose word stops it. */
export const SENT_ELSEWHERE: readonly (readonly [what: string, run: () => Attempt, why: RegExp])[] = [
  ['more than is left', () => sending([COINS, note({ amount: 91n })]), /not enough of the asset/],
  ['a count that is no number', () => sending([note()], { count: BIG }), /so many notes/],
  ['a count below zero', () => sending([note()], { count: MODULUS - 1n }), /so many notes/],
  ['no notes', () => sending([], { count: 0n }), /not the one committed to/],
  ['another length', () => sending([COINS], { length: 24n }), /not the one committed to/],
  ['fewer notes than in the list', () => sending([COINS, COINS], { count: 1n }), /not the one committed to/],
  ['a type that is none', () => sending([note({ type: 2n })]), /private or public/],
  ['a number of assets that is none', () => sending([note({ count: BIG })]), /too many assets/],
  ['an asset of nothing', () => sending([note({ assets: [zero(coins(1n))] })]), /of nothing/],
  ['an asset that is not there', () => sending([note({ assets: [jewel] })]), /is not there/],
  ['another asset than the vault has', () => sending([note({ assets: [stranger] })]), /not enough/],
  ['more than the vault has', () => sending([note({ assets: [coins(101n)] })]), /not enough/],
  ['an amount past the end', () => sending([COINS, note({ amount: 2n ** 63n })]), /not enough/],
  [
    'a unique asset twice',
    () => sending([jewels[0], jewels[0]].map((each) => note({ assets: [each] }))),
    /is not there/,
  ],
  [
    'an amount of a unique asset',
    () => sending([note({ assets: [jewels[0]] }), note({ amount: 1n })]),
    /was in it before/,
  ],
  ['an id that is none', () => sending([note({ assets: [misnamed] })]), /version or composition/],
];
const zero = (of: Asset): Asset => forged(of.id.word, [0n, 0n, 0n, 0n]);
const misnamed = forged([0n, 0n, faucet.suffix, faucet.prefix], [1n, 0n, 0n, 0n]);
function forged(id: Word, value: Word): Asset {
  return Object.assign(Object.create(Asset.prototype), { id: { word: id }, value });
}
