import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { AccountCode } from '../../core/protocol/account/account-code.ts';
import { slotId } from '../../core/protocol/account/slot-name.ts';
import type { StorageSlot } from '../../core/protocol/account/storage.ts';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { type ProtocolConfig, protocolConfigCommitment } from '../../core/protocol/block/protocol-config.ts';
import { commit } from '../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import type { TransactionScript } from '../../core/protocol/executor/transaction-inputs.ts';
import { KERNEL_API } from '../../core/protocol/kernel-api.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import { api, attempt, doing, open, own } from './hostile.ts';
import {
  AUTH,
  blockWith,
  componentOf,
  foreignIn,
  newAccount,
  p2id,
  procedure,
  script,
  wallet,
} from './transactions.ts';

// Who may call what of the kernel: every procedure, from everywhere code can run.

type Procedure = keyof typeof KERNEL_API;
/** The account's own procedures, those once the nonce was incremented, its authentication while it runs, everybody. */
type Access = 'own' | 'summing' | 'authentication' | 'everybody';

interface Rule {
  readonly access: Access;
  /** Arguments, top first. */
  readonly args?: readonly bigint[];
  /** Or assembly that puts so many of them on the stack. */
  readonly puts?: readonly [count: number, text: string];
  /** Whether it is for the native account's procedures, or while it is the active one. */
  readonly native?: true;
  /** What the account's procedures do so that the call works, and that the transaction ends well. */
  readonly before?: string;
  readonly after?: string;
}

const VALUE: Word = [9n, 8n, 7n, 6n];
const slots: readonly StorageSlot[] = [
  { name: 'a::value', kind: 'value', value: EMPTY_WORD },
  { name: 'a::map', kind: 'map', map: new StorageMap() },
];
const idOf = (name: string): bigint[] => [slotId(name).suffix, slotId(name).prefix];
const [VALUE_SLOT, MAP_SLOT] = slots.map(({ name }) => idOf(name));
const ANY = (count: number): bigint[] => Array<bigint>(count).fill(0n);

const faucet = newAccount({ seed: 9 }).id;
const coin = Asset.fungible(faucet, 1n);
const asset = ({ id, value }: Asset): bigint[] => [...id.word, ...value];
const kind = { auth: 'none', slots, component: open } as const;
const owner = wallet([Asset.fungible(faucet, 100n)], kind);
const upgrade = AccountCode.of(AUTH.none, [procedure(open, '::component::run')], owner.code.forests);

const config: ProtocolConfig = {
  feeAsset: coin.id,
  transactionKernel: EMPTY_WORD,
  batchKernel: EMPTY_WORD,
  blockKernel: EMPTY_WORD,
  proofs: EMPTY_WORD,
};

/** Another account with the same procedure, and a call of it. */
const abroad = wallet([], { ...kind, seed: 7 });
const { accountRoot, foreign } = foreignIn([abroad]);
const OTHER = [abroad.id.suffix, abroad.id.prefix, ...procedure(open, '::component::run')];
const header = { protocolConfig: protocolConfigCommitment(config), accountRoot };

const everybody = (args: readonly bigint[] = [], more: Partial<Rule> = {}): Rule => ({
  access: 'everybody',
  args,
  ...more,
});
const owned = (args: readonly bigint[] = [], more: Partial<Rule> = {}): Rule => ({
  access: 'own',
  args,
  ...more,
});
const native = (rule: Rule): Rule => ({ ...rule, native: true });
const CREATE = own('output_note::create', 7n, 0n, ...VALUE);
/** A list of one note to make. */
const LISTED: readonly [Word, Word] = [[0n, 0n, 7n, 0n], VALUE];
const LIST = commit(ProtocolDomain.NOTES_TO_SEND, LISTED.flat());
const word = (elements: Word): string => `push.[${elements.join(', ')}]`;
/** Of a note made: the first. */
const made = (args: readonly bigint[], more: Partial<Rule> = {}): Rule =>
  everybody(args, { before: CREATE, ...more });
/** Of a note consumed: the first, by its index. */
const consumed = everybody([0n, 0n, ...ANY(6)]);

/** An asset of whatever account runs this. */
const ISSUED = [
  8,
  `push.0.0.0.1 push.0.${KERNEL_API['account::get_id']} syscall.exec_kernel_proc add.17 push.0.0`,
] as const;
const issued = (name: Procedure): string =>
  `${ISSUED[1]} push.${KERNEL_API[name]} call.component::run ${'drop '.repeat(9)}`;

