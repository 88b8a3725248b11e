import type { Felt } from '../../../core/field/felt.ts';
import type { AccountId } from '../../../core/protocol/account/account-id.ts';
import { KERNEL_API } from '../../../core/protocol/kernel-api.ts';
import { Limit } from '../../../core/protocol/limits.ts';
import { type Attempt, api, type Lie, open } from '../hostile.ts';
import { blockWith, componentOf, foreignIn, procedure, wallet } from '../transactions.ts';
import { type AbortCases, acting, opened, owner } from './fixtures.ts';

const BIG = 2n ** 32n;
const RUN = procedure(open, '::component::run');
const account = opened([], { seed: 2 });
const another = opened([], { seed: 3 });
const known = foreignIn([account, another]);
const there = { foreign: known.foreign, ...blockWith([], { accountRoot: known.accountRoot }) };

type Id = Pick<AccountId, 'suffix' | 'prefix'>;
const prepare = ({ suffix, prefix }: Id, root = RUN): string =>
  api('tx::prepare_fpi', suffix, prefix, ...root, 0n);
const NUMBER = BigInt(KERNEL_API['tx::get_block_number']);
/** The other account's procedure asks for the block's number. */
const EXEC = api('tx::exec_foreign_proc', NUMBER, ...Array<Felt>(14).fill(0n));
const calling = (id: Id, more: Partial<Attempt> = {}): Attempt =>
  acting([prepare(id), EXEC], { ...there, ...more });
/** What the host says of a foreign account: which it is, then the account's elements. */
const saying = (lie: Lie): Attempt => calling(account.id, { lies: { foreignAccount: lie } });
const changed = (at: number, to: Felt): Attempt => saying((truth) => truth().with(1 + at, to));

/** A foreign account's procedure does this. */
export function abroad(text: string): Attempt {
  const component = componentOf(`pub proc act ${text} end`);
  const actor = wallet([], { auth: 'none', slots: [], component, seed: 4 });
  const { foreign, accountRoot } = foreignIn([actor]);
  return acting([prepare(actor.id, procedure(component, '::component::act')), EXEC], {
    foreign,
    ...blockWith([], { accountRoot }),
  });
}

/** Calls itself as often as its first argument says. */
const DIVER = componentOf(
  `use ::kiln::protocol::tx
  pub proc dive
    dup neq.0
    if.true
      sub.1 repeat.6 dup.6 end exec.tx::execute_foreign_procedure
    end
  end`,
);
/** So many calls, each in the one before. */
export function diving(depth: number): Attempt {
  const diver = wallet([], { auth: 'none', slots: [], component: DIVER, seed: 5 });
  const { foreign, accountRoot } = foreignIn([diver]);
  const target = [diver.id.suffix, diver.id.prefix, ...procedure(DIVER, '::component::dive')];
  const body = [
    api('tx::prepare_fpi', ...target, 0n),
    api('tx::exec_foreign_proc', BigInt(depth - 1), ...target, ...Array<Felt>(8).fill(0n)),
  ];
  return acting(body, { foreign, ...blockWith([], { accountRoot }) });
}

/** Calls so many accounts, and has called as many as may be twice. */
export function reading(count: number): Attempt {
  const accounts = Array.from({ length: count }, (_, i) => opened([], { seed: 100 + i }));
  const { foreign, accountRoot } = foreignIn(accounts);
  const called = [...accounts.slice(0, Limit.FOREIGN_ACCOUNTS), ...accounts];
  return acting(
    called.map(({ id }) => `${prepare(id)} ${EXEC}`),
    { foreign, ...blockWith([], { accountRoot }) },
  );
}

/** Calls one account, then, the host says, the same again. */
const again = (id: Id): Attempt =>
  acting([prepare(account.id), EXEC, prepare(id), EXEC], {
    ...there,
    lies: { foreignAccount: (truth, call) => (call === 0 ? truth() : [0n]) },
  });
const NOBODY = [1n, 2n, 3n, 4n] as const;

export const FOREIGN_CASES: AbortCases = {
  'kernel/foreign call_prepared: no call of a foreign procedure was prepared': () => acting(EXEC),
  "kernel/foreign enter: the transaction's own account is not foreign to it": () => calling(owner.id),
  'kernel/foreign begin: foreign calls are nested too deep': () => diving(Limit.FOREIGN_DEPTH + 1),
  'kernel/foreign enter: the index of a foreign account is not below 2^32': () => saying(() => [BIG]),
  'kernel/foreign enter: there is no such foreign account': () => saying(() => [1n]),
  'kernel/foreign enter: the foreign account is another': () => again(another.id),
  'kernel/foreign enter: the foreign account is another #2': () =>
    again({ suffix: account.id.suffix, prefix: account.id.prefix ^ 256n }),
  'kernel/foreign assert_procedure: the account that is called has no such procedure': () =>
    acting([prepare(account.id, NOBODY), EXEC], there),
  'kernel/foreign assert_procedure: the account that is called has no such procedure #2': () =>
    acting([prepare(account.id, NOBODY), EXEC], { ...there, lies: { procedurePlace: () => [4n] } }),
  'kernel/foreign load: the transaction reads too many foreign accounts': () =>
    reading(Limit.FOREIGN_ACCOUNTS + 1),
  'kernel/foreign load: the foreign account is of no known version': () => changed(0, 2n),
  'kernel/foreign load: the foreign account is not in this state in the reference block': () =>
    changed(1, 6n),
};
