import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Word } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import type { AccountId } from '../../core/protocol/account/account-id.ts';
import { commit } from '../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import { Limit } from '../../core/protocol/limits.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import { readFaucet } from '../../core/protocol/standards/faucet.ts';
import {
  acceptOwnershipNote,
  readSettings,
  type SettingsCall,
  settingOf,
  settingsCalls,
  settingsNote,
  settingsScript,
} from '../../core/protocol/standards/settings.ts';
import { standardNoteScript } from '../../core/protocol/standards/standards.ts';
import { accountOf, aged, coinFaucet, jewelFaucet, refuses, transact } from './issuers.ts';
import { kernel, newAccount, p2id } from './transactions.ts';

const [alice, bob] = [3, 2].map((seed) => newAccount({ seed }).id);
const calls = settingsCalls(kernel);
const TOKEN = 'kiln::faucet::token';
const minimum = { burn: 'minimum', minimumBurn: 3n, name: 'Coin' } as const;
const plain = aged(accountOf(coinFaucet(minimum)), { [TOKEN]: [100n, 1000n, 6n, 1n] });
const owned = aged(accountOf(coinFaucet({ ...minimum, owner: alice })), { [TOKEN]: [100n, 1000n, 6n, 1n] });

const byScript = (account: Account, ...list: SettingsCall[]) =>
  transact(account, { script: settingsScript(kernel, list) }).account;
const note = (sender: AccountId, target: AccountId, list: readonly SettingsCall[], n = 1n) =>
  settingsNote(kernel, { sender, target, serial: [n, 2n, 3n, 4n] }, list);
const byNote = (account: Account, sender: AccountId, ...list: SettingsCall[]) =>
  transact(account, { notes: [note(sender, account.id, list)] }).account;
const accepted = (account: Account, sender: AccountId) =>
  transact(account, {
    notes: [acceptOwnershipNote(kernel, { sender, target: account.id, serial: [5n, 5n, 5n, 5n] })],
  }).account;
const faucet = (account: Account) => readFaucet(kernel, account)!;
const document: Word = [4n, 3n, 2n, 1n];

test('without an owner, whoever authenticates changes all settings, by one script', () => {
  const after = faucet(
    byScript(
      plain,
      calls.setMaxSupply(100n),
      calls.setMetadata('Crown', document),
      calls.setMinimumBurn(8n),
      calls.setMintPolicy('owner'),
      calls.setBurnPolicy('all'),
    ),
  );
  assert.deepEqual(after, {
    ...faucet(plain),
    token: { supply: 100n, maxSupply: 100n, decimals: 6 },
    name: 'Crown',
    document,
    minimumBurn: 8n,
    mint: 'owner',
    burn: 'all',
  });
  assert.equal(faucet(byScript(plain, calls.setMetadata('Crown'))).document, undefined);
});

test('with an owner, its notes change settings, and nobody else does', () => {
  const list = [
    calls.setMaxSupply(500n),
    calls.setMetadata('Crown', document),
    calls.setMinimumBurn(8n),
    calls.setMintPolicy('owner'),
    calls.setBurnPolicy('all'),
    calls.transferOwnership(bob),
  ];
  const after = faucet(byNote(owned, alice, ...list));
  assert.equal(after.token?.maxSupply, 500n);
  assert.deepEqual(after.access, { owner: alice, nominee: bob });
  for (const call of [...list, calls.renounceOwnership()]) {
    refuses(/made by another account/, () => byNote(owned, bob, call));
    refuses(/no note is being processed/, () => byScript(owned, call));
  }
});

test('notes of the settings kind are for accounts that have an owner', () => {
  refuses(/made by another account/, () => byNote(plain, alice, calls.setMaxSupply(500n)));
});

test('the maximal supply stays what can be', () => {
  refuses(/more of the asset already/, () => byScript(plain, calls.setMaxSupply(99n)));
  refuses(/is an amount/, () => byScript(plain, calls.setMaxSupply(Limit.FUNGIBLE_AMOUNT + 1n)));
  const most = byScript(plain, calls.setMaxSupply(Limit.FUNGIBLE_AMOUNT));
  assert.equal(faucet(most).token?.maxSupply, Limit.FUNGIBLE_AMOUNT);
  refuses(/is an amount/, () => byScript(plain, calls.setMinimumBurn(Limit.FUNGIBLE_AMOUNT + 1n)));
});

test('a policy is a procedure that the account has', () => {
  const jewels = aged(accountOf(jewelFaucet()));
  refuses(/a policy is a procedure of the account/, () => byScript(jewels, calls.setBurnPolicy('minimum')));
  const foreign = { ...calls.setMintPolicy('all'), args: [1n, 2n, 3n, 4n] };
  refuses(/a policy is a procedure of the account/, () => byScript(plain, foreign));
});