const RULES: Readonly<Record<Procedure, Rule>> = {
  'account::get_initial_commitment': native(owned(ANY(3))),
  'account::compute_commitment': native(owned(ANY(3))),
  'account::get_id': everybody(ANY(1)),
  'account::get_nonce': owned(),
  'account::incr_nonce': { access: 'authentication' },
  'account::get_code_commitment': owned(ANY(3)),
  'account::get_initial_storage_commitment': native(owned(ANY(3))),
  'account::compute_storage_commitment': owned(ANY(3)),
  'account::get_item': owned([...VALUE_SLOT, 0n]),
  'account::get_initial_item': native(owned([...VALUE_SLOT, 0n])),
  'account::set_item': native(owned([...VALUE_SLOT, ...VALUE])),
  'account::get_map_item': owned([...MAP_SLOT, ...VALUE]),
  'account::get_initial_map_item': native(owned([...MAP_SLOT, ...VALUE])),
  'account::set_map_item': native(owned([...MAP_SLOT, ...VALUE, ...VALUE])),
  'account::has_storage_slot': owned(VALUE_SLOT),
  'account::get_initial_vault_root': native(owned(ANY(3))),
  'account::get_vault_root': owned(ANY(3)),
  'account::add_asset': native(owned(asset(coin), { before: own('account::remove_asset', ...asset(coin)) })),
  'account::remove_asset': native(owned(asset(coin), { after: own('account::add_asset', ...asset(coin)) })),
  'account::get_asset': owned(coin.id.word),
  'account::get_initial_asset': native(owned(coin.id.word)),
  'account::compute_delta_commitment': native({ access: 'summing', args: ANY(3) }),
  'account::upgrade': native(owned([...upgrade.commitment, ...EMPTY_WORD])),
  'account::get_code_upgrade_commitment': native(owned(ANY(3))),
  'account::get_num_procedures': owned(),
  'account::get_procedure_root': owned(ANY(3)),
  'account::was_procedure_called': native(owned(VALUE)),
  'account::has_procedure': owned(VALUE),
  'faucet::mint': native(owned([], { puts: ISSUED, after: issued('faucet::burn') })),
  'faucet::burn': native(owned([], { puts: ISSUED, before: issued('faucet::mint') })),
  'input_note::get_metadata': consumed,
  'input_note::get_recipient': consumed,
  'input_note::get_assets': consumed,
  'input_note::get_asset': consumed,
  // By the note's index; its own script may do it too, see below.
  'input_note::remove_asset': native(owned([0n, ...asset(coin), 0n])),
  'input_note::remove_all_assets': native(owned([0n, 0n])),
  'input_note::get_attachments_commitment': consumed,
  'input_note::get_script_root': consumed,
  'input_note::get_storage': consumed,
  'input_note::get_serial': consumed,
  'input_note::get_id': consumed,
  'output_note::create': native(owned([7n, 0n, ...VALUE])),
  'output_note::get_metadata': made([0n, ...ANY(3)]),
  'output_note::get_recipient': made([0n, ...ANY(3)]),
  'output_note::get_assets': made([0n, ...ANY(3)]),
  'output_note::get_attachments_commitment': made([0n, ...ANY(3)]),
  'output_note::add_asset': native(
    made([...asset(coin), 0n], {
      before: `${CREATE} ${own('account::remove_asset', ...asset(coin))}`,
    }),
  ),
  'output_note::add_attachment': native(made([1n, ...VALUE, 0n])),
  'output_note::seal': native(made([0n])),
  'output_note::is_sealed': made([0n]),
  'tx::get_input_note_count': everybody(),
  'tx::get_input_notes_commitment': everybody(ANY(3)),
  'tx::get_output_note_count': everybody(),
  'tx::get_output_notes_commitment': everybody(ANY(3)),
  'tx::get_block_commitment': everybody([3n, ...ANY(2)]),
  'tx::get_block_number': everybody(),
  'tx::get_block_timestamp': everybody(),
  'tx::prepare_fpi': everybody([...OTHER, 0n]),
  'tx::exec_foreign_proc': everybody([BigInt(KERNEL_API['tx::get_block_number']), ...ANY(14)], {
    before: api('tx::prepare_fpi', ...OTHER, 0n),
  }),
  'tx::get_expiration_delta': everybody(),
  'tx::update_expiration_delta': everybody([5n]),
  'tx::get_script_root': everybody(ANY(3)),
  'tx::compute_fee': everybody([0n, ...EMPTY_WORD]),
  'tx::get_fee_asset_id': everybody(ANY(3)),
  'output_note::send_many': native(
    owned([...LIST, 1n, BigInt(LISTED.flat().length)], {
      before: `${word(LISTED[0])} mem_storew_le.0 dropw ${word(LISTED[1])} mem_storew_le.4 dropw
      push.8.0 ${word(LIST)} adv.insert_mem dropw drop drop`,
    }),
  ),
};

