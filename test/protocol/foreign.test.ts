import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Felt } from '../../core/field/felt.ts';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { runAtOnce } from '../../core/pace.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import type { StorageSlot } from '../../core/protocol/account/storage.ts';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { commit } from '../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { inputsFromBytes, inputsToBytes } from '../../core/protocol/executor/inputs-format.ts';
import type {
  TransactionInputs,
  TransactionScript,
} from '../../core/protocol/executor/transaction-inputs.ts';
import { KERNEL_API } from '../../core/protocol/kernel-api.ts';
import {
  type ExecutedTransaction,
  readingWitness,
  transactionWitness,
  witnessToBytes,
} from '../../core/protocol/transaction/executed-transaction.ts';
import { buildTraces } from '../../core/vm/execute.ts';
import {
  blockWith,
  componentOf,
  foreignIn,
  kernel,
  newAccount,
  procedure,
  SECRET,
  script,
  wallet,
} from './transactions.ts';

const coin = Asset.fungible(newAccount({ seed: 9 }).id, 7n);
const other = Asset.fungible(newAccount({ seed: 8 }).id, 1n);
const KEY: Word = [1n, 2n, 3n, 4n];
const VALUE: Word = [9n, 8n, 7n, 6n];
const map = new StorageMap([[KEY, VALUE]]);
const slots: readonly StorageSlot[] = [
  { name: 'an::oracle', kind: 'value', value: VALUE },
  { name: 'a::map', kind: 'map', map },
];

/** Procedures that compare what they read with their arguments. */
const oracle = componentOf(`
  use ::kiln::protocol::account
  use ::kiln::protocol::tx
  const SLOT = word("an::oracle")
  const MAP = word("a::map")
  const NONE = word("no::slot")
  pub proc turn movup.15 end
  pub proc is_id exec.account::get_id movup.2 assert_eq assert_eq end
  pub proc is_native exec.account::get_native_id movup.2 assert_eq assert_eq end
  pub proc is_nonce exec.account::get_nonce assert_eq end
  pub proc is_code exec.account::get_code_commitment assert_eqw end
  pub proc is_storage exec.account::compute_storage_commitment assert_eqw end
  pub proc is_vault exec.account::get_vault_root assert_eqw end
  pub proc is_item push.SLOT[0..2] exec.account::get_item assert_eqw end
  pub proc is_map push.MAP[0..2] exec.account::get_item assert_eqw end
  pub proc is_entry push.MAP[0..2] exec.account::get_map_item assert_eqw end
  pub proc is_asset exec.account::get_asset assert_eqw end
  pub proc has_slots
    push.SLOT[0..2] exec.account::has_storage_slot assert
    push.NONE[0..2] exec.account::has_storage_slot assertz
  end
  pub proc is_count exec.account::get_num_procedures assert_eq end
  pub proc has exec.account::has_procedure assert_eq end
  pub proc is_second push.1 exec.account::get_procedure_root assert_eqw end
  pub proc expires exec.tx::update_expiration_delta end
  pub proc through exec.tx::execute_foreign_procedure end
`);
const root = (name: string): Word => procedure(oracle, `::component::${name}`);
const foreign = wallet([coin], { component: oracle, slots, seed: 4 });
const second = wallet([other], { component: oracle, slots: [], seed: 5 });
const alice = wallet([Asset.fungible(coin.id.faucet, 100n)]);
const known = foreignIn([foreign, second, wallet([], { seed: 6 })]);
const { block } = blockWith([], { accountRoot: known.accountRoot });

const run = (body: string, inputs: Partial<TransactionInputs> = {}): ExecutedTransaction =>
  executeTransaction(
    kernel,
    { account: alice, block, foreign: known.foreign, script: calls(body), ...inputs },
    { secret: () => SECRET },
  );
const calls = (body: string): TransactionScript => script(body, ['kiln::protocol::tx']);

const push = (values: readonly Felt[]): string =>
  values
    .toReversed()
    .map((each) => `push.${each}`)
    .join(' ');
const padded = (args: readonly Felt[]): Felt[] => [...args, ...Array<Felt>(16 - args.length).fill(0n)];
/** Calls a procedure of a foreign account; what it leaves is on the stack. */
const call = ({ id }: Account, name: string, args: readonly Felt[] = []): string =>
  `${push([id.suffix, id.prefix, ...root(name), ...padded(args)])} exec.tx::execute_foreign_procedure`;
const DROP = 'dropw dropw dropw dropw ';
const asks = (name: string, args: readonly Felt[] = [], account = foreign): string =>
  `${call(account, name, args)} ${DROP}`;

test('sixteen elements go in, and sixteen come out', () => {
  const args = Array.from({ length: 16 }, (_, i) => BigInt(i + 1));
  const back = [16n, ...args.slice(0, 15)].map((each) => `push.${each} assert_eq`).join(' ');
  run(`push.77 ${call(foreign, 'turn', args)} ${back} push.77 assert_eq`);
});

