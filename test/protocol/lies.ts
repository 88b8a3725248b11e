import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Felt, MODULUS } from '../../core/field/felt.ts';
import { EMPTY_WORD, type Word, wordKey, wordsEqual } from '../../core/hash/word.ts';
import { PartialMmr } from '../../core/merkle/partial-mmr.ts';
import { AccountCode } from '../../core/protocol/account/account-code.ts';
import { slotId } from '../../core/protocol/account/slot-name.ts';
import type { StorageSlot } from '../../core/protocol/account/storage.ts';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import type { FalconSigner } from '../../core/protocol/auth/falcon512-sign.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import { type ProtocolConfig, protocolConfigCommitment } from '../../core/protocol/block/protocol-config.ts';
import { transactionAdvice } from '../../core/protocol/executor/advice.ts';
import type { Authenticator } from '../../core/protocol/executor/authentication.ts';
import { publicInputs, transactionProgram } from '../../core/protocol/executor/execute-transaction.ts';
import { ForeignHost } from '../../core/protocol/executor/foreign-host.ts';
import { TransactionHost } from '../../core/protocol/executor/host.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { KERNEL_API } from '../../core/protocol/kernel-api.ts';
import { keyOf } from '../../core/protocol/standards/auth-key.ts';
import { knowing, signingWith, together } from '../../core/protocol/standards/authenticators.ts';
import { sendingNotes } from '../../core/protocol/standards/send-notes.ts';
import type { AdviceInputs, AdviceMutation, InnerNode } from '../../core/vm/advice/inputs.ts';
import { ExecutionError } from '../../core/vm/errors.ts';
import { execute } from '../../core/vm/execute.ts';
import type { EventHandler } from '../../core/vm/host.ts';
import { CALLING } from './calling.ts';
import { api, doing, open, own } from './hostile.ts';
import { ISSUING } from './issuing.ts';
import { falconKey, falconOf, multisigOf, signer, walletWith } from './owners.ts';
import {
  AUTH,
  blockWith,
  componentOf,
  foreignIn,
  kernel,
  newAccount,
  p2id,
  procedure,
  SECRET,
  sending,
  wallet,
} from './transactions.ts';

// Whatever host and advice say, a transaction ends as it would have, or not at all.

const faucet = newAccount({ seed: 9 }).id;
const other = newAccount({ seed: 8 }).id;
const coins = [Asset.fungible(faucet, 40n), Asset.fungible(other, 3n)];
const unique = (name: string): Asset => Asset.unique(faucet, new TextEncoder().encode(name));
const jewel = unique('a jewel');
const jewels = Array.from({ length: 13 }, (_, i) => unique(`jewel ${i}`));
const alice = wallet([...coins, jewel]);
const bob = wallet([Asset.fungible(other, 1n)], { seed: 2 });
const note = p2id(alice.id, bob.id, [coins[0], jewel, coins[1]]);

const MAPS = ['a::map', 'another::map'] as const;
const idOf = (name: string): [Felt, Felt] => [slotId(name).suffix, slotId(name).prefix];
const KEYS: readonly Word[] = [
  [1n, 2n, 3n, 4n],
  [5n, 0n, 0n, 4n],
  [6n, 0n, 0n, 9n],
];
const [ONE, TWO]: readonly Word[] = [
  [1n, 0n, 0n, 0n],
  [9n, 8n, 7n, 6n],
];
const slots: readonly StorageSlot[] = [
  { name: 'a::value', kind: 'value', value: ONE },
  { name: MAPS[0], kind: 'map', map: new StorageMap(KEYS.slice(0, 2).map((key) => [key, ONE])) },
  { name: MAPS[1], kind: 'map', map: new StorageMap() },
];
const kind = { auth: 'none', slots, component: open } as const;
const keeper = wallet([coins[0]], kind);
const upgrade = AccountCode.of(AUTH.none, [procedure(open, '::component::run')], keeper.code.forests);

const set = (map: string, key: Word, value: Word): string =>
  own('account::set_map_item', ...idOf(map), ...key, ...value);
