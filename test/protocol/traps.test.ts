import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { readText } from '../../cli/files.ts';
import { filesIn } from '../../cli/libraries.ts';
import { MODULUS } from '../../core/field/felt.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../core/hash/word.ts';
import { PartialMmr } from '../../core/merkle/partial-mmr.ts';
import { runAtOnce } from '../../core/pace.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { searchingSeed } from '../../core/protocol/account/id-seed.ts';
import { slotId } from '../../core/protocol/account/slot-name.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { commit, commitList } from '../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import {
  FROM_ACCOUNT_CODE,
  KERNEL_EVENT_IDS,
  type KernelEvent,
} from '../../core/protocol/kernel/kernel-events.ts';
import { Limit } from '../../core/protocol/limits.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import { accountTag } from '../../core/protocol/note/note-tag.ts';
import { transactionData } from '../../core/protocol/transaction/executed-transaction.ts';
import { inputCommitment } from '../../core/protocol/transaction/note-lists.ts';
import { TransactionData } from '../../core/protocol/transaction/transaction-data.ts';
import { api, attempt, doing, open, own } from './hostile.ts';
import {
  blockWith,
  componentOf,
  kernel,
  newAccount,
  p2id,
  procedure,
  script,
  wallet,
} from './transactions.ts';

// What is easily got wrong in this protocol, as far as no other test is about it; docs/kernel.md, "Traps", lists all.

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TOP_BIT = 1n << 63n;
const faucet = newAccount({ seed: 9 }).id;
const coin = Asset.fungible(faucet, 5n);
const owner = wallet([coin], { auth: 'none', slots: [], component: open });
const { block } = blockWith();
const asset = ({ id, value }: Asset): bigint[] => [...id.word, ...value];
const says = (why: RegExp) => (error: unknown) => error instanceof ProtocolError && why.test(error.message);

test('elements of a digest never have the top bit: what is cut from one has a bit less than it seems', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { id } = newAccount({ seed });
    assert.equal(id.prefix & TOP_BIT, 0n);
    assert.equal(accountTag(id) >>> 31, 0);
    assert.ok(p2id(faucet, id, []).nullifier.every((element) => (element & TOP_BIT) === 0n));
  }
});

test('elements that come from outside of hashes are below the modulus, and may be its predecessor', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9]{0,20}::[a-z][a-z0-9_]{0,20}$/), (name) => {
      const { suffix, prefix } = slotId(name);
      assert.ok(suffix < MODULUS && prefix < MODULUS);
    }),
  );
  const most = MODULUS - 1n;
  const recipient = new NoteRecipient([most, most, most, most], doing('dropw'), [most, most]);
  const note = new Note({ ...p2id(faucet, owner.id, []), recipient });
  executeTransaction(kernel, { account: owner, ...blockWith([note]) });
  // The seed is searched from bytes that are above the modulus.
  const { code, storage, vault } = newAccount({ auth: 'none', slots: [] });
  const found = runAtOnce(
    searchingSeed({
      code: code.commitment,
      storage: storage.commitment,
      type: 'private',
      callbacks: false,
      random: new Uint8Array(32).fill(255),
    }),
  );
  executeTransaction(kernel, { account: new Account({ ...found, nonce: 0n, code, storage, vault }), block });
});

test('no commitment of the protocol is a node of a tree: the hash of two words without a domain is for trees', () => {
  const uses = (folder: string, ending: string, pattern: RegExp): string[] =>
    filesIn(join(ROOT, folder), ending)
      .filter((file) => !file.includes('.test.'))
      .filter((file) => pattern.test(readText(join(ROOT, folder, file), 2 ** 20)));
  assert.deepEqual(uses('core/protocol', '.ts', /import [^;]*\bmerge\b[^;]*hash\/eidos/), []);
  for (const folder of ['masm/kernel', 'masm/protocol', 'masm/standards'])
    assert.deepEqual(
      uses(folder, '.masm', /\bhmerge\b|hash::merge\b|\bmtree_merge\b|hash_double_word\b(?!_in)/),
      [],
    );
});

test('a list of nothing is the empty word, in both languages', () => {
  assert.deepEqual(commitList(ProtocolDomain.OUTPUT_NOTES, []), EMPTY_WORD);
  const none = p2id(faucet, owner.id, []);
  assert.deepEqual([none.assets.commitment, none.attachments.commitment], [EMPTY_WORD, EMPTY_WORD]);
  const bare = new Note({ ...none, recipient: new NoteRecipient([1n, 2n, 3n, 4n], doing('dropw')) });
  assert.deepEqual(bare.recipient.storageCommitment, EMPTY_WORD);
  const { execution } = executeTransaction(kernel, { account: owner, ...blockWith([bare]) });
  assert.deepEqual(execution.stack.slice(0, 4), EMPTY_WORD);
  const idle = attempt({ account: newAccount({ auth: 'none', slots: [] }), block });
  assert.deepEqual(idle.stack.slice(0, 4), EMPTY_WORD);
});

