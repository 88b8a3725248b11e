import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleLibrary } from '../../core/assembly/assemble.ts';
import type { Package } from '../../core/assembly/package/package.ts';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { accountCommitment } from '../../core/protocol/account/account-header.ts';
import { slotId } from '../../core/protocol/account/slot-name.ts';
import { AccountStorage, type StorageSlot } from '../../core/protocol/account/storage.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { ExecutedTransaction } from '../../core/protocol/transaction/executed-transaction.ts';
import { AUTH, blockWith, KEY_SLOT, kernel, newAccount, SECRET, script, wallet } from './transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const coins = (amount: bigint): Asset => Asset.fungible(faucet, amount);
const jewel = Asset.unique(faucet, new TextEncoder().encode('a jewel'));
const { block } = blockWith();
const push = (word: Word): string => `push.[${word.join(', ')}]`;
const asset = ({ id, value }: Asset): string => `${push(value)} ${push(id.word)}`;
const idOf = (name: string): string => `push.${slotId(name).prefix}.${slotId(name).suffix}`;

/** What the kernel has for the account's procedures: inputs are how many elements they take, outputs how many they leave. */
const PROCEDURES: Readonly<Record<string, readonly [inputs: number, outputs: number]>> = {
  get_initial_commitment: [0, 4],
  compute_commitment: [0, 4],
  get_nonce: [0, 1],
  get_code_commitment: [0, 4],
  get_initial_storage_commitment: [0, 4],
  compute_storage_commitment: [0, 4],
  get_item: [2, 4],
  get_initial_item: [2, 4],
  set_item: [6, 4],
  has_storage_slot: [2, 1],
  get_initial_vault_root: [0, 4],
  get_vault_root: [0, 4],
  add_asset: [8, 4],
  remove_asset: [8, 4],
  get_asset: [4, 4],
  get_initial_asset: [4, 4],
  get_num_procedures: [0, 1],
  get_procedure_root: [1, 4],
  was_procedure_called: [4, 1],
  has_procedure: [4, 1],
};
/** An account's own procedures that do the same for anybody. */
const component: Package = assembleLibrary({
  name: 'component',
  root: {
    path: '::component',
    file: {
      name: 'component.masm',
      // The number keeps procedures apart that would be alike; a call ends sixteen elements deep.
      text: `use ::kiln::protocol::account\n${Object.entries(PROCEDURES)
        .map(([name, [inputs, outputs]], i) => {
          const fit = 'movup.15 drop '.repeat(Math.max(0, outputs - inputs));
          return `pub proc ${name} push.${i} drop exec.account::${name} ${fit}end`;
        })
        .join('\n')}`,
    },
  },
  kernel: kernel.dispatcher,
  libraries: [{ package: kernel.protocol, linkage: 'static' }],
});
const rootOf = (name: string): Word => {
  const found = component.manifest.exports.find(({ path }) => path === `::component::${name}`);
  assert.ok(found?.kind === 'procedure');
  return found.digest;
};

/** A call, what it leaves being dealt with by `after`; then the stack is as it was. */
function calling(name: string, before: string, after: string): string {
  const [inputs, outputs] = PROCEDURES[name];
  return `${before} call.component::${name} ${after} ${'drop '.repeat(Math.max(0, inputs - outputs))}`;
}
const gives = (name: string, before: string, expected: Word | bigint): string =>
  calling(
    name,
    before,
    typeof expected === 'bigint'
      ? `push.${expected} assert_eq.err="${name} gives another element"`
      : `${push(expected)} assert_eqw.err="${name} gives another word"`,
  );
const does = (name: string, before: string): string =>
  calling(name, before, 'drop '.repeat(PROCEDURES[name][1]));

const run = (account: Account, ...lines: string[]): ExecutedTransaction =>
  executeTransaction(
    kernel,
    { account, block, script: script(lines.join('\n'), ['component'], [component]) },
    () => SECRET,
  );
function refuses(account: Account, lines: readonly string[], why: RegExp): void {
  assert.throws(
    () => run(account, ...lines),
    (error) => {
      assert.ok(error instanceof ProtocolError, String(error));
      assert.match(`${error.message}\n${error.details}`, why);
      return true;
    },
  );
}

const owner = wallet([coins(100n), jewel], { component });
const plain = wallet([coins(100n), jewel], { auth: 'none', component });
const { value: KEY } = KEY_SLOT as Extract<StorageSlot, { kind: 'value' }>;
const NEW: Word = [9n, 8n, 7n, 6n];

test('nobody else uses the account’s procedures', () => {
  for (const [name, [inputs, outputs]] of Object.entries(PROCEDURES)) {
    const text = `${'push.1 '.repeat(inputs)} exec.account::${name} ${'drop '.repeat(outputs)}`;
    const other = script(text, ['kiln::protocol::account']);
    assert.throws(
      () => executeTransaction(kernel, { account: owner, block, script: other }, () => SECRET),
      /only the account's own procedures may do this/,
      name,
    );
  }
});

