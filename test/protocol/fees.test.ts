import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Package } from '../../core/assembly/package/package.ts';
import type { Word } from '../../core/hash/word.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountCode } from '../../core/protocol/account/account-code.ts';
import type { AccountComponent } from '../../core/protocol/account/component.ts';
import { slotId } from '../../core/protocol/account/slot-name.ts';
import { AccountStorage, type StorageSlot } from '../../core/protocol/account/storage.ts';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { Vault } from '../../core/protocol/asset/vault.ts';
import type { BlockHeader } from '../../core/protocol/block/block-header.ts';
import { type ProtocolConfig, protocolConfigCommitment } from '../../core/protocol/block/protocol-config.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { feeNoteOf, feeOf, payingFor, requireFee } from '../../core/protocol/fees.ts';
import { Limit } from '../../core/protocol/limits.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteAssets } from '../../core/protocol/note/note-assets.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import { keyAuthComponent, keyOf } from '../../core/protocol/standards/auth-key.ts';
import { knowing, signingWith, together } from '../../core/protocol/standards/authenticators.ts';
import { knownNote } from '../../core/protocol/standards/known-scripts.ts';
import { FEE_TAG } from '../../core/protocol/standards/tx-fee.ts';
import {
  type ExecutedTransaction,
  transactionData,
} from '../../core/protocol/transaction/executed-transaction.ts';
import type { PublishedNote } from '../../core/protocol/transaction/note-lists.ts';
import { HEIGHT_CLASSES } from '../../core/stark/profile.ts';
import { falconKey, falconOf, multisigOf, newWith, signer, walletWith } from './owners.ts';
import { blockWith, componentOf, kernel, newAccount, p2id, SECRET, script, sending } from './transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const coins = (amount: bigint): Asset => Asset.fungible(faucet, amount);
const jewel = (text: string): Asset => Asset.unique(faucet, new TextEncoder().encode(text));
const word = (values: readonly bigint[]): string => `push.[${values.join(', ')}]`;
const ONE: Word = [1n, 1n, 1n, 1n];
const config: ProtocolConfig = {
  feeAsset: coins(1n).id,
  transactionKernel: ONE,
  batchKernel: ONE,
  blockKernel: ONE,
  proofs: ONE,
};
const charging: Partial<BlockHeader> = { baseFee: 3, protocolConfig: protocolConfigCommitment(config) };
const { block } = blockWith([], charging);
const rules = { block, config, standards: kernel };

const first = signer(1);
const [a, b] = [2n, 3n].map((x): Word => [x, x, x, x]);
const authenticator = together(knowing(SECRET, a, b), signingWith(first, signer(2)));
const KEY = keyAuthComponent(kernel, keyOf(SECRET));
const AUTH: Readonly<Record<string, AccountComponent>> = {
  key: KEY,
  falcon: falconOf(first),
  'two secrets of three': multisigOf(2, [keyOf(a), keyOf(b), falconKey(first)]),
  'two signatures of three': multisigOf(2, [keyOf([9n, 9n, 9n, 9n]), falconKey(signer(2)), falconKey(first)]),
};
/** The heights that consuming a note needs. */
const HEIGHTS: Readonly<Record<string, bigint>> = {
  key: 13n,
  falcon: 14n,
  'two secrets of three': 16n,
  'two signatures of three': 16n,
};
const run = (account: Account, inputs: Partial<TransactionInputs> = {}): ExecutedTransaction =>
  executeTransaction(kernel, { account, block, config, ...inputs }, authenticator);
const paidBy = ({ outputs }: { readonly outputs: readonly PublishedNote[] }): bigint | undefined =>
  feeNoteOf(outputs, rules)?.assets.list[0].amount;

test('authentication pays for the transaction with a public note', () => {
  for (const [name, auth] of Object.entries(AUTH)) {
    const account = walletWith(auth, [coins(1000n)]);
    const received = p2id(faucet, account.id, [coins(10n)]);
    const executed = run(account, blockWith([received], charging));
    const data = transactionData(executed);
    const fee = feeNoteOf(data.outputs, { ...rules, block: executed.inputs.block })!;
    assert.equal(fee.metadata.tag, FEE_TAG);
    assert.ok(fee.metadata.sender.equals(account.id));
    assert.equal(knownNote(kernel, fee.recipient.script.root), 'TX_FEE');
    const { amount } = fee.assets.list[0];
    assert.equal(amount, 3n * HEIGHTS[name]);
    assert.equal(executed.account.vault.amountOf(coins(1n).id), 1010n - amount);
    // Whoever builds blocks takes it.
    const collector = walletWith(KEY, [], 5);
    const take = `dropw push.0.0.0.0.0.0.0.0 ${word(coins(amount).value)} ${word(coins(1n).id.word)}
      call.wallet::receive_asset dropw dropw dropw dropw`;
    const free = blockWith([fee]);
    const taken = executeTransaction(
      kernel,
      { account: collector, ...free, script: script(take, ['kiln::standards::wallet']) },
      authenticator,
    );
    assert.equal(taken.account.vault.amountOf(coins(1n).id), amount);
    assert.throws(
      () => executeTransaction(kernel, { account: collector, ...free }, authenticator),
      /went nowhere/,
    );
  }
});

