import { EMPTY_WORD, type Word } from '../../../core/hash/word.ts';
import type { Account } from '../../../core/protocol/account/account.ts';
import { AccountId } from '../../../core/protocol/account/account-id.ts';
import { Asset } from '../../../core/protocol/asset/asset.ts';
import { commit } from '../../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../../core/protocol/domains.ts';
import { Limit } from '../../../core/protocol/limits.ts';
import { Note } from '../../../core/protocol/note/note.ts';
import { NoteAssets } from '../../../core/protocol/note/note-assets.ts';
import { NoteRecipient } from '../../../core/protocol/note/note-recipient.ts';
import { burnNote } from '../../../core/protocol/standards/burn.ts';
import { mintingScript, mintNote } from '../../../core/protocol/standards/mint.ts';
import {
  networkAuthComponent,
  networkSettingsComponent,
} from '../../../core/protocol/standards/network-account.ts';
import {
  type SettingsCall,
  settingsCalls,
  settingsNote,
  settingsScript,
} from '../../../core/protocol/standards/settings.ts';
import type { Attempt } from '../hostile.ts';
import { accountOf, aged, coinFaucet, coins, jewel, jewelFaucet } from '../issuers.ts';
import { blockWith, foreignIn, kernel, newAccount, p2id, script, wallet } from '../transactions.ts';
import type { AbortCases } from './fixtures.ts';

const [alice, bob] = [3, 2].map((seed) => newAccount({ seed }).id);
const serial: Word = [1n, 2n, 3n, 4n];
const TOKEN = 'kiln::faucet::token';
const token = (supply: bigint, maximum: bigint) => ({ [TOKEN]: [supply, maximum, 6n, 1n] as const });
const coinIssuer = accountOf(coinFaucet({ burn: 'minimum', minimumBurn: 2n }));
const jewelIssuer = accountOf(jewelFaucet());
const owned = aged(accountOf(coinFaucet({ owner: alice })));

const consuming = (account: Account, ...notes: Note[]): Attempt => ({ account, ...blockWith(notes) });
const running = (account: Account, tried: Attempt['script']): Attempt => ({
  account,
  block: blockWith().block,
  ...(tried && { script: tried }),
});

const minting = (account: Account, ...assets: Asset[]) =>
  running(
    account,
    mintingScript(
      kernel,
      assets.map((asset) => p2id(account.id, bob, [asset])),
    ),
  );
const burning = (account: Account, asset: Asset) =>
  consuming(account, burnNote(kernel, { sender: bob, serial, asset }));
/** A procedure called with an asset and zeros. */
function calling(account: Account, module: string, name: string, id: Word, value: Word): Attempt {
  const words = [EMPTY_WORD, EMPTY_WORD, value, id].map((word) => `push.[${word.join(', ')}]`).join(' ');
  const body = `${words} call.${module}::${name} dropw dropw dropw dropw`;
  return running(account, script(body, [`kiln::standards::faucet::${module}`]));
}
const setting = (account: Account, ...list: SettingsCall[]) => running(account, settingsScript(kernel, list));
const calls = settingsCalls(kernel);
/** A note of alice's with the calls, as if another had made it. */
const settingFor = (sender: AccountId) =>
  consuming(owned, settingsNote(kernel, { sender, target: owned.id, serial }, [calls.setMaxSupply(9n)]));

const listed = script('push.0 drop');
const auth = networkAuthComponent(kernel, { noteScripts: [], txScripts: [listed.root] });
const shared = aged(accountOf([networkSettingsComponent(kernel), ...coinFaucet()], { auth, type: 'public' }));

const carrying = (...list: Asset[]) =>
  consuming(
    coinIssuer,
    new Note({
      ...burnNote(kernel, { sender: bob, serial, asset: coins(coinIssuer, 5n) }),
      assets: new NoteAssets(list),
    }),
  );
/** A MINT note for a public note whose storage says that it stores so much. */
function storing(count: bigint): Attempt {
  const asset = coins(coinIssuer, 5n);
  const { recipient } = p2id(bob, alice, []);
  const made = mintNote(kernel, { sender: bob, serial, asset, recipient, type: 'public', tag: 0 });
  const { recipient: old, ...note } = made;
  const storage = old.storage.with(17, count);
  return consuming(
    coinIssuer,
    new Note({ ...note, recipient: new NoteRecipient(serial, old.script, storage) }),
  );
}
/** A script given another list under the commitment it asks for, or a list of another length. */
function given(account: Account, domain: ProtocolDomain, plain: Attempt['script'], length: number): Attempt {
  const elements = [...plain!.map!][0][1].slice(0, length);
  const args = commit(domain, elements);
  return running(account, { ...plain!, args, map: [[args, elements]] });
}
const mintScript = mintingScript(kernel, [p2id(coinIssuer.id, bob, [coins(coinIssuer, 1n)])]);
const settingsOne = settingsScript(kernel, [calls.setMaxSupply(9n)]);

const gem = jewel(jewelIssuer);
const [first, second, ...rest] = gem.value;
const minted = aged(jewelIssuer);

/** Bob takes coins of an issuer with rules. */
function receiving(transfers: NonNullable<Parameters<typeof coinFaucet>[0]>['transfers'] & {}): Attempt {
  const issuer = aged(accountOf(coinFaucet({ transfers })));
  const { accountRoot, foreign } = foreignIn([issuer]);
  const note = p2id(issuer.id, bob, [coins(issuer, 1n)]);
  return { account: wallet([], { seed: 2 }), ...blockWith([note], { accountRoot }), foreign };
}

