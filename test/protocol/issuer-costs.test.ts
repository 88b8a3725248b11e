import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Word } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import type { Asset } from '../../core/protocol/asset/asset.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import { burnNote } from '../../core/protocol/standards/burn.ts';
import { mintingScript, mintNote } from '../../core/protocol/standards/mint.ts';
import {
  networkAuthComponent,
  networkSettingsComponent,
} from '../../core/protocol/standards/network-account.ts';
import { settingsCalls, settingsNote } from '../../core/protocol/standards/settings.ts';
import { standardNoteScript } from '../../core/protocol/standards/standards.ts';
import type { ExecutedTransaction } from '../../core/protocol/transaction/executed-transaction.ts';
import { buildTraces } from '../../core/vm/execute.ts';
import { accountOf, coinFaucet, coins, jewel, jewelFaucet, transact } from './issuers.ts';
import { kernel, newAccount, p2id } from './transactions.ts';

// What an issuer's transactions cost. The bounds are what was reached and a twentieth, so that nothing grows unnoticed.

const [alice, bob] = [3, 2].map((seed) => newAccount({ seed }).id);
const auth = networkAuthComponent(kernel, {
  noteScripts: ['mint::main', 'burn::main', 'settings::from_owner'].map(
    (name) => standardNoteScript(kernel, name).root,
  ),
});
const begun = (components: Parameters<typeof accountOf>[0]) =>
  transact(accountOf([...components, networkSettingsComponent(kernel)], { auth, type: 'public' }), {})
    .account;
const coinIssuer = begun(coinFaucet({ owner: alice }));
const jewelIssuer = begun(jewelFaucet({ owner: alice }));

const minting = (asset: Asset, type: 'private' | 'public' = 'private', n = 1n): Note => {
  const { recipient } = p2id(asset.id.faucet, bob, [asset], n);
  const serial: Word = [n, 2n, 3n, 4n];
  return mintNote(kernel, { sender: bob, serial, asset, recipient, type, tag: 0 });
};

function costs(name: string, { execution, phases }: ExecutedTransaction, rows: number, compressions: number) {
  const traces = buildTraces(execution);
  const parts = phases.map((phase) => `${phase.name} ${phase.rows}`).join(', ');
  console.log(
    `${name}: ${execution.cycles + 1} core rows (${parts}), ${traces.eidos.count} compressions, ${traces.chiplets.rows} chiplet rows`,
  );
  assert.ok(execution.cycles < rows, `${name}: ${execution.cycles + 1} rows, at most ${rows}`);
  assert.ok(
    traces.eidos.count <= compressions,
    `${name}: ${traces.eidos.count} compressions, at most ${compressions}`,
  );
}

test('minting by a script with a key', () => {
  const faucet = accountOf(coinFaucet());
  const made = (account: Account, count: number) =>
    transact(account, {
      script: mintingScript(
        kernel,
        Array.from({ length: count }, (_, i) => p2id(faucet.id, bob, [coins(faucet, 1n)], BigInt(i))),
      ),
    });
  const first = made(faucet, 1);
  costs('mint, a new issuer', first, 8000, 500);
  costs('mint one', made(first.account, 1), 4700, 440);
  costs('mint three', made(first.account, 3), 8400, 450);
});

test('notes that an issuer which anybody runs consumes', () => {
  const minted = transact(coinIssuer, { notes: [minting(coins(coinIssuer, 5n))] });
  costs('MINT, private', minted, 6650, 700);
  costs(
    'MINT, public',
    transact(coinIssuer, { notes: [minting(coins(coinIssuer, 5n), 'public')] }),
    7000,
    730,
  );
  const three = [1n, 2n, 3n].map((n) => minting(coins(coinIssuer, 5n), 'private', n));
  costs('MINT, three', transact(coinIssuer, { notes: three }), 12500, 730);
  const burn = burnNote(kernel, { sender: bob, serial: [9n, 2n, 3n, 4n], asset: coins(coinIssuer, 5n) });
  costs('BURN', transact(minted.account, { notes: [burn] }), 6050, 650);
  costs('MINT, a jewel', transact(jewelIssuer, { notes: [minting(jewel(jewelIssuer))] }), 7050, 830);
  const call = settingsCalls(kernel).setMaxSupply(2000n);
  const settings = settingsNote(kernel, { sender: alice, target: coinIssuer.id, serial: [7n, 2n, 3n, 4n] }, [
    call,
  ]);
  costs('settings', transact(coinIssuer, { notes: [settings] }), 5450, 590);
});