const get = (map: string, key: Word): string => own('account::get_map_item', ...idOf(map), ...key);
const STORAGE = [
  get(MAPS[0], KEYS[0]),
  set(MAPS[0], KEYS[1], TWO),
  set(MAPS[1], KEYS[0], ONE),
  own('account::compute_storage_commitment', 0n, 0n, 0n),
  set(MAPS[0], KEYS[0], EMPTY_WORD),
  set(MAPS[0], KEYS[2], TWO),
  get(MAPS[1], KEYS[2]),
  own('account::set_item', ...idOf('a::value'), ...TWO),
];

const asset = ({ id, value }: Asset): Felt[] => [...id.word, ...value];
const issued = Asset.fungible(keeper.id, 5n);
const own1 = Asset.unique(keeper.id, Uint8Array.of(1));
const ISSUE = [
  own('faucet::mint', ...asset(issued)),
  own('faucet::mint', ...asset(own1)),
  own('account::add_asset', ...asset(own1)),
  own('account::get_vault_root', 0n, 0n, 0n),
  own('account::add_asset', ...asset(issued)),
  own('account::remove_asset', ...asset(Asset.fungible(keeper.id, 2n))),
  own('faucet::burn', ...asset(Asset.fungible(keeper.id, 2n))),
  own('account::get_initial_asset', ...coins[0].id.word),
];
const WORDS: Word = [4n, 3n, 2n, 1n];
const MAKE = [
  own('output_note::create', 7n, 1n, ...TWO),
  api('output_note::add_attachment', 3n, ...WORDS, 0n),
  own('account::remove_asset', ...asset(coins[0])),
  api('output_note::add_asset', ...asset(coins[0]), 0n),
  api('output_note::seal', 0n),
  api('tx::update_expiration_delta', 5n),
];

const config: ProtocolConfig = {
  feeAsset: coins[0].id,
  transactionKernel: ONE,
  batchKernel: ONE,
  blockKernel: ONE,
  proofs: TWO,
};
/** A note of an older block, while a script asks for another one, for the fee's asset and for the fee. */
function chained(): TransactionInputs {
  const old = blockWith([note], { number: 1 });
  const chain = new PartialMmr();
  for (const [commitment, kept] of [
    [ONE, true],
    [blockCommitment(old.block), true],
    [TWO, false],
  ] as const)
    chain.add(commitment, kept);
  const header = {
    number: 3,
    chain: chain.commitment,
    protocolConfig: protocolConfigCommitment(config),
    baseFee: 1,
  };
  const asking = [
    api('tx::get_block_commitment', 0n, 0n, 0n),
    api('tx::get_fee_asset_id', 0n, 0n, 0n),
    api('tx::compute_fee', 5n, ...EMPTY_WORD),
  ];
  return {
    account: bob,
    block: blockWith([], header).block,
    notes: old.notes,
    chain,
    config,
    script: doing(...asking),
  };
}

const many = [0, 1].map((i) =>
  p2id(alice.id, bob.id, [Asset.fungible(faucet, 5n), ...jewels.slice(6 * i, 6 * i + 6)], BigInt(i)),
);
const block = blockWith().block;

/** Owners that agree to one transaction, the first that they see: the honest one. */
function agreeing(...signers: readonly FalconSigner[]): Authenticator {
  const { signature } = signingWith(...signers);
  const given = new Map<string, readonly Felt[] | undefined>();
  let agreed: Word | undefined;
  return {
    signature: (key, message) => {
      agreed ??= message;
      if (!wordsEqual(message, agreed)) return undefined;
      const known = given.get(wordKey(key)) ?? signature!(key, message);
      given.set(wordKey(key), known);
      return known;
    },
  };
}
const [first, second, third] = [1, 2, 3].map(signer);
const signed = walletWith(falconOf(first), coins);
const shared = walletWith(multisigOf(2, [first, second, third].map(falconKey)), coins);
const paying = walletWith(multisigOf(2, [falconKey(first), keyOf(WORDS), keyOf(TWO)]), [
  Asset.fungible(faucet, 500n),
]);
const listed = [coins[0], coins[1], coins[1], jewel].map((each, i) => {
  const { amount, id } = each;
  const paid = id.composition === 'unique' ? each : new Asset(id, [amount / 2n || 1n, 0n, 0n, 0n]);
  return p2id(alice.id, bob.id, [paid], BigInt(i));
});