/** One call of a procedure, by the text `how` that makes the syscall. */
function calling(name: Procedure, how: string): string {
  const {
    args = [],
    puts = [
      args.length,
      args
        .toReversed()
        .map((each) => `push.${each}`)
        .join(' '),
    ],
  } = RULES[name];
  return `${puts[1]} push.${KERNEL_API[name]} ${how} ${'drop '.repeat(puts[0] + 1)}`;
}
/** The same between what makes it work. */
const using = (name: Procedure, how: string): string => {
  const { before = '', after = '' } = RULES[name];
  return `${before} ${calling(name, how)} ${after}`;
};

const BY_ACCOUNT = 'call.component::run';
const DIRECTLY = 'syscall.exec_kernel_proc';
// The same code but for a number is another procedure, which is not the account's.
const stranger = componentOf('pub proc run push.7 drop syscall.exec_kernel_proc end');

const TAKE = own('account::add_asset', ...asset(coin));
// The host need not know what came of it: the words of an attachment, say.
const DEAF = { finished: () => [] };
/** Consumes a note with a coin by one script, then runs another, which takes the coin. */
function going(noted: TransactionScript, after: TransactionScript): void {
  const note = new Note({
    ...p2id(faucet, owner.id, [coin]),
    recipient: new NoteRecipient([1n, 7n, 7n, 7n], noted),
  });
  const given = blockWith([note], header);
  attempt({ account: owner, ...given, foreign, script: after, config, upgrade, lies: DEAF });
}
const inScript = (text: string): void => going(doing('nop'), doing(text, TAKE));
const inNote = (text: string): void => going(doing(text), doing(TAKE));

/** An account's authentication does it. */
function inAuthentication(name: Procedure, text: string): void {
  const increments = name === 'account::incr_nonce' ? '' : api('account::incr_nonce');
  const done = text.replaceAll(BY_ACCOUNT, 'call.run');
  const body = RULES[name].access === 'summing' ? `${increments} ${done}` : `${done} ${increments}`;
  const component = componentOf(
    `pub proc run syscall.exec_kernel_proc end
    pub proc authenticate dropw ${body} end`,
  );
  const account = wallet([Asset.fungible(faucet, 100n)], {
    ...kind,
    component,
    ownAuth: procedure(component, '::component::authenticate'),
  });
  const note = new Note({ ...p2id(faucet, account.id, [coin]) });
  attempt({ account, ...blockWith([note], header), foreign, config, upgrade, lies: DEAF });
}

const OWN = /only the account's own procedures may do this/;
const SUMMED = /what changes is summed up once the nonce was incremented/;
const RUNNING = /this is only for authentication/;
const ITSELF = /this is only for the account's authentication procedure/;

/** Where code runs, how it calls there, and why those are refused that may not. */
const PLACES: readonly {
  readonly where: string;
  readonly how: string;
  readonly run: (text: string, name: Procedure) => void;
  readonly refused: Partial<Record<Access, RegExp>>;
}[] = [
  {
    where: 'a script',
    how: DIRECTLY,
    run: inScript,
    refused: { own: OWN, summing: OWN, authentication: RUNNING },
  },
  {
    where: 'a note’s script',
    how: DIRECTLY,
    run: inNote,
    refused: { own: OWN, summing: OWN, authentication: RUNNING },
  },
  {
    where: 'the account’s procedure that a script calls',
    how: BY_ACCOUNT,
    run: inScript,
    refused: { summing: SUMMED, authentication: RUNNING },
  },
  {
    where: 'the account’s procedure that a note’s script calls',
    how: BY_ACCOUNT,
    run: inNote,
    refused: { summing: SUMMED, authentication: RUNNING },
  },
  {
    where: 'authentication',
    how: DIRECTLY,
    run: (text, name) => inAuthentication(name, text),
    refused: {},
  },
  {
    where: 'the account’s procedure that authentication calls',
    how: BY_ACCOUNT,
    run: (text, name) => inAuthentication(name, text),
    refused: { authentication: ITSELF },
  },
];

