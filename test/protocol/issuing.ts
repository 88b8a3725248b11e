import type { Word } from '../../core/hash/word.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { burnNote } from '../../core/protocol/standards/burn.ts';
import { mintingScript, mintNote } from '../../core/protocol/standards/mint.ts';
import {
  networkAuthComponent,
  networkSettingsComponent,
} from '../../core/protocol/standards/network-account.ts';
import { settingsCalls, settingsNote, settingsScript } from '../../core/protocol/standards/settings.ts';
import { standardNoteScript } from '../../core/protocol/standards/standards.ts';
import { accountOf, aged, coinFaucet, coins, jewel, jewelFaucet, transact } from './issuers.ts';
import { blockWith, foreignIn, kernel, newAccount, p2id, wallet } from './transactions.ts';

/** What issuers do, each kind of it once. */
const [alice, bob] = [3, 2].map((seed) => newAccount({ seed }).id);
const serial: Word = [1n, 2n, 3n, 4n];
const calls = settingsCalls(kernel);

const auth = networkAuthComponent(kernel, {
  noteScripts: ['mint::main', 'burn::main', 'settings::from_owner'].map(
    (name) => standardNoteScript(kernel, name).root,
  ),
});
const coinIssuer = accountOf(
  [...coinFaucet({ owner: alice, mint: 'owner' }), networkSettingsComponent(kernel)],
  { auth, type: 'public' },
);
const jewelIssuer = accountOf(jewelFaucet());
const gem = jewel(jewelIssuer);
const minted = transact(jewelIssuer, {
  script: mintingScript(kernel, [p2id(jewelIssuer.id, bob, [gem])]),
}).account;

const list = [calls.setMaxSupply(50n), calls.allowNoteScript(serial)];
const notes = [
  mintNote(kernel, {
    sender: alice,
    serial,
    asset: coins(coinIssuer, 5n),
    recipient: p2id(bob, bob, []).recipient,
    type: 'public',
    tag: 0,
  }),
  settingsNote(kernel, { sender: alice, target: coinIssuer.id, serial }, list),
];

/** Coins that only accounts on a list may have. */
const listing = aged(accountOf(coinFaucet({ transfers: { receive: 'allowed', allowed: [bob] } })));
const known = foreignIn([listing]);
const paid = p2id(listing.id, bob, [coins(listing, 5n)]);

export const ISSUING: readonly (TransactionInputs & { readonly what: string })[] = [
  { what: 'an issuer that anybody runs mints and is changed', account: coinIssuer, ...blockWith(notes) },
  {
    what: 'a jewel is burned and settings are changed',
    account: minted,
    ...blockWith([burnNote(kernel, { sender: bob, serial, asset: gem })]),
    script: settingsScript(kernel, [calls.setMintPolicy('owner'), calls.transferOwnership(bob)]),
  },
  {
    what: 'coins are taken whose issuer is asked',
    account: wallet([], { seed: 2 }),
    ...blockWith([paid], { accountRoot: known.accountRoot }),
    foreign: known.foreign,
  },
];