// What a foreign account holds goes into the account's own storage; and an issuer says how much of its coin may come.
const ASKED = 'kiln::protocol::faucet::callback::on_before_asset_added_to_account';
const careful = componentOf(`
  use ::kiln::protocol::account
  const LIMIT = word("a::limit")
  pub proc check
    push.LIMIT[0..2] exec.account::get_item movdn.3 drop drop drop
    dup.5 swap lte assert.err="the issuer allows less"
  end`);
const oracle = wallet([coins[0]], { ...kind, seed: 6 });
const issuer = wallet([], {
  auth: 'none',
  component: careful,
  slots: [
    { name: 'a::limit', kind: 'value', value: [40n, 0n, 0n, 0n] },
    { name: ASKED, kind: 'value', value: procedure(careful, '::component::check') },
  ],
  callbacks: true,
  seed: 7,
});
const abroad = foreignIn([oracle, issuer]);
const granted = Asset.fungible(issuer.id, 40n);
const asking = (name: keyof typeof KERNEL_API, ...args: readonly Felt[]): string => {
  const { suffix, prefix } = oracle.id;
  const given = [BigInt(KERNEL_API[name]), ...args];
  const rest = Array<Felt>(15 - given.length).fill(0n);
  const all = [BigInt(KERNEL_API['tx::exec_foreign_proc']), ...given, ...rest];
  const [slotSuffix, slotPrefix] = idOf('a::value');
  return `${api('tx::prepare_fpi', suffix, prefix, ...procedure(open, '::component::run'), 0n)}
    ${all
      .toReversed()
      .map((each) => `push.${each}`)
      .join(' ')} syscall.exec_kernel_proc
    push.${slotPrefix}.${slotSuffix}.${KERNEL_API['account::set_item']} call.component::run ${'drop '.repeat(19)}`;
};

interface Transaction extends TransactionInputs {
  readonly what: string;
  readonly authenticator?: Authenticator;
}
const TRANSACTIONS: readonly Transaction[] = [
  { what: 'a note is consumed', account: bob, ...blockWith([note]) },
  { what: 'an account is made', account: newAccount({ seed: 3 }), block },
  { what: 'a note is made', account: alice, block, script: sending([note]) },
  {
    what: 'an account with maps is made',
    account: newAccount(kind),
    block,
    script: doing(set(MAPS[1], KEYS[1], ONE), get(MAPS[0], KEYS[1])),
  },
  { what: 'storage is changed', account: keeper, block, script: doing(...STORAGE) },
  {
    what: 'code is upgraded',
    account: keeper,
    block,
    script: doing(own('account::upgrade', ...upgrade.commitment, ...EMPTY_WORD)),
    upgrade,
  },
  { what: 'assets are issued', account: keeper, block, script: doing(...ISSUE) },
  {
    what: 'a note with an attachment is made',
    account: keeper,
    block,
    script: { ...doing(...MAKE), map: [[WORDS, TWO]] },
  },
  { what: 'many assets are taken', account: bob, ...blockWith(many) },
  { what: 'earlier blocks are looked at', ...chained() },
  {
    what: 'notes are made from a list',
    account: alice,
    block,
    ...sendingNotes(kernel, listed, 9),
  },
  {
    what: 'a foreign account is read',
    account: keeper,
    block: blockWith([], { accountRoot: abroad.accountRoot }).block,
    foreign: abroad.foreign,
    script: doing(
      asking('account::get_map_item', ...idOf(MAPS[0]), ...KEYS[1]),
      asking('account::get_asset', ...coins[0].id.word),
      asking('account::get_item', ...idOf(MAPS[0]), 0n),
    ),
  },
  {
    what: 'an issuer is asked',
    account: bob,
    ...blockWith([p2id(alice.id, bob.id, [granted, coins[1]])], { accountRoot: abroad.accountRoot }),
    foreign: abroad.foreign,
  },
  {
    what: 'a fee is paid',
    account: alice,
    ...blockWith([p2id(bob.id, alice.id, [coins[1]])], {
      protocolConfig: protocolConfigCommitment(config),
      baseFee: 1,
    }),
    config,
  },
  {
    what: 'its owner signs it',
    account: signed,
    ...blockWith([p2id(alice.id, signed.id, [coins[1]])]),
    authenticator: agreeing(first),
  },
  {
    what: 'two of three sign it',
    account: shared,
    ...blockWith([p2id(alice.id, shared.id, [coins[1]])]),
    authenticator: agreeing(second, third),
  },
  {
    what: 'one of three signs, another knows a secret, and they pay',
    account: paying,
    ...blockWith([p2id(alice.id, paying.id, [coins[1]])], {
      baseFee: 2,
      protocolConfig: protocolConfigCommitment(config),
    }),
    config,
    authenticator: together(agreeing(first), knowing(WORDS)),
  },
  ...CALLING,
  ...ISSUING,
];

