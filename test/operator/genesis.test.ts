import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FormatError } from '../../core/bytes.ts';
import { EMPTY_WORD } from '../../core/hash/word.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { Vault } from '../../core/protocol/asset/vault.ts';
import { protocolConfigCommitment } from '../../core/protocol/block/protocol-config.ts';
import { ValidatorSet, validatorKey } from '../../core/protocol/block/validators.ts';
import { publish, publishedNoteToBytes } from '../../core/protocol/transaction/note-lists.ts';
import { OperatorError } from '../../operator/errors.ts';
import { genesisSource, networkOf } from '../../operator/genesis/genesis.ts';
import { State } from '../../operator/state/state.ts';
import { inFolder } from '../../operator/testing/made-up.ts';
import { kernel, newAccount, p2id, wallet } from '../protocol/transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const coin = Asset.fungible(faucet, 1000n);
const owner = wallet([coin], { seed: 4 });
// A public account with an id that no seed leads to: the first block makes accounts out of nothing.
const open = new Account({
  id: new AccountId(faucet.prefix | 0x10n, faucet.suffix),
  nonce: 3n,
  code: owner.code,
  storage: owner.storage,
  vault: new Vault([coin]),
});
const notes = [1n, 2n].map((serial) => p2id(faucet, newAccount({ seed: 5 }).id, [coin], serial));
const published = notes.map((note) => publishedNoteToBytes(publish({ kind: 'full', note })));
const validators = new ValidatorSet(1, [validatorKey(new Uint8Array(32).fill(7))]);
const parts = {
  name: 'practice',
  timestamp: 1_700_000_000,
  feeIssuer: faucet,
  epochLogBlocks: 4,
  validators,
  accounts: [owner, open],
  notes: published,
};
const source = genesisSource(parts, kernel);

test('a genesis file makes a network: accounts, notes, rules, the same every time', () => {
  const network = networkOf(source, kernel);
  const { block } = network.genesis;
  assert.deepEqual(networkOf(source, kernel).genesis.block.commitment, block.commitment);
  assert.equal(network.name, 'practice');
  assert.deepEqual(block.header.validatorConfig, validators.commitment);
  assert.deepEqual(block.header.protocolConfig, protocolConfigCommitment(network.config));
  inFolder((folder) => {
    const state = State.create(folder, network.genesis);
    assert.deepEqual(state.accounts.publicAccount(open.id)?.commitment, open.commitment);
    assert.deepEqual(state.accounts.commitment(owner.id), owner.commitment);
    assert.deepEqual(state.accounts.commitment(faucet), EMPTY_WORD);
    for (const note of notes) assert.equal(state.notes.find(note.id)?.block, 0);
    assert.deepEqual(state.genesisSource, Buffer.from(source));
    state.close();
  });
});

test('files that make no network', () => {
  const text = new TextDecoder().decode(source);
  const json = JSON.parse(text);
  const changed = (change: object): Uint8Array =>
    new TextEncoder().encode(JSON.stringify({ ...json, ...change }));
  const whole = Buffer.from(owner.toBytes()).toString('base64');
  const fresh = Buffer.from(newAccount().toBytes()).toString('base64');
  const wrong: Uint8Array[] = [
    Uint8Array.of(),
    new TextEncoder().encode(text.slice(0, -10)),
    Uint8Array.of(0xff, 0xfe),
    changed({ version: 2 }),
    changed({ more: 1 }),
    changed({ network: 'UPPER' }),
    changed({ timestamp: -1 }),
    changed({ baseFee: 2 ** 32 }),
    changed({ epochLogBlocks: 0 }),
    changed({ validators: { quorum: 1, keys: ['02'] } }),
    changed({ accounts: [{ account: whole }] }),
    changed({ accounts: [{ account: fresh }] }),
    changed({ accounts: [{ id: open.id.toString(), commitment: '00'.repeat(32) }] }),
    changed({ accounts: [{ id: owner.id.toString(), commitment: 'ff'.repeat(32) }] }),
    changed({ notes: ['AAAA'] }),
    changed({ notes: Array.from({ length: 1025 }, () => json.notes[0]) }),
  ];
  for (const [i, bytes] of wrong.entries())
    assert.throws(() => networkOf(bytes, kernel), FormatError, `file ${i}`);
  assert.throws(
    () => networkOf(changed({ kernel: '00'.repeat(32) }), kernel),
    (error) => error instanceof OperatorError && error.kind === 'network-unknown',
  );
  // The same account twice, the same note twice, a quorum that cannot be reached.
  for (const change of [
    { accounts: [json.accounts[0], json.accounts[0]] },
    { notes: [json.notes[0], json.notes[0]] },
    { validators: { ...json.validators, quorum: 2 } },
  ])
    assert.throws(() => networkOf(changed(change), kernel), { kind: 'block' });
});
