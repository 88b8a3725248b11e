import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter, FormatError } from '../../bytes.ts';
import { EMPTY_WORD, type Word } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import * as arbitrary from '../testing/arbitrary.ts';
import { Asset, AssetId, compareAssetIds } from './asset.ts';
import { Vault } from './vault.ts';

const faucet = new AccountId(0x11n, 0x2200n);
const kind = (expected: string) => (error: unknown) =>
  error instanceof ProtocolError && error.kind === expected;

test('an asset survives its word form and its bytes', () => {
  fc.assert(
    fc.property(arbitrary.asset, (asset) => {
      assert.ok(AssetId.fromWord(asset.id.word).equals(asset.id));
      const writer = new ByteWriter();
      asset.write(writer);
      const reader = new ByteReader(writer.finish(), 'asset');
      assert.ok(Asset.read(reader).equals(asset));
      reader.end();
    }),
  );
});

test('amounts have bounds, and values their form', () => {
  assert.equal(Asset.fungible(faucet, Limit.FUNGIBLE_AMOUNT).amount, Limit.FUNGIBLE_AMOUNT);
  for (const amount of [0n, -1n, Limit.FUNGIBLE_AMOUNT + 1n])
    assert.throws(() => Asset.fungible(faucet, amount), kind('asset-amount'));
  const id = new AssetId(faucet, 'fungible');
  assert.throws(() => new Asset(id, [1n, 1n, 0n, 0n]), kind('asset'));
  assert.throws(() => new Asset(id, EMPTY_WORD), kind('asset-amount'));
  assert.throws(() => new AssetId(faucet, 'fungible', 1n), kind('asset'));
  for (const metadata of [0x00n, 0x02n, 0x21n, 0x31n, 0x41n, 0x81n]) {
    const word: Word = [0n, 0n, faucet.suffix | metadata, faucet.prefix];
    assert.throws(() => AssetId.fromWord(word), kind('asset'), `metadata ${metadata}`);
  }
});

test('bytes that are no asset are refused', () => {
  const writer = new ByteWriter();
  Asset.fungible(faucet, 5n).write(writer);
  const good = writer.finish();
  const patched = (at: number, value: number) => good.map((b, i) => (i === at ? value : b));
  for (const bytes of [patched(0, 2), patched(1, 2), patched(17, 0), patched(25, 1), good.subarray(1)])
    assert.throws(() => Asset.read(new ByteReader(bytes, 'asset')), FormatError);
});

test('a vault adds and removes as the kernel does', () => {
  const vault = new Vault();
  const empty = vault.root;
  const coin = (amount: bigint) => Asset.fungible(faucet, amount);
  const picture = Asset.unique(faucet, Uint8Array.of(1, 2, 3));
  vault.add(coin(5n));
  vault.add(coin(7n));
  vault.add(picture);
  assert.equal(vault.amountOf(coin(1n).id), 12n);
  assert.throws(() => vault.add(picture), kind('account-vault'));
  assert.throws(() => vault.add(coin(Limit.FUNGIBLE_AMOUNT)), kind('asset-amount'));
  assert.throws(() => vault.remove(coin(13n)), kind('account-vault'));
  assert.throws(() => vault.remove(Asset.unique(faucet, Uint8Array.of(9))), kind('account-vault'));
  assert.ok(vault.open(picture.id).verify(vault.root, picture.id.vaultKey, picture.value));
  assert.equal(vault.size, 2);
  vault.remove(picture);
  vault.remove(coin(12n));
  assert.deepEqual(vault.root, empty);
});

test('a copied vault changes apart from the first', () => {
  const coin = Asset.fungible(faucet, 5n);
  const vault = new Vault([coin]);
  const copy = vault.clone();
  copy.add(coin);
  assert.deepEqual([vault.amountOf(coin.id), copy.amountOf(coin.id)], [5n, 10n]);
  assert.deepEqual(vault.root, new Vault([coin]).root);
  assert.deepEqual(copy.root, new Vault([Asset.fungible(faucet, 10n)]).root);
});

test('a vault survives its bytes, and its root does not depend on the order', () => {
  fc.assert(
    fc.property(arbitrary.assets(8), (assets) => {
      const vault = new Vault(assets);
      assert.deepEqual(Vault.fromBytes(vault.toBytes()).root, vault.root);
      assert.deepEqual(new Vault([...assets].reverse()).root, vault.root);
      assert.deepEqual(
        vault.assets.map((a) => a.id.word),
        [...assets].sort((a, b) => compareAssetIds(a.id, b.id)).map((a) => a.id.word),
      );
    }),
    { numRuns: 20 },
  );
  const twice = [Asset.fungible(faucet, 1n), Asset.fungible(faucet, 2n)];
  assert.throws(() => new Vault(twice), kind('account-vault'));
  const writer = new ByteWriter().vint(2);
  for (const asset of twice) asset.write(writer);
  assert.throws(() => Vault.fromBytes(writer.finish()), FormatError);
});
