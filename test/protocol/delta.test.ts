import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EMPTY_WORD, type Word, wordsEqual } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { AccountCode } from '../../core/protocol/account/account-code.ts';
import { AccountDelta } from '../../core/protocol/account/account-delta.ts';
import { slotId } from '../../core/protocol/account/slot-name.ts';
import type { StorageSlot } from '../../core/protocol/account/storage.ts';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { transactionAdvice } from '../../core/protocol/executor/advice.ts';
import {
  executeTransaction,
  publicInputs,
  transactionProgram,
} from '../../core/protocol/executor/execute-transaction.ts';
import { TransactionHost } from '../../core/protocol/executor/host.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { KERNEL_EVENT_IDS } from '../../core/protocol/kernel/kernel-events.ts';
import { KERNEL_API } from '../../core/protocol/kernel-api.ts';
import type { ExecutedTransaction } from '../../core/protocol/transaction/executed-transaction.ts';
import {
  inputCommitment,
  inputNotesCommitment,
  outputNotesCommitment,
} from '../../core/protocol/transaction/note-lists.ts';
import { summaryCommitment } from '../../core/protocol/transaction/transaction-summary.ts';
import { execute } from '../../core/vm/execute.ts';
import {
  blockWith,
  componentOf,
  kernel,
  newAccount,
  p2id,
  procedure,
  script,
  sending,
  wallet,
} from './transactions.ts';

/** What the kernel sums up for an owner to sign is what the transaction ends with. */

const VALUES = ['one::value', 'other::value'] as const;
const MAPS = ['one::map', 'other::map'] as const;
/** Signs the summary with a key that is not looked at, and does to its account whatever it is told. */
const component = componentOf(
  `use ::kiln::protocol::account
   use ::kiln::protocol::faucet
   use ::kiln::standards::auth::summary
   pub proc authenticate
     dropw exec.summary::create padw emit.event("kiln::auth::signature") dropw dropw adv_push drop
   end
   pub proc take exec.account::remove_asset dropw end
   pub proc mint dupw.1 dupw.1 exec.faucet::mint exec.account::add_asset dropw end
   pub proc set exec.account::set_item dropw end
   pub proc set_entry exec.account::set_map_item dropw end
   pub proc upgrade exec.account::upgrade end`,
);
const own = { component, ownAuth: procedure(component, '::component::authenticate') };
const slots: readonly StorageSlot[] = [
  ...VALUES.map((name): StorageSlot => ({ name, kind: 'value', value: [1n, 1n, 1n, 1n] })),
  ...MAPS.map(
    (name): StorageSlot => ({
      name,
      kind: 'map',
      map: new StorageMap([
        [
          [7n, 0n, 0n, 0n],
          [7n, 7n, 7n, 7n],
        ],
      ]),
    }),
  ),
];
const faucets = [9, 8].map((seed) => newAccount({ seed }).id);
const coins = (amount: bigint, issuer = 0): Asset => Asset.fungible(faucets[issuer], amount);
const jewel = (text: string): Asset => Asset.unique(faucets[0], new TextEncoder().encode(text));
const word = (values: readonly bigint[]): string => `push.[${values.join(', ')}]`;
const asset = ({ id, value }: Asset): string => `${word(value)} ${word(id.word)}`;
const idOf = (name: string): string => `push.${slotId(name).prefix}.${slotId(name).suffix}`;
const calling = (lines: readonly string[]) =>
  script(
    `dropw ${lines.map((line) => `${line} dropw dropw dropw dropw`).join('\n')}`,
    ['component'],
    [component],
  );

/** How an account changed, by the account before and after. */
function deltaOf({ inputs, account: after, patch }: ExecutedTransaction): AccountDelta {
  const { account: before } = inputs;
  const [added, removed]: [Asset[], Asset[]] = [[], []];
  for (const { id } of patch.assets) {
    const [had, has] = [before.vault.get(id), after.vault.get(id)];
    if (id.composition === 'fungible') {
      const more = after.vault.amountOf(id) - before.vault.amountOf(id);
      (more > 0n ? added : removed).push(Asset.fungible(id.faucet, more > 0n ? more : -more));
    } else {
      if (has) added.push(has);
      if (had) removed.push(had);
    }
  }
  return new AccountDelta({ id: after.id, added, removed, slots: patch.slots, code: patch.code?.commitment });
}

