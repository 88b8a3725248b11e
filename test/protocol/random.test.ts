import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EMPTY_WORD, type Word, wordsEqual } from '../../core/hash/word.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { slotId } from '../../core/protocol/account/slot-name.ts';
import { AccountStorage, type StorageSlot } from '../../core/protocol/account/storage.ts';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { Vault } from '../../core/protocol/asset/vault.ts';
import { commit } from '../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { Limit } from '../../core/protocol/limits.ts';
import { Note, noteDetails } from '../../core/protocol/note/note.ts';
import { NoteAssets } from '../../core/protocol/note/note-assets.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import type { ExecutedTransaction } from '../../core/protocol/transaction/executed-transaction.ts';
import { api, doing, open, own } from './hostile.ts';
import { type Holding, Model, type Step } from './model.ts';
import { blockWith, componentOf, kernel, newAccount, p2id, procedure, wallet } from './transactions.ts';

// Transactions at random against a model that knows nothing of the kernel.

const SLOT = 'a::value';
const MAPS = ['a::map', 'another::map'] as const;
const START: Word = [1n, 0n, 0n, 0n];
const wordOf = (value: bigint): Word => [value, 0n, 0n, 0n];
const slots: readonly StorageSlot[] = [
  { name: SLOT, kind: 'value', value: START },
  { name: MAPS[0], kind: 'map', map: new StorageMap([[wordOf(1n), START]]) },
  { name: MAPS[1], kind: 'map', map: new StorageMap() },
];

// One authenticates by incrementing the nonce, the other by nothing at all.
const idle = componentOf('pub proc run syscall.exec_kernel_proc end\npub proc authenticate dropw end');
const ACCOUNTS = {
  eager: wallet([], { auth: 'none', slots, component: open }),
  idle: wallet([], { slots, component: idle, ownAuth: procedure(idle, '::component::authenticate') }),
};

const issuers = [8, 9].map((seed) => newAccount({ seed }).id);
const bytes = (name: string): Uint8Array => new TextEncoder().encode(name);
/** Amounts, of which the account issues the first; then things that there are once, likewise. */
const NAMES = ['own', 'gold', 'silver', 'own jewel', 'ruby', 'opal', 'pearl'];
const isUnique = (what: string): boolean => NAMES.indexOf(what) >= 3;
const isOwn = (what: string): boolean => what.startsWith('own');
function assetOf(account: Account, { what, amount }: Holding): Asset {
  const issuer = isOwn(what) ? account.id : issuers[NAMES.indexOf(what) % 2];
  return isUnique(what) ? Asset.unique(issuer, bytes(what)) : Asset.fungible(issuer, amount);
}

type Place = 'vault' | 'paid' | 'loose' | 'nowhere';
const PLACES: readonly Place[] = ['vault', 'paid', 'loose', 'nowhere'];
const amount = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 0n, max: 40n }) },
  { weight: 1, arbitrary: fc.constantFrom(Limit.FUNGIBLE_AMOUNT, Limit.FUNGIBLE_AMOUNT - 5n) },
);
const what = fc.constantFrom(...NAMES);
const holding = fc
  .record({ what, amount: amount.map((each) => each || 1n) })
  .map(({ what, amount }): Holding => ({ what, amount: isUnique(what) ? 1n : amount }));
