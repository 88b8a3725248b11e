import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODULUS } from '../../core/field/felt.ts';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { Asset, AssetId } from '../../core/protocol/asset/asset.ts';
import { commit } from '../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import { Limit } from '../../core/protocol/limits.ts';
import { burnNote } from '../../core/protocol/standards/burn.ts';
import { policyRoot, readFaucet } from '../../core/protocol/standards/faucet.ts';
import { mintingScript, mintNote } from '../../core/protocol/standards/mint.ts';
import { accountOf, aged, coinFaucet, coins, jewel, jewelFaucet, refuses, transact } from './issuers.ts';
import { kernel, newAccount, p2id, script } from './transactions.ts';

const [alice, bob] = [3, 2].map((seed) => newAccount({ seed }).id);
const TOKEN = 'kiln::faucet::token';

const minting = (faucet: Account, assets: readonly Asset[]) =>
  mintingScript(
    kernel,
    assets.map((asset, i) => p2id(faucet.id, bob, [asset], BigInt(i))),
  );
const mint = (faucet: Account, ...assets: readonly Asset[]) =>
  transact(faucet, { script: minting(faucet, assets) });
const burn = (faucet: Account, asset: Asset, sender = bob) =>
  transact(faucet, { notes: [burnNote(kernel, { sender, serial: [1n, 2n, 3n, 4n], asset })] });
const supplyOf = (faucet: Account) => readFaucet(kernel, faucet)?.token?.supply;
const push = (...words: readonly Word[]) => words.map((word) => `push.[${word.join(', ')}]`).join(' ');

/** Mints what cannot be an asset here: the script as it is, told other words. */
function mintWords(faucet: Account, id: Word, value: Word) {
  const plain = minting(faucet, [coins(faucet, 1n)]);
  const elements = [...id, ...value, 0n, 0n, 0n, 0n, 1n, 2n, 3n, 4n];
  const args = commit(ProtocolDomain.MINT_NOTES, elements);
  return () => transact(faucet, { script: { ...plain, args, map: [[args, elements]] } });
}
/** Calls a procedure with an asset alone: of the other kind of issuer. */
const calling = (faucet: Account, module: string, name: string, { id, value }: Asset) => {
  const body = `${push(EMPTY_WORD, EMPTY_WORD, value, id.word)} call.${module}::${name} dropw dropw dropw dropw`;
  return () => transact(faucet, { script: script(body, [`kiln::standards::faucet::${module}`]) });
};

test('an issuer of coins mints into notes, up to its maximum and from its first transaction on', () => {
  const faucet = accountOf(coinFaucet());
  const first = mint(faucet, coins(faucet, 400n), coins(faucet, 100n));
  assert.deepEqual(
    first.outputs.map(({ note }) => note.assets.list[0].amount),
    [400n, 100n],
  );
  assert.equal(supplyOf(first.account), 500n);
  const full = mint(first.account, coins(faucet, 500n)).account;
  assert.equal(supplyOf(full), 1000n);
  const tooMuch = /more of the asset than its issuer allows/;
  refuses(tooMuch, () => mint(full, coins(faucet, 1n)));
  refuses(tooMuch, () => mint(first.account, coins(faucet, 501n)));
  refuses(tooMuch, () => mint(first.account, coins(faucet, 500n), coins(faucet, 1n)));
  const less = burn(full, coins(faucet, 30n)).account;
  assert.equal(supplyOf(less), 970n);
  assert.equal(supplyOf(mint(less, coins(faucet, 30n)).account), 1000n);
});

test('as much as there can ever be of an asset, and not one more', () => {
  const faucet = accountOf(coinFaucet({ maxSupply: Limit.FUNGIBLE_AMOUNT }));
  const all = mint(faucet, coins(faucet, Limit.FUNGIBLE_AMOUNT)).account;
  assert.equal(supplyOf(all), Limit.FUNGIBLE_AMOUNT);
  refuses(/than its issuer allows/, () => mint(all, coins(faucet, Limit.FUNGIBLE_AMOUNT)));
  assert.equal(supplyOf(burn(all, coins(faucet, Limit.FUNGIBLE_AMOUNT)).account), 0n);
  const { word } = coins(faucet, 1n).id;
  for (const amount of [Limit.FUNGIBLE_AMOUNT + 1n, MODULUS - 1n, MODULUS - Limit.FUNGIBLE_AMOUNT])
    for (const account of [faucet, all])
      refuses(/than its issuer allows/, mintWords(account, word, [amount, 0n, 0n, 0n]));
  refuses(/the asset is of nothing/, mintWords(faucet, word, EMPTY_WORD));
  refuses(/fungible asset is one number/, mintWords(faucet, word, [1n, 0n, 1n, 0n]));
});