/** The public data of a transaction that was executed by somebody who checks nothing. */
const published = (inputs: TransactionInputs, made: readonly Note[]): TransactionData =>
  new TransactionData({
    account: {
      id: owner.id,
      initial: owner.commitment,
      final: [1n, 1n, 1n, 1n],
      patchCommitment: [2n, 2n, 2n, 2n],
    },
    inputs: (inputs.notes ?? []).map(inputCommitment),
    outputs: made.map(({ header }) => ({ kind: 'private', header })),
    referenceBlock: block.number,
    referenceCommitment: EMPTY_WORD,
    expirationBlock: block.number + 1,
  });

test('a note is not consumed twice: the kernel does not look for it, but its public inputs cannot be written down', () => {
  const note = p2id(faucet, owner.id, [coin]);
  const given = blockWith([note]);
  const twice = { account: owner, ...given, notes: [...given.notes, ...given.notes] };
  attempt(twice);
  assert.throws(() => executeTransaction(kernel, twice), says(/consumed twice/));
  assert.throws(() => published(twice, []), says(/consumed twice/));
  // One shown to be in a block and one that is not are the same.
  const unshown = { ...twice, notes: [given.notes[0], { note }] };
  assert.throws(() => executeTransaction(kernel, unshown), says(/consumed twice/));
});

test('a transaction does not run on a note that it makes itself', () => {
  const recipient = new NoteRecipient([1n, 2n, 3n, 4n], script('dropw'));
  const note = new Note({ ...p2id(owner.id, owner.id, [coin]), recipient });
  const inputs = {
    account: owner,
    block,
    notes: [{ note }],
    script: doing(
      own('output_note::create', BigInt(note.metadata.tag), 0n, ...recipient.digest),
      api('output_note::add_asset', ...asset(coin), 0n),
    ),
  };
  attempt(inputs);
  assert.throws(() => executeTransaction(kernel, inputs), says(/the same transaction makes/));
  assert.throws(() => published(inputs, [note]), says(/the same transaction makes/));
});

test('notes alike but for sender or tag are two, with two nullifiers', () => {
  const note = p2id(faucet, owner.id, [coin]);
  const { metadata } = note;
  const others = [
    new Note({ ...note, metadata: { ...metadata, sender: owner.id } }),
    new Note({ ...note, metadata: { ...metadata, tag: metadata.tag + 1 } }),
    new Note({ ...note, metadata: { ...metadata, type: 'public' } }),
  ];
  for (const other of others) {
    assert.ok(!wordsEqual(other.id, note.id) && !wordsEqual(other.nullifier, note.nullifier));
    assert.deepEqual(other.header.details, note.header.details);
  }
});

test('in the first block there is a chain of nothing, and the block itself is not in its chain', () => {
  const genesis = blockWith([p2id(faucet, owner.id, [])], { number: 0, chain: new PartialMmr().commitment });
  const asking = (number: bigint) => doing(api('tx::get_block_commitment', number, 0n, 0n));
  const inputs = { account: owner, ...genesis, chain: new PartialMmr() };
  executeTransaction(kernel, { ...inputs, script: asking(0n) });
  assert.throws(
    () => executeTransaction(kernel, { ...inputs, script: asking(1n) }),
    says(/after the reference block/),
  );
});

test('events of the kernel are its own, and those of authentication only while it runs', () => {
  for (const [event, id] of Object.entries(KERNEL_EVENT_IDS)) {
    const emitting = script(`push.${id} emit drop`);
    const why = FROM_ACCOUNT_CODE.has(event as KernelEvent)
      ? /outside of authentication/
      : /only the kernel may emit this event/;
    const note = new Note({
      ...p2id(faucet, owner.id, []),
      recipient: new NoteRecipient(EMPTY_WORD, emitting),
    });
    for (const inputs of [{ block, script: emitting }, blockWith([note])])
      assert.throws(
        () => executeTransaction(kernel, { account: owner, ...inputs }, { secret: () => EMPTY_WORD }),
        (error) => error instanceof ProtocolError && why.test(`${error.message} ${error.details}`),
        event,
      );
  }
});

test('a public note whose script and storage nobody knows is refused before it is proved', () => {
  const recipient = p2id(owner.id, faucet, []).recipient;
  const making = {
    account: owner,
    block,
    script: doing(own('output_note::create', 7n, 1n, ...recipient.digest)),
  };
  const unknown = executeTransaction(kernel, making);
  assert.throws(
    () => transactionData(unknown),
    says(/public note was made whose script or storage is not known/),
  );
  const known = executeTransaction(kernel, { ...making, recipients: [recipient] });
  assert.equal(transactionData(known).outputs[0].kind, 'public');
});