interface Signed {
  readonly executed: ExecutedTransaction;
  readonly message: Word;
}
function signed(inputs: Omit<TransactionInputs, 'block'> & Partial<TransactionInputs>): Signed {
  let message: Word | undefined;
  const executed = executeTransaction(
    kernel,
    { block: blockWith().block, ...inputs },
    {
      signature: (_, asked) => {
        message = asked;
        return [0n];
      },
    },
  );
  assert.ok(message);
  return { executed, message };
}
/** The message must be the summary of what was done in the end. */
function agrees({ executed, message }: Signed, expirationDelta = 0): AccountDelta {
  const { inputs, account, outputs } = executed;
  const delta = deltaOf(executed);
  assert.deepEqual(
    summaryCommitment({
      blockNumber: inputs.block.number,
      blockCommitment: blockCommitment(inputs.block),
      expirationDelta,
      salt: [account.nonce, 0n, 0n, 0n, 0n, 0n],
      delta: delta.commitment,
      inputNotes: inputNotesCommitment((inputs.notes ?? []).map(inputCommitment)),
      outputNotes: outputNotesCommitment(outputs.map(({ note }) => note.header)),
    }),
    message,
  );
  assert.deepEqual(AccountDelta.fromBytes(delta.toBytes()), delta);
  return delta;
}
const holding = (...assets: readonly Asset[]): Account => wallet(assets, { ...own, slots });

test('an account that only counts', () => {
  const delta = agrees(signed({ account: holding() }));
  assert.deepEqual([delta.added, delta.removed, delta.slots, delta.code], [[], [], [], undefined]);
});

test('a new account tells of its code and of all its slots', () => {
  const delta = agrees(signed({ account: newAccount({ ...own, slots }) }));
  assert.equal(delta.slots.length, 4);
  assert.ok(delta.code);
  const plain = agrees(signed({ account: newAccount({ ...own, slots: [] }) }));
  assert.equal(plain.slots.length, 0);
});

test('assets that come and go, and as much of one as before', () => {
  const account = holding(coins(100n), coins(5n, 1), jewel('a'), jewel('b'));
  const target = newAccount({ seed: 4 }).id;
  const sent = p2id(account.id, target, [coins(40n), jewel('a'), coins(2n, 1)]);
  const received = p2id(target, account.id, [jewel('c'), coins(2n, 1), coins(1n)], 2n);
  const delta = agrees(
    signed({
      account,
      ...blockWith([received]),
      script: sending([sent]),
      recipients: [sent.recipient],
    }),
  );
  assert.deepEqual(new Set(delta.added), new Set([jewel('c')]));
  assert.deepEqual(new Set(delta.removed), new Set([coins(39n), jewel('a')]));
});

test('a unique asset in place of another of the same id comes and goes', () => {
  const account = holding();
  const own = Asset.unique(account.id, new TextEncoder().encode('mine'));
  const other = new Asset(own.id, [...own.value.slice(0, 3), own.value[3] ^ 1n] as unknown as Word);
  const holder = holding(own);
  const note = p2id(account.id, newAccount({ seed: 4 }).id, [own]);
  // The one goes into a note, the other is minted.
  const body = `dropw
    ${word(note.recipient.digest)} push.0.7 call.wallet::create_note movdn.5 dropw drop
    push.0.0.0.0.0.0.0 movup.7 ${asset(own)} call.wallet::move_asset_to_note dropw dropw dropw dropw
    ${asset(other)} call.component::mint dropw dropw dropw dropw`;
  const delta = agrees(
    signed({
      account: holder,
      script: script(body, ['component', 'kiln::standards::wallet'], [component]),
      recipients: [note.recipient],
    }),
  );
  assert.deepEqual([delta.added, delta.removed], [[other], [own]]);
});

