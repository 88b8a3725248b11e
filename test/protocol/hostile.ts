import type { Package } from '../../core/assembly/package/package.ts';
import type { Felt } from '../../core/field/felt.ts';
import type { Word } from '../../core/hash/word.ts';
import { runAtOnce } from '../../core/pace.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountCode } from '../../core/protocol/account/account-code.ts';
import { searchingSeed } from '../../core/protocol/account/id-seed.ts';
import { Vault } from '../../core/protocol/asset/vault.ts';
import { commitList } from '../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import { transactionAdvice } from '../../core/protocol/executor/advice.ts';
import type { Authenticator } from '../../core/protocol/executor/authentication.ts';
import { publicInputs, transactionProgram } from '../../core/protocol/executor/execute-transaction.ts';
import { ForeignHost } from '../../core/protocol/executor/foreign-host.ts';
import { TransactionHost } from '../../core/protocol/executor/host.ts';
import type {
  TransactionInputs,
  TransactionScript,
} from '../../core/protocol/executor/transaction-inputs.ts';
import { KERNEL_EVENT_IDS, type KernelEvent } from '../../core/protocol/kernel/kernel-events.ts';
import { API_ROWS, type ApiTable, KERNEL_API } from '../../core/protocol/kernel-api.ts';
import type { AdviceMutation } from '../../core/vm/advice/inputs.ts';
import { type Execution, execute } from '../../core/vm/execute.ts';
import type { EventHandler } from '../../core/vm/host.ts';
import { componentOf, kernel, SECRET, script } from './transactions.ts';

// The kernel run by somebody who does not keep to any rule: nothing here checks what it is given.

/** What a host answers on the advice stack in place of the truth, at which of its calls. */
export type Lie = (truth: () => Felt[], call: number) => readonly Felt[];
type Change = (values: Felt[]) => readonly Felt[];

/** A transaction, and what is to be untrue of it. */
export interface Attempt extends TransactionInputs {
  /** The advice stack that the prologue reads. */
  readonly advice?: Change;
  /** The kernel's table, of which the advice has the words. */
  readonly procedures?: ApiTable;
  /** The public inputs. */
  readonly stated?: Change;
  readonly lies?: Partial<Record<KernelEvent, Lie>>;
  /** What authentication is told. */
  readonly authenticator?: Authenticator;
}

const isStack = (mutation: AdviceMutation): mutation is Extract<AdviceMutation, { kind: 'stack' }> =>
  mutation.kind === 'stack';

function lying(honest: EventHandler, lie: Lie): EventHandler {
  let call = 0;
  return (view) => {
    let answer: readonly AdviceMutation[] | undefined;
    const truth = (): Felt[] => {
      answer ??= honest(view);
      return answer.filter(isStack).flatMap(({ values }) => [...values]);
    };
    const values = lie(truth, call++);
    return [{ kind: 'stack', values }, ...(answer ?? []).filter((each) => !isStack(each))];
  };
}

/** Runs the kernel. Throws `ExecutionError` where it stops. */
export function attempt(tried: Attempt): Execution {
  const {
    advice: change = (all) => all,
    stated = (all) => all,
    lies = {},
    authenticator = { secret: () => SECRET },
  } = tried;
  const { handlers: honest } = new TransactionHost(
    tried.account,
    kernel,
    authenticator,
    tried.upgrade,
    new ForeignHost(tried),
  );
  const handlers = new Map(honest);
  for (const [event, lie] of Object.entries(lies) as [KernelEvent, Lie][]) {
    const id = KERNEL_EVENT_IDS[event];
    handlers.set(id, lying(honest.get(id)!, lie));
  }
  const advice = transactionAdvice(tried, tried.procedures ?? kernel.procedures);
  return execute(
    transactionProgram(kernel, tried),
    { stack: stated(publicInputs(tried)), advice: { ...advice, stack: change([...(advice.stack ?? [])]) } },
    { host: { handlers }, maxCycles: 2 ** 23, maxAdviceBytes: 2 ** 27 },
  );
}

/** Elements at some places replaced. */
export const putting =
  (...changes: readonly (readonly [at: number, to: Felt])[]): Change =>
  (values) =>
    changes.reduce((all, [at, to]) => all.with(at, to), values);

/** A procedure that makes the syscall its caller prepared: an account that has it does whatever anybody says. */
const OPEN = componentOf('pub proc run syscall.exec_kernel_proc end');
/** A component whose procedure `run` lets everybody use the kernel in the account's name. */
export const open: Package = OPEN;

type Procedure = keyof typeof KERNEL_API;
const pushing = (values: readonly Felt[]): string =>
  [...values]
    .reverse()
    .map((value) => `push.${value}`)
    .join(' ');
const dropping = (count: number): string => 'drop '.repeat(count);

/** Assembly: calls a procedure of the kernel as a script does, with its arguments top first; what it leaves is dropped. */
export const api = (name: Procedure, ...args: readonly Felt[]): string =>
  `${pushing([BigInt(KERNEL_API[name]), ...args])} syscall.exec_kernel_proc ${dropping(args.length + 1)}`;
/** As {@link api}, by a procedure of an account that has the component {@link open}. */
export const own = (name: Procedure, ...args: readonly Felt[]): string =>
  `${pushing([BigInt(KERNEL_API[name]), ...args])} call.component::run ${dropping(args.length + 1)}`;

/** A script in which both can stand. */
export const doing = (...lines: readonly string[]): TransactionScript =>
  script(lines.join('\n'), ['component'], [open]);

/** A new account that breaks a rule: the seed is searched for what it is. */
export function crooked(
  honest: Account,
  {
    procedures = honest.code.procedures,
    elements = honest.storage.elements,
  }: { procedures?: readonly Word[]; elements?: readonly Felt[] },
): Account {
  const made = Object.assign(Object.create(AccountCode.prototype), {
    procedures,
    forests: honest.code.forests,
  });
  const storage = {
    elements,
    commitment: commitList(ProtocolDomain.ACCOUNT_STORAGE, elements),
    headers: Array(elements.length / 8).fill({}),
    slots: [],
  };
  const found = runAtOnce(
    searchingSeed({
      code: made.commitment,
      storage: storage.commitment,
      type: 'private',
      callbacks: false,
      random: new Uint8Array(32),
    }),
  );
  const parts = { ...found, nonce: 0n, code: made, storage, vault: new Vault() };
  return Object.assign(Object.create(Account.prototype), parts);
}

/** Where things stand in the advice stack of a transaction; of notes, where the first one stands. */
export function layout({ account }: TransactionInputs) {
  const header = 4 * API_ROWS;
  const state = header + 44;
  const procedures = state + 16;
  const slots = procedures + 1 + 4 * account.code.procedures.length;
  const seed = slots + 1 + account.storage.elements.length;
  const maps = account.storage.slots.flatMap((slot) => (slot.kind === 'map' ? [1 + 8 * slot.map.size] : []));
  const blocks = seed + (account.seed ? 4 + maps.reduce((sum, size) => sum + size, 0) : 0);
  const notes = blocks + 1;
  const args = notes + 1;
  const serial = args + 4;
  return {
    header,
    account: state,
    procedures,
    slots,
    seed,
    blocks,
    notes,
    args,
    serial,
    metadata: serial + 16,
    shown: serial + 24,
    assets: serial + 27,
  };
}