test('commitments before and now: nothing changed', () => {
  const { commitment, code, storage, vault } = owner;
  run(
    owner,
    gives('get_initial_commitment', '', commitment),
    gives('compute_commitment', '', commitment),
    gives('get_code_commitment', '', code.commitment),
    gives('get_initial_storage_commitment', '', storage.commitment),
    gives('compute_storage_commitment', '', storage.commitment),
    gives('get_initial_vault_root', '', vault.root),
    gives('get_vault_root', '', vault.root),
    gives('get_nonce', '', owner.nonce),
  );
  const fresh = newAccount({ component });
  run(
    fresh,
    gives('get_initial_commitment', '', EMPTY_WORD),
    gives('compute_commitment', '', fresh.commitment),
  );
});

test('commitments before and now: storage and vault changed', () => {
  const storage = new AccountStorage([{ ...KEY_SLOT, value: NEW } as StorageSlot]);
  const vault = plain.vault.clone();
  vault.remove(coins(30n));
  const between = { ...plain.header, vaultRoot: vault.root, storageCommitment: storage.commitment };
  const done = run(
    plain,
    gives('set_item', `${push(NEW)} ${idOf(KEY_SLOT.name)}`, KEY),
    gives('get_item', idOf(KEY_SLOT.name), NEW),
    gives('get_initial_item', idOf(KEY_SLOT.name), KEY),
    gives('remove_asset', asset(coins(30n)), coins(70n).value),
    // An asset that is looked at changes nothing.
    gives('get_asset', push(jewel.id.word), jewel.value),
    gives('get_asset', push(coins(1n).id.word), coins(70n).value),
    gives('get_initial_asset', push(coins(1n).id.word), coins(100n).value),
    gives('get_initial_storage_commitment', '', plain.storage.commitment),
    gives('compute_storage_commitment', '', storage.commitment),
    gives('get_initial_vault_root', '', plain.vault.root),
    gives('get_vault_root', '', vault.root),
    gives('get_initial_commitment', '', plain.commitment),
    gives('compute_commitment', '', accountCommitment(between)),
    gives('add_asset', asset(coins(30n)), coins(100n).value),
    gives('get_vault_root', '', plain.vault.root),
  );
  assert.deepEqual(done.patch.slots, [{ ...KEY_SLOT, operation: 'update', value: NEW }]);
  assert.deepEqual(done.patch.assets, []);
});

test('several assets that change give the vault’s root', () => {
  const vault = plain.vault.clone();
  vault.remove(coins(100n));
  vault.remove(jewel);
  run(
    plain,
    does('remove_asset', asset(jewel)),
    does('remove_asset', asset(coins(100n))),
    gives('get_vault_root', '', vault.root),
    gives('get_initial_asset', push(jewel.id.word), jewel.value),
    gives('get_asset', push(jewel.id.word), EMPTY_WORD),
    does('add_asset', asset(jewel)),
    does('add_asset', asset(coins(100n))),
  );
});

test('what an initial item is of a slot that was not set, and of none', () => {
  run(owner, gives('get_initial_item', idOf(KEY_SLOT.name), KEY));
  refuses(owner, [does('get_initial_item', idOf('no::slot'))], /no such storage slot/);
});

test('whether there is a slot', () => {
  const slots = ['a::b', 'c::d', 'e::f'].map((name): StorageSlot => ({ name, kind: 'value', value: NEW }));
  const { prefix, suffix } = slotId('c::d');
  const has = (before: string, expected: bigint): string => gives('has_storage_slot', before, expected);
  run(
    wallet([], { auth: 'none', slots, component }),
    ...slots.map(({ name }) => has(idOf(name), 1n)),
    has(idOf(KEY_SLOT.name), 0n),
    has(`push.${prefix}.${suffix + 1n}`, 0n),
    has(`push.${prefix + 1n}.${suffix}`, 0n),
  );
  run(wallet([], { auth: 'none', slots: [], component }), has(idOf('a::b'), 0n));
});

test('procedures: how many, which, and which were called', () => {
  const { procedures } = owner.code;
  const called = rootOf('get_num_procedures');
  const idle = rootOf('get_vault_root');
  run(
    owner,
    gives('was_procedure_called', push(called), 0n),
    gives('get_num_procedures', '', BigInt(procedures.length)),
    ...procedures.map((root, i) => gives('get_procedure_root', `push.${i}`, root)),
    ...procedures.map((root) => gives('has_procedure', push(root), 1n)),
    gives('has_procedure', push(NEW), 0n),
    gives('was_procedure_called', push(called), 1n),
    gives('was_procedure_called', push(idle), 0n),
    gives('was_procedure_called', push(AUTH.key), 0n),
    gives('was_procedure_called', push(NEW), 0n),
  );
  for (const [index, why] of [
    [BigInt(procedures.length), /no such procedure/],
    [2n ** 32n, /not below 2\^32/],
  ] as const)
    refuses(owner, [does('get_procedure_root', `push.${index}`)], why);
});