interface Run {
  readonly stack: readonly Felt[];
  readonly events: number;
}
/** Something untrue: of the advice in the beginning, or of an answer, which is given with those before it. */
interface Lie {
  readonly about: (advice: AdviceInputs) => AdviceInputs;
  readonly answer: (
    honest: readonly AdviceMutation[],
    event: number,
    events: number,
    before: readonly (readonly AdviceMutation[])[],
  ) => readonly AdviceMutation[];
}

/** Runs a transaction as it is, or with lies. */
function run(
  { authenticator, ...inputs }: Omit<Transaction, 'what'>,
  lies: readonly Lie[] = [],
  events = 0,
): Run {
  const advice = lies.reduce((told, { about }) => about(told), transactionAdvice(inputs, kernel.procedures));
  const honest = new TransactionHost(
    inputs.account,
    kernel,
    authenticator ?? { secret: () => SECRET },
    inputs.upgrade,
    new ForeignHost(inputs),
  );
  const before: (readonly AdviceMutation[])[] = [];
  const lying =
    (handler: EventHandler): EventHandler =>
    (view) => {
      const truth = handler(view);
      // Where there is nothing to answer there is nothing to lie about.
      if (truth.length === 0) return truth;
      const event = before.length;
      before.push(truth);
      return lies.reduce((told, { answer }) => answer(told, event, events, before), truth);
    };
  const handlers = new Map([...honest.handlers].map(([id, handler]) => [id, lying(handler)]));
  const done = execute(
    transactionProgram(kernel, inputs),
    { stack: publicInputs(inputs), advice },
    { host: { handlers }, maxCycles: 2 ** 18 },
  );
  return { stack: done.stack, events: before.length };
}

const felt = fc.oneof(
  fc.bigInt({ min: 0n, max: 8n }),
  fc.bigInt({ min: 0n, max: MODULUS - 1n }),
  fc.constantFrom(MODULUS - 1n, 2n ** 32n, 2n ** 63n),
);

/** Changes to a list of elements. */
const change = fc.oneof(
  fc.tuple(fc.nat(), felt).map(
    ([at, value]) =>
      (all: readonly Felt[]): readonly Felt[] =>
        all.length === 0 ? [value] : all.with(at % all.length, value),
  ),
  fc.nat().map(
    (at) =>
      (all: readonly Felt[]): readonly Felt[] =>
        all.toSpliced(at % (all.length + 1), 1),
  ),
  fc.tuple(fc.nat(), felt).map(
    ([at, value]) =>
      (all: readonly Felt[]): readonly Felt[] =>
        all.toSpliced(at % (all.length + 1), 0, value),
  ),
  fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => (all: readonly Felt[]): readonly Felt[] => {
    const [i, j] = [a % (all.length || 1), b % (all.length || 1)];
    return all.length < 2 ? all : all.with(i, all[j]).with(j, all[i]);
  }),
);
type Change = (all: readonly Felt[]) => readonly Felt[];
const nodesOf = (nodes: Iterable<InnerNode>, at: number, told: Change): InnerNode[] =>
  [...nodes].map((each, i, { length }) => (i === at % length ? changedNode(each, told) : each));
