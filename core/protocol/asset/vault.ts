import { ByteReader, ByteWriter } from '../../bytes.ts';
import { EMPTY_WORD, type Word, wordKey } from '../../hash/word.ts';
import { Smt } from '../../merkle/smt.ts';
import type { SmtProof } from '../../merkle/smt-proof.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { Asset, type AssetId, compareAssetIds } from './asset.ts';

/** Bytes of the smallest asset. */
const MIN_ASSET_BYTES = 49;

/**
 * What an account owns: a sparse Merkle tree from hashed asset ids to values. Raw ids are kept beside it, because nothing
 * leads from a hash back to them.
 */
export class Vault {
  #tree: Smt;
  #assets: Map<string, Asset>;

  /** Throws `account-vault` if an id comes twice. */
  constructor(assets: Iterable<Asset> = []) {
    this.#assets = new Map();
    for (const asset of assets) {
      const key = wordKey(asset.id.word);
      if (this.#assets.has(key)) throw new ProtocolError('account-vault', 'A vault lists an asset twice.');
      this.#assets.set(key, asset);
    }
    this.#tree = new Smt(Array.from(this.#assets.values(), (a) => [a.id.vaultKey, a.value] as const));
  }

  get root(): Word {
    return this.#tree.root;
  }
  get size(): number {
    return this.#assets.size;
  }
  get(id: AssetId): Asset | undefined {
    return this.#assets.get(wordKey(id.word));
  }
  /** Amount of an asset; 0 if there is none. */
  amountOf(id: AssetId): bigint {
    return this.get(id)?.amount ?? 0n;
  }
  /** In the order of raw ids. */
  get assets(): Asset[] {
    return [...this.#assets.values()].sort((a, b) => compareAssetIds(a.id, b.id));
  }
  /** Proof of an id's value, which may be that it is absent. */
  open(id: AssetId): SmtProof {
    return this.#tree.open(id.vaultKey);
  }

  /** Sets the whole value of an id; the empty word removes it. Throws `asset` or `asset-amount`. */
  set(id: AssetId, value: Word): void {
    const key = wordKey(id.word);
    const empty = value.every((x) => x === 0n);
    if (empty) this.#assets.delete(key);
    else this.#assets.set(key, new Asset(id, value));
    this.#tree.insert(id.vaultKey, empty ? EMPTY_WORD : value);
  }

  /** Adds an asset as the kernel does. Throws `asset-amount` above the largest amount, `account-vault` for one that is there. */
  add(asset: Asset): void {
    const own = this.get(asset.id);
    if (asset.id.composition === 'unique') {
      if (own) throw new ProtocolError('account-vault', 'The vault has this asset already.');
      this.set(asset.id, asset.value);
      return;
    }
    const sum = (own?.amount ?? 0n) + asset.amount;
    if (sum > Limit.FUNGIBLE_AMOUNT)
      throw new ProtocolError('asset-amount', 'The vault would hold more of this asset than can be.');
    this.set(asset.id, [sum, 0n, 0n, 0n]);
  }

  /** Takes an asset out. Throws `account-vault` if the vault has not as much. */
  remove(asset: Asset): void {
    const own = this.get(asset.id);
    if (!own || own.amount < asset.amount || (asset.id.composition === 'unique' && !own.equals(asset))) {
      throw new ProtocolError('account-vault', 'The vault does not have this asset.', {
        details: `${own?.amount ?? 0n} of ${asset.amount}`,
      });
    }
    const rest = own.amount - asset.amount;
    this.set(asset.id, rest === 0n ? EMPTY_WORD : [rest, 0n, 0n, 0n]);
  }

  clone(): Vault {
    const copy = new Vault();
    copy.#assets = new Map(this.#assets);
    copy.#tree = this.#tree.clone();
    return copy;
  }

  write(writer: ByteWriter): void {
    const { assets } = this;
    writer.vint(assets.length);
    for (const asset of assets) asset.write(writer);
  }
  static read(reader: ByteReader): Vault {
    const assets = Array.from({ length: reader.count(MIN_ASSET_BYTES) }, () => Asset.read(reader));
    for (const [i, asset] of assets.entries())
      if (i > 0 && compareAssetIds(assets[i - 1].id, asset.id) >= 0)
        reader.fail('its assets are not in order');
    return new Vault(assets);
  }
  toBytes(): Uint8Array {
    const writer = new ByteWriter();
    this.write(writer);
    return writer.finish();
  }
  static fromBytes(bytes: Uint8Array): Vault {
    const reader = new ByteReader(bytes, 'vault');
    const vault = Vault.read(reader);
    reader.end();
    return vault;
  }
}
