import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import { hashBytes } from '../../hash/eidos.ts';
import { compareWords, EMPTY_WORD, type Word, wordsEqual } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { checked } from '../reading.ts';

/** How amounts of one id add up: not at all, or as numbers. */
export type Composition = 'unique' | 'fungible';

const VERSION = 1;
const COMPOSITION: Readonly<Record<Composition, number>> = { unique: 0, fungible: 1 };
const LOW_BYTE = 0xffn;

/**
 * Names an asset: [class suffix, class prefix, faucet suffix | metadata, faucet prefix]. The metadata byte holds the version
 * in bits 0 to 3 and the composition in bits 4 and 5. A fungible asset has no class.
 */
export class AssetId {
  readonly faucet: AccountId;
  readonly composition: Composition;
  readonly classSuffix: Felt;
  readonly classPrefix: Felt;

  /** Throws `asset` if a fungible asset has a class. */
  constructor(faucet: AccountId, composition: Composition, classSuffix: Felt = 0n, classPrefix: Felt = 0n) {
    if (composition === 'fungible' && (classSuffix !== 0n || classPrefix !== 0n))
      throw new ProtocolError('asset', 'A fungible asset has no class.');
    this.faucet = faucet;
    this.composition = composition;
    this.classSuffix = classSuffix;
    this.classPrefix = classPrefix;
  }

  get word(): Word {
    const metadata = BigInt(VERSION | (COMPOSITION[this.composition] << 4));
    return [this.classSuffix, this.classPrefix, this.faucet.suffix | metadata, this.faucet.prefix];
  }
  /** Throws `asset` or `account-id`. */
  static fromWord([classSuffix, classPrefix, suffix, prefix]: Word): AssetId {
    const metadata = Number(suffix & LOW_BYTE);
    if ((metadata & 0xf) !== VERSION)
      throw new ProtocolError('asset', 'This asset is of an unknown version.', {
        details: `metadata ${metadata}`,
      });
    const composition = compositionOf(metadata >> 4);
    return new AssetId(
      new AccountId(prefix, suffix - (suffix & LOW_BYTE)),
      composition,
      classSuffix,
      classPrefix,
    );
  }

  equals(other: AssetId): boolean {
    return wordsEqual(this.word, other.word);
  }
  /** The key of this asset's leaf in a vault. */
  get vaultKey(): Word {
    return commit(ProtocolDomain.VAULT_KEY, this.word);
  }

  write(writer: ByteWriter): void {
    writer.u8(VERSION).u8(COMPOSITION[this.composition]);
    this.faucet.write(writer);
    if (this.composition === 'unique') writer.felt(this.classSuffix).felt(this.classPrefix);
  }
  static read(reader: ByteReader): AssetId {
    const version = reader.u8();
    if (version !== VERSION) reader.fail(`asset version ${version} is not known`);
    const code = reader.u8();
    const faucet = AccountId.read(reader);
    if (code === COMPOSITION.fungible) return new AssetId(faucet, 'fungible');
    if (code !== COMPOSITION.unique) reader.fail(`asset composition ${code} is not known`);
    return new AssetId(faucet, 'unique', reader.felt(), reader.felt());
  }
}

function compositionOf(code: number): Composition {
  if (code === COMPOSITION.fungible) return 'fungible';
  if (code === COMPOSITION.unique) return 'unique';
  throw new ProtocolError('asset', 'This asset is of an unknown kind.', { details: `composition ${code}` });
}

/** An amount of a fungible asset, or one that there is once. */
export class Asset {
  readonly id: AssetId;
  readonly value: Word;

  /** Throws `asset` or `asset-amount`. */
  constructor(id: AssetId, value: Word) {
    if (wordsEqual(value, EMPTY_WORD)) throw new ProtocolError('asset-amount', 'This asset is of nothing.');
    if (id.composition === 'fungible') {
      if (value[1] !== 0n || value[2] !== 0n || value[3] !== 0n)
        throw new ProtocolError('asset', 'The value of a fungible asset is one number.');
      if (value[0] > Limit.FUNGIBLE_AMOUNT) throw amountError(value[0]);
    }
    this.id = id;
    this.value = value;
  }

  /** `amount` base units, 1 to 2^63 - 2^31. Throws `asset-amount`. */
  static fungible(faucet: AccountId, amount: bigint): Asset {
    if (amount < 1n || amount > Limit.FUNGIBLE_AMOUNT) throw amountError(amount);
    return new Asset(new AssetId(faucet, 'fungible'), [amount, 0n, 0n, 0n]);
  }
  /** The asset that these bytes describe. */
  static unique(faucet: AccountId, data: Uint8Array): Asset {
    const value = hashBytes(data, ProtocolDomain.NON_FUNGIBLE_VALUE);
    return new Asset(new AssetId(faucet, 'unique', value[0], value[1]), value);
  }

  /** Base units; of an asset that there is once, one. */
  get amount(): bigint {
    return this.id.composition === 'fungible' ? this.value[0] : 1n;
  }
  get elements(): Felt[] {
    return [...this.id.word, ...this.value];
  }
  equals(other: Asset): boolean {
    return this.id.equals(other.id) && wordsEqual(this.value, other.value);
  }

  write(writer: ByteWriter): void {
    this.id.write(writer);
    writer.word(this.value);
  }
  static read(reader: ByteReader): Asset {
    const id = AssetId.read(reader);
    const value = reader.word();
    return checked(reader, () => new Asset(id, value));
  }
}

const amountError = (amount: bigint): ProtocolError =>
  new ProtocolError('asset-amount', 'This amount is out of range.', {
    details: `${amount} is not between 1 and ${Limit.FUNGIBLE_AMOUNT}`,
  });

/** The order of patches: raw ids, element 3 first. */
export const compareAssetIds = (a: AssetId, b: AssetId): number => compareWords(a.word, b.word);