test('slots and maps, whatever is set in whatever order', () => {
  const key = fc.bigInt({ min: 5n, max: 9n }).map((x): Word => [x, 0n, 0n, 0n]);
  const value = fc
    .bigInt({ min: 0n, max: 2n })
    .map((x): Word => (x === 0n ? EMPTY_WORD : [6n + x, 7n, 7n, 7n]));
  const change = fc.oneof(
    fc
      .tuple(fc.constantFrom(...VALUES), value)
      .map(([name, to]) => `${word(to)} ${idOf(name)} call.component::set`),
    fc
      .tuple(fc.constantFrom(...MAPS), key, value)
      .map(([name, at, to]) => `${word(to)} ${word(at)} ${idOf(name)} call.component::set_entry`),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.boolean(), (lines, isNew) => {
      agrees(
        signed({
          account: isNew ? newAccount({ ...own, slots }) : holding(),
          ...(lines.length > 0 && { script: calling(lines) }),
        }),
      );
    }),
    { numRuns: 30 },
  );
});

test('an upgrade of the code is signed', () => {
  const account = holding();
  const { code } = account;
  const upgrade = AccountCode.of(code.procedures[0], code.procedures.slice(1, 3), code.forests);
  const delta = agrees(
    signed({
      account,
      upgrade,
      script: calling([`padw ${word(upgrade.commitment)} call.component::upgrade`]),
    }),
  );
  assert.ok(delta.code && wordsEqual(delta.code, upgrade.commitment));
});

test('when the transaction expires is signed', () => {
  const body = 'push.20 exec.tx::update_expiration_delta';
  agrees(signed({ account: holding(), script: script(body, ['kiln::protocol::tx']) }), 20);
});

test('bytes of a delta that are none', () => {
  const delta = agrees(signed({ account: newAccount({ ...own, slots }) }));
  const bytes = delta.toBytes();
  assert.throws(() => AccountDelta.fromBytes(bytes.slice(0, -1)), { kind: 'malformed' });
  assert.throws(() => AccountDelta.fromBytes(bytes.with(0, 9)), { kind: 'malformed' });
  const id = newAccount().id;
  const two = new AccountDelta({ id, added: [jewel('a'), coins(1n)] });
  const [low, high] = two.added;
  const unsorted = Object.assign(new AccountDelta({ id }), { added: [high, low] });
  assert.throws(() => AccountDelta.fromBytes(unsorted.toBytes()), /not in order/);
  const twice = Object.assign(new AccountDelta({ id }), { added: [low, low] });
  assert.throws(() => AccountDelta.fromBytes(twice.toBytes()), /twice/);
  const swapped = Object.assign(new AccountDelta({ id }), { slots: [...delta.slots].reverse() });
  assert.throws(() => AccountDelta.fromBytes(swapped.toBytes()), /not in order/);
});

/** Procedures that change what a summary tells of; all others only look. */
const CHANGING: ReadonlySet<keyof typeof KERNEL_API> = new Set([
  'account::set_item',
  'account::set_map_item',
  'account::add_asset',
  'account::remove_asset',
  'account::upgrade',
  'faucet::mint',
  'faucet::burn',
  'output_note::create',
  'output_note::send_many',
  'output_note::add_asset',
  'output_note::add_attachment',
  'tx::update_expiration_delta',
]);
/** Those that authentication cannot call again, or that change nothing of the summary. */
const HARMLESS =
  /^(.*::(get_|has_|compute_|is_|was_).*|input_note::remove_.*|output_note::seal|tx::prepare_fpi|tx::exec_foreign_proc|account::incr_nonce)$/;

/** An account whose authentication is this code, after the nonce was incremented. */
const authenticating = (body: string): Account => {
  const library = componentOf(
    `use ::kiln::protocol::account pub proc authenticate dropw exec.account::incr_nonce drop ${body} end`,
  );
  return wallet([], { component: library, slots, ownAuth: procedure(library, '::component::authenticate') });
};
const refuses = (why: RegExp, act: () => void) =>
  assert.throws(act, (error) => {
    assert.ok(error instanceof ProtocolError, String(error));
    assert.match(`${error.message}\n${error.details}`, why);
    return true;
  });