test('what foreign code reads is the foreign account’s', () => {
  const { id, code, storage, vault, nonce } = foreign;
  run(asks('is_id', [id.suffix, id.prefix]));
  run(asks('is_native', [alice.id.suffix, alice.id.prefix]));
  run(asks('is_nonce', [nonce]));
  run(asks('is_code', code.commitment));
  run(asks('is_storage', storage.commitment));
  run(asks('is_vault', vault.root));
  run(asks('is_item', VALUE));
  run(asks('is_map', map.root));
  run(asks('is_entry', [...KEY, ...VALUE]));
  run(asks('is_entry', [...VALUE, ...EMPTY_WORD]));
  run(asks('is_asset', [...coin.id.word, ...coin.value]));
  run(asks('is_asset', [...other.id.word, ...EMPTY_WORD]));
  run(asks('has_slots'));
  run(asks('is_count', [BigInt(code.procedures.length)]));
  run(asks('has', [...root('turn'), 1n]));
  run(asks('has', [...VALUE, 0n]));
  run(asks('is_second', code.procedures[1]));
});

const refuses = (body: string, why: RegExp, inputs: Partial<TransactionInputs> = {}): void =>
  assert.throws(
    () => run(body, inputs),
    (error) => error instanceof ProtocolError && why.test(`${error.message} ${error.details}`),
  );

test('the account is read once, and every call of it after costs its checks', () => {
  const cost = (body: string) => {
    const { execution } = run(body);
    return [execution.cycles, buildTraces(execution).eidos.count];
  };
  const [none, one, two, three] = [
    'nop',
    ...[1, 2, 3].map((count) => asks('is_nonce', [5n]).repeat(count)),
  ].map(cost);
  const [first, again, last] = [
    [one, none],
    [two, one],
    [three, two],
  ].map(([after, before]) => after.map((each, i) => each - before[i]));
  console.log(`rows and compressions of a foreign call: ${first}, and again: ${again}`);
  // What was reached.
  assert.ok(first[0] <= 1170 && first[1] <= 158 && again[0] <= 600 && again[1] <= 5, `${first}, ${again}`);
  assert.ok(Math.abs(last[0] - again[0]) < 20);
});

test('code of an account that another calls calls others, but not the account that it runs for', () => {
  const through = (target: Account, name: string, args: readonly Felt[] = []) =>
    asks('through', [target.id.suffix, target.id.prefix, ...root(name), ...args].slice(0, 16));
  run(through(second, 'is_nonce', [5n]));
  // Itself again, as a call of its own.
  run(through(foreign, 'is_nonce', [5n]));
  refuses(through(alice, 'turn'), /own account is not foreign/);
  refuses(asks('turn', [], alice), /own account is not foreign/);
});

test('after a call all is as it was, whatever was called', () => {
  const nonce = 'call.component::is_nonce';
  const own = wallet([], { component: oracle, slots: [], auth: 'none', seed: 7 });
  const inputs = { account: own };
  const mine = script(
    `${asks('is_id', [foreign.id.suffix, foreign.id.prefix])}
     push.${own.nonce} ${nonce} dropw dropw dropw dropw
     push.${own.id.prefix} push.${own.id.suffix} call.component::is_id dropw dropw dropw dropw`,
    ['kiln::protocol::tx', 'component'],
    [oracle],
  );
  run('nop', { ...inputs, script: mine });
});

test('who is called leaves no call behind that its caller would make', () => {
  // It prepares a call of its own, and goes.
  const sly = componentOf(`
    pub proc lure
      push.7 push.${[...root('turn')].toReversed().join('.')} push.${second.id.prefix} push.${second.id.suffix}
      push.${KERNEL_API['tx::prepare_fpi']} syscall.exec_kernel_proc dropw dropw
    end`);
  const trap = wallet([], { component: sly, slots: [], seed: 11 });
  const there = foreignIn([trap, second]);
  const inputs = { ...blockWith([], { accountRoot: there.accountRoot }), foreign: there.foreign };
  const target = [trap.id.suffix, trap.id.prefix, ...procedure(sly, '::component::lure')];
  const exec = `push.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 push.${KERNEL_API['tx::exec_foreign_proc']} syscall.exec_kernel_proc`;
  const lured = `${push([...target, ...padded([])])} exec.tx::execute_foreign_procedure ${DROP}`;
  run(lured, inputs);
  refuses(`${lured} ${exec} ${DROP}`, /no call of a foreign procedure was prepared/, inputs);
});

test('a foreign account’s authentication is nobody’s to call', () => {
  const [auth] = foreign.code.procedures;
  refuses(
    `${push([foreign.id.suffix, foreign.id.prefix, ...auth, ...padded([])])} exec.tx::execute_foreign_procedure ${DROP}`,
    /no such procedure/,
  );
});