test('no base fee, no note', () => {
  const { outputs } = run(walletWith(KEY, [coins(5n)]), blockWith());
  assert.deepEqual(outputs, []);
});

test('an account pays with what it has, in the asset that the configuration says', () => {
  const refuses = (
    why: RegExp,
    inputs: Partial<TransactionInputs>,
    account = walletWith(KEY, [coins(1000n)]),
  ) =>
    assert.throws(
      () => executeTransaction(kernel, { account, block, ...inputs }, authenticator),
      (error) =>
        error instanceof ProtocolError && why.test(error.message) && error.details.startsWith('auth:'),
    );
  refuses(/not enough of the asset/, { config }, walletWith(KEY, [coins(38n)]));
  run(walletWith(KEY, [coins(39n)]));
  refuses(/no entry under the key/, {});
  // What a first transaction receives, it can pay with.
  const fresh = newWith(KEY);
  refuses(/not enough of the asset/, { config }, fresh);
  run(fresh, blockWith([p2id(faucet, fresh.id, [coins(60n)])], charging));
});

const SLOTS = Array.from({ length: 20 }, (_, i) => `slot::number_${i}`);
const MAP = 'map::of_entries';
/** A component that sets slots and entries. */
const setter = componentOf(
  `use ::kiln::protocol::account
    pub proc set exec.account::set_item dropw end
    pub proc set_entry exec.account::set_map_item dropw end
    pub proc upgrade exec.account::upgrade end`,
);
/** As many procedures as an account can have beside one. */
const LARGE = componentOf(
  Array.from({ length: Limit.ACCOUNT_PROCEDURES - 1 }, (_, i) => `pub proc p${i} push.${i} drop end`).join(
    '\n',
  ),
);
const proceduresOf = ({ manifest }: Package): Word[] =>
  manifest.exports.flatMap((each) => (each.kind === 'procedure' ? [each.digest] : []));
const idOf = (name: string): string => `push.${slotId(name).prefix}.${slotId(name).suffix}`;
/** The account with the setter, its slots and a map besides. */
function busy({ id, nonce, code, storage }: Account, assets: readonly Asset[]): Account {
  const added = proceduresOf(setter);
  const [auth, ...others] = code.procedures;
  const slots: StorageSlot[] = [
    ...storage.slots,
    ...SLOTS.map((name): StorageSlot => ({ name, kind: 'value', value: ONE })),
    {
      name: MAP,
      kind: 'map',
      map: new StorageMap(Array.from({ length: 50 }, (_, i) => [[BigInt(i), 0n, 0n, 0n], ONE])),
    },
  ];
  return new Account({
    id,
    nonce,
    code: AccountCode.of(auth, [...others, ...added], [...code.forests, setter.forest]),
    storage: new AccountStorage(slots),
    vault: new Vault(assets),
  });
}
const calls = (lines: readonly string[]) =>
  script(
    `dropw ${lines.map((line) => `${line} dropw dropw dropw dropw`).join('\n')}`,
    ['component'],
    [setter],
  );
const many = (count: number, make: (i: number) => Asset): Asset[] =>
  Array.from({ length: count }, (_, i) => make(i));

