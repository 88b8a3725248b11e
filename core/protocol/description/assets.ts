import { EMPTY_WORD, type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import { type AccountSource, isNewAccount } from '../account/account-source.ts';
import { Asset, type AssetId, type Composition } from '../asset/asset.ts';
import type { TransactionEffects } from '../transaction/executed-transaction.ts';

/** Which asset, in text. */
interface DescribedAssetId {
  readonly faucet: string;
  readonly kind: Composition;
  /** Of a unique asset: 32 hexadecimal digits. */
  readonly class?: string;
}

/** So much of an asset: base units as a decimal number, of a unique asset 1. */
export interface DescribedAsset extends DescribedAssetId {
  readonly amount: string;
}

/** An asset of which the account has more or less now. */
export interface DescribedChange extends DescribedAssetId {
  readonly before: string;
  readonly after: string;
}

function describeAssetId(id: AssetId): DescribedAssetId {
  const { faucet, composition: kind } = id;
  // The two elements of its class come first.
  return {
    faucet: faucet.toString(),
    kind,
    ...(kind === 'unique' && { class: wordKey(id.word).slice(0, 32) }),
  };
}

export const describeAsset = ({ id, amount }: Asset): DescribedAsset => ({
  ...describeAssetId(id),
  amount: String(amount),
});

/** How much a value in a vault is, the empty word of nothing. */
const amountOf = (id: AssetId, value: Word): bigint =>
  wordsEqual(value, EMPTY_WORD) ? 0n : new Asset(id, value).amount;

interface Balance {
  readonly id: AssetId;
  readonly before: bigint;
  readonly after: bigint;
}

/** What changed in the vault, and what there is more or less of in the world. */
export function describeAssets(effects: TransactionEffects<AccountSource>): {
  readonly changes: readonly DescribedChange[];
  readonly minted: readonly DescribedAsset[];
  readonly burned: readonly DescribedAsset[];
} {
  const { inputs, touched, patch, outputs } = effects;
  const balances = patch.assets.map(({ id, value }): Balance => {
    const held = isNewAccount(touched) ? EMPTY_WORD : touched.vaultWitness(id).get(id.vaultKey)!;
    return { id, before: amountOf(id, held), after: amountOf(id, value) };
  });
  const sums = new Map<string, { readonly id: AssetId; more: bigint }>();
  const add = (id: AssetId, amount: bigint) => {
    const sum = sums.get(wordKey(id.word)) ?? { id, more: 0n };
    sum.more += amount;
    sums.set(wordKey(id.word), sum);
  };
  for (const { id, before, after } of balances) add(id, after - before);
  for (const { note } of outputs) for (const { id, amount } of note.assets.list) add(id, amount);
  for (const { note } of inputs.notes ?? []) for (const { id, amount } of note.assets.list) add(id, -amount);
  const made = (sign: bigint): DescribedAsset[] =>
    [...sums.values()].flatMap(({ id, more }) =>
      sign * more > 0n ? [{ ...describeAssetId(id), amount: String(sign * more) }] : [],
    );
  return {
    changes: balances.map(({ id, before, after }) => ({
      ...describeAssetId(id),
      before: String(before),
      after: String(after),
    })),
    minted: made(1n),
    burned: made(-1n),
  };
}