test('after the summary nothing that it tells of can change', () => {
  const { block } = blockWith();
  for (const [name, offset] of Object.entries(KERNEL_API)) {
    if (!CHANGING.has(name as keyof typeof KERNEL_API)) {
      assert.match(name, HARMLESS);
      continue;
    }
    const account = authenticating(
      `exec.account::compute_delta_commitment dropw push.${offset} syscall.exec_kernel_proc drop`,
    );
    refuses(/nothing may change after/, () => executeTransaction(kernel, { account, block }));
  }
});

test('the summary comes after the nonce, and again as it was', () => {
  const { block } = blockWith();
  const early = componentOf(
    `use ::kiln::protocol::account
     pub proc authenticate dropw exec.account::incr_nonce drop end
     pub proc early exec.account::compute_delta_commitment dropw end`,
  );
  const kind = { component: early, slots: [], ownAuth: procedure(early, '::component::authenticate') };
  refuses(/once the nonce was incremented/, () =>
    executeTransaction(kernel, {
      account: wallet([], kind),
      block,
      script: script('call.component::early', ['component'], [early]),
    }),
  );
  refuses(/only the account's own procedures/, () =>
    executeTransaction(kernel, {
      account: wallet([], kind),
      block,
      script: script('exec.account::compute_delta_commitment dropw push.1 drop', ['kiln::protocol::account']),
    }),
  );
  const twice = authenticating(
    'exec.account::compute_delta_commitment exec.account::compute_delta_commitment assert_eqw',
  );
  executeTransaction(kernel, { account: twice, block });
});

test('a host that lies while the summary is made', () => {
  const account = holding(coins(100n), coins(5n, 1), jewel('a'));
  const lines = [
    ...[coins(1n), coins(1n, 1)].map((each) => `${asset(each)} call.component::take`),
    ...MAPS.flatMap((name) =>
      [5n, 7n].map(
        (at) => `${word([1n, 2n, 3n, 4n])} ${word([at, 0n, 0n, 0n])} ${idOf(name)} call.component::set_entry`,
      ),
    ),
  ];
  const inputs = { account, block: blockWith().block, script: calling(lines) };
  const lie = (event: 'ledgerOrder' | 'mapOrder', tell: (values: bigint[]) => bigint[]) => {
    const host = new TransactionHost(account, kernel, { signature: () => [0n] });
    const honest = host.handlers.get(KERNEL_EVENT_IDS[event])!;
    const handlers = new Map(host.handlers).set(KERNEL_EVENT_IDS[event], (view) =>
      honest(view).map((each) =>
        each.kind === 'stack' ? { ...each, values: tell([...each.values]) } : each,
      ),
    );
    const advice = transactionAdvice(inputs, kernel.procedures);
    const stack = publicInputs(inputs);
    execute(transactionProgram(kernel, inputs), { stack, advice }, { host: { handlers } });
    return host;
  };
  // What was taken goes nowhere, which is seen after the summary.
  assert.throws(() => lie('ledgerOrder', (values) => values), /went nowhere/);
  assert.throws(() => lie('ledgerOrder', ([x]) => [x, x]), /do not ascend/);
  assert.throws(() => lie('ledgerOrder', ([x, y]) => [y, x]), /do not ascend/);
  assert.throws(() => lie('ledgerOrder', ([x]) => [x, 9n]), /no such entry/);
  assert.throws(() => lie('mapOrder', ([, x]) => [1n, x]), /left out/);
  assert.throws(() => lie('mapOrder', ([n, x, y]) => [n, y, x]), /do not ascend/);
  assert.throws(() => lie('mapOrder', ([n, x]) => [n, x, 9n]), /no such entry/);
  assert.throws(() => lie('mapOrder', () => [1n, 0n]), /another storage map's|left out/);
});