type Scenario = Partial<TransactionInputs> & { readonly account: Account };
/** Transactions that give the kernel much to do after the fee was paid. */
function scenarios(auth: AccountComponent): Record<string, Scenario> {
  const plain = walletWith(auth, [coins(1000n)]);
  const jewels = many(48, (i) => jewel(`${i}`));
  const rich = walletWith(auth, [coins(1000n), ...jewels]);
  const small = (count: number) =>
    Array.from({ length: count }, (_, i) => p2id(plain.id, faucet, [coins(1n)], BigInt(i)));
  const full = [0, 1, 2].map((i) => p2id(rich.id, faucet, jewels.slice(16 * i, 16 * i + 16), BigInt(i)));
  const worker = busy(plain, [coins(1000n)]);
  const entries = Array.from(
    { length: 10 },
    (_, i) =>
      `${word([7n, 7n, 7n, 7n])} ${word([BigInt(5 * i), 0n, 0n, 0n])} ${idOf(MAP)} call.component::set_entry`,
  );
  const { code } = worker;
  const upgrade = AccountCode.of(code.procedures[0], proceduresOf(LARGE), [...code.forests, LARGE.forest]);
  const kept = new Note({
    ...p2id(faucet, plain.id, []),
    assets: new NoteAssets(many(16, (i) => jewel(`kept ${i}`))),
  });
  return {
    'nothing else': { account: plain },
    'notes of one asset': { account: plain, script: sending(small(20)) },
    'notes of sixteen assets': { account: rich, script: sending(full) },
    'a note with sixteen assets': { account: plain, ...blockWith([kept], charging) },
    slots: {
      account: worker,
      script: calls(SLOTS.map((name) => `${word([7n, 7n, 7n, 7n])} ${idOf(name)} call.component::set`)),
    },
    'entries of a map': { account: worker, script: calls(entries) },
    'an upgrade': {
      account: worker,
      upgrade,
      script: calls([`padw ${word(upgrade.commitment)} call.component::upgrade`]),
    },
    'a new account': (() => {
      const account = newWith(auth);
      return { account, ...blockWith([p2id(faucet, account.id, [coins(1000n)])], charging) };
    })(),
  };
}

/** Whether authentication pays for at least so many cycles: with as many more as make them 2^18 it pays for as many. */
function paysFor(cycles: number, { account, ...rest }: Scenario): boolean {
  const authArgs: Word = [BigInt(2 ** 18 - cycles), 0n, 0n, 0n];
  return paidBy(transactionData(run(account, { ...rest, authArgs })))! > 3n * 18n;
}

/** For how many it pays: MARGINS=1 prints them. */
function paidFor(scenario: Scenario): number {
  let [low, high] = [0, 2 ** 18];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (paysFor(middle, scenario)) low = middle;
    else high = middle;
  }
  return low;
}

test('what is paid for is never less than what the transaction takes', () => {
  for (const [name, auth] of Object.entries(AUTH)) {
    const all = Object.entries(scenarios(auth));
    for (const [what, scenario] of name.startsWith('two') ? all.slice(0, 1) : all) {
      const { account, ...rest } = scenario;
      const { cycles } = run(account, rest).execution;
      if (process.env['MARGINS'])
        console.log(`${name}, ${what}: ${cycles} cycles, paid for ${paidFor(scenario)}`);
      assert.ok(paysFor(cycles + 1, scenario), `${name}, ${what}: ${cycles} cycles`);
    }
  }
});

test('whoever builds blocks asks for the fee of the proof’s height', () => {
  const account = walletWith(KEY, [coins(1000n)]);
  const data = transactionData(run(account));
  requireFee(data, [13, 13, 15, 16], rules);
  const refuses = (why: RegExp, from = data, heights = [13, 13, 15, 16], by = rules) =>
    assert.throws(
      () => requireFee(from, heights, by),
      (error) => error instanceof ProtocolError && why.test(`${error.message} ${error.details}`),
    );
  refuses(/pays 39 and owes 42, for a proof of height 2\^14/, data, [14, 14, 16, 16]);
  const more = transactionData(run(account, { authArgs: payingFor(14) }));
  requireFee(more, [14, 14, 16, 16], rules);
  for (const [core] of HEIGHT_CLASSES.slice(1))
    assert.equal(paidBy(transactionData(run(account, { authArgs: payingFor(core) }))), feeOf(block, [core]));
  assert.equal(feeOf(block, [14]), 42n);

  const free = blockWith([], { protocolConfig: charging.protocolConfig! }).block;
  const unpaid = transactionData(run(account, { block: free }));
  requireFee(unpaid, [13], { ...rules, block: free });
  refuses(/pays 0 and owes 39/, unpaid);
  refuses(/not the one that the block names/, data, [13], {
    ...rules,
    config: { ...config, proofs: [2n, 2n, 2n, 2n] },
  });
  // Notes that look like it, and are not.
  const fee = feeNoteOf(data.outputs, rules)!;
  const other = (changes: Partial<Note>): PublishedNote => ({
    kind: 'public',
    note: new Note({ ...fee, ...changes }),
  });
  for (const output of [
    other({ metadata: { ...fee.metadata, tag: 7 } }),
    other({ assets: new NoteAssets([jewel('a')]) }),
    other({ assets: new NoteAssets([...fee.assets.list, jewel('a')]) }),
    other({ assets: new NoteAssets([]) }),
    other({ recipient: new NoteRecipient(fee.recipient.serial, script('nop')) }),
    { kind: 'private', header: fee.header } as const,
  ])
    assert.equal(feeNoteOf([output], rules), undefined);
});
