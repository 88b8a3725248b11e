import { MODULUS } from '../../../core/field/felt.ts';
import { compareWords, EMPTY_WORD, type Word } from '../../../core/hash/word.ts';
import { Account } from '../../../core/protocol/account/account.ts';
import { seedDigest } from '../../../core/protocol/account/account-id.ts';
import { CALLBACK_SLOTS } from '../../../core/protocol/account/callbacks.ts';
import { slotId } from '../../../core/protocol/account/slot-name.ts';
import { Limit } from '../../../core/protocol/limits.ts';
import { type Attempt, api, crooked, layout, own, putting } from '../hostile.ts';
import {
  type AbortCases,
  acting,
  authenticatedBy,
  block,
  coins,
  consuming,
  fresh,
  idOf,
  MAPS,
  noteThat,
  owner,
  SLOT,
  VALUE,
  type WrongAuth,
  wrongAuth,
} from './fixtures.ts';
import { abroad } from './foreign.ts';

const BIG = 2n ** 32n;
const NONCE = own('account::get_nonce');

const authenticating = (name: WrongAuth, more: Partial<Attempt> = {}): Attempt => ({
  account: authenticatedBy(name),
  block,
  ...more,
});
const born = (account: Account, more: Partial<Attempt> = {}): Attempt => ({ account, block, ...more });
const slot = (suffix: bigint, prefix: bigint, first = 0n): bigint[] => [first, 0n, suffix, prefix, ...VALUE];

/** A new account whose id is where its seed leads, and of another version. */
function ofVersion(version: bigint): Account {
  const honest = fresh();
  const [code, storage] = [honest.code.commitment, honest.storage.commitment];
  for (let i = 0n; ; i++) {
    const seed: Word = [i, 0n, 0n, 0n];
    const [low, prefix] = seedDigest({ seed, code, storage });
    if ((prefix & 0xfn) === version)
      return Object.assign(Object.create(Account.prototype), honest, {
        id: { prefix, suffix: low - (low & 0xffn) },
        seed,
      });
  }
}

export const ACCOUNT_CASES: AbortCases = {
  'kernel/account assert_native: foreign code, and code that is asked about an asset, only reads': () =>
    abroad(api('account::add_asset', ...coins(1n).elements)),
  "kernel/account caller_place: only the account's own procedures may do this": () =>
    acting(NONCE, { lies: { procedurePlace: () => [4n * BigInt(Limit.ACCOUNT_PROCEDURES)] } }),
  "kernel/account assert_caller: only the account's own procedures may do this": () =>
    acting(api('account::get_nonce')),
  'kernel/account assert_auth: this is only for authentication': () => acting(own('account::incr_nonce')),
  "kernel/account assert_auth: this is only for the account's authentication procedure": () =>
    authenticating('ask'),
  'kernel/account increment_nonce: the nonce was incremented already': () => authenticating('twice'),
  'kernel/account increment_nonce: the nonce has reached its end': () => {
    const { id, code, storage, vault } = owner;
    return { account: new Account({ id, nonce: MODULUS - 1n, code, storage, vault }), block };
  },
  'kernel/account procedure_root: the index of a procedure is not below 2^32': () =>
    acting(own('account::get_procedure_root', BIG)),
  'kernel/account procedure_root: the account has no such procedure': () =>
    acting(own('account::get_procedure_root', BigInt(owner.code.procedures.length))),

  'kernel/code_upgrade request: a new account has no code to upgrade yet': () =>
    acting(own('account::upgrade', ...VALUE, ...EMPTY_WORD), { account: fresh() }),
  "kernel/code_upgrade request: an upgrade of the account's code was asked for already": () =>
    acting([
      own('account::upgrade', ...VALUE, ...EMPTY_WORD),
      own('account::upgrade', ...VALUE, ...EMPTY_WORD),
    ]),
  'kernel/code_upgrade request: the second word of an upgrade is the empty word': () =>
    acting(own('account::upgrade', ...VALUE, ...VALUE)),

  'kernel/storage set_item: the storage slot holds a map': () =>
    acting(own('account::set_item', ...idOf(MAPS[0]), ...VALUE)),
  'kernel/storage find_slot: the index of a storage slot is not below 2^32': () =>
    acting(own('account::get_item', ...idOf(SLOT)), { lies: { slotIndex: () => [BIG] } }),
  'kernel/storage find_slot: the account has no such storage slot': () =>
    acting(own('account::get_item', ...idOf('no::slot'))),
  'kernel/storage find_slot: the storage slot is another': () =>
    acting(own('account::get_item', 5n, idOf(SLOT)[1]), { lies: { slotIndex: () => [0n] } }),
  'kernel/storage find_slot: the storage slot is another #2': () => {
    const { suffix } = slotId(owner.storage.slots[0].name);
    return acting(own('account::get_item', suffix, 5n), { lies: { slotIndex: () => [0n] } });
  },

  "kernel/patch close: a new account's first transaction increments its nonce": () =>
    born(fresh(wrongAuth('idle'))),
  "kernel/patch close: the account's code changed without its nonce": () => authenticating('change'),
  "kernel/patch close: the account's vault changed without its nonce": () => ({
    ...consuming([noteThat('dropw', [coins(1n)])]),
    account: authenticatedBy('take'),
  }),
  "kernel/patch close: the account's storage changed without its nonce": () => authenticating('set'),

  'kernel/new_account check: a new account owns nothing yet': () => {
    const account = fresh();
    return born(account, { advice: putting([layout({ account, block }).account + 4, 1n]) });
  },
  "kernel/new_account check_id: the account's seed leads to another id": () => {
    const account = fresh();
    const at = layout({ account, block });
    const other = account.id.suffix ^ 256n;
    return born(account, { advice: putting([at.account + 2, other]), stated: putting([12, other]) });
  },
  "kernel/new_account check_id: the account's seed leads to another id #2": () => {
    const account = fresh();
    const at = layout({ account, block });
    const other = account.id.prefix ^ 256n;
    return born(account, { advice: putting([at.account + 3, other]), stated: putting([13, other]) });
  },
  "kernel/new_account check_id: the account's id is of no known version": () => born(ofVersion(2n)),
  'kernel/new_account check_slots: the account has a callback that its id does not announce': () =>
    born(crooked(fresh(), { elements: slot(...idOf(CALLBACK_SLOTS[1])) })),
  'kernel/new_account check_procedures: the account lists its authentication procedure twice': () => {
    const [auth, ...others] = owner.code.procedures;
    return born(
      crooked(fresh(), { procedures: [auth, ...[auth, ...others].sort(compareWords)], elements: [] }),
    );
  },
  'kernel/new_account check_slots: the record of a storage slot begins with zero': () =>
    born(crooked(fresh(), { elements: slot(1n, 1n, 1n) })),
  'kernel/new_account assert_ascending: the storage slots do not ascend': () =>
    born(crooked(fresh(), { elements: [...slot(5n, 5n), ...slot(5n, 5n)] })),
};