const rows = Object.entries(RULES) as [Procedure, Rule][];
assert.deepEqual(Object.keys(RULES).sort(), Object.keys(KERNEL_API).sort());

for (const { where, how, run, refused } of PLACES) {
  test(`what ${where} may call, and what not`, () => {
    for (const [name, { access }] of rows) {
      const why = refused[access];
      if (why) assert.throws(() => run(calling(name, how), name), why, name);
      else assert.doesNotThrow(() => run(using(name, how), name), name);
    }
  });
}

test('the procedure of another account is not the account’s', () => {
  for (const [name, { access }] of rows) {
    const other = script(calling(name, BY_ACCOUNT), ['component'], [stranger]);
    const why = { own: OWN, summing: OWN, authentication: RUNNING, everybody: undefined }[access];
    if (why) assert.throws(() => going(doing('nop'), other), why, name);
  }
});

test('what a foreign account’s procedure may call, and what not', () => {
  for (const [name, rule] of rows) {
    const itself = name.startsWith('tx::');
    const component = componentOf(
      `pub proc run syscall.exec_kernel_proc end
      pub proc act ${(itself ? using : calling)(name, DIRECTLY).replaceAll(BY_ACCOUNT, 'call.run')} end`,
    );
    const acting = wallet([], { ...kind, component, seed: 8 });
    const known = foreignIn([abroad, acting]);
    const root = procedure(component, '::component::act');
    const call = [
      api('tx::prepare_fpi', acting.id.suffix, acting.id.prefix, ...root, 0n),
      api('tx::exec_foreign_proc', ...ANY(15)),
    ];
    const [before, after] = itself ? ['', ''] : [rule.before ?? '', rule.after ?? ''];
    const run = () =>
      attempt({
        account: owner,
        ...blockWith([p2id(faucet, owner.id, [coin])], { ...header, accountRoot: known.accountRoot }),
        foreign: known.foreign,
        script: doing(before, ...call, after),
        config,
        upgrade,
        lies: DEAF,
      });
    if (rule.native || rule.access === 'authentication')
      assert.throws(run, /foreign code, and code that is asked about an asset, only reads/, name);
    else assert.doesNotThrow(run, name);
  }
});

test('a note’s own script, and it alone, may do without its index', () => {
  for (const [name] of rows.filter(([name]) => name.startsWith('input_note::'))) {
    const rest = name === 'input_note::remove_asset' ? [...asset(coin), 0n] : ANY(7);
    const text = api(name, 1n, ...rest);
    inNote(text);
    assert.throws(() => inScript(text), /no note is being processed/, name);
  }
});

test('once its owner was told what it does, no procedure changes what a transaction does', () => {
  // What authentication calls after that, the advice says.
  const component = componentOf(
    `pub proc authenticate
      dropw ${api('account::incr_nonce')} ${api('output_note::create', 7n, 0n, ...VALUE)}
      ${api('account::compute_delta_commitment', ...ANY(3))}
      adv_pushw adv_pushw adv_pushw adv_pushw syscall.exec_kernel_proc dropw dropw dropw dropw
    end`,
  );
  const account = wallet([Asset.fungible(faucet, 100n)], {
    ...kind,
    component,
    ownAuth: procedure(component, '::component::authenticate'),
  });
  const given = blockWith([p2id(faucet, account.id, [coin])], {
    protocolConfig: protocolConfigCommitment(config),
  });
  const calls = (name: Procedure): readonly bigint[] => {
    const { args = [], puts } = RULES[name];
    const takes = puts ? asset(Asset.fungible(account.id, 1n)) : args;
    const all = [BigInt(KERNEL_API[name]), ...takes, ...ANY(15)].slice(0, 16);
    const told = [12, 8, 4, 0].flatMap((at) => all.slice(at, at + 4));
    return attempt({ account, ...given, config, upgrade, lies: DEAF, advice: (stack) => [...stack, ...told] })
      .stack;
  };
  const honest = calls('tx::get_block_number');
  const refused: Procedure[] = [];
  for (const [name] of rows) {
    try {
      assert.deepEqual(calls(name), honest, name);
    } catch (error) {
      const why =
        name === 'tx::exec_foreign_proc' ? /no call of/ : /nothing may change after|incremented already/;
      assert.match(String(error), why, name);
      refused.push(name);
    }
  }
  assert.ok(refused.includes('account::set_item') && refused.includes('tx::update_expiration_delta'));
});