const note = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(fc.constantFrom('take', 'put', 'mint', 'burn'), holding)
    .map(([kind, of]): Step => ({ kind, ...of })),
  fc.bigInt({ min: 0n, max: 99n }).map((serial): Step => ({ kind: 'make', serial })),
  {
    weight: 2,
    arbitrary: fc.tuple(note, holding).map(([at, of]): Step => ({ kind: 'give', note: at, ...of })),
  },
  note.map((at): Step => ({ kind: 'seal', note: at })),
  fc
    .array(
      fc.record({ serial: fc.bigInt({ min: 100n, max: 999n }), pays: fc.array(holding, { maxLength: 2 }) }),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    .map((notes): Step => ({ kind: 'send', notes })),
  fc.bigInt({ min: 0n, max: 2n }).map((value): Step => ({ kind: 'set', slot: SLOT, value })),
  fc
    .record({
      map: fc.constantFrom(...MAPS),
      key: fc.bigInt({ min: 0n, max: 3n }),
      value: fc.bigInt({ min: 0n, max: 2n }),
    })
    .map((entry): Step => ({ kind: 'enter', ...entry })),
);
const plan = fc.record({
  /** Of each amount: in the vault, in a note to the account, in one whose script leaves it to others. */
  amounts: fc.array(fc.record({ vault: amount, paid: amount, loose: amount }), {
    minLength: 3,
    maxLength: 3,
  }),
  /** Where each single thing is. */
  places: fc.array(fc.constantFrom(...PLACES), { minLength: 4, maxLength: 4 }),
  steps: fc.array(step, { maxLength: 12 }),
  /** Whether the transaction goes on with a step that cannot be. */
  daring: fc.nat(3).map((each) => each === 0),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

function holdings({ amounts, places }: Plan, place: 'vault' | 'paid' | 'loose'): Holding[] {
  return NAMES.flatMap((name, i): Holding[] => {
    const of = isUnique(name) ? (places[i - 3] === place ? 1n : 0n) : amounts[i][place];
    return of > 0n ? [{ what: name, amount: of }] : [];
  });
}

const idOf = (name: string): [bigint, bigint] => [slotId(name).suffix, slotId(name).prefix];
/** The transaction's script: a step after the other. */
function assembly(account: Account, each: Step): string {
  const asset = (of: Holding): bigint[] => {
    const { id, value } = assetOf(account, of);
    return [...id.word, ...value];
  };
  switch (each.kind) {
    case 'take':
      return own('account::remove_asset', ...asset(each));
    case 'put':
      return own('account::add_asset', ...asset(each));
    case 'mint':
      return own('faucet::mint', ...asset(each));
    case 'burn':
      return own('faucet::burn', ...asset(each));
    case 'make':
      return own('output_note::create', 7n, 0n, ...recipientOf(each.serial));
    case 'give':
      return api('output_note::add_asset', ...asset(each), BigInt(each.note));
    case 'seal':
      return api('output_note::seal', BigInt(each.note));
    case 'send': {
      const list = listOf(account, each);
      return own(
        'output_note::send_many',
        ...listCommitment(list),
        BigInt(each.notes.length),
        BigInt(list.length),
      );
    }
    case 'set':
      return own('account::set_item', ...idOf(each.slot), ...wordOf(each.value));
    case 'enter':
      return own('account::set_map_item', ...idOf(each.map), ...wordOf(each.key), ...wordOf(each.value));
  }
}
/** What the kernel reads of notes that are sent; of the amount of an asset that was sent before, every second time the short form. */
function listOf(account: Account, { notes }: Extract<Step, { kind: 'send' }>): bigint[] {
  let last: string | undefined;
  return notes.flatMap(({ serial, pays }) => {
    const isShort = pays.length === 1 && last === pays[0].what && serial % 2n === 0n;
    const paid = pays.at(-1)?.what;
    if (paid) last = isUnique(paid) ? undefined : paid;
    const head = [isShort ? pays[0].amount : 0n, BigInt(pays.length), 7n, 0n, ...recipientOf(serial)];
    const assets = isShort ? [] : pays.map((each) => assetOf(account, each));
    return [...head, ...assets.flatMap(({ elements }) => elements)];
  });
}
const listCommitment = (list: readonly bigint[]): Word => commit(ProtocolDomain.NOTES_TO_SEND, list);

const recipientOf = (serial: bigint): Word => [serial, 1n, 2n, 3n];

interface Case {
  readonly inputs: TransactionInputs;
  readonly model: Model;
  /** Whether every step can be. */
  readonly sound: boolean;
  /** What the account issues more than it destroys. */
  readonly issued: ReadonlyMap<string, bigint>;
}

/** A transaction of an account by a plan, and what the model says of it. */
function planned(kind: keyof typeof ACCOUNTS, given: Plan): Case {
  const { id, code, storage } = ACCOUNTS[kind];
  const assets = (of: readonly Holding[]): Asset[] => of.map((each) => assetOf(ACCOUNTS[kind], each));
  const account = new Account({
    id,
    nonce: 5n,
    code,
    storage,
    vault: new Vault(assets(holdings(given, 'vault'))),
  });
  const [paid, loose] = [holdings(given, 'paid'), holdings(given, 'loose')];
  const notes = [
    p2id(issuers[0], id, assets(paid)),
    new Note({
      ...p2id(issuers[0], id, assets(loose)),
      recipient: new NoteRecipient([9n, 9n, 9n, 9n], doing('dropw')),
    }),
  ];
  const model = new Model({
    vault: new Map(holdings(given, 'vault').map(({ what, amount }) => [what, amount])),
    slots: new Map([[SLOT, 1n]]),
    maps: new Map([
      [MAPS[0], new Map([[1n, 1n]])],
      [MAPS[1], new Map()],
    ]),
    isUnique,
    isOwn,
  });
  let sound = [...paid, ...loose].every((each) => model.receive(each));
  sound &&= paid.every((each) => model.take({ kind: 'put', ...each }));
  const steps: Step[] = [];
  const issued = new Map<string, bigint>();
  for (const each of given.steps) {
    const can = model.take(each);
    if (!can && !given.daring) continue;
    steps.push(each);
    sound &&= can;
    if (each.kind === 'mint') issued.set(each.what, (issued.get(each.what) ?? 0n) + each.amount);
    if (each.kind === 'burn') issued.set(each.what, (issued.get(each.what) ?? 0n) - each.amount);
  }
  for (const [what, amount] of [...model.hand]) {
    const rest: Step = { kind: 'put', what, amount };
    steps.push(rest);
    sound &&= model.take(rest);
  }
  // Two notes alike are none.
  const made = model.notes.map(({ serial, holds }) => `${serial}: ${[...holds].join()}`);
  sound &&= new Set(made).size === made.length;
  const map = steps.flatMap((each): [Word, bigint[]][] => {
    const list = each.kind === 'send' ? listOf(account, each) : [];
    return list.length > 0 ? [[listCommitment(list), list]] : [];
  });
  const script = { ...doing('nop', ...steps.map((each) => assembly(account, each))), map };
  return { inputs: { account, ...blockWith(notes), script }, model, sound, issued };
}

const equal = <K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);

/** What the model says of the account after. */
function expectedAfter({ account }: TransactionInputs, model: Model, increment: bigint): Account {
  const named = [...model.vault].map(([what, amount]) => assetOf(account as Account, { what, amount }));
  const storage = new AccountStorage([
    { name: SLOT, kind: 'value', value: wordOf(model.slots.get(SLOT)!) },
    ...MAPS.map(
      (name): StorageSlot => ({
        name,
        kind: 'map',
        map: new StorageMap([...model.maps.get(name)!].map(([key, value]) => [wordOf(key), wordOf(value)])),
      }),
    ),
  ]);
  const { id, nonce, code } = account as Account;
  return new Account({ id, nonce: nonce + increment, code, storage, vault: new Vault(named) });
}

const run = (inputs: TransactionInputs): ExecutedTransaction => executeTransaction(kernel, inputs);

/** Everything that goes in, by name. */
function total(assets: Iterable<readonly [string, bigint]>): Map<string, bigint> {
  const sum = new Map<string, bigint>();
  for (const [id, amount] of assets) sum.set(id, (sum.get(id) ?? 0n) + amount);
  return new Map([...sum].filter(([, amount]) => amount !== 0n));
}
const named = ({ id, amount }: Asset): [string, bigint] => [id.word.join(), amount];

test('a transaction does what the model says, or neither does anything', () => {
  let done = 0;
  fc.assert(
    fc.property(plan, (given) => {
      const { inputs, model, sound, issued } = planned('eager', given);
      if (!sound) {
        assert.throws(() => run(inputs), ProtocolError);
        return;
      }
      done++;
      const executed = run(inputs);
      const before = inputs.account as Account;
      const after = executed.account;
      const expected = expectedAfter(inputs, model, 1n);
      assert.deepEqual(after.commitment, expected.commitment);
      assert.deepEqual(after.vault.assets, expected.vault.assets);
      assert.deepEqual(before.apply(executed.patch).commitment, expected.commitment);
      const notes = model.notes.map(({ serial, holds }) => ({
        recipient: recipientOf(serial),
        assets: new NoteAssets([...holds].map(([what, amount]) => assetOf(before, { what, amount }))),
      }));
      assert.deepEqual(
        executed.outputs.map(({ note }) => note.header.details),
        notes.map(({ recipient, assets }) => noteDetails(recipient, assets.commitment)),
      );
      // And once more without the model: what came in went somewhere.
      const consumed = (inputs.notes ?? []).flatMap(({ note: each }) => each.assets.list);
      const made = executed.outputs.flatMap(({ note: each }) => each.assets.list);
      const minted = [...issued].map(([name, amount]): [string, bigint] => [
        named(assetOf(before, { what: name, amount: 1n }))[0],
        amount,
      ]);
      const [came, went] = [
        total([...[...before.vault.assets, ...consumed].map(named), ...minted]),
        total([...after.vault.assets, ...made].map(named)),
      ];
      assert.ok(equal(came, went), 'assets are conserved');
      // The same again is the same.
      const again = run(planned('eager', given).inputs);
      assert.deepEqual(
        [again.id, again.patch.commitment, again.execution.stack],
        [executed.id, executed.patch.commitment, executed.execution.stack],
      );
    }),
    { numRuns: 200 },
  );
  assert.ok(done > 20, `${done} transactions were sound`);
});

test('nothing changes without the nonce, whatever happens in between', () => {
  let unchanged = 0;
  fc.assert(
    fc.property(plan, (given) => {
      // Notes bring nothing: what they bring is a change.
      const bare = { ...given, amounts: given.amounts.map((each) => ({ ...each, paid: 0n, loose: 0n })) };
      const places = given.places.map((place) => (place === 'vault' ? place : 'nowhere'));
      const { inputs, model, sound } = planned('idle', { ...bare, places, daring: false });
      const before = inputs.account as Account;
      const { commitment } = expectedAfter(inputs, model, 0n);
      if (sound && wordsEqual(commitment, before.commitment)) {
        unchanged++;
        const { account, patch } = run(inputs);
        assert.deepEqual(account.commitment, before.commitment);
        assert.deepEqual(patch.commitment, EMPTY_WORD);
      } else assert.throws(() => run(inputs), ProtocolError);
    }),
    { numRuns: 100 },
  );
  assert.ok(unchanged > 5, `${unchanged} transactions changed nothing`);
});