const changedNode = ([node, left, right]: InnerNode, told: Change): InnerNode => {
  const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = told([...left, ...right]);
  return [node, [a, b, c, d], [e, f, g, h]];
};
const entriesOf = <K>(
  entries: Iterable<readonly [K, readonly Felt[]]>,
  at: number,
  told: Change,
): (readonly [K, readonly Felt[]])[] =>
  [...entries].map((each, i, { length }) => (i === at % length ? [each[0], told(each[1])] : each));

const HONEST: Lie = { about: (advice) => advice, answer: (honest) => honest };
const about = (of: Lie['about']): Lie => ({ ...HONEST, about: of });

/** What the advice holds in the beginning: the stack, preimages, trees. */
const aboutAdvice = fc.oneof(
  change.map((told) => about(({ stack = [], ...rest }) => ({ ...rest, stack: told(stack) }))),
  fc
    .tuple(fc.nat(), change)
    .map(([at, told]) => about(({ map = [], ...rest }) => ({ ...rest, map: entriesOf(map, at, told) }))),
  fc
    .tuple(fc.nat(), change)
    .map(([at, told]) => about(({ nodes = [], ...rest }) => ({ ...rest, nodes: nodesOf(nodes, at, told) }))),
);

const changedAnswer =
  (at: number, told: Change) =>
  (answer: AdviceMutation): AdviceMutation => {
    if (answer.kind === 'nodes') return { ...answer, nodes: nodesOf(answer.nodes, at, told) };
    if (answer.kind === 'map') return { ...answer, entries: entriesOf(answer.entries, at, told) };
    return { ...answer, values: told(answer.values) };
  };
type Told = (
  honest: readonly AdviceMutation[],
  before: Parameters<Lie['answer']>[3],
) => readonly AdviceMutation[];
const answered = fc.oneof(
  // Something in it is another; a part of it is missing; an earlier answer is given again.
  fc.tuple(fc.nat(2), fc.nat(), change).map(
    ([part, at, told]): Told =>
      (honest) =>
        honest.map((each, i) => (i === part % honest.length ? changedAnswer(at, told)(each) : each)),
  ),
  change.map(
    (told): Told =>
      (honest) =>
        honest.map((each) => (each.kind === 'stack' ? changedAnswer(0, told)(each) : each)),
  ),
  fc.nat(2).map(
    (part): Told =>
      (honest) =>
        honest.filter((_, i) => i !== part),
  ),
  fc.nat().map(
    (at): Told =>
      (_, before) =>
        before[at % before.length],
  ),
);
/** What one event is answered. */
const atEvent = fc.tuple(fc.nat(), answered).map(
  ([at, told]): Lie => ({
    ...HONEST,
    answer: (honest, event, events, before) => (event === at % events ? told(honest, before) : honest),
  }),
);

/**
 * As many lies, most alone, some two or three together. The property test that they change nothing: a run with them ends with
 * the honest run's public outputs, or stops.
 */
export function tellLies(count: number): void {
  const honest = TRANSACTIONS.map((inputs) => run(inputs));
  const lie = fc.oneof(aboutAdvice, atEvent, atEvent);
  const lies = fc.oneof(
    { weight: 3, arbitrary: lie.map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(lie, { minLength: 2, maxLength: 3 }) },
  );
  const numRuns = Math.ceil(count / TRANSACTIONS.length);
  for (const [i, { what, ...inputs }] of TRANSACTIONS.entries()) {
    test(`${numRuns} lies about a transaction: ${what}`, () => {
      let stopped = 0;
      fc.assert(
        fc.property(lies, (told) => {
          try {
            assert.deepEqual(run(inputs, told, honest[i].events).stack, honest[i].stack);
          } catch (error) {
            assert.ok(error instanceof ExecutionError, String(error));
            stopped++;
          }
        }),
        { numRuns },
      );
      assert.ok(stopped > 0, 'some lies are found out');
    });
  }
}
