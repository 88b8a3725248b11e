import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Felt } from '../../core/field/felt.ts';
import { compareWords, EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { AccountCode } from '../../core/protocol/account/account-code.ts';
import { accountCommitment } from '../../core/protocol/account/account-header.ts';
import { compareSlotIds, slotId } from '../../core/protocol/account/slot-name.ts';
import { AccountStorage, type StorageSlot } from '../../core/protocol/account/storage.ts';
import { type MapEntry, StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { transactionAdvice } from '../../core/protocol/executor/advice.ts';
import {
  executeTransaction,
  publicInputs,
  transactionProgram,
} from '../../core/protocol/executor/execute-transaction.ts';
import { TransactionHost } from '../../core/protocol/executor/host.ts';
import { KERNEL_EVENT_IDS, type KernelEvent } from '../../core/protocol/kernel/kernel-events.ts';
import { Limit } from '../../core/protocol/limits.ts';
import type { ExecutedTransaction } from '../../core/protocol/transaction/executed-transaction.ts';
import { execute } from '../../core/vm/execute.ts';
import {
  AUTH,
  blockWith,
  componentOf,
  KEY_SLOT,
  kernel,
  newAccount,
  SECRET,
  script,
  wallet,
} from './transactions.ts';

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
  get_map_item: [6, 4],
  get_initial_map_item: [6, 4],
  set_map_item: [10, 4],
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
  upgrade: [8, 0],
  get_code_upgrade_commitment: [0, 4],
};
/** An account's own procedures that do the same for anybody. */
const component = componentOf(
  // The number keeps procedures apart that would be alike; a call ends sixteen elements deep.
  `use ::kiln::protocol::account\n${Object.entries(PROCEDURES)
    .map(([name, [inputs, outputs]], i) => {
      const fit = 'movup.15 drop '.repeat(Math.max(0, outputs - inputs));
      return `pub proc ${name} push.${i} drop exec.account::${name} ${fit}end`;
    })
    .join('\n')}`,
);
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
    { secret: () => SECRET },
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
      () => executeTransaction(kernel, { account: owner, block, script: other }, { secret: () => SECRET }),
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

const [K0, K1, K2]: readonly Word[] = [EMPTY_WORD, [1n, 2n, 3n, 4n], [5n, 0n, 0n, 4n]];
const MAPS = ['a::map', 'another::map'] as const;
const map = (name: string, ...entries: MapEntry[]): StorageSlot => ({
  name,
  kind: 'map',
  map: new StorageMap(entries),
});
const slots: readonly StorageSlot[] = [
  KEY_SLOT,
  map(MAPS[0], [K0, [1n, 0n, 0n, 0n]], [K1, [2n, 0n, 0n, 0n]]),
  map(MAPS[1]),
];
const keeper = wallet([], { auth: 'none', slots, component });
const item = (name: string, key: Word): string => `${push(key)} ${idOf(name)}`;
const entry = (name: string, key: Word, value: Word): string => `${push(value)} ${item(name, key)}`;
/** Storage with other entries. */
const withEntries = (
  changes: readonly (readonly [name: string, key: Word, value: Word])[],
): AccountStorage => {
  const storage = keeper.storage.clone();
  for (const [name, key, value] of changes) storage.map(name).set(key, value);
  return storage;
};

test('maps: read, set, removed, and their roots between', () => {
  const one = withEntries([[MAPS[0], K1, NEW]]);
  const all = withEntries([
    [MAPS[0], K1, NEW],
    [MAPS[0], K0, EMPTY_WORD],
    [MAPS[1], K2, NEW],
  ]);
  const done = run(
    keeper,
    gives('get_map_item', item(MAPS[0], K2), EMPTY_WORD),
    gives('get_map_item', item(MAPS[0], K1), [2n, 0n, 0n, 0n]),
    gives('set_map_item', entry(MAPS[0], K1, NEW), [2n, 0n, 0n, 0n]),
    gives('get_map_item', item(MAPS[0], K1), NEW),
    gives('get_initial_map_item', item(MAPS[0], K1), [2n, 0n, 0n, 0n]),
    gives('get_map_item', item(MAPS[1], K1), EMPTY_WORD),
    gives('get_item', idOf(MAPS[0]), one.map(MAPS[0]).root),
    gives('get_initial_item', idOf(MAPS[0]), keeper.storage.map(MAPS[0]).root),
    gives('compute_storage_commitment', '', one.commitment),
    gives('set_map_item', entry(MAPS[0], K0, EMPTY_WORD), [1n, 0n, 0n, 0n]),
    gives('set_map_item', entry(MAPS[1], K2, NEW), EMPTY_WORD),
    gives('compute_storage_commitment', '', all.commitment),
    // And back again what has been written already.
    does('set_map_item', entry(MAPS[1], K2, EMPTY_WORD)),
    does('set_map_item', entry(MAPS[1], K0, NEW)),
  );
  assert.deepEqual(
    done.patch.slots,
    [
      {
        name: MAPS[0],
        kind: 'map',
        operation: 'update',
        entries: [
          [K0, EMPTY_WORD],
          [K1, NEW],
        ],
      },
      { name: MAPS[1], kind: 'map', operation: 'update', entries: [[K0, NEW]] },
    ].sort((a, b) => compareSlotIds(slotId(a.name), slotId(b.name))),
  );
  assert.deepEqual(done.account.storage.map(MAPS[0]).entries, [[K1, NEW]]);
  assert.deepEqual(keeper.apply(done.patch).commitment, done.account.commitment);
});

test('a map that is only read changes nothing', () => {
  const { patch } = run(
    keeper,
    does('get_map_item', item(MAPS[0], K1)),
    does('get_initial_map_item', item(MAPS[0], K2)),
  );
  assert.deepEqual(patch.slots, []);
});

test('a new account’s maps with their entries, one of them changed at once', () => {
  const fresh = newAccount({ slots, component });
  const done = run(
    fresh,
    gives('get_map_item', item(MAPS[0], K1), [2n, 0n, 0n, 0n]),
    gives('set_map_item', entry(MAPS[0], K0, EMPTY_WORD), [1n, 0n, 0n, 0n]),
    gives('get_initial_map_item', item(MAPS[0], K0), [1n, 0n, 0n, 0n]),
    does('set_map_item', entry(MAPS[1], K2, NEW)),
    gives(
      'compute_storage_commitment',
      '',
      withEntries([
        [MAPS[0], K0, EMPTY_WORD],
        [MAPS[1], K2, NEW],
      ]).commitment,
    ),
  );
  const created = new Map(done.patch.slots.map((slot) => [slot.name, slot]));
  assert.deepEqual(created.get(MAPS[0]), {
    name: MAPS[0],
    kind: 'map',
    operation: 'create',
    entries: [[K1, [2n, 0n, 0n, 0n]]],
  });
  assert.equal(created.get(MAPS[1])?.operation, 'create');
});

test('a map is a map, a value a value', () => {
  refuses(keeper, [does('get_map_item', item(KEY_SLOT.name, K1))], /holds no map/);
  refuses(keeper, [does('get_initial_map_item', item(KEY_SLOT.name, K1))], /holds no map/);
  refuses(keeper, [does('set_map_item', entry(KEY_SLOT.name, K1, NEW))], /holds no map/);
  refuses(keeper, [does('get_map_item', item('no::map', K1))], /no such storage slot/);
  refuses(keeper, [does('set_item', `${push(NEW)} ${idOf(MAPS[0])}`)], /holds a map/);
});

test('a host that lies about maps', () => {
  const lines = [
    does('get_map_item', item(MAPS[0], K1)),
    does('set_map_item', entry(MAPS[0], K0, NEW)),
    does('set_map_item', entry(MAPS[1], K0, NEW)),
    does('set_map_item', entry(MAPS[0], K1, NEW)),
  ];
  const inputs = { account: keeper, block, script: script(lines.join('\n'), ['component'], [component]) };
  const lie = (event: KernelEvent, change: (values: Felt[], call: number) => Felt[]): void => {
    const host = new TransactionHost(keeper, kernel, { secret: () => SECRET });
    const id = KERNEL_EVENT_IDS[event];
    let calls = 0;
    const handlers = new Map(host.handlers).set(id, (view) =>
      host.handlers.get(id)!(view).map((answer) =>
        answer.kind === 'stack' ? { ...answer, values: change([...answer.values], calls++) } : answer,
      ),
    );
    const advice = transactionAdvice(inputs, kernel.procedures);
    execute(
      transactionProgram(kernel, inputs),
      { stack: publicInputs(inputs), advice },
      { host: { handlers } },
    );
  };
  const always =
    (values: Felt[]): ((old: Felt[]) => Felt[]) =>
    () =>
      values;
  lie('mapIndex', (values) => values);
  assert.throws(() => lie('mapIndex', always([0n])), /another key|another storage map's|no such entry/);
  assert.throws(() => lie('mapIndex', (values, i) => (i === 2 ? [1n] : values)), /another storage map's/);
  assert.throws(() => lie('mapIndex', (values, i) => (i === 1 ? [0n] : values)), /another key/);
  assert.throws(() => lie('mapIndex', always([9n])), /no such entry/);
  assert.throws(() => lie('mapIndex', always([2n ** 40n])), /not below 2\^32/);
  // A second entry of one key.
  assert.throws(() => lie('mapIndex', (_, i) => [BigInt(i)]), /do not ascend/);
  assert.throws(() => lie('mapValue', always([...NEW])), /did not hold what the host said/);
  assert.throws(() => lie('mapOrder', always([0n])), /left out/);
  assert.throws(
    () => lie('mapOrder', (values) => [...values].reverse()),
    /do not ascend|another storage map's|left out|no such/,
  );
  const swapped = (values: Felt[]): Felt[] => [values[0], ...values.slice(1).reverse()];
  assert.throws(() => lie('mapOrder', swapped), /do not ascend/);
  assert.throws(() => lie('mapOrder', always([1n, 9n])), /no such entry/);
  assert.throws(() => lie('mapOrder', always([1n, 2n ** 40n])), /not below 2\^32/);
  assert.throws(() => lie('mapOrder', always([2n ** 40n])), /not below 2\^32/);
});

test('entries of a new account’s map that are not the ones it is made of', () => {
  const fresh = newAccount({ slots: [map(MAPS[0], [K1, NEW])], auth: 'none', component });
  const inputs = { account: fresh, block };
  const runWith = (count: bigint, ...entries: Felt[]): void => {
    const advice = transactionAdvice(inputs, kernel.procedures);
    const values = [...(advice.stack ?? [])];
    // Behind it: no blocks and notes, no script, two words of arguments.
    const end = values.length - 14;
    values.splice(end - 9, 9, count, ...entries);
    execute(
      transactionProgram(kernel, inputs),
      { stack: publicInputs(inputs), advice: { ...advice, stack: values } },
      { host: new TransactionHost(fresh, kernel, { secret: () => SECRET }), maxAdviceBytes: 2 ** 26 },
    );
  };
  runWith(1n, ...K1, ...NEW);
  for (const entries of [[], [...K1, ...K1], [...K2, ...NEW], [...K1, ...NEW, ...K2, ...NEW]])
    assert.throws(() => runWith(BigInt(entries.length / 8), ...entries), /not made of the entries given/);
  assert.throws(() => runWith(2n, ...K1, ...K2, ...K1, ...NEW), /did not hold|do not ascend/);
  assert.throws(() => runWith(2n ** 32n), /not below 2\^32/);
  const many = Limit.MAP_ENTRIES + 1;
  const entries = Array.from({ length: many }, (_, i) => [BigInt(i), 1n, 2n, 3n, ...NEW]).flat();
  assert.throws(() => runWith(BigInt(many), ...entries), /too many entries of storage maps/);
});

test('code is upgraded after authentication by the old code', () => {
  const forests = [...owner.code.forests, kernel.standards.forest];
  const upgrade = AccountCode.of(AUTH.none, [rootOf('upgrade'), rootOf('get_item')], forests);
  const commitment = upgrade.commitment;
  const ask = (code: Word, reserved = EMPTY_WORD): string =>
    does('upgrade', `${push(reserved)} ${push(code)}`);
  const go = (account: Account, given: AccountCode | undefined, ...lines: string[]): ExecutedTransaction =>
    executeTransaction(
      kernel,
      {
        account,
        block,
        script: script(lines.join('\n'), ['component'], [component]),
        ...(given ? { upgrade: given } : {}),
      },
      { secret: () => SECRET },
    );
  const done = go(
    owner,
    upgrade,
    gives('get_code_upgrade_commitment', '', EMPTY_WORD),
    ask(commitment),
    gives('get_code_upgrade_commitment', '', commitment),
    gives('get_code_commitment', '', owner.code.commitment),
    gives('has_procedure', push(AUTH.none), 0n),
  );
  assert.deepEqual(done.patch.code?.commitment, commitment);
  assert.deepEqual(done.account.code.commitment, commitment);
  assert.deepEqual(owner.apply(done.patch).commitment, done.account.commitment);
  // The new code's authentication asks for no secret.
  assert.equal(executeTransaction(kernel, { account: done.account, block }).account.nonce, owner.nonce + 2n);

  const why = (text: RegExp) => (error: unknown) =>
    error instanceof ProtocolError && text.test(`${error.message}\n${error.details}`);
  assert.throws(() => go(owner, upgrade, ask(commitment), ask(commitment)), why(/asked for already/));
  assert.throws(() => go(owner, upgrade, ask(commitment, NEW)), why(/second word/));
  assert.throws(() => go(newAccount({ component }), upgrade, ask(commitment)), why(/no code to upgrade/));
  assert.throws(() => go(owner, undefined, ask(commitment)), why(/was not given/));
  assert.throws(() => go(owner, owner.code, ask(commitment)), why(/was not given/));
  // Procedures that are no account's, under their commitment.
  const wrong = (...procedures: Word[]): AccountCode =>
    Object.assign(Object.create(AccountCode.prototype), { procedures, forests });
  const [auth, first, second] = owner.code.procedures;
  for (const [code, text] of [
    [wrong(auth), /too few/],
    [wrong(auth, second, first), /ascend|order/],
    [wrong(auth, ...[auth, first].sort(compareWords)), /procedure twice/],
  ] as const)
    assert.throws(() => go(owner, code, ask(code.commitment)), why(text));
  // A host that answers with other code.
  const inputs = { account: owner, block, script: script(ask(commitment), ['component'], [component]) };
  const host = new TransactionHost(owner, kernel, { secret: () => SECRET }, upgrade);
  const other = [BigInt(owner.code.procedures.length), ...owner.code.procedures.flat()];
  const handlers = new Map(host.handlers).set(KERNEL_EVENT_IDS.upgradedCode, () => [
    { kind: 'stack', values: other },
  ]);
  const [stack, advice] = [publicInputs(inputs), transactionAdvice(inputs, kernel.procedures)];
  assert.throws(
    () => execute(transactionProgram(kernel, inputs), { stack, advice }, { host: { handlers } }),
    /code is not the one committed to/,
  );
});
