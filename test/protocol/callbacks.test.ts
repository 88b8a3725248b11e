import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { CALLBACK_SLOTS } from '../../core/protocol/account/callbacks.ts';
import type { StorageSlot } from '../../core/protocol/account/storage.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import type { ExecutedTransaction } from '../../core/protocol/transaction/executed-transaction.ts';
import { buildTraces } from '../../core/vm/execute.ts';
import {
  blockWith,
  componentOf,
  foreignIn,
  kernel,
  newAccount,
  p2id,
  procedure,
  SECRET,
  script,
  sending,
  wallet,
} from './transactions.ts';

/** What issuers say of assets. The stack is [ASSET_ID, ASSET_VALUE, index, seven zeros]. */
const policies = componentOf(`
  use ::kiln::protocol::account
  use ::kiln::protocol::faucet
  use ::kiln::protocol::output_note
  use ::kiln::protocol::tx
  const MOST = word("a::limit")
  proc check_padding
    dup.9 assertz dup.10 assertz dup.11 assertz dup.12 assertz dup.13 assertz dup.14 assertz dup.15 assertz
  end
  pub proc at_most
    exec.check_padding
    push.MOST[0..2] exec.account::get_item dup.8 dup.1 lte assert.err="more than the issuer allows"
    # What it leaves changes nothing.
    dropw push.1.2.3.4 swapw dropw
  end
  pub proc first_note_only
    exec.check_padding dup.8 assertz.err="the issuer wants its assets in the first note"
    push.0 drop
  end
  pub proc writes push.1.2.3.4 push.MOST[0..2] exec.account::set_item dropw end
  pub proc mints dupw.1 dupw.1 exec.faucet::mint end
  pub proc expires push.5 exec.tx::update_expiration_delta end
  pub proc issue dupw.1 dupw.1 exec.faucet::mint exec.account::add_asset dropw end
`);
type Policy = 'at_most' | 'first_note_only' | 'writes' | 'mints' | 'expires';
const root = (name: Policy | 'issue'): Word => procedure(policies, `::component::${name}`);
const asking = (slot: 0 | 1, value: Word): StorageSlot => ({
  name: CALLBACK_SLOTS[slot],
  kind: 'value',
  value,
});

const MOST: StorageSlot = { name: 'a::limit', kind: 'value', value: [10n, 0n, 0n, 0n] };
/** An issuer that asks these of its own procedures. */
const issuing = (
  slots: readonly StorageSlot[],
  assets: (id: Account['id']) => Asset[] = () => [],
): Account => {
  const kind = {
    auth: 'none',
    callbacks: true,
    component: policies,
    slots: [MOST, ...slots],
    seed: 3,
  } as const;
  return wallet(assets(newAccount(kind).id), kind);
};
const careful = issuing([asking(0, root('at_most')), asking(1, root('first_note_only'))]);

interface Given {
  readonly issuer?: Account;
  readonly amount?: bigint;
  readonly more?: Partial<TransactionInputs>;
}
const run = (inputs: TransactionInputs): ExecutedTransaction =>
  executeTransaction(kernel, inputs, { secret: () => SECRET });
const known = ({ issuer = careful }: Given) => foreignIn([issuer]);
const coins = ({ issuer = careful, amount = 7n }: Given): Asset => Asset.fungible(issuer.id, amount);
/** Somebody takes coins out of a note. */
function taking(given: Given = {}): ExecutedTransaction {
  const bob = wallet([], { seed: 2 });
  const { accountRoot, foreign } = known(given);
  const note = p2id(careful.id, bob.id, [coins(given)]);
  return run({ account: bob, ...blockWith([note], { accountRoot }), foreign, ...given.more });
}
/** Somebody puts coins into notes. */
function giving(given: Given = {}, notes = 1): ExecutedTransaction {
  const bob = wallet([coins({ ...given, amount: 100n })], { seed: 2 });
  const { accountRoot, foreign } = known(given);
  const made: Note[] = Array.from({ length: notes }, (_, i) =>
    p2id(bob.id, careful.id, [coins(given)], BigInt(i)),
  );
  const { block } = blockWith([], { accountRoot });
  return run({ account: bob, block, foreign, script: sending(made), ...given.more });
}
const refuses = (act: () => void, why: RegExp): void =>
  assert.throws(
    act,
    (error) => error instanceof ProtocolError && why.test(`${error.message} ${error.details}`),
  );