export const ISSUER_CASES: AbortCases = {
  'standards/access assert_sender: the note was made by another account than the one that may do this': () =>
    settingFor(new AccountId(alice.prefix, alice.suffix ^ 256n)),
  'standards/access assert_sender: the note was made by another account than the one that may do this #2':
    () => settingFor(new AccountId(alice.prefix ^ 256n, alice.suffix)),
  "standards/auth/network assert_script: the account does not list the transaction's script": () =>
    running(shared, script('push.1 drop')),
  'standards/auth/network assert_notes: the account does not list the script of a note': () =>
    consuming(
      shared,
      mintNote(kernel, {
        sender: bob,
        serial,
        asset: coins(shared, 1n),
        recipient: p2id(bob, alice, []).recipient,
        type: 'private',
        tag: 0,
      }),
    ),
  'standards/auth/network assert_public: an account that anybody runs is public': () =>
    running(accountOf(coinFaucet(), { auth }), undefined),
  'standards/auth/network assert_effect: the transaction has no effect': () => running(shared, listed),
  'standards/burn main: a note to be burned carries one asset': () =>
    carrying(coins(coinIssuer, 5n), Asset.fungible(alice, 5n)),
  'standards/burn main: the note carries another asset than the one to be burned': () =>
    carrying(Asset.fungible(alice, 5n)),
  'standards/burn main: the note carries another asset than the one to be burned #2': () =>
    carrying(coins(coinIssuer, 6n)),
  'standards/faucet/fungible mint_and_send: the asset is not fungible': () =>
    calling(coinIssuer, 'fungible', 'mint_and_send', gem.id.word, gem.value),
  'standards/faucet/fungible mint_and_send: there would be more of the asset than its issuer allows': () =>
    minting(coinIssuer, coins(coinIssuer, 1001n)),
  'standards/faucet/fungible receive_and_burn: the asset is not fungible': () =>
    calling(coinIssuer, 'fungible', 'receive_and_burn', gem.id.word, gem.value),
  'standards/faucet/fungible receive_and_burn: there is less of the asset than is to be burned': () =>
    burning(aged(coinIssuer, token(4n, 10n)), coins(coinIssuer, 5n)),
  "standards/faucet/fungible token: the faucet's maximal supply is no amount": () =>
    minting(aged(coinIssuer, token(0n, Limit.FUNGIBLE_AMOUNT + 1n)), coins(coinIssuer, 1n)),
  "standards/faucet/fungible token: the faucet's supply exceeds its maximum": () =>
    minting(aged(coinIssuer, token(11n, 10n)), coins(coinIssuer, 1n)),
  'standards/faucet/non_fungible mint_and_send: the asset was minted before': () => minting(minted, gem, gem),
  'standards/faucet/non_fungible receive_and_burn: the asset was not minted here': () => burning(minted, gem),
  'standards/faucet/non_fungible assert_unique: the asset is not one that there is once': () =>
    calling(jewelIssuer, 'non_fungible', 'mint_and_send', coins(jewelIssuer, 1n).id.word, [1n, 0n, 0n, 0n]),
  "standards/faucet/non_fungible assert_unique: the class of the asset is not its value's": () =>
    calling(jewelIssuer, 'non_fungible', 'mint_and_send', gem.id.word, [
      first + 1n,
      second,
      rest[0],
      rest[1],
    ]),
  "standards/faucet/non_fungible assert_unique: the class of the asset is not its value's #2": () =>
    calling(jewelIssuer, 'non_fungible', 'mint_and_send', gem.id.word, [
      first,
      second + 1n,
      rest[0],
      rest[1],
    ]),
  'standards/faucet/policy/allow_list check: the issuer of the asset does not allow it to this account': () =>
    receiving({ receive: 'allowed' }),
  'standards/faucet/policy/block_list check: the issuer of the asset forbids it to this account': () =>
    receiving({ receive: 'unblocked', blocked: [bob] }),
  'standards/faucet/policy/minimum_burn check: this is less than the least amount that is burned': () =>
    burning(coinIssuer, coins(coinIssuer, 1n)),
  'standards/faucet/settings/max_supply set_max_supply: a maximal supply is an amount': () =>
    setting(coinIssuer, calls.setMaxSupply(Limit.FUNGIBLE_AMOUNT + 1n)),
  'standards/faucet/settings/max_supply set_max_supply: there is more of the asset already': () =>
    setting(aged(coinIssuer, token(4n, 10n)), calls.setMaxSupply(3n)),
  'standards/faucet/settings/minimum_burn set_minimum_burn: a least amount is an amount': () =>
    setting(coinIssuer, calls.setMinimumBurn(Limit.FUNGIBLE_AMOUNT + 1n)),
  'standards/faucet/settings/policies assert_procedure: a policy is a procedure of the account': () =>
    setting(jewelIssuer, calls.setBurnPolicy('minimum')),
  'standards/list load: the list is not the one that was committed to': () =>
    running(coinIssuer, { ...mintScript, map: [[mintScript.args!, [...settingsOne.map!][0][1]]] }),
  'standards/mint load_public: a note stores fewer elements': () => storing(2n ** 32n),
  'standards/mint load_public: a note stores fewer elements #2': () => storing(1005n),
  'standards/mint load_public: the storage of a note that mints is not what its script expects': () =>
    storing(3n),
  'standards/mint_notes main: a note to be made is of sixteen elements': () =>
    given(coinIssuer, ProtocolDomain.MINT_NOTES, mintScript, 8),
  'standards/settings call_all: a call is of sixteen elements': () =>
    given(coinIssuer, ProtocolDomain.SCRIPT_CALLS, settingsOne, 8),
};