test('storage that no issuer of coins has by itself mints nothing', () => {
  const faucet = accountOf(coinFaucet());
  const token = (supply: bigint, maximum: bigint) => aged(faucet, { [TOKEN]: [supply, maximum, 6n, 1n] });
  refuses(/supply exceeds its maximum/, () => mint(token(11n, 10n), coins(faucet, 1n)));
  const above = token(0n, Limit.FUNGIBLE_AMOUNT + 1n);
  refuses(/maximal supply is no amount/, () => mint(above, coins(faucet, 1n)));
  refuses(/less of the asset than is to be burned/, () => burn(token(4n, 10n), coins(faucet, 5n)));
});

test('an issuer of coins issues nothing else, and nothing of others', () => {
  const faucet = accountOf(coinFaucet());
  const foreign = Asset.fungible(alice, 1n);
  refuses(/issued by another account/, () => mint(faucet, foreign));
  refuses(/issued by another account/, () => burn(faucet, foreign));
  refuses(/the account's own procedures/, () => mint(faucet, jewel(faucet)));
  refuses(/not fungible/, calling(faucet, 'fungible', 'mint_and_send', jewel(faucet)));
  refuses(/not fungible/, calling(faucet, 'fungible', 'receive_and_burn', jewel(faucet)));
  const noClass = new AssetId(faucet.id, 'unique').word;
  refuses(/the account's own procedures/, mintWords(faucet, noClass, [1n, 0n, 0n, 0n]));
});

test('an issuer of jewels mints each once, for ever', () => {
  const faucet = accountOf(jewelFaucet());
  const other = jewel(faucet, 'another');
  const first = mint(faucet, jewel(faucet)).account;
  refuses(/minted before/, () => mint(first, jewel(faucet)));
  const both = mint(first, other).account;
  refuses(/minted before/, () => mint(faucet, jewel(faucet), jewel(faucet)));
  const burned = burn(both, jewel(faucet)).account;
  refuses(/minted before/, () => mint(burned, jewel(faucet)));
  refuses(/not minted here/, () => burn(burned, jewel(faucet)));
  refuses(/not minted here/, () => burn(faucet, jewel(faucet)));
  burn(burned, other);
});

test('an issuer of jewels issues nothing else, and nothing of others', () => {
  const faucet = accountOf(jewelFaucet());
  const foreign = Asset.unique(alice, new TextEncoder().encode('a jewel'));
  refuses(/issued by another account/, () => mint(faucet, foreign));
  refuses(/not one that there is once/, calling(faucet, 'non_fungible', 'mint_and_send', coins(faucet, 1n)));
  refuses(
    /not one that there is once/,
    calling(faucet, 'non_fungible', 'receive_and_burn', coins(faucet, 1n)),
  );
  const { id, value } = jewel(faucet);
  const [first, second, ...rest] = value;
  for (const changed of [
    [first + 1n, second, ...rest],
    [first, second + 1n, ...rest],
  ])
    refuses(/class of the asset/, mintWords(faucet, id.word, changed as unknown as Word));
  // Of two values with one class there is one asset.
  const twin: Word = [first, second, 7n, 7n];
  const minted = mint(faucet, jewel(faucet)).account;
  refuses(/minted before/, mintWords(minted, id.word, twin));
});

test('only the owner mints, or burns, where that is the policy: by its notes', () => {
  const faucet = aged(accountOf(coinFaucet({ owner: alice, mint: 'owner' })));
  const asset = coins(faucet, 5n);
  const { recipient } = p2id(faucet.id, bob, [asset]);
  const asking = (sender: typeof alice) =>
    mintNote(kernel, { sender, serial: [1n, 2n, 3n, 4n], asset, recipient, type: 'private', tag: 0 });
  assert.equal(supplyOf(transact(faucet, { notes: [asking(alice)] }).account), 5n);
  refuses(/made by another account/, () => transact(faucet, { notes: [asking(bob)] }));
  refuses(/made by another account/, () => transact(faucet, { notes: [asking(alice), asking(bob)] }));
  // Whoever authenticates as the faucet is not its owner.
  refuses(/no note is being processed/, () => mint(faucet, asset));
  const burning = aged(accountOf(coinFaucet({ owner: alice, burn: 'owner' })), { [TOKEN]: [9n, 9n, 6n, 1n] });
  assert.equal(supplyOf(burn(burning, coins(burning, 4n), alice).account), 5n);
  refuses(/made by another account/, () => burn(burning, coins(burning, 4n), bob));
});

test('too little is not burned where there is a minimum', () => {
  const faucet = aged(accountOf(coinFaucet({ burn: 'minimum', minimumBurn: 10n })), {
    [TOKEN]: [50n, 100n, 6n, 1n],
  });
  assert.equal(supplyOf(burn(faucet, coins(faucet, 10n)).account), 40n);
  refuses(/less than the least amount/, () => burn(faucet, coins(faucet, 9n)));
});

test('a policy that is no procedure of the account lets nothing be minted', () => {
  const unset = aged(accountOf(coinFaucet()), { 'kiln::faucet::mint_policy': EMPTY_WORD });
  assert.throws(() => mint(unset, coins(unset, 1n)));
  // Its code is at hand, but what it asks the kernel is not for code of others.
  const faucet = accountOf(coinFaucet({ fixed: true }));
  const foreign = policyRoot(kernel, 'owner');
  const { standards } = kernel;
  const set = aged(faucet, { 'kiln::faucet::mint_policy': foreign });
  const own = minting(set, [coins(set, 1n)]);
  refuses(/the account's own procedures/, () =>
    transact(set, { script: { ...own, forests: [...own.forests, standards.forest] } }),
  );
});

test('what issuers say of themselves', () => {
  const document: Word = [1n, 2n, 3n, 4n];
  const said = accountOf(
    coinFaucet({ name: 'Münze', document, owner: alice, burn: 'minimum', minimumBurn: 3n }),
  );
  assert.deepEqual(readFaucet(kernel, said), {
    token: { supply: 0n, maxSupply: 1000n, decimals: 6 },
    symbol: 'COIN',
    name: 'Münze',
    document,
    mint: 'all',
    burn: 'minimum',
    minimumBurn: 3n,
    transfers: undefined,
    access: { owner: alice },
  });
  const nothing = { name: undefined, document: undefined, minimumBurn: undefined, transfers: undefined };
  assert.deepEqual(readFaucet(kernel, accountOf(jewelFaucet({ fixed: true }))), {
    ...nothing,
    token: undefined,
    symbol: 'JEWEL',
    mint: 'all',
    burn: 'all',
    access: undefined,
  });
  assert.deepEqual(readFaucet(kernel, accountOf(jewelFaucet()))?.access, { owner: 'authentication' });
  assert.equal(readFaucet(kernel, newAccount()), undefined);
});

test('what issuers tell code that asks', () => {
  const policies = [policyRoot(kernel, 'all'), policyRoot(kernel, 'all')];
  const tells = (faucet: Account, call: string, ...words: readonly Word[]) => {
    const module = call.split('::')[0];
    const checks = words.map((word) => `${push(word)} assert_eqw`).join(' ');
    const body = `call.${call} ${checks} push.0.0.0.0 dropw`;
    const uses = [`kiln::standards::${module === 'access' ? '' : 'faucet::'}${module}`];
    transact(faucet, { script: script(body, uses) });
  };
  const document: Word = [1n, 2n, 3n, 4n];
  const faucet = accountOf(coinFaucet({ name: 'A', document, owner: alice }));
  const [symbol] = [readFaucet(kernel, faucet)].map(() => faucet.storage.slot(TOKEN));
  tells(faucet, 'fungible::get_token', symbol?.kind === 'value' ? symbol.value : EMPTY_WORD);
  tells(faucet, 'policies::get_policies', ...policies);
  tells(faucet, 'metadata::get_metadata', [65n, 0n, 0n, 0n], document);
  tells(faucet, 'access::get_owner', [alice.suffix, alice.prefix, 0n, 0n]);
});

test('issuers that cannot be are refused', () => {
  refuses(/least amount/, () => coinFaucet({ burn: 'minimum' }));
  refuses(/no least amount/, () => jewelFaucet({ burn: 'minimum' }));
  refuses(/Only the owner/, () => coinFaucet({ mint: 'owner' }));
  refuses(/Only the owner/, () => jewelFaucet({ burn: 'owner' }));
  refuses(/A document/, () => coinFaucet({ document: [1n, 2n, 3n, 4n] }));
  refuses(/too large for its type/, () => coinFaucet({ maxSupply: Limit.FUNGIBLE_AMOUNT + 1n }));
  refuses(/decimals/, () => coinFaucet({ decimals: 0.5 }));
  refuses(/too large for its type/, () => coinFaucet({ decimals: 256 }));
  refuses(/capital letters/, () => coinFaucet({ symbol: 'coin' }));
  refuses(/1 to 28 bytes/, () => coinFaucet({ name: '' }));
});

test('scripts that mint carry what they can', () => {
  const faucet = accountOf(coinFaucet());
  const { id } = faucet;
  refuses(/nothing to mint/, () => mintingScript(kernel, []));
  const two = p2id(id, bob, [coins(faucet, 1n), Asset.fungible(alice, 1n)]);
  for (const note of [p2id(id, bob, []), two]) refuses(/one asset/, () => mintingScript(kernel, [note]));
  const whole = minting(faucet, [coins(faucet, 1n)]);
  const other = commit(ProtocolDomain.MINT_NOTES, [9n]);
  refuses(/not the one that was committed to/, () =>
    transact(faucet, { script: { ...whole, args: other, map: [[other, [...whole.map!][0][1]]] } }),
  );
  const half = [...whole.map!][0][1].slice(0, 8);
  const args = commit(ProtocolDomain.MINT_NOTES, half);
  refuses(/of sixteen elements/, () => transact(faucet, { script: { ...whole, args, map: [[args, half]] } }));
});