test('an issuer says what goes into an account', () => {
  const done = taking();
  assert.equal(done.account.vault.amountOf(coins({}).id), 7n);
  taking({ amount: 10n });
  refuses(() => taking({ amount: 11n }), /more than the issuer allows/);
});

test('and what goes into a note, and into which', () => {
  assert.equal(giving().outputs[0].note.assets.list[0].amount, 7n);
  // The limit is for accounts.
  giving({ amount: 11n });
  refuses(() => giving({}, 2), /wants its assets in the first note/);
});

test('without a procedure to ask, only that is looked up', () => {
  for (const slots of [[], [asking(0, EMPTY_WORD)], [asking(1, EMPTY_WORD)]]) {
    const issuer = issuing(slots);
    taking({ issuer, amount: 1000n });
    giving({ issuer, amount: 90n });
    refuses(() => taking({ issuer, more: { foreign: [] } }), /needs to read another account/);
  }
});

test('a slot that names no procedure of the issuer, or its authentication, lets nothing pass', () => {
  const [auth] = careful.code.procedures;
  for (const value of [[1n, 2n, 3n, 4n] as Word, auth]) {
    refuses(() => taking({ issuer: issuing([asking(0, value)]) }), /no such procedure/);
    refuses(() => giving({ issuer: issuing([asking(1, value)]) }), /no such procedure/);
  }
});

test('who is asked can only refuse', () => {
  for (const name of ['writes', 'mints'] as const) {
    refuses(() => taking({ issuer: issuing([asking(0, root(name))]) }), /only reads/);
    refuses(() => giving({ issuer: issuing([asking(1, root(name))]) }), /only reads/);
  }
  // But for how long the answer holds.
  const done = taking({ issuer: issuing([asking(0, root('expires'))]) });
  assert.equal(done.expirationBlock, done.inputs.block.number + 5);
});

test('an issuer is asked about its own doing too, and can do no more then', () => {
  const issue = ({ id, value }: Asset) =>
    script(
      `push.[${value.join(', ')}] push.[${id.word.join(', ')}] call.component::issue dropw dropw dropw dropw`,
      ['component'],
      [policies],
    );
  const own = (slots: readonly StorageSlot[], amount: bigint): ExecutedTransaction => {
    const issuer = issuing(slots);
    return run({
      account: issuer,
      block: blockWith().block,
      script: issue(Asset.fungible(issuer.id, amount)),
    });
  };
  const done = own([asking(0, root('at_most'))], 10n);
  assert.equal(done.account.vault.assets[0].amount, 10n);
  refuses(() => own([asking(0, root('at_most'))], 11n), /more than the issuer allows/);
  refuses(() => own([asking(0, root('writes'))], 1n), /only reads/);
  refuses(() => own([asking(0, root('mints'))], 1n), /only reads/);
  own([], 11n);
});

test('an issuer that asks begins like any other account', () => {
  const fresh = newAccount({ callbacks: true, slots: [asking(0, EMPTY_WORD)], auth: 'none' });
  assert.ok(run({ account: fresh, block: blockWith().block }).account.id.hasCallbacks);
});

test('what asking costs', () => {
  const plain = newAccount({ seed: 9 }).id;
  const bob = wallet([], { seed: 2 });
  const cost = ({ execution }: ExecutedTransaction) => [execution.cycles, buildTraces(execution).eidos.count];
  const without = cost(
    run({ account: bob, ...blockWith([p2id(plain, bob.id, [Asset.fungible(plain, 7n)])]) }),
  );
  const more = (done: ExecutedTransaction) => cost(done).map((each, i) => each - without[i]);
  const [looked, asked] = [more(taking({ issuer: issuing([]) })), more(taking())];
  console.log(`rows and compressions of an issuer that is read: ${looked}, and asked: ${asked}`);
  assert.ok(looked[0] <= 745 && looked[1] <= 120, `${looked}`);
  assert.ok(asked[0] <= 1065 && asked[1] <= 142, `${asked}`);
});