test('procedures that both accounts have act for neither', () => {
  // The wallet's procedures are in both; the foreign account's code calls them.
  const thief = componentOf(
    `use ::kiln::standards::wallet
    pub proc steal call.wallet::create_note dropw dropw dropw dropw end
    pub proc look call.wallet::receive_asset dropw dropw dropw dropw end`,
  );
  const other = wallet([], { component: thief, slots: [], seed: 12 });
  const there = foreignIn([other]);
  const inputs = { ...blockWith([], { accountRoot: there.accountRoot }), foreign: there.foreign };
  for (const name of ['steal', 'look']) {
    const target = [other.id.suffix, other.id.prefix, ...procedure(thief, `::component::${name}`)];
    refuses(
      `${push([...target, ...padded([7n, 0n, 1n, 2n])])} exec.tx::execute_foreign_procedure ${DROP}`,
      /only reads/,
      inputs,
    );
  }
});

test('secrets are not for foreign code, also while authentication runs and with its own code', () => {
  const key = commit(ProtocolDomain.AUTH_KEY, SECRET);
  // What authenticates asks a foreign account first; that one runs the same code.
  const prying = componentOf(`
    pub proc pry push.[${key.join(', ')}] emit.event("kiln::auth::request") adv_pushw dropw dropw end`);
  const spy = wallet([], { component: prying, slots: [], seed: 13 });
  const there = foreignIn([spy]);
  const target = [spy.id.suffix, spy.id.prefix, ...procedure(prying, '::component::pry')];
  const asking = componentOf(`
    use ::kiln::protocol::account
    use ::kiln::protocol::tx
    pub proc authenticate
      dropw exec.account::incr_nonce drop
      ${push([...target, ...padded([])])} exec.tx::execute_foreign_procedure ${DROP}
    end`);
  const account = wallet([], { component: asking, ownAuth: procedure(asking, '::component::authenticate') });
  const inputs = { ...blockWith([], { accountRoot: there.accountRoot }), foreign: there.foreign };
  let asked = 0;
  assert.throws(
    () =>
      executeTransaction(
        kernel,
        { account, ...inputs },
        {
          secret: () => {
            asked++;
            return SECRET;
          },
        },
      ),
    /asked for/,
  );
  assert.equal(asked, 0);
});

test('a procedure limits for how long its answer can be used', () => {
  assert.equal(run(asks('expires', [9n])).expirationBlock, block.number + 9);
});

test('what is missing, and what is of another block, is said', () => {
  refuses(asks('turn'), /needs to read another account.*0x/, { foreign: [] });
  const moved = wallet([], { component: oracle, slots, seed: 4 });
  const [{ witness }] = known.foreign;
  refuses(asks('turn'), /not so in the reference block/, { foreign: [{ account: moved, witness }] });
  const later = foreignIn([foreign]).foreign;
  refuses(asks('turn'), /not so in the reference block/, { foreign: later });
  const unknown = foreignIn([]);
  refuses(asks('turn'), /not so in the reference block/, {
    ...blockWith([], { accountRoot: unknown.accountRoot }),
    foreign: known.foreign,
  });
});

test('accounts are looked up when the kernel needs them', () => {
  const asked: string[] = [];
  const inputs = { account: alice, block, script: calls(asks('is_item', VALUE) + asks('is_nonce', [5n])) };
  const done = executeTransaction(kernel, inputs, { secret: () => SECRET }, (id) => {
    asked.push(`${id}`);
    return known.foreign.find(({ account }) => account.header.id.equals(id));
  });
  assert.deepEqual(asked, [`${foreign.id}`]);
  assert.throws(
    () => executeTransaction(kernel, inputs, { secret: () => SECRET }, () => undefined),
    /needs to read/,
  );
  // Everything it takes is in what was executed.
  const witness = runAtOnce(readingWitness(witnessToBytes(transactionWitness(done), kernel), kernel));
  assert.deepEqual(witness.execution.stack, done.execution.stack);
  const again = executeTransaction(
    kernel,
    inputsFromBytes(inputsToBytes({ ...done.inputs, foreign: done.foreign })),
    { secret: () => SECRET },
  );
  assert.deepEqual(again.id, done.id);
  assert.deepEqual(again.execution.stack, done.execution.stack);
});

test('of a foreign account only what was read travels', () => {
  const done = run(asks('is_entry', [...KEY, ...VALUE]));
  assert.equal(done.foreign[0].account.proofs, 1);
  const inputs = { account: alice, block, foreign: done.foreign };
  executeTransaction(
    kernel,
    { ...inputs, script: calls(asks('is_entry', [...KEY, ...VALUE])) },
    { secret: () => SECRET },
  );
  refuses(asks('is_asset', [...coin.id.word, ...coin.value]), /did not come with it/, inputs);
});
