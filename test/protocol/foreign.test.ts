import { test } from 'node:test';
import type { Felt } from '../../core/field/felt.ts';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import type { StorageSlot } from '../../core/protocol/account/storage.ts';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type {
  TransactionInputs,
  TransactionScript,
} from '../../core/protocol/executor/transaction-inputs.ts';
import type { ExecutedTransaction } from '../../core/protocol/transaction/executed-transaction.ts';
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
const DROP = 'dropw dropw dropw dropw';
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