test('ownership passes to who was nominated and accepts', () => {
  const nominated = byNote(owned, alice, calls.transferOwnership(bob));
  refuses(/made by another account/, () => accepted(owned, bob));
  refuses(/made by another account/, () => accepted(nominated, alice));
  refuses(/made by another account/, () => byNote(nominated, bob, calls.setMaxSupply(500n)));
  const passed = accepted(nominated, bob);
  assert.deepEqual(faucet(passed).access, { owner: bob });
  refuses(/made by another account/, () => byNote(passed, alice, calls.setMaxSupply(500n)));
  assert.equal(faucet(byNote(passed, bob, calls.setMaxSupply(500n))).token?.maxSupply, 500n);
  // A nomination taken back.
  const back = byNote(nominated, alice, calls.transferOwnership());
  assert.deepEqual(faucet(back).access, { owner: alice });
  refuses(/made by another account/, () => accepted(back, bob));
});

test('who authenticates makes somebody the owner, and cannot take that back', () => {
  const passed = accepted(byScript(plain, calls.transferOwnership(alice)), alice);
  assert.deepEqual(faucet(passed).access, { owner: alice });
  refuses(/no note is being processed/, () => byScript(passed, calls.setMaxSupply(500n)));
});

test('an owner who renounces is nobody, for ever', () => {
  refuses(/no note is being processed/, () => byScript(plain, calls.renounceOwnership()));
  const nominated = byNote(owned, alice, calls.transferOwnership(bob));
  const left = byNote(nominated, alice, calls.renounceOwnership());
  assert.deepEqual(faucet(left).access, { owner: 'nobody' });
  for (const call of [calls.setMaxSupply(500n), calls.transferOwnership(alice)]) {
    refuses(/made by another account/, () => byNote(left, alice, call));
    refuses(/no note is being processed/, () => byScript(left, call));
  }
  refuses(/made by another account/, () => accepted(left, bob));
});

test('a fixed issuer has no procedure that changes it', () => {
  const fixed = aged(accountOf(coinFaucet({ fixed: true, name: 'Coin' })));
  for (const call of [calls.setMaxSupply(500n), calls.setMetadata('Crown'), calls.setMintPolicy('all')]) {
    assert.ok(!fixed.code.has(call.procedure));
    const script = settingsScript(kernel, [call]);
    const forests = [...script.forests, kernel.standards.forest];
    refuses(/the account's own procedures/, () => transact(fixed, { script: { ...script, forests } }));
  }
});

test('calls are read back by name', () => {
  const list = [calls.setMaxSupply(7n), calls.transferOwnership(bob)];
  const { recipient } = note(alice, owned.id, list);
  const read = readSettings(kernel, recipient)!;
  assert.deepEqual(
    read.map((call) => settingOf(kernel, call)),
    ['setMaxSupply', 'transferOwnership'],
  );
  assert.deepEqual(read[0].args.slice(0, 2), [7n, 0n]);
  assert.equal(settingOf(kernel, { procedure: document, args: [] }), undefined);
  const storing = (storage: readonly bigint[]) =>
    new NoteRecipient(recipient.serial, recipient.script, storage);
  for (const storage of [[], recipient.storage.slice(1), recipient.storage.slice(8)])
    assert.equal(readSettings(kernel, storing(storage)), undefined);
  assert.equal(readSettings(kernel, p2id(alice, bob, []).recipient), undefined);
});

test('a list of calls that is none does nothing', () => {
  const one = note(alice, owned.id, [calls.setMaxSupply(500n)]);
  const consume = (storage: readonly bigint[]) => () => {
    const { recipient, ...rest } = one;
    const changed = new NoteRecipient(recipient.serial, recipient.script, storage);
    return transact(owned, { notes: [new Note({ ...rest, recipient: changed })] });
  };
  refuses(/sixteen elements/, consume(one.recipient.storage.slice(8)));
  refuses(/not what its script expects/, consume(one.recipient.storage.slice(0, 15)));
  assert.throws(consume([]));
  const plainScript = settingsScript(kernel, [calls.setMaxSupply(500n)]);
  const half = [...plainScript.map!][0][1].slice(8);
  const args = commit(ProtocolDomain.SCRIPT_CALLS, half);
  refuses(/sixteen elements/, () =>
    transact(plain, { script: { ...plainScript, args, map: [[args, half]] } }),
  );
  refuses(/not the one that was committed to/, () =>
    transact(plain, {
      script: { ...plainScript, args: document, map: [[document, [...plainScript.map!][0][1]]] },
    }),
  );
  refuses(/no setting/, () => settingsScript(kernel, []));
  const long = { procedure: document, args: Array.from({ length: 13 }, () => 0n) };
  refuses(/12 elements/, () => settingsScript(kernel, [long]));
});

test('as many calls as a note holds', () => {
  const list = Array.from({ length: 64 }, (_, i) => calls.setMaxSupply(BigInt(200 + i)));
  assert.equal(faucet(byNote(owned, alice, ...list)).token?.maxSupply, 263n);
  refuses(/stores at most/, () => note(alice, owned.id, [...list, list[0]]));
  assert.equal(standardNoteScript(kernel, 'settings::from_owner').forests.length, 1);
});