test('as many assets as a note may have fit where the kernel keeps them', () => {
  const at = (name: string): number => kernel.memory.get(name)!;
  for (const side of ['INPUT', 'OUTPUT'])
    assert.ok(at(`${side}_NOTE_ASSETS`) + 8 * Limit.NOTE_ASSETS <= at(`${side}_NOTE_SIZE`));
  assert.ok(at('INPUT_NOTES') + at('INPUT_NOTE_SIZE') * Limit.INPUT_NOTES <= at('OUTPUT_NOTES'));
  assert.ok(at('OUTPUT_NOTES') + at('OUTPUT_NOTE_SIZE') * Limit.OUTPUT_NOTES <= at('LEDGER'));
  assert.ok(at('LEDGER') + at('LEDGER_ENTRY') * 2 * Limit.CHANGED_ASSETS <= at('MAP_ENTRIES'));
  assert.ok(at('ACCOUNT_PROCEDURES') + 4 * Limit.ACCOUNT_PROCEDURES <= at('ACCOUNT_SLOTS'));
  assert.ok(at('ACCOUNT_SLOTS') + at('SLOT_SIZE') * Limit.STORAGE_SLOTS <= at('ACCOUNT_SLOTS_BEFORE'));
  assert.ok(at('ACCOUNT_SLOTS_BEFORE') + at('SLOT_SIZE') * Limit.STORAGE_SLOTS <= at('ACCOUNT_CALLED'));
  assert.ok(at('ACCOUNT_CALLED') + 4 * Limit.ACCOUNT_PROCEDURES <= at('ACCOUNT') + at('ACCOUNT_SIZE'));
  assert.ok(at('ACCOUNT') + at('ACCOUNT_SIZE') * (1 + Limit.FOREIGN_ACCOUNTS) <= at('NOTE_ROOTS'));
  assert.ok(at('CALLERS') + Limit.FOREIGN_DEPTH <= at('ACCOUNT'));
  assert.ok(at('API_TABLE') + 4 * Limit.KERNEL_PROCEDURES <= at('BLOCK_COMMITMENT'));
  assert.ok(at('NOTE_ROOTS') + 4 * (Limit.INPUT_NOTES + 1) <= at('INPUT_NOTES'));
});

// An issuer that is asked before its coin goes into a note, even if it is the transaction's own account, only looks on.
const RECIPIENT: Word = [4n, 3n, 2n, 1n];
const NOTED = 'kiln::protocol::faucet::callback::on_before_asset_added_to_note';
const asked = (does: string): Account => {
  const component = componentOf(`pub proc run syscall.exec_kernel_proc end\npub proc asked ${does} end`);
  return wallet([coin], {
    auth: 'none',
    component,
    slots: [{ name: NOTED, kind: 'value', value: procedure(component, '::component::asked') }],
    callbacks: true,
  });
};
const issuing = (account: Account, ...steps: readonly ('send' | 'give')[]): TransactionInputs => {
  const issued = Asset.fungible(account.id, 3n);
  const list = [0n, 1n, 7n, 0n, ...RECIPIENT, ...asset(issued)];
  const commitment = commit(ProtocolDomain.NOTES_TO_SEND, list);
  const lines = {
    give: [own('faucet::mint', ...asset(issued)), api('output_note::add_asset', ...asset(issued), 0n)],
    send: [
      own('faucet::mint', ...asset(issued)),
      own('account::add_asset', ...asset(issued)),
      own('output_note::send_many', ...commitment, 1n, BigInt(list.length)),
    ],
  };
  const made = own('output_note::create', 7n, 0n, ...EMPTY_WORD);
  const text = doing(made, ...steps.flatMap((step) => lines[step]));
  return { account, block, script: { ...text, map: [[commitment, list]] } };
};

test('an issuer that is asked, the account itself even, changes nothing meanwhile', () => {
  for (const does of [
    api('output_note::create', 7n, 0n, ...RECIPIENT),
    api('output_note::add_asset', ...asset(coin), 0n),
    api('output_note::seal', 0n),
    api('account::remove_asset', ...asset(coin)),
    api('account::set_item', slotId(NOTED).suffix, slotId(NOTED).prefix, ...EMPTY_WORD),
    api('output_note::send_many', ...EMPTY_WORD, 0n, 0n),
    api('account::incr_nonce'),
  ])
    for (const step of ['give', 'send'] as const)
      assert.throws(
        () => executeTransaction(kernel, issuing(asked(does), step)),
        says(/code that is asked about an asset, only reads/),
        does,
      );
});

test('what an issuer looks at while it is asked is not taken for the asset that moves', () => {
  const account = asked(api('account::get_asset', ...coin.id.word));
  const done = executeTransaction(kernel, issuing(account, 'give', 'send'));
  assert.deepEqual(
    done.outputs.map(({ note }) => note.assets.list),
    [[Asset.fungible(account.id, 3n)], [Asset.fungible(account.id, 3n)]],
  );
  assert.equal(done.account.vault.amountOf(coin.id), coin.amount);
});
